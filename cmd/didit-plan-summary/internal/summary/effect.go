// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

// Effect is what a plan does to a subject.
type Effect string

// The effects.
const (
	Reopened    Effect = "reopened"
	Restored    Effect = "restored"
	Changed     Effect = "changed"
	Replaced    Effect = "replaced"
	Retaken     Effect = "retaken"
	Set         Effect = "set"
	Released    Effect = "released"
	CommentOnly Effect = "comment_only"
	Adopted     Effect = "adopted"
	// Followed, Gone and Unchanged: nothing is planned.
	Followed  Effect = "followed"
	Gone      Effect = "gone"
	Unchanged Effect = "unchanged"
)

// effects are in the order in which a reviewer needs them, each with its name in a
// table and what the apply does.
var effects = []struct {
	effect            Effect
	name, explanation string
}{
	{Reopened, "re-opened", "Didit deletes the captured data of these steps, and their decisions. That cannot be undone."},
	{Restored, "restored", "the value was changed outside Terraform. The apply changes it back."},
	{Changed, "changed", "the apply sends the new value. Didit records the comment with it, but none for an AML hit."},
	{Replaced, "adopted instead", "the block decided something else before, which stays as it is. The apply sends the new value if needed, but never overturns a standing decision."},
	{Retaken, "taken over", "another block takes it over, or Terraform replaces its block. The apply sends the new value if it differs, but never overturns a standing decision."},
	{Set, "set without import", "the plan does not hold the current value (?). The apply sends the new one if needed, but never overturns a standing decision."},
	{Released, "no longer managed", "Terraform forgets it. Nothing is sent, and the decision stays in Didit."},
	{CommentOnly, "comment only", "nothing is sent. Didit records a comment only together with a change."},
	{Followed, "followed", "the value was changed outside Terraform, and the plan leaves it so. Nothing is sent."},
	{Gone, "gone", "Didit no longer has it. Terraform forgets it, and nothing is sent."},
	{Adopted, "adopted as is", "imported with the value that it has. Nothing is sent, and no comment is recorded."},
}

// name returns the effect as tables show it.
func (e Effect) name() string {
	for _, known := range effects {
		if known.effect == e {
			return known.name
		}
	}
	return ""
}

// isPlanned reports whether the apply does something, if only in the state.
func (e Effect) isPlanned() bool { return e != Followed && e != Gone && e != Unchanged }

// maySend reports whether the apply may change something in Didit.
func (e Effect) maySend() bool {
	return e == Reopened || e == Restored || e == Changed || e == Replaced || e == Retaken || e == Set
}
