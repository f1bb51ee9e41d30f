// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"fmt"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Change is a wanted decision on one step.
type Change struct {
	Step Step
	// From is the status that the reviewer of the change saw; "" where nobody
	// knows: then a standing decision is not overturned.
	From string
	// To is the wanted status.
	To string
	// Comment goes to the review trail with the change; "" is none.
	Comment string
}

// Check tells whether the change may be made to a step that stands at found: nil,
// a [*ConflictError] or a [*StandingError].
func (c Change) Check(found string) error {
	switch {
	case found == c.To:
		return nil
	case c.From == "" && (found == didit.StatusApproved || found == didit.StatusDeclined):
		return &StandingError{Step: c.Step, Found: found, Wanted: c.To}
	case c.From != "" && c.From != found:
		return &ConflictError{Step: c.Step, Expected: c.From, Found: found, Wanted: c.To}
	}
	return nil
}

// ConflictError is a step that has changed since somebody looked at it, by a
// person or by the flow.
type ConflictError struct {
	Step Step
	// Expected is the status before, Found the one now, Wanted the one asked for.
	Expected, Found, Wanted string
	// Sent: a change with an unclear answer had been sent before this was found.
	Sent bool
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("session %s, step %s: expected %q, found %q, wanted %q", e.Step.SessionID, e.Step.NodeID, e.Expected, e.Found, e.Wanted)
}

// StandingError is a decision that stands already and would be overturned by
// somebody who does not know it.
type StandingError struct {
	Step          Step
	Found, Wanted string
}

func (e *StandingError) Error() string {
	return fmt.Sprintf("session %s, step %s: stands %q, wanted %q", e.Step.SessionID, e.Step.NodeID, e.Found, e.Wanted)
}

// UnsettledError is a change of which it is not known whether it was made.
type UnsettledError struct {
	Change Change
	// Attempts is how often it was sent.
	Attempts int
	// Sent is the answer to the last attempt, Read why reading did not settle
	// it; nil where it did read, and the step stood as before every time.
	Sent, Read error
}

func (e *UnsettledError) Error() string {
	if e.Read != nil {
		return fmt.Sprintf("sent %d times: %v; then: %v", e.Attempts, e.Sent, e.Read)
	}
	return fmt.Sprintf("sent %d times: %v", e.Attempts, e.Sent)
}

// Unwrap gives both causes.
func (e *UnsettledError) Unwrap() []error {
	if e.Read != nil {
		return []error{e.Sent, e.Read}
	}
	return []error{e.Sent}
}
