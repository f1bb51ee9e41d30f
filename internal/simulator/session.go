// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// The session kinds and the statuses that the API writes.
const (
	KindUser     = "user"
	KindBusiness = "business"

	StatusApproved = "Approved"
	StatusDeclined = "Declined"
	StatusInReview = "In Review"
)

// DefaultWorkflowID is the workflow of a session that names none.
const DefaultWorkflowID = "77777777-2222-4333-8444-000000000001"

// defaultCreatedAt is fixed, so that a report is the same whenever it is read.
var defaultCreatedAt = time.Date(2026, time.March, 4, 5, 6, 7, 89_000, time.UTC)

// Session is one verification of a person or a company.
type Session struct {
	// ID is a UUID in lower case, the only spelling that the API's paths know. Empty: an invented one, from Number.
	ID string `json:"id"`
	// Kind is KindUser (the default) or KindBusiness.
	Kind string `json:"kind"`
	// Status is the session's own. Empty: "In Review".
	Status string `json:"status"`
	// WorkflowID is a UUID. Empty: DefaultWorkflowID.
	WorkflowID string `json:"workflow_id"`
	// Environment is "live" or "sandbox" (the default).
	Environment string `json:"environment"`
	// VendorData is the customer's own name for the person or company. Empty: null.
	VendorData string `json:"vendor_data"`
	// Number is the session's own within its kind. 0: the next free one.
	Number int `json:"number"`
	// API makes it a standalone API session: every change is refused with 400.
	API bool `json:"api"`
	// CreatedAt: a fixed invented time where it is zero.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// ExpiresAt: null where it is zero.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Parent is the ID of the company's session that has the person of this one among its key people; "" for none. A
	// decision on this session recomputes the status of that one.
	Parent string `json:"parent"`
	// Features in the order of the workflow.
	Features []Feature `json:"features"`
	// ReportBytes is about how long the decision report shall be. 0: what its steps need, and at least 20 to 40 KB,
	// varying by session. Less than the steps need: each of them shrinks to its node ID and status.
	ReportBytes int `json:"report_bytes"`
}

// Feature is one feature of a session, run at one node of its workflow.
type Feature struct {
	// Array is the report's, such as "id_verifications". Arrays that nobody knows are allowed too.
	Array string `json:"array"`
	// NodeID is the node's in the workflow graph. "" is null: a step of a non-graph workflow, addressed as `default`.
	NodeID string `json:"node_id"`
	// Status of the feature. Empty: "In Review".
	Status string `json:"status"`
	// Hits of an AML screening ("aml_screenings"); other features have none.
	Hits []Hit `json:"hits,omitempty"`
}

// DefaultNode addresses a step without a node ID.
const DefaultNode = "default"

// at is whether the step is addressed by a node ID; "" means DefaultNode here.
func (f Feature) at(nodeID string) bool {
	if nodeID == "" || nodeID == DefaultNode {
		return f.NodeID == "" || f.NodeID == DefaultNode
	}
	return f.NodeID == nodeID
}

// is whether the step is of a feature, which its array or its label names; "" is any.
func (f Feature) is(feature string) bool {
	return feature == "" || feature == f.Array || feature == f.FeatureType()
}

// Node is how the step is addressed: by its node ID, or as DefaultNode.
func (f Feature) Node() string {
	if f.NodeID == "" {
		return DefaultNode
	}
	return f.NodeID
}

// FeatureType is the label of the step's feature, such as "FACE_MATCH": that of its array, and for an array that nobody
// knows its name in upper case.
func (f Feature) FeatureType() string { return featureOf(f.Array).label }

// session is what the world keeps of one.
type session struct {
	Session
	history []TrailEntry // every change, oldest first: decisions, and what the flow made of them
	rerun   time.Time    // when steps that need no person last ran again
}

// find lists the indexes of the steps that a node ID and a feature (array or label) address.
func (s *session) find(nodeID, feature string) []int {
	var found []int
	for i, step := range s.Features {
		if step.at(nodeID) && step.is(feature) {
			found = append(found, i)
		}
	}
	return found
}

