// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Subject is one thing that a reviewer decides: a step ([FeatureRef]), an AML hit
// ([HitRef]), a session ([SessionRef]), or to re-open one ([Resubmission]). The first
// three are comparable values.
type Subject interface {
	// Session returns the ID of the session that the subject belongs to.
	Session() string
	// Find finds the subject in its session's decision report. The error is a
	// [*NotFoundError].
	Find(decision *didit.Decision) (Found, error)

	// isStanding reports whether a value is a decision that only an adopted
	// block may overturn.
	isStanding(value string) bool
	// isDecidable reports whether the API accepts a change from this value.
	isDecidable(value string) bool
	// update asks the API for another value. It sends one request.
	update(ctx context.Context, api API, permit *didit.WritePermit, value, comment string) error
	// invalidate drops from the cache whatever a change of the subject can move.
	invalidate(cache *cache)
	// updateCache records a confirmed change: it updates the cached report if
	// nothing else can have moved, or invalidates.
	updateCache(cache *cache, changed Found)
}

// Found is a subject as a decision report shows it.
type Found struct {
	// Subject is complete: a step that was addressed without its type has it now.
	Subject Subject
	// Value is the subject's status or review status.
	Value string
	// SessionStatus is the session's own status.
	SessionStatus string
}

// Change is a wanted decision on one subject.
type Change struct {
	Subject Subject
	// From is the value that the reviewer of the change saw; "" if that is not
	// known: then a standing decision is not overturned.
	From string
	// To is the wanted value.
	To string
	// Comment is recorded on the audit trail with the change; "" for none.
	Comment string
	// Once: a change whose outcome is unknown is not sent again, because a read cannot
	// always tell whether it was made.
	Once bool
}

// Check reports whether the change may be made to a subject that has this value:
// nil, a [*ConflictError], a [*StandingError] or a [*NotDecidableError].
func (c Change) Check(value string) error {
	switch {
	case value == c.To:
		return nil
	case c.From != "" && value != c.From:
		return &ConflictError{Subject: c.Subject, Expected: c.From, Found: value, Wanted: c.To}
	case !c.Subject.isDecidable(value):
		return &NotDecidableError{Subject: c.Subject, Found: value, Wanted: c.To}
	case c.From == "" && c.Subject.isStanding(value):
		return &StandingError{Subject: c.Subject, Found: value, Wanted: c.To}
	}
	return nil
}
