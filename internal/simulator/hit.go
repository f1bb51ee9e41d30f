// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// The review statuses of a hit.
const (
	ReviewUnreviewed     = "Unreviewed"
	ReviewConfirmedMatch = "Confirmed Match"
	ReviewFalsePositive  = "False Positive"
	ReviewInconclusive   = "Inconclusive"
)

var reviewStatuses = []string{ReviewUnreviewed, ReviewConfirmedMatch, ReviewFalsePositive, ReviewInconclusive}

// Didit's default thresholds, of scores from 0 to 100.
const (
	// MatchThreshold is the match score below which a hit starts as a False Positive.
	MatchThreshold = 93
	// An AML check is Approved up to the first risk score, In Review up to the second, and Declined
	// above.
	approveThreshold, reviewThreshold = 80, 100
)

// Hit is one possible match of an AML screening. Its report has much invented personal data.
type Hit struct {
	// ID is unique in its screening, such as "hit_7c1e9a40b2d35f86e0a4c912".
	ID string `json:"id"`
	// FormerID is an earlier form of the ID that requests may use; "" for none. Responses have the
	// ID.
	FormerID string `json:"former_id"`
	// ReviewStatus, if empty, is that of a new hit: False Positive below MatchThreshold, else
	// Unreviewed.
	ReviewStatus string `json:"review_status"`
	// Raw is the JSON of the hit in the report, for odd ones. "": all fields that the API
	// documents.
	Raw string `json:"raw,omitempty"`
	// MatchScore is from 0 to 100; nil is null.
	MatchScore *float64 `json:"match_score"`
	// RiskScore is from 0 to 100.
	RiskScore float64 `json:"risk_score"`
}

// complete fills in the review status.
func (h *Hit) complete() {
	if h.MatchScore != nil && *h.MatchScore < MatchThreshold {
		h.ReviewStatus = cmp.Or(h.ReviewStatus, ReviewFalsePositive)
	}
	h.ReviewStatus = cmp.Or(h.ReviewStatus, ReviewUnreviewed)
}

// hit returns a hit by its ID or its former ID; nil if there is none.
func (f *Feature) hit(id string) *Hit {
	for i := range f.Hits {
		if hit := &f.Hits[i]; id == hit.ID || id != "" && id == hit.FormerID {
			return hit
		}
	}
	return nil
}

// riskScore returns the highest risk of the hits that are not False Positive.
func (f *Feature) riskScore() (score float64) {
	for _, hit := range f.Hits {
		if hit.ReviewStatus != ReviewFalsePositive {
			score = max(score, hit.RiskScore)
		}
	}
	return score
}

// HitStatus returns the review status of a hit; "" if there is none.
func (s *Simulator) HitStatus(id, nodeID, hitID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, hit, err := s.hit(id, nodeID, hitID)
	if err != nil {
		return ""
	}
	return hit.ReviewStatus
}

// SetHit adds a hit to an AML check, or replaces the one of its ID, as ongoing monitoring does:
// without an entry on the trail.
func (s *Simulator) SetHit(id, nodeID string, hit Hit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, check, err := s.feature(id, nodeID, amlArray)
	if err != nil {
		return err
	}
	hit.complete()
	if old := check.hit(hit.ID); old != nil {
		*old = hit
	} else {
		check.Hits = append(check.Hits, hit)
	}
	return nil
}

// RemoveHit removes a hit, as ongoing monitoring does: without an entry on the trail.
func (s *Simulator) RemoveHit(id, nodeID, hitID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, check, removed, err := s.hit(id, nodeID, hitID)
	if err == nil {
		removedID := removed.ID
		check.Hits = slices.DeleteFunc(check.Hits, func(hit Hit) bool { return hit.ID == removedID })
	}
	return err
}

// ReviewHit sets the review status of a hit as a person in the console does, with an entry on the
// trail under the actor "console".
func (s *Simulator) ReviewHit(id, nodeID, hitID, status string) error {
	return s.Decide(Decision{SessionID: id, NodeID: nodeID, HitID: hitID, Status: status})
}

