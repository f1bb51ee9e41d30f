// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// DefaultNode addresses a feature without a node ID.
const DefaultNode = "default"

// Feature is one feature of a session, run at one node of its workflow.
type Feature struct {
	// Array is the report's, such as "id_verifications". One that the API does not have is allowed
	// too.
	Array string `json:"array"`
	// NodeID is the node's in the workflow graph. "" is null: a feature of a workflow without a
	// graph.
	NodeID string `json:"node_id"`
	// Status of the feature. Empty: "In Review".
	Status string `json:"status"`
	// Raw is the JSON of the feature's item in the report, for odd ones such as null. "": that of
	// its array.
	Raw string `json:"raw,omitempty"`
	// Hits of an AML screening ("aml_screenings"); other features have none.
	Hits []Hit `json:"hits,omitempty"`
}

// Node returns the feature's address: its node ID, or DefaultNode.
func (f Feature) Node() string {
	return cmp.Or(f.NodeID, DefaultNode)
}

// FeatureType returns the label of the feature, such as "FACE_MATCH"; for an array that the API
// does not have, the array in upper case.
func (f Feature) FeatureType() string { return typeOf(f.Array).label }

// atNode reports whether a node ID addresses the feature; "" means DefaultNode here.
func (f Feature) atNode(nodeID string) bool {
	return f.Node() == cmp.Or(nodeID, DefaultNode)
}

// isOfType reports whether an array or a label is the feature's; "" is any.
func (f Feature) isOfType(feature string) bool {
	return feature == "" || feature == f.Array || feature == f.FeatureType()
}

// amlArray is the array of the features that have hits.
const amlArray = "aml_screenings"

// featureType has the API's names for the features of an array: the label in the features list and
// in a request's feature_type, and the server's model name in the response to a change.
type featureType struct{ label, model string }

// featureTypes are those of the arrays that the API has. The model names KYC, Face, FaceMatch, AML
// and POA are published (the 200 of the PATCH in the OpenAPI document); the others follow their
// pattern and are invented.
var featureTypes = map[string]featureType{
	"id_verifications":        {"ID_VERIFICATION", "KYC"},
	"nfc_verifications":       {"NFC", "NFC"},
	"liveness_checks":         {"LIVENESS", "Face"},
	"face_matches":            {"FACE_MATCH", "FaceMatch"},
	"phone_verifications":     {"PHONE", "Phone"},
	"email_verifications":     {"EMAIL_VERIFICATION", "Email"},
	"poa_verifications":       {"POA", "POA"},
	"document_ai_documents":   {"DOCUMENT_AI", "DocumentAI"},
	"questionnaire_responses": {"QUESTIONNAIRE", "Questionnaire"},
	amlArray:                  {"AML", "AML"},
	"ip_analyses":             {"IP_ANALYSIS", "IPAnalysis"},
	"database_validations":    {"DATABASE_VALIDATION", "DatabaseValidation"},
	"registry_checks":         {"KYB_REGISTRY", "KYBRegistry"},
	"document_verifications":  {"KYB_DOCUMENTS", "KYBDocuments"},
	"key_people_checks":       {"KYB_KEY_PEOPLE", "KYBKeyPeople"},
}

func typeOf(array string) featureType {
	if known, ok := featureTypes[array]; ok {
		return known
	}
	label := strings.ToUpper(array)
	return featureType{label, label}
}

// featureStatuses are those that a person or a key can set.
var featureStatuses = []string{StatusApproved, StatusDeclined, StatusInReview}

// FeatureStatus returns the status of a feature; "" if there is none. feature is its array or
// label, or "" if nodeID alone finds it; if several match, the first counts.
func (s *Simulator) FeatureStatus(id, nodeID, feature string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.sessions[id]; found != nil {
		if features := found.features(nodeID, feature); len(features) > 0 {
			return features[0].Status
		}
	}
	return ""
}

// DecideFeature sets the status of a feature as a person in the console does: by the API's rules,
// with an entry on the trail under the actor "console". feature is its array, such as
// "aml_screenings", or its label; "" if nodeID alone finds it.
func (s *Simulator) DecideFeature(id, nodeID, feature, status, comment string) error {
	return s.Decide(Decision{SessionID: id, NodeID: cmp.Or(nodeID, DefaultNode), FeatureType: feature, Status: status, Comment: comment})
}

