// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const statusResubmitted = "Resubmitted"

// decidable are the statuses in which a session's own status can be changed; undecided are those of
// a workflow that is still running.
var (
	decidable       = []string{StatusApproved, StatusDeclined, StatusInReview, "Kyc Expired", "Abandoned", statusResubmitted}
	undecided       = []string{"Not Started", "In Progress", "Awaiting User", statusResubmitted}
	sessionStatuses = slices.Concat(decidable, undecided, []string{"Expired"})
)

// EmailRequest records the e-mail fields of one status update.
type EmailRequest struct {
	SessionID string
	Send      bool   // send_email
	Address   string // email_address
}

// EmailRequests returns the e-mail fields of the status updates that had some, oldest first.
func (s *Simulator) EmailRequests() []EmailRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.emails)
}

// DecideSession sets a session's own status, Approved or Declined, as a person in the console does:
// by the API's rules, with an entry on the trail under the actor "console".
func (s *Simulator) DecideSession(id, status, comment string) error {
	if status == statusResubmitted { // needs nodes, so Decide
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	return s.Decide(Decision{SessionID: id, Status: status, Comment: comment})
}

// decideSessionAs decides a session by the API's rules. The caller holds the lock.
func (s *Simulator) decideSessionAs(by Actor, id, status, comment string) error {
	if status != StatusApproved && status != StatusDeclined {
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	found, err := s.find(id)
	switch {
	case err != nil:
		return err
	case !slices.Contains(decidable, found.Status) || found.Status == status:
		return fmt.Errorf("%w: the session has status %s", ErrConflict, found.Status)
	}
	s.decideSession(found, status, comment, by)
	return nil
}

// SetSessionStatus sets a session's status to any text, as the flow does: without an entry on the
// trail and without the API's rules. The features do not change, and pending
// overrides are not applied (FinishFlow). Not Started, In Progress and Resubmitted put the person
// into the flow. An unknown session is ignored.
func (s *Simulator) SetSessionStatus(id, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.sessions[id]; found != nil {
		s.setStatus(found, status)
		if slices.Contains(inFlow, status) {
			found.FlowFinishedAt = time.Time{}
		}
	}
}

// updateStatus is PATCH /v3/session/{sessionId}/update-status/ (OpenAPI operation
// patch_v3_session_update_status). The current status is checked before the body.
func (s *Simulator) updateStatus(c call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, rejected := s.sessionToUpdate(c, detailNotFound)
	switch {
	case rejected != nil:
		return rejected
	case !slices.Contains(decidable, found.Status):
		return detailResponse(http.StatusBadRequest, fmt.Sprintf("Only sessions with status %s can be updated. Current status: %s", strings.Join(decidable, ", "), found.Status))
	}
	body, rejected := readFields(c)
	if rejected != nil {
		return rejected
	}
	status, comment, nodes := body.sessionStatus(), body.text("comment"), body.nodesToResubmit()
	if status == statusResubmitted {
		body.require("nodes_to_resubmit")
	}
	s.readEmail(body, found.ID)
	switch rejected := body.rejected(); {
	case rejected != nil:
		return rejected
	case status == found.Status && (status == statusResubmitted || !s.options.RepeatedStatusOK):
		return jsonResponse(http.StatusBadRequest, []string{"The new status is the same as the current status."})
	case status == found.Status:
	case status == statusResubmitted:
		if rejected := s.resubmit(found, nodes, comment, c.credential.actor()); rejected != nil {
			return rejected
		}
	default:
		s.decideSession(found, status, comment, c.credential.actor())
	}
	return jsonResponse(http.StatusOK, map[string]string{"session_id": found.ID})
}

func (f *fields) sessionStatus() string {
	f.require("new_status")
	status := f.choice("new_status", sessionStatuses)
	if f.errors["new_status"] == nil && !slices.Contains([]string{StatusApproved, StatusDeclined, statusResubmitted}, status) {
		f.invalid("new_status", "You can only update the status to 'Approved', 'Declined', or 'Resubmitted'.")
	}
	return status
}

// readEmail validates and records the e-mail fields of a body. The caller holds the lock.
func (s *Simulator) readEmail(body *fields, sessionID string) {
	email := EmailRequest{sessionID, body.boolean("send_email", false), body.text("email_address")}
	if body.has("send_email") || body.has("email_address") || body.has("email_language") {
		s.emails = append(s.emails, email)
	}
	if email.Send && email.Address == "" {
		body.invalid("email_address", "Email address is required when send_email is true.")
	}
}

// decideSession sets a session's own status and records it. A person's session that is Approved or
// Declined recomputes the company's. The caller holds the lock.
func (s *Simulator) decideSession(found *session, status, comment string, actor Actor) {
	s.trail = append(s.trail, s.record(found, actor, TrailEntry{Kind: DecidedSession, From: found.Status, To: status, Comment: comment}))
	found.Status = status
	parent := s.sessions[found.Parent]
	if parent == nil || status == statusResubmitted {
		return
	}
	var statuses []string
	for _, person := range s.sessions {
		if person.Parent == parent.ID {
			statuses = append(statuses, person.Status)
		}
	}
	if overall := overallStatus(statuses); overall != parent.Status {
		s.setStatus(parent, overall)
	}
}

// setStatus sets a session's own status as Didit itself does, and adds the change to the history.
// The caller holds the lock.
func (s *Simulator) setStatus(found *session, status string) {
	s.record(found, system, TrailEntry{Kind: DecidedSession, From: found.Status, To: status})
	found.Status = status
}

// completeDecision decides an undecided session by its features, if none of them is open. (Newer
// page; see internal/contract.)
func (s *Simulator) completeDecision(found *session) {
	status := overallStatus(found.featureStatuses())
	if slices.Contains(undecided, found.Status) && status != StatusInReview {
		s.setStatus(found, status)
	}
}

func (s *session) featureStatuses() []string {
	statuses := make([]string, len(s.Features))
	for i, feature := range s.Features {
		statuses[i] = feature.Status
	}
	return statuses
}

// overallStatus returns In Review if one of the statuses is open, else Declined if one is, else
// Approved.
func overallStatus(statuses []string) string {
	overall := StatusApproved
	for _, status := range statuses {
		switch status {
		case StatusApproved:
		case StatusDeclined:
			overall = StatusDeclined
		default:
			return StatusInReview
		}
	}
	return overall
}

// resubmittable are the features that nodes_to_resubmit accepts, with the label of the session's
// feature.
var resubmittable = map[string]string{
	"OCR": "ID_VERIFICATION", "OCR_BACK": "ID_VERIFICATION", "ID_VERIFICATION": "ID_VERIFICATION", "NFC": "NFC", "AML": "AML",
	"FACE": "LIVENESS", "LIVENESS": "LIVENESS", "FACE_MATCH": "FACE_MATCH", "AGE_ESTIMATION": "", "FACE_SEARCH": "",
	"IP_ANALYSIS": "IP_ANALYSIS", "PROOF_OF_ADDRESS": "POA", "POA": "POA", "PHONE_VERIFICATION": "PHONE", "PHONE": "PHONE",
	"EMAIL_VERIFICATION": "EMAIL_VERIFICATION", "EMAIL": "EMAIL_VERIFICATION", "DATABASE_VALIDATION": "DATABASE_VALIDATION",
	"QUESTIONNAIRE": "QUESTIONNAIRE", "DOCUMENT_AI": "DOCUMENT_AI", "KYB_DOCUMENTS": "KYB_DOCUMENTS",
	"KYB_REGISTRY": "KYB_REGISTRY", "KYB_KEY_PEOPLE": "KYB_KEY_PEOPLE", "KYB": "",
}

var (
	neverResubmitted = []string{"KYB_REGISTRY", "KYB_KEY_PEOPLE", "KYB"}
	backendOnly      = []string{"AML", "DATABASE_VALIDATION", "IP_ANALYSIS"} // run without the person
)

// nodesToResubmit reads nodes_to_resubmit. The errors of its items are a list, with an empty object
// for a valid one.
func (f *fields) nodesToResubmit() (nodes []Node) {
	const field = "nodes_to_resubmit"
	var items []map[string]json.RawMessage
	if f.read(field, &items, "Expected a list of items.") && len(items) == 0 {
		f.invalid(field, "This list may not be empty.")
	}
	var errors []map[string]any
	isValid := true
	for _, values := range items {
		item := &fields{values, map[string]any{}}
		node := Node{item.requiredText("node_id"), item.requiredText("feature")}
		if _, known := resubmittable[node.Feature]; !known && item.errors["feature"] == nil {
			item.invalid("feature", fmt.Sprintf("%q is not a valid choice. Valid choices are: %s", node.Feature, strings.Join(slices.Sorted(maps.Keys(resubmittable)), ", ")))
		}
		nodes, errors = append(nodes, node), append(errors, item.errors)
		isValid = isValid && len(item.errors) == 0
	}
	if !isValid {
		f.errors[field] = errors
	}
	return nodes
}

// resubmit re-opens a session: it deletes the chosen features with their hits, and restarts the
// expiry. Backend-only features run again at once if no chosen one before them waits for the
// person: they are Approved then, without hits. If nothing waits for the person, the session is
// decided in the same request. The caller holds the lock.
func (s *Simulator) resubmit(found *session, nodes []Node, comment string, actor Actor) *response {
	chosen, message := found.chooseFeatures(nodes)
	if message != "" {
		return jsonResponse(http.StatusBadRequest, map[string]string{"nodes_to_resubmit": message})
	}
	var kept []Feature
	var waits, runs bool
	for i := range found.Features {
		feature := &found.Features[i]
		switch {
		case !slices.Contains(chosen, feature):
			kept = append(kept, *feature)
		case !waits && slices.Contains(backendOnly, feature.FeatureType()):
			runs = true
			kept = append(kept, Feature{Array: feature.Array, NodeID: feature.NodeID, Status: StatusApproved})
		default:
			waits = true
		}
	}
	now := s.now()
	if left := s.limits.window/2 - now.Sub(found.rerun); runs && left > 0 { // 30 s, unless Options shorten the window
		seconds := strconv.FormatInt(ceilSeconds(left), 10)
		throttled := detailResponse(http.StatusTooManyRequests, "Request was throttled. Expected available in "+seconds+" seconds.")
		throttled.header.Set("Retry-After", seconds)
		return throttled
	}
	if runs {
		found.rerun = now
	}
	found.Features = kept
	if waits {
		found.FlowFinishedAt = time.Time{}
	}
	if !found.ExpiresAt.IsZero() {
		found.ExpiresAt = now.UTC().Add(found.ExpiresAt.Sub(found.CreatedAt))
	}
	s.decideSession(found, statusResubmitted, comment, actor)
	if !waits {
		s.setStatus(found, overallStatus(found.featureStatuses()))
	}
	return nil
}

// chooseFeatures returns the features that nodes name. message is the API's if they cannot be
// repeated.
func (s *session) chooseFeatures(nodes []Node) (chosen []*Feature, message string) {
	var never []string
	for _, node := range nodes {
		label := resubmittable[node.Feature]
		features := s.features(node.NodeID, label)
		switch {
		case slices.Contains(neverResubmitted, node.Feature):
			never = append(never, node.Feature)
		case len(features) == 0 || label == "":
			return nil, fmt.Sprintf("Node '%s' with feature %s was not found in this session.", node.NodeID, node.Feature)
		}
		chosen = append(chosen, features...)
	}
	if len(never) > 0 {
		message = "The following features cannot be resubmitted directly: " + strings.Join(never, ", ") +
			". Resubmit the relevant child KYC sessions instead; the parent will recompute automatically."
	}
	return chosen, message
}