// decideHitAs reviews a hit by the API's rules. The caller holds the lock.
func (s *Simulator) decideHitAs(by Actor, id, nodeID, hitID, status string) error {
	if !slices.Contains(reviewStatuses, status) {
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	session, check, hit, err := s.hit(id, nodeID, hitID)
	switch {
	case err != nil:
		return err
	case hit.ReviewStatus == status:
		return fmt.Errorf("%w: the hit already has status %s", ErrConflict, status)
	}
	s.reviewHit(session, check, hit, status, by)
	return nil
}

// hit returns a hit with its session and AML check. The caller holds the lock.
func (s *Simulator) hit(id, nodeID, hitID string) (*session, *Feature, *Hit, error) {
	session, check, err := s.feature(id, nodeID, amlArray)
	if err != nil {
		return nil, nil, nil, err
	}
	hit := check.hit(hitID)
	if hit == nil {
		return nil, nil, nil, fmt.Errorf("%w: AML hit %q at node %q in session %s", ErrNotFound, hitID, nodeID, id)
	}
	return session, check, hit, nil
}

// updateHitStatus is PATCH /v3/session/{sessionId}/update-aml-hit-status/ (OpenAPI operation
// patch_v3_session_update_aml_hit_status). node_id may be in the body or in the query; the body
// counts.
func (s *Simulator) updateHitStatus(c call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, rejected := s.sessionToUpdate(c, detailNoSession)
	if rejected != nil {
		return rejected
	}
	body, rejected := readFields(c)
	if rejected != nil {
		return rejected
	}
	nodeID := c.request.URL.Query().Get("node_id")
	if body.has("node_id") {
		nodeID = body.text("node_id")
	}
	body.require("review_status")
	hitID, status := body.requiredText("hit_id"), body.choice("review_status", reviewStatuses)
	if rejected := body.rejected(); rejected != nil {
		return rejected
	}
	checks := session.amlChecks(nodeID)
	switch {
	case len(checks) == 0:
		return detailResponse(http.StatusNotFound, "The session does not have an AML check.")
	case len(checks) > 1:
		return invalidResponse("node_id", "This field is required when the session has several AML checks.")
	}
	hit := checks[0].hit(hitID)
	if hit == nil {
		return detailResponse(http.StatusNotFound, fmt.Sprintf("Hit with ID '%s' not found in the AML check.", hitID))
	}
	if hit.ReviewStatus != status {
		s.reviewHit(session, checks[0], hit, status, c.credential.actor())
	}
	return jsonResponse(http.StatusOK, map[string]string{"message": "Hit status updated successfully", "hit_id": hit.ID, "review_status": status})
}

// amlChecks returns the AML checks of a session, or with a node ID those at that node.
func (s *session) amlChecks(nodeID string) (checks []*Feature) {
	for i := range s.Features {
		if f := &s.Features[i]; f.Array == amlArray && (nodeID == "" || nodeID == f.NodeID) {
			checks = append(checks, f)
		}
	}
	return checks
}

// reviewHit sets the review status of a hit and records it; the status of its check may follow. The
// caller holds the lock.
func (s *Simulator) reviewHit(session *session, check *Feature, hit *Hit, status string, actor Actor) {
	s.trail = append(s.trail, s.record(session, actor, TrailEntry{
		Kind: DecidedHit, NodeID: check.Node(), FeatureType: check.FeatureType(), HitID: hit.ID,
		From: hit.ReviewStatus, To: status,
	}))
	hit.ReviewStatus = status
	recomputed := StatusApproved
	switch score := check.riskScore(); {
	case score > reviewThreshold:
		recomputed = StatusDeclined
	case score > approveThreshold:
		recomputed = StatusInReview
	}
	if s.options.RecomputesAML && recomputed != check.Status {
		s.setFeatureStatus(session, check, recomputed, "", system)
		s.completeDecision(session)
	}
}
