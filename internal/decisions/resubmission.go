// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"slices"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Reopened is the value of a [Resubmission] that was made: Didit has deleted the data of
// its steps.
const Reopened = "re-opened for these steps"

// Resubmission re-opens a session, so that the person has to repeat some steps. It is not
// comparable.
type Resubmission struct {
	// SessionID is the session's UUID, in lower case.
	SessionID string
	// Nodes are the steps to repeat.
	Nodes []didit.NodeToResubmit
}

// Session returns the session's ID.
func (r Resubmission) Session() string { return r.SessionID }

// Find returns the session's own status; or [Reopened] if the session is open and its
// report has none of the steps. If the report lacks a step otherwise, or has one whose
// node it does not show, the error is a [*NotFoundError].
func (r Resubmission) Find(decision *didit.Decision) (Found, error) {
	if decision.Status == "" {
		return Found{}, noStatus(r, decision)
	}
	steps := candidates(decision)
	var present int
	for _, node := range r.Nodes {
		if slices.ContainsFunc(steps, func(step candidate) bool { return step.NodeID == node.NodeID }) {
			present++
		}
	}
	found := Found{Subject: r, Value: decision.Status, SessionStatus: decision.Status}
	isOpen := !slices.Contains(decidableStatuses, decision.Status) || decision.Status == didit.StatusResubmitted
	hidden := slices.IndexFunc(steps, func(step candidate) bool { return step.NodeID == "" })
	switch {
	case present == len(r.Nodes):
	case hidden >= 0:
		return Found{}, &NotFoundError{Reason: Unusable, Subject: r, Decision: decision, Item: *steps[hidden].item}
	case present == 0 && isOpen:
		found.Value = Reopened
	default:
		return Found{}, &NotFoundError{Reason: Missing, Subject: r, Decision: decision}
	}
	return found, nil
}

func (Resubmission) isStanding(string) bool { return false }

func (Resubmission) isDecidable(value string) bool { return slices.Contains(decidableStatuses, value) }

func (r Resubmission) update(ctx context.Context, api API, permit *didit.WritePermit, change Change) error {
	return api.UpdateStatus(ctx, permit, r.SessionID, didit.StatusUpdate{NewStatus: didit.StatusResubmitted, Comment: change.Comment, NodesToResubmit: r.Nodes})
}

func (Resubmission) invalidate(cache *cache) { cache.InvalidateAll() }

func (r Resubmission) updateCache(cache *cache, _ Found) { r.invalidate(cache) }
