// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The states of an override. A newer page has these three, and does not say that there are no
// others.
const (
	OverridePending   = "pending_until_flow_finishes"
	OverrideApplied   = "applied"
	OverrideCancelled = "cancelled"
)

// Override is one PATCH of a feature's status, as GET /v3/session/{id}/features/overrides/ lists
// it: each call is recorded there, immediate and deferred ones.
type Override struct {
	ID     string `json:"id"` // UUID
	NodeID string `json:"node_id"`
	// FeatureType is the label that the request named; "" if it named none.
	FeatureType    string `json:"feature_type"`
	FeatureModel   string `json:"feature_model"`
	PreviousStatus string `json:"previous_status"`
	NewStatus      string `json:"new_status"`
	// State is OverridePending, OverrideApplied or OverrideCancelled.
	State string `json:"state"`

	label   string // of the feature
	comment string
	actor   Actor
}

// Overrides returns those of a session, newest first; none if there is no such session.
func (s *Simulator) Overrides(id string) []Override {
	found := s.lookup(id)
	if found == nil {
		return nil
	}
	overrides := slices.Clone(found.overrides)
	slices.Reverse(overrides)
	return overrides
}

// inFlow are the statuses in which a person can be in the flow; see Session.FlowFinishedAt.
var inFlow = []string{"Not Started", "In Progress", statusResubmitted}

// personInFlow reports whether the person has something left to do.
func (s *session) personInFlow() bool {
	return slices.Contains(inFlow, s.Status) && s.FlowFinishedAt.IsZero()
}

// FinishFlow lets the person of a session finish the flow: pending overrides are applied, oldest
// first, whatever the value of the feature is then, and the session is decided by its features. An
// override of a feature that does not exist stays pending. It is an ErrConflict if the person is
// not in the flow.
func (s *Simulator) FinishFlow(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(id)
	switch {
	case err != nil:
		return err
	case !found.personInFlow():
		return fmt.Errorf("%w: the person is not in the flow of session %s", ErrConflict, id)
	}
	found.FlowFinishedAt = s.now()
	for i := range found.overrides {
		s.apply(found, &found.overrides[i])
	}
	if status := overallStatus(found.featureStatuses()); status != found.Status {
		s.setStatus(found, status)
	}
	return nil
}

// apply sets the status of a pending override. The trail has the actor and the comment of its
// request, and no entry if the feature has the status already. The caller holds the lock.
func (s *Simulator) apply(found *session, override *Override) {
	features := found.features(override.NodeID, override.label)
	if override.State != OverridePending || len(features) == 0 {
		return
	}
	override.State = OverrideApplied
	if features[0].Status != override.NewStatus {
		s.trail = append(s.trail, s.setFeatureStatus(found, features[0], override.NewStatus, override.comment, override.actor))
	}
}

// CancelOverride withdraws a pending override as a person in the console does.
func (s *Simulator) CancelOverride(id, overrideID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(id)
	if err != nil {
		return err
	}
	return s.cancelOverride(found, overrideID, Actor{})
}

// cancelOverride withdraws a pending override; the error is ErrNotFound or ErrConflict. The caller
// holds the lock.
func (s *Simulator) cancelOverride(found *session, id string, by Actor) error {
	at := slices.IndexFunc(found.overrides, func(override Override) bool { return override.ID == id })
	switch {
	case at < 0:
		return fmt.Errorf("%w: override %s", ErrNotFound, id)
	case found.overrides[at].State != OverridePending:
		return fmt.Errorf("%w: override %s is %s", ErrConflict, id, found.overrides[at].State)
	}
	found.overrides[at].State = OverrideCancelled
	s.record(found, by, TrailEntry{Kind: activityCancelled})
	return nil
}

// override makes or defers the change of a feature that a PATCH requests, and records it. The
// response rejects a second pending override of one feature: no page says what happens to the two,
// and a guess would hide the mistake of a client that sends it. The caller holds the lock.
func (s *Simulator) override(found *session, feature *Feature, requested Override, isDeferred bool) (Override, *response) {
	requested.ID = fmt.Sprintf("22222222-2222-4333-8444-%08x%04x", hash(found.ID), len(found.overrides)+1)
	requested.label, requested.FeatureModel = feature.FeatureType(), typeOf(feature.Array).model
	requested.PreviousStatus, requested.State = feature.Status, OverrideApplied
	if !isDeferred || !found.personInFlow() {
		found.overrides = append(found.overrides, requested)
		s.decideFeature(found, feature, requested.NewStatus, requested.comment, requested.actor)
		return requested, nil
	}
	isSame := func(o Override) bool {
		return o.State == OverridePending && o.NodeID == requested.NodeID && o.label == requested.label
	}
	if slices.ContainsFunc(found.overrides, isSame) {
		return requested, detailResponse(http.StatusInternalServerError, "The simulator does not know what Didit does with a second pending override of one feature.")
	}
	requested.State = OverridePending
	found.overrides = append(found.overrides, requested)
	return requested, nil
}

// listOverrides is GET /v3/session/{id}/features/overrides/ (newer pages; not in the OpenAPI
// document): newest first, not paged.
func (s *Simulator) listOverrides(c call) *response {
	found := s.lookup(c.id)
	switch {
	case s.options.WithoutOverrides:
		return notFoundPage()
	case c.credential == nil:
		return detailResponse(http.StatusForbidden, detailNoCredential)
	case !c.credential.mayRead():
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	case found == nil || !c.credential.canSee(found):
		return detailResponse(http.StatusNotFound, detailNoSession)
	}
	overrides := append([]Override{}, found.overrides...)
	slices.Reverse(overrides)
	return jsonResponse(http.StatusOK, map[string]any{
		"session_id": found.ID, "person_in_flow": found.personInFlow(), "flow_finished_at": formatTime(found.FlowFinishedAt), "overrides": overrides,
	})
}

// cancelOverrideRequest is POST /v3/session/{id}/features/overrides/{override_id}/cancel/ (newer
// pages; not in the OpenAPI document). The feature keeps its status.
func (s *Simulator) cancelOverrideRequest(c call) *response {
	if s.options.WithoutOverrides {
		return notFoundPage()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, rejected := s.sessionToUpdate(c, detailNoSession)
	if rejected != nil {
		return rejected
	}
	switch err := s.cancelOverride(found, c.nodeID, c.credential.actor()); controlStatus(err) {
	case http.StatusNotFound:
		return detailResponse(http.StatusNotFound, detailNotFound)
	case http.StatusConflict:
		return jsonResponse(http.StatusConflict, map[string]string{"detail": "This override is not pending.", "code": "feature_override_not_pending"})
	}
	return jsonResponse(http.StatusOK, map[string]any{
		"state": OverrideCancelled, "cancelled_at": formatTime(s.now()), "cancel_reason": "cancelled_by_reviewer",
	})
}

// defaultFlowFinishedAt returns the time for a session that was added without one: zero if the
// person is in the flow, or if the session was closed before they finished.
func defaultFlowFinishedAt(s Session) time.Time {
	if slices.Contains(inFlow, s.Status) || slices.Contains([]string{"Awaiting User", "Expired", "Abandoned"}, s.Status) {
		return time.Time{}
	}
	return s.CreatedAt.Add(10 * time.Minute)
}
