// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Subject is what a change decides: a step ([FeatureRef]), an AML hit ([HitRef]), a
// session's status ([SessionRef]), or the re-opening of a session ([Resubmission]). The
// first three are comparable values.
type Subject interface {
	// Session returns the ID of the session that the subject belongs to.
	Session() string
	// Find finds the subject in its session's decision report. The error is a
	// [*NotFoundError].
	Find(decision *didit.Decision) (Found, error)

	// isStanding reports whether a value is a decision, which only a change that says
	// from which value it is made may overturn.
	isStanding(value string) bool
	// isDecidable reports whether the API accepts a change from this value.
	isDecidable(value string) bool
	// update sends one request that makes the change.
	update(ctx context.Context, api API, permit *didit.WritePermit, change Change) error
	// invalidate drops from the cache whatever a change of the subject can move.
	invalidate(cache *cache)
	// updateCache records a confirmed change in the cache. It updates the cached report
	// if the change cannot have moved other subjects, and invalidates otherwise.
	updateCache(cache *cache, changed Found)
}

// Found is a subject as a decision report shows it.
type Found struct {
	// Subject is the subject's complete address: that of a step has its type.
	Subject Subject
	// Value is the subject's status or review status.
	Value string
	// SessionStatus is the session's own status.
	SessionStatus string
}

// Change is a wanted decision on one subject.
type Change struct {
	Subject Subject
	// From is the value that the reviewer of the change saw; "" if it is not known. Then
	// the change overturns no decision.
	From string
	// To is the wanted value.
	To string
	// Comment is recorded on the audit trail with the change; "" for none.
	Comment string
	// Once: do not retry the change after an unknown outcome, because a read cannot
	// always show whether it was made.
	Once bool
	// Deferred: while the person is in the flow, the change of a step waits, and Didit makes
	// it when they have finished, whatever the value is then.
	Deferred bool
}

// Check returns an error if the change may not be made to a subject that has this value:
// a [*ConflictError], a [*StandingError] or a [*NotDecidableError].
func (c Change) Check(value string) error {
	switch {
	case didit.SameStatus(value, c.To):
		return nil
	case c.From != "" && !didit.SameStatus(value, c.From):
		return &ConflictError{Subject: c.Subject, Expected: c.From, Found: value, Wanted: c.To}
	case !c.Subject.isDecidable(value):
		return &NotDecidableError{Subject: c.Subject, Found: value, Wanted: c.To}
	case c.From == "" && c.Subject.isStanding(value):
		return &StandingError{Subject: c.Subject, Found: value, Wanted: c.To}
	}
	return nil
}