// decideFeatureAs decides a feature by the API's rules. The caller holds the lock.
func (s *Simulator) decideFeatureAs(by Actor, id, nodeID, feature, status, comment string) error {
	if !slices.Contains(featureStatuses, status) {
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	session, found, err := s.feature(id, nodeID, feature)
	switch {
	case err != nil:
		return err
	case session.API:
		return fmt.Errorf("%w: %s is a standalone API session", ErrConflict, id)
	case found.Status == status:
		return fmt.Errorf("%w: the feature already has status %s", ErrConflict, status)
	}
	s.decideFeature(session, found, status, comment, by)
	return nil
}

// SetFeatureStatus sets a feature's status to any text, as the flow does: without an entry on the
// trail and without the API's rules.
func (s *Simulator) SetFeatureStatus(id, nodeID, feature, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found, err := s.feature(id, nodeID, feature)
	if err == nil {
		found.Status = status
	}
	return err
}

// AddFeature adds a feature to a session, as the flow does.
func (s *Simulator) AddFeature(id string, added Feature) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.sessions[id]; found != nil {
		found.Features = append(found.Features, added)
	}
}

// RemoveFeature removes features from a session, as a resubmission does; feature may be "" for all
// at that node.
func (s *Simulator) RemoveFeature(id, nodeID, feature string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.sessions[id]; found != nil {
		found.Features = slices.DeleteFunc(found.Features, func(f Feature) bool { return f.atNode(nodeID) && f.isOfType(feature) })
	}
}

// features returns those that a node ID and a type (array or label) address.
func (s *session) features(nodeID, feature string) (found []*Feature) {
	for i := range s.Features {
		if f := &s.Features[i]; f.atNode(nodeID) && f.isOfType(feature) {
			found = append(found, f)
		}
	}
	return found
}

// feature returns the one feature that is addressed, or ErrNotFound or ErrConflict. The caller
// holds the lock.
func (s *Simulator) feature(id, nodeID, feature string) (*session, *Feature, error) {
	session, err := s.find(id)
	if err != nil {
		return nil, nil, err
	}
	switch found := session.features(nodeID, feature); len(found) {
	case 0:
		return nil, nil, fmt.Errorf("%w: feature %q at node %q in session %s", ErrNotFound, feature, nodeID, id)
	case 1:
		return session, found[0], nil
	default:
		return nil, nil, fmt.Errorf("%w: several features %q at node %q in session %s", ErrConflict, feature, nodeID, id)
	}
}

// updateFeatureStatus is PATCH /v3/session/{sessionId}/features/{nodeId}/update-status/ (OpenAPI
// operation patch_v3_session_update_feature_status), with the feature_type and the
// deferred changes of the newer pages.
func (s *Simulator) updateFeatureStatus(c call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, rejected := s.sessionToUpdate(c, detailNoSession)
	switch {
	case rejected != nil:
		return rejected
	case session.API:
		return detailResponse(http.StatusBadRequest, "Cannot change feature status for API sessions.")
	}
	body, rejected := readFields(c)
	if rejected != nil {
		return rejected
	}
	isDeferred := !s.options.WithoutOverrides && body.boolean("defer_until_flow_finishes", false)
	body.require("new_status")
	status, comment, label := body.choice("new_status", featureStatuses), body.text("comment"), body.text("feature_type")
	if rejected := body.rejected(); rejected != nil {
		return rejected
	}
	found := slices.DeleteFunc(session.features(c.nodeID, ""), func(f *Feature) bool { return label != "" && f.FeatureType() != label })
	switch {
	case len(found) == 0:
		return detailResponse(http.StatusNotFound, fmt.Sprintf("No feature found with node_id '%s' in this session.", c.nodeID))
	case len(found) > 1 && label == "":
		return invalidResponse("feature_type", "This field is required when the session has several features at this node.")
	case len(found) > 1:
		return invalidResponse("feature_type", "The session has several features of this type at this node.")
	case found[0].Status == status:
		return jsonResponse(http.StatusBadRequest, map[string]string{"new_status": "The new status is the same as the current status."})
	}
	requested := Override{NodeID: c.nodeID, FeatureType: label, NewStatus: status, comment: comment, actor: c.credential.actor()}
	override, rejected := s.override(session, found[0], requested, isDeferred)
	if rejected != nil {
		return rejected
	}
	response := map[string]any{"session_id": session.ID, "node_id": c.nodeID, "feature_type": override.FeatureModel, "new_status": status}
	if !s.options.WithoutOverrides {
		response["override"] = map[string]string{"id": override.ID} // Its other fields are published for the list only.
	}
	return jsonResponse(http.StatusOK, response)
}

// decideFeature sets the status of a feature and records it. An undecided session is decided if no
// feature is open any more. The caller holds the lock.
func (s *Simulator) decideFeature(session *session, feature *Feature, status, comment string, actor Actor) {
	s.trail = append(s.trail, s.setFeatureStatus(session, feature, status, comment, actor))
	s.completeDecision(session)
}

// setFeatureStatus sets the status of a feature, and adds the change to the history.
func (s *Simulator) setFeatureStatus(session *session, feature *Feature, status, comment string, actor Actor) TrailEntry {
	entry := s.record(session, actor, TrailEntry{
		Kind: DecidedFeature, NodeID: feature.Node(), FeatureType: feature.FeatureType(),
		From: feature.Status, To: status, Comment: comment,
	})
	feature.Status = status
	return entry
}
