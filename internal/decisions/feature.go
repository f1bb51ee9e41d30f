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

// candidate is a step of a report. item is nil if the step is usable.
type candidate struct {
	didit.Feature
	item *didit.UnusableItem
}

// candidates returns all steps of a report. An unusable one has no status.
func candidates(decision *didit.Decision) []candidate {
	steps := make([]candidate, 0, len(decision.Features))
	for _, feature := range decision.Features {
		steps = append(steps, candidate{Feature: feature})
	}
	for i, item := range decision.Unusable {
		if !item.IsHit {
			steps = append(steps, candidate{didit.Feature{NodeID: item.NodeID, Type: item.Type}, &decision.Unusable[i]})
		}
	}
	return steps
}

// Find finds the step in its session's decision; the error is a [*NotFoundError].
func (r FeatureRef) Find(decision *didit.Decision) (Found, error) {
	var atNode, matches, elsewhere []candidate
	for _, step := range candidates(decision) {
		isOfType := r.FeatureType == "" || didit.SameFeatureType(step.Type, r.FeatureType)
		switch {
		case step.NodeID == r.NodeID && isOfType:
			matches = append(matches, step)
			fallthrough
		case step.NodeID == r.NodeID:
			atNode = append(atNode, step)
		case step.NodeID == "" && isOfType: // it may be at the node
			elsewhere = append(elsewhere, step)
		}
	}
	missing := &NotFoundError{Reason: Missing, Subject: r, Decision: decision}
	isDefault := r.NodeID == didit.DefaultNodeID
	switch {
	case len(atNode) > 1 && !isDefault: // the API cannot distinguish them, even by type
		missing.Reason = NotAddressable
	case len(matches) == 1 && matches[0].item == nil:
		complete := FeatureRef{r.SessionID, r.NodeID, matches[0].Type}
		return Found{Subject: complete, Value: matches[0].Status, SessionStatus: decision.Status}, nil
	case len(matches) == 1:
		missing.Reason, missing.Item = Unusable, *matches[0].item
	case len(matches) > 1 && !hasSeveralTypes(matches):
		missing.Reason = NotAddressable
	case len(matches) > 1:
		missing.Reason = Ambiguous
	case len(atNode) == 1 && !isDefault:
		missing.Reason = OtherType
	case len(elsewhere) > 0:
		missing.Reason, missing.Item = Unusable, *elsewhere[0].item
	}
	return Found{}, missing
}

func hasSeveralTypes(steps []candidate) bool {
	return slices.ContainsFunc(steps, func(step candidate) bool { return step.Type != steps[0].Type })
}

func (FeatureRef) isStanding(value string) bool {
	return value == didit.StatusApproved || value == didit.StatusDeclined
}

func (FeatureRef) isDecidable(string) bool { return true }

func (r FeatureRef) update(ctx context.Context, api API, permit *didit.WritePermit, change Change) error {
	_, err := api.UpdateFeatureStatus(ctx, permit, r.SessionID, r.NodeID, r.body(change))
	return err
}

func (r FeatureRef) body(change Change) didit.FeatureStatusUpdate {
	body := didit.FeatureStatusUpdate{NewStatus: change.To, Comment: change.Comment, Defer: change.Deferred}
	if r.NodeID == didit.DefaultNodeID {
		// Only here: any other node ID is sufficient, and older versions of the API do not
		// know the field.
		body.FeatureType = r.FeatureType
	}
	return body
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
