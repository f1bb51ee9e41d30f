// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const statusResubmitted = "Resubmitted"

// decidable are the statuses from which a session's own status can be changed.
var decidable = []string{StatusApproved, StatusDeclined, StatusInReview, "Kyc Expired", "Abandoned", statusResubmitted}

// EmailRequest is what one request to change a session's status said about an e-mail to the person.
type EmailRequest struct {
	SessionID string
	Send      bool   // send_email
	Address   string // email_address
}

// EmailRequests returns what requests said about e-mails, oldest first; requests without such a field are not among
// them.
func (s *Simulator) EmailRequests() []EmailRequest {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return slices.Clone(s.world.emails)
}

// DecideSession sets a session's own status, Approved or Declined, as a person in the console does: under the API's own
// rules (another status than the current one, which must be decidable), with an entry on the trail under the actor
// "console".
func (s *Simulator) DecideSession(id, status, comment string) error {
	if status != StatusApproved && status != StatusDeclined {
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found := s.world.sessions[id]
	switch {
	case found == nil:
		return fmt.Errorf("%w: %s", ErrNoSession, id)
	case !slices.Contains(decidable, found.Status):
		return fmt.Errorf("%w: %s", ErrNotDecidable, found.Status)
	case found.Status == status:
		return fmt.Errorf("%w: %s", ErrSameStatus, status)
	}
	s.world.decideSession(found, status, comment, consoleActor)
	return nil
}

// updateStatus is PATCH /v3/session/{sessionId}/update-status/ (OpenAPI operation patch_v3_session_update_status). The
// current status is checked before the body.
func (s *Simulator) updateStatus(c call) answer {
	if refused := c.caller.refuseWrite(); refused != nil {
		return *refused
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found := s.world.sessions[c.id]
	switch {
	case found == nil || !c.caller.credential.sees(found):
		return detail(http.StatusNotFound, detailNotFound)
	case !slices.Contains(decidable, found.Status):
		return detail(http.StatusBadRequest, fmt.Sprintf("Only sessions with status %s can be updated. Current status: %s", strings.Join(decidable, ", "), found.Status))
	}
	body, refused := readFields(c)
	if refused != nil {
		return *refused
	}
	wanted := s.world.readStatusUpdate(body, found.ID)
	switch refused := body.refused(); {
	case refused != nil:
		return *refused
	case wanted.status == found.Status && (wanted.status == statusResubmitted || !s.repeatedStatusOK):
		return object(http.StatusBadRequest, []string{"The new status is the same as the current status."})
	case wanted.status == found.Status:
	case wanted.status == statusResubmitted:
		if refused := s.resubmit(found, wanted, c.caller.name()); refused != nil {
			return *refused
		}
	default:
		s.world.decideSession(found, wanted.status, wanted.comment, c.caller.name())
	}
	return object(http.StatusOK, map[string]string{"session_id": found.ID})
}

// statusUpdate is a request's body, after validation.
type statusUpdate struct {
	status, comment string
	nodes           []nodeToResubmit // none: the API selects them
}

type nodeToResubmit struct{ nodeID, feature string }

// readStatusUpdate validates a body, and records what it says about e-mails. The caller holds the lock.
func (w *world) readStatusUpdate(body *fields, sessionID string) statusUpdate {
	body.require("new_status")
	wanted := statusUpdate{status: body.choice("new_status", sessionStatuses), comment: body.text("comment"), nodes: body.nodes()}
	if slices.Contains(sessionStatuses, wanted.status) && !slices.Contains([]string{StatusApproved, StatusDeclined, statusResubmitted}, wanted.status) {
		body.invalid("new_status", "You can only update the status to 'Approved', 'Declined', or 'Resubmitted'.")
	}
	email := EmailRequest{sessionID, body.boolean("send_email", false), body.text("email_address")}
	if body.has("send_email") || body.has("email_address") || body.has("email_language") {
		w.emails = append(w.emails, email)
	}
	if email.Send && email.Address == "" {
		body.invalid("email_address", "Email address is required when send_email is true.")
	}
	return wanted
}

// nodes reads nodes_to_resubmit. The errors of its items are a list, with an empty object for a good one.
func (f *fields) nodes() []nodeToResubmit {
	const field = "nodes_to_resubmit"
	var items []map[string]json.RawMessage
	if !f.read(field, &items, "Expected a list of items.") {
		return nil
	}
	nodes, errors, isGood := []nodeToResubmit{}, []any{}, true
	for _, item := range items {
		of := &fields{item, map[string]any{}}
		of.require("node_id", "feature")
		node := nodeToResubmit{of.text("node_id"), of.text("feature")}
		if _, known := resubmittable[node.feature]; !known && len(of.errors) == 0 {
			of.invalid("feature", fmt.Sprintf("%q is not a valid choice. Valid choices are: %s", node.feature, strings.Join(slices.Sorted(maps.Keys(resubmittable)), ", ")))
		}
		nodes, errors = append(nodes, node), append(errors, of.errors)
		isGood = isGood && len(of.errors) == 0
	}
	if !isGood {
		f.errors[field] = errors
	}
	return nodes
}

// decideSession sets a session's own status and records it. A person's session that is Approved or Declined recomputes
// the company's. The caller holds the lock.
func (w *world) decideSession(found *session, status, comment, actor string) {
	w.trail = append(w.trail, found.note(TrailEntry{Actor: actor, Kind: DecidedSession, From: found.Status, To: status, Comment: comment}))
	found.Status = status
	parent := w.sessions[found.Parent]
	if parent == nil || status == statusResubmitted {
		return
	}
	var statuses []string
	for _, person := range w.sessions {
		if person.Parent == parent.ID {
			statuses = append(statuses, person.Status)
		}
	}
	if overall := overallStatus(statuses); overall != parent.Status {
		parent.setStatus(overall, systemActor)
	}
}

// resubmittable are the features that a request can name, with the label of the step.
var resubmittable = map[string]string{
	"OCR": "ID_VERIFICATION", "OCR_BACK": "ID_VERIFICATION", "ID_VERIFICATION": "ID_VERIFICATION", "NFC": "NFC", "AML": "AML",
	"FACE": "LIVENESS", "LIVENESS": "LIVENESS", "FACE_MATCH": "FACE_MATCH", "AGE_ESTIMATION": "", "FACE_SEARCH": "",
	"IP_ANALYSIS": "IP_ANALYSIS", "PROOF_OF_ADDRESS": "POA", "POA": "POA", "PHONE_VERIFICATION": "PHONE", "PHONE": "PHONE",
	"EMAIL_VERIFICATION": "EMAIL_VERIFICATION", "EMAIL": "EMAIL_VERIFICATION", "DATABASE_VALIDATION": "DATABASE_VALIDATION",
	"QUESTIONNAIRE": "QUESTIONNAIRE", "DOCUMENT_AI": "DOCUMENT_AI", "KYB_DOCUMENTS": "KYB_DOCUMENTS",
	"KYB_REGISTRY": "KYB_REGISTRY", "KYB_KEY_PEOPLE": "KYB_KEY_PEOPLE", "KYB": "",
}

// Labels of steps with a rule of their own in a resubmission.
var (
	neverResubmitted  = []string{"KYB_REGISTRY", "KYB_KEY_PEOPLE", "KYB"}
	neverAutoSelected = []string{"NFC", "IP_ANALYSIS", "KYB_REGISTRY", "KYB_DOCUMENTS", "KYB_KEY_PEOPLE", "DOCUMENT_AI"}
	backendOnly       = []string{"AML", "DATABASE_VALIDATION", "IP_ANALYSIS"}
)

// resubmit re-opens a session: it deletes the chosen steps with their hits, and restarts the expiry. Steps that need no
// person run again at once if no chosen step before them waits for the person: they are Approved then, without hits; if
// all are such steps, the session gets a decision in the same request. The caller holds the lock.
func (s *Simulator) resubmit(found *session, wanted statusUpdate, actor string) *answer {
	chosen, message := found.chooseSteps(wanted.nodes)
	if message != "" {
		return refuse(object(http.StatusBadRequest, map[string]string{"nodes_to_resubmit": message}))
	}
	var kept []Feature
	waits, runs := false, false
	for i, feature := range found.Features {
		switch {
		case !slices.Contains(chosen, i):
			kept = append(kept, feature)
		case !waits && slices.Contains(backendOnly, feature.FeatureType()):
			runs = true
			kept = append(kept, Feature{Array: feature.Array, NodeID: feature.NodeID, Status: StatusApproved})
		default:
			waits = true
		}
	}
	now := time.Now()
	if runs {
		if left := s.limits.window/2 - now.Sub(found.rerun); left > 0 { // 30 s, if the window is not shortened
			a := detail(http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %v seconds.", math.Ceil(left.Seconds())))
			a.header.Set("Retry-After", strconv.FormatInt(ceilSeconds(left), 10))
			return &a
		}
		found.rerun = now
	}
	found.Features = kept
	if !found.ExpiresAt.IsZero() {
		found.ExpiresAt = now.UTC().Add(found.ExpiresAt.Sub(found.CreatedAt))
	}
	s.world.decideSession(found, statusResubmitted, wanted.comment, actor)
	if !waits {
		found.setStatus(found.overallStatus(), systemActor)
	}
	return nil
}

// chooseSteps finds the steps that nodes name, or without nodes those that need to be repeated. message is the API's if
// they cannot be.
func (s *session) chooseSteps(nodes []nodeToResubmit) (chosen []int, message string) {
	if len(nodes) == 0 {
		for i, feature := range s.Features {
			if slices.Contains([]string{StatusDeclined, StatusInReview, "Not Finished", "Expired"}, feature.Status) &&
				!slices.Contains(neverAutoSelected, feature.FeatureType()) {
				chosen = append(chosen, i)
			}
		}
		if len(chosen) == 0 {
			message = "No features found that need resubmission. All features are already approved."
		}
		return chosen, message
	}
	var refused []string
	for _, node := range nodes {
		if slices.Contains(neverResubmitted, node.feature) {
			refused = append(refused, node.feature)
			continue
		}
		steps := s.find(node.nodeID, resubmittable[node.feature])
		if len(steps) == 0 || resubmittable[node.feature] == "" {
			return nil, fmt.Sprintf("Node '%s' with feature %s was not found in this session.", node.nodeID, node.feature)
		}
		chosen = append(chosen, steps...)
	}
	if len(refused) > 0 {
		return nil, fmt.Sprintf("The following features cannot be resubmitted directly: %s. Resubmit the relevant child KYC sessions instead; the parent will recompute automatically.", strings.Join(refused, ", "))
	}
	return chosen, ""
}
