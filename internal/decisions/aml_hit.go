// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// HitRef addresses one hit of an AML screening.
type HitRef struct {
	// SessionID is the session's UUID, in lower case.
	SessionID string
	// NodeID is the AML check's node in the workflow graph, or [didit.DefaultNodeID].
	NodeID string
	// HitID is the hit's ID in the report.
	HitID string
}

// Session returns the ID of the hit's session.
func (r HitRef) Session() string { return r.SessionID }

// Find finds the hit in its session's decision; the error is a [*NotFoundError].
func (r HitRef) Find(decision *didit.Decision) (Found, error) {
	var matches []didit.AMLHit
	for _, hit := range decision.AMLHits {
		if hit.NodeID == r.NodeID && hit.ID == r.HitID {
			matches = append(matches, hit)
		}
	}
	var same, hidden []didit.UnusableItem
	for _, item := range decision.Unusable {
		switch {
		case item.Type != didit.TypeAML:
		case item.IsHit && item.NodeID == r.NodeID && item.HitID == r.HitID:
			same = append(same, item)
		case item.IsHit && item.NodeID == r.NodeID && item.HitID == "", !item.IsHit && item.NodeID == "": // may contain the hit
			hidden = append(hidden, item)
		}
	}
	var checks, checksAtNode int
	for _, step := range candidates(decision) {
		if step.Type == didit.TypeAML && step.NodeID != "" {
			checks++
			if step.NodeID == r.NodeID {
				checksAtNode++
			}
		}
	}
	// Without a node ID, the API knows the check only if the session has no other.
	isOneCheck := checksAtNode == 1 && (checks == 1 || r.NodeID != didit.DefaultNodeID)
	missing := &NotFoundError{Reason: Missing, Subject: r, Decision: decision}
	switch {
	case len(matches) == 1 && len(same) == 0 && isOneCheck:
		return Found{Subject: r, Value: matches[0].ReviewStatus, SessionStatus: decision.Status}, nil
	case len(matches) == 0 && len(same) == 1 && isOneCheck:
		missing.Reason, missing.Item = Unusable, same[0]
	case len(matches)+len(same) > 0:
		missing.Reason = NotAddressable
	case len(hidden) > 0:
		missing.Reason, missing.Item = Unusable, hidden[0]
	case checksAtNode == 0:
		missing.Reason = NoAMLCheck
	}
	return Found{}, missing
}

// isStanding is also true for False Positive hits without a review. A hit below the match
// threshold starts like that, and the report does not show whether it was reviewed.
func (HitRef) isStanding(value string) bool { return value != didit.ReviewUnreviewed }

func (HitRef) isDecidable(string) bool { return true }

func (r HitRef) update(ctx context.Context, api API, permit *didit.WritePermit, change Change) error {
	body := didit.AMLHitStatusUpdate{HitID: r.HitID, ReviewStatus: change.To}
	if r.NodeID != didit.DefaultNodeID {
		body.NodeID = r.NodeID
	}
	return api.UpdateAMLHitStatus(ctx, permit, r.SessionID, body)
}

// invalidate drops the session: Didit may recompute the status of the AML step, and
// so the session's.
func (r HitRef) invalidate(cache *cache) { cache.Invalidate(r.SessionID) }

func (r HitRef) updateCache(cache *cache, _ Found) { r.invalidate(cache) }
