// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"slices"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// SessionRef addresses a session, for its own status.
type SessionRef struct {
	// SessionID is the session's UUID, in lower case.
	SessionID string
}

// decidableStatuses are the statuses from which the API lets a session's status be
// changed.
//
// Endpoint: PATCH /v3/session/{session_id}/update-status/.
var decidableStatuses = []string{
	didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview, didit.StatusKycExpired, didit.StatusAbandoned, didit.StatusResubmitted,
}

// Session returns the session's ID.
func (r SessionRef) Session() string { return r.SessionID }

// Find returns the session's own status; the error is a [*NotFoundError].
func (r SessionRef) Find(decision *didit.Decision) (Found, error) {
	if decision.Status == "" {
		return Found{}, noStatus(r, decision)
	}
	return Found{Subject: r, Value: decision.Status, SessionStatus: decision.Status}, nil
}

func noStatus(subject Subject, decision *didit.Decision) *NotFoundError {
	return &NotFoundError{Reason: Unusable, Subject: subject, Decision: decision, Item: didit.UnusableItem{Problem: "the session has no status"}}
}

func (SessionRef) isStanding(value string) bool {
	return value == didit.StatusApproved || value == didit.StatusDeclined
}

func (SessionRef) isDecidable(value string) bool { return slices.Contains(decidableStatuses, value) }

func (r SessionRef) update(ctx context.Context, api API, permit *didit.WritePermit, change Change) error {
	return api.UpdateStatus(ctx, permit, r.SessionID, didit.StatusUpdate{NewStatus: change.To, Comment: change.Comment})
}

// invalidate drops all sessions: Didit recomputes a company's status from those of its
// people, and the report does not show which sessions belong together.
func (SessionRef) invalidate(cache *cache) { cache.InvalidateAll() }

func (r SessionRef) updateCache(cache *cache, _ Found) { r.invalidate(cache) }
