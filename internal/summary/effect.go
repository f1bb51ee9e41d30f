// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import "slices"

// effect is what a plan does to a subject.
type effect string

// The effects: their names in the list of effects. Three of them are also values of the
// attribute outcome.
const (
	reopened          effect = "re-opened"
	restored          effect = "restored"
	decided           effect = "decided"
	setWithoutFrom    effect = "set without from"
	alreadySo         effect = "already so"
	asBefore          effect = "as before"
	superseded        effect = "superseded"
	gone              effect = "gone"
	waits             effect = "waiting"
	changedInDidit    effect = "changed in Didit"
	forgotten         effect = "no longer managed"
	replaced          effect = "replaced"
	unchangedDecision effect = "unchanged"
)

// effects are in the order in which a reviewer needs them, each with what the apply does.
var effects = []struct {
	effect      effect
	explanation string
}{
	{reopened, "Didit deletes the captured data of these steps, and their decisions. That cannot be undone."},
	{restored, "the value was changed in Didit. The apply changes it back."},
	{decided, "the apply changes From to To. If Didit has To already, it sends nothing; at any other value, it stops."},
	{setWithoutFrom, "the plan does not hold the current value (?). The apply sends the value if it differs, but overturns no decision."},
	{superseded, "Didit has another value than was decided. Nothing is sent."},
	{gone, "Didit no longer has it. Nothing is sent."},
	{waits, "Didit applies it when the person has finished. Nothing is sent again."},
	{changedInDidit, "the value was changed in Didit to the wanted one. Nothing is sent."},
	{forgotten, "Terraform forgets it. Nothing is sent, and the decision stays in Didit."},
	{replaced, "Terraform replaces the block. Nothing is sent."},
	{alreadySo, "Didit has the value already. Nothing is sent, and no text is recorded."},
	{asBefore, "From is the value that is wanted. Nothing is sent."},
}

// isPlanned reports whether the apply does something, if only in the state.
func (e effect) isPlanned() bool {
	return !slices.Contains([]effect{superseded, gone, waits, changedInDidit, unchangedDecision}, e)
}

// maySend reports whether the apply may change something in Didit.
func (e effect) maySend() bool {
	return slices.Contains([]effect{reopened, restored, decided, setWithoutFrom}, e)
}
