// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"slices"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// FeatureRef addresses one step (feature) of a session.
type FeatureRef struct {
	// SessionID is the session's UUID, in lower case.
	SessionID string
	// NodeID is the step's node in the workflow graph, or [didit.DefaultNodeID].
	NodeID string
	// FeatureType is the label of the step's type, which the step that is found has to
	// have; "" for any type. It distinguishes several steps at node default.
	FeatureType string
}

// Session returns the ID of the step's session.
func (r FeatureRef) Session() string { return r.SessionID }

// Find finds the step in its session's decision; the error is a [*NotFoundError].
func (r FeatureRef) Find(decision *didit.Decision) (Found, error) {
	var atNode, matches []didit.Feature
	for _, feature := range decision.Features {
		if feature.NodeID != r.NodeID {
			continue
		}
		atNode = append(atNode, feature)
		if r.FeatureType == "" || didit.SameFeatureType(feature.Type, r.FeatureType) {
			matches = append(matches, feature)
		}
	}
	isDefault := r.NodeID == didit.DefaultNodeID
	reason := Missing
	switch {
	case len(atNode) > 1 && !isDefault: // the API cannot distinguish them, even by type
		reason = NotAddressable
	case len(matches) == 1:
		complete := FeatureRef{r.SessionID, r.NodeID, matches[0].Type}
		return Found{Subject: complete, Value: matches[0].Status, SessionStatus: decision.Status}, nil
	case len(matches) > 1 && !hasSeveralTypes(matches):
		reason = NotAddressable
	case len(matches) > 1:
		reason = Ambiguous
	case len(atNode) == 1 && !isDefault:
		reason = OtherType
	}
	return Found{}, &NotFoundError{Reason: reason, Subject: r, Decision: decision}
}

func hasSeveralTypes(features []didit.Feature) bool {
	return slices.ContainsFunc(features, func(feature didit.Feature) bool { return feature.Type != features[0].Type })
}

func (FeatureRef) isStanding(value string) bool {
	return value == didit.StatusApproved || value == didit.StatusDeclined
}

func (FeatureRef) isDecidable(string) bool { return true }

func (r FeatureRef) update(ctx context.Context, api API, permit *didit.WritePermit, value, comment string) error {
	body := didit.FeatureStatusUpdate{NewStatus: value, Comment: comment}
	if r.NodeID == didit.DefaultNodeID {
		// Only here: any other node ID is sufficient, and older versions of the API do not
		// know the field.
		body.FeatureType = r.FeatureType
	}
	return api.UpdateFeatureStatus(ctx, permit, r.SessionID, r.NodeID, body)
}

func (r FeatureRef) invalidate(cache *cache) { cache.Invalidate(r.SessionID) }

// updateCache updates the report of an approved or declined session. A step can move any
// other session on: later steps run, and the session can get its decision.
func (r FeatureRef) updateCache(cache *cache, changed Found) {
	if changed.SessionStatus != didit.StatusApproved && changed.SessionStatus != didit.StatusDeclined {
		r.invalidate(cache)
		return
	}
	cache.Update(r.SessionID, func(decision *didit.Decision) {
		decision.Features = slices.Clone(decision.Features)
		for i, feature := range decision.Features {
			if feature.NodeID == r.NodeID && feature.Type == r.FeatureType {
				decision.Features[i].Status = changed.Value
			}
		}
	})
}
