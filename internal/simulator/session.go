// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
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

// defaultCreatedAt is fixed, so that a report is the same whenever it is read.
var defaultCreatedAt = time.Date(2026, time.March, 4, 5, 6, 7, 89_000, time.UTC)

// Session is one verification of a person or a company.
type Session struct {
	// ID is a UUID in lower case, the only spelling that the API's paths have. Empty: an invented
	// one, from Number.
	ID string `json:"id"`
	// Kind is KindUser (the default) or KindBusiness.
	Kind string `json:"kind"`
	// Status is the session's own. Empty: "In Review".
	Status string `json:"status"`
	// WorkflowID is a UUID. Empty: WorkflowKYC.
	WorkflowID string `json:"workflow_id"`
	// Environment is "live" or "sandbox" (the default).
	Environment string `json:"environment"`
	// VendorData is the customer's own name for the person or company. Empty: null.
	VendorData string `json:"vendor_data"`
	// Number is the session's own within its kind. 0: the next free one.
	Number int `json:"number"`
	// API makes it a standalone API session, whose features cannot be changed.
	API bool `json:"api"`
	// CreatedAt: a fixed invented time if it is zero.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// ExpiresAt: null if it is zero.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// FlowFinishedAt is when the person last finished the flow; null if it is zero. A person is in
	// the flow while it is zero and the session is Not Started, In Progress or Resubmitted. Zero
	// for another status, unless that is Awaiting User, Expired or Abandoned: an invented time.
	FlowFinishedAt time.Time `json:"flow_finished_at,omitzero"`
	// Parent is the ID of the company's session whose key people include the person of this one; ""
	// for none. A decision on this session recomputes the status of that one.
	Parent string `json:"parent"`
	// Features in the order of the workflow.
	Features []Feature `json:"features"`
	// RestrictsAttributes makes every field of the report's features null but node_id, status and
	// warnings, as a workflow that restricts response attributes does. Hits can still be changed.
	RestrictsAttributes bool `json:"restricts_attributes"`
	// ReportBytes is the approximate length of the decision report. 0: what its features need, at
	// least 20 to 40 KB depending on the session. If the features need more, the report has only
	// the fields that a client reads of each feature and hit.
	ReportBytes int `json:"report_bytes"`
}

// session is a Session as it is stored.
type session struct {
	Session
	history   []TrailEntry // every change, oldest first: decisions and their consequences
	overrides []Override   // every PATCH of a feature, oldest first
	rerun     time.Time    // when features that need no person last ran again
}

// snapshot returns a copy that can be read without the lock.
func (s *session) snapshot() *session {
	c := *s
	c.Features = cloneFeatures(s.Features)
	c.history = slices.Clone(s.history)
	c.overrides = slices.Clone(s.overrides)
	return &c
}

func cloneFeatures(features []Feature) []Feature {
	features = slices.Clone(features)
	for i := range features {
		features[i].Hits = slices.Clone(features[i].Hits)
	}
	return features
}

// AddSession adds a session, with defaults for empty fields, or replaces the one of the same ID.
// The trail is kept.
func (s *Simulator) AddSession(added Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added.Kind = cmp.Or(added.Kind, KindUser)
	if old := s.sessions[added.ID]; old != nil && added.Number == 0 && old.Kind == added.Kind {
		added.Number = old.Number
	}
	if added.Number == 0 {
		added.Number = s.numbers[added.Kind] + 1
	}
	s.numbers[added.Kind] = max(s.numbers[added.Kind], added.Number)
	added = complete(added)
	s.sessions[added.ID] = &session{Session: added}
}

func complete(s Session) Session {
	variant := "8444"
	if s.Kind == KindBusiness { // numbered apart, so the number alone is not enough
		variant = "9444"
	}
	s.ID = cmp.Or(s.ID, fmt.Sprintf("00000000-2222-4333-%s-%012d", variant, s.Number))
	s.Status = cmp.Or(s.Status, StatusInReview)
	s.WorkflowID = cmp.Or(s.WorkflowID, WorkflowKYC)
	s.Environment = cmp.Or(s.Environment, "sandbox")
	if s.CreatedAt.IsZero() {
		s.CreatedAt = defaultCreatedAt
	}
	if s.FlowFinishedAt.IsZero() {
		s.FlowFinishedAt = defaultFlowFinishedAt(s)
	}
	s.Features = cloneFeatures(s.Features)
	for i := range s.Features {
		s.Features[i].Status = cmp.Or(s.Features[i].Status, StatusInReview)
		for j := range s.Features[i].Hits {
			s.Features[i].Hits[j].complete()
		}
	}
	return s
}

// Session returns a copy of one session, and whether there is one.
func (s *Simulator) Session(id string) (Session, bool) {
	found := s.lookup(id)
	if found == nil {
		return Session{}, false
	}
	return found.Session, true
}

// Sessions returns copies of all sessions, by ID.
func (s *Simulator) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions := make([]Session, 0, len(s.sessions))
	for _, id := range slices.Sorted(maps.Keys(s.sessions)) {
		sessions = append(sessions, s.sessions[id].snapshot().Session)
	}
	return sessions
}

// DeleteSession deletes a session; its entries on the trail are kept.
func (s *Simulator) DeleteSession(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// lookup returns a copy of a session; nil if there is none.
func (s *Simulator) lookup(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.sessions[id]; found != nil {
		return found.snapshot()
	}
	return nil
}

// find returns a session, or ErrNotFound. The caller holds the lock.
func (s *Simulator) find(id string) (*session, error) {
	if found := s.sessions[id]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("%w: session %s", ErrNotFound, id)
}

// The texts of a 404 for a session: the operations differ.
const (
	detailNotFound  = "Not found."
	detailNoSession = "Session not found."
)

// sessionToUpdate returns the session that a request may change, or the response that rejects it.
// The caller holds the lock.
func (s *Simulator) sessionToUpdate(c call, notFound string) (*session, *response) {
	found := s.sessions[c.id]
	switch {
	case c.credential == nil:
		return nil, detailResponse(http.StatusForbidden, detailNoCredential)
	case !c.credential.Write:
		return nil, detailResponse(http.StatusForbidden, detailNoPrivilege)
	case found == nil || !c.credential.canSee(found):
		return nil, detailResponse(http.StatusNotFound, notFound)
	}
	return found, nil
}
