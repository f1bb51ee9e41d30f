// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"slices"
)

// Two texts of one 404: the operations differ.
const (
	detailNoSession = "Session not found."
	detailNotFound  = "Not found."
)

// updateFeatureStatus is PATCH /v3/session/{sessionId}/features/{nodeId}/update-status/ (OpenAPI operation
// patch_v3_session_update_feature_status), with the feature_type of the newer pages.
//
// Deferred changes are not simulated: defer_until_flow_finishes is refused with a 400 of its own, since accepting and
// ignoring it would make a change at once that was asked for later.
func (s *Simulator) updateFeatureStatus(c call) answer {
	if refused := c.caller.refuseWrite(); refused != nil {
		return *refused
	}
	body, refused := readFields(c)
	if refused != nil {
		return *refused
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found := s.world.sessions[c.id]
	switch {
	case found == nil || !c.caller.credential.sees(found):
		return detail(http.StatusNotFound, detailNoSession)
	case found.API:
		return detail(http.StatusBadRequest, "Cannot change feature status for API sessions.")
	}
	if body.has("defer_until_flow_finishes") {
		body.invalid("defer_until_flow_finishes", "The simulator does not simulate deferred changes.")
	}
	body.require("new_status")
	wanted := featureUpdate{body.choice("new_status", settable), body.text("comment"), body.text("feature_type")}
	if refused := body.refused(); refused != nil {
		return *refused
	}
	return s.world.updateFeature(found, c, wanted)
}

// featureUpdate is a request's body, after validation.
type featureUpdate struct {
	status, comment, featureType string
}

// updateFeature makes the change if the step is found and has another status. The caller holds the lock.
func (w *world) updateFeature(found *session, c call, wanted featureUpdate) answer {
	steps := found.find(c.nodeID, "")
	if wanted.featureType != "" {
		steps = slices.DeleteFunc(steps, func(i int) bool { return found.Features[i].FeatureType() != wanted.featureType })
	}
	switch {
	case len(steps) == 0:
		return detail(http.StatusNotFound, fmt.Sprintf("No feature found with node_id '%s' in this session.", c.nodeID))
	case len(steps) > 1 && wanted.featureType == "":
		return invalid("feature_type", "This field is required when the session has several features at this node.")
	case len(steps) > 1:
		return invalid("feature_type", "The session has several features of this type at this node.")
	case found.Features[steps[0]].Status == wanted.status:
		return object(http.StatusBadRequest, map[string]string{"new_status": "The new status is the same as the current status."})
	}
	w.decideFeature(found, steps[0], wanted.status, wanted.comment, c.caller.name())
	return object(http.StatusOK, map[string]string{
		"session_id": found.ID, "node_id": c.nodeID, "feature_type": featureOf(found.Features[steps[0]].Array).model, "new_status": wanted.status,
	})
}