// snapshot is a copy that can be read without the world's lock.
func (s *session) snapshot() *session {
	c := *s
	c.Features = cloneFeatures(s.Features)
	c.history = slices.Clone(s.history)
	return &c
}

// AddSession adds a session, filling in what it leaves out, or replaces the one of the same ID. The trail stays.
func (s *Simulator) AddSession(added Session) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if added.Kind == "" {
		added.Kind = KindUser
	}
	if old := s.world.sessions[added.ID]; old != nil && added.Number == 0 && old.Kind == added.Kind {
		added.Number = old.Number
	}
	if added.Number == 0 {
		added.Number = s.world.numbers[added.Kind] + 1
	}
	s.world.numbers[added.Kind] = max(s.world.numbers[added.Kind], added.Number)
	completed := complete(added)
	s.world.sessions[completed.ID] = &session{Session: completed}
}

func complete(s Session) Session {
	or := func(field *string, otherwise string) {
		if *field == "" {
			*field = otherwise
		}
	}
	variant := "8444"
	if s.Kind == KindBusiness { // numbered apart, so the number alone is not enough
		variant = "9444"
	}
	or(&s.ID, fmt.Sprintf("00000000-2222-4333-%s-%012d", variant, s.Number))
	or(&s.Status, StatusInReview)
	or(&s.WorkflowID, DefaultWorkflowID)
	or(&s.Environment, "sandbox")
	if s.CreatedAt.IsZero() {
		s.CreatedAt = defaultCreatedAt
	}
	s.Features = cloneFeatures(s.Features)
	for i := range s.Features {
		or(&s.Features[i].Status, StatusInReview)
		for j := range s.Features[i].Hits {
			s.Features[i].Hits[j] = s.Features[i].Hits[j].complete()
		}
	}
	return s
}

func cloneFeatures(features []Feature) []Feature {
	features = slices.Clone(features)
	for i := range features {
		features[i].Hits = slices.Clone(features[i].Hits)
	}
	return features
}

// Session is a copy of one session as it stands, and whether there is one.
func (s *Simulator) Session(id string) (Session, bool) {
	found := s.lookup(id)
	if found == nil {
		return Session{}, false
	}
	return found.Session, true
}

// Sessions are copies of all sessions as they stand, by ID.
func (s *Simulator) Sessions() []Session {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	sessions := make([]Session, 0, len(s.world.sessions))
	for _, id := range slices.Sorted(maps.Keys(s.world.sessions)) {
		sessions = append(sessions, s.world.sessions[id].snapshot().Session)
	}
	return sessions
}

// DeleteSession forgets a session, as the API does after a deletion; its entries on the trail stay.
func (s *Simulator) DeleteSession(id string) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	delete(s.world.sessions, id)
}

// SetSessionStatus gives a session any status, as the flow does: without an entry on the trail and without the rules
// that bind people and keys. The steps stay as they are. An unknown session is left alone.
func (s *Simulator) SetSessionStatus(id, status string) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if found := s.world.sessions[id]; found != nil {
		found.setStatus(status, consoleActor)
	}
}

// RemoveFeature takes a step out of a session, as a resubmission does. nodeID "" or "default" is a non-graph step; array
// may be "" for every step at that node.
func (s *Simulator) RemoveFeature(id, nodeID, array string) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if found := s.world.sessions[id]; found != nil {
		found.Features = slices.DeleteFunc(found.Features, func(step Feature) bool { return step.at(nodeID) && step.is(array) })
	}
}

// FeatureStatus is the status of a step; "" when there is none. array may be "" when nodeID alone finds it; where several
// fit, the first counts.
func (s *Simulator) FeatureStatus(id, nodeID, array string) string {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if found := s.world.sessions[id]; found != nil {
		if steps := found.find(nodeID, array); len(steps) > 0 {
			return found.Features[steps[0]].Status
		}
	}
	return ""
}

// lookup is a copy of a session; nil where there is none.
func (s *Simulator) lookup(id string) *session {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if found := s.world.sessions[id]; found != nil {
		return found.snapshot()
	}
	return nil
}
