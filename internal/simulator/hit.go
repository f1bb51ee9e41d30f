// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
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
	// An AML step is Approved up to the first risk score, In Review up to the second, and Declined above.
	approveThreshold, reviewThreshold = 80, 100
)

// Hit is one possible match of an AML screening. Its report holds much invented personal data.
type Hit struct {
	// ID is unique in its screening, such as "hit_7c1e9a40b2d35f86e0a4c912".
	ID string `json:"id"`
	// FormerID is an earlier form of the ID that the API still accepts; "" for none. Responses have the ID.
	FormerID string `json:"former_id"`
	// ReviewStatus, if empty, is that of a new hit: False Positive below MatchThreshold, else Unreviewed.
	ReviewStatus string `json:"review_status"`
	// MatchScore is from 0 to 100; nil is null.
	MatchScore *float64 `json:"match_score"`
	// RiskScore is from 0 to 100.
	RiskScore float64 `json:"risk_score"`
}

// Score is a match score for a Hit.
func Score(value float64) *float64 { return &value }

// complete fills in the review status.
func (h Hit) complete() Hit {
	switch {
	case h.ReviewStatus != "":
	case h.MatchScore != nil && *h.MatchScore < MatchThreshold:
		h.ReviewStatus = ReviewFalsePositive
	default:
		h.ReviewStatus = ReviewUnreviewed
	}
	return h
}

// riskScore is the highest risk of the hits that are no False Positives.
func (f Feature) riskScore() (score float64) {
	for _, hit := range f.Hits {
		if hit.ReviewStatus != ReviewFalsePositive {
			score = max(score, hit.RiskScore)
		}
	}
	return score
}

// HitStatus returns the review status of a hit; "" if there is none. nodeID "" or "default" is a step without a node ID.
func (s *Simulator) HitStatus(id, nodeID, hitID string) string {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	hit, _, _, err := s.world.hit(id, nodeID, hitID)
	if err != nil {
		return ""
	}
	return hit.ReviewStatus
}

// SetHit adds a hit to an AML step, or replaces the one of its ID, as ongoing monitoring does: without an entry on the
// trail. The error is ErrNoSession, ErrNoFeature or ErrAmbiguousFeature.
func (s *Simulator) SetHit(id, nodeID string, hit Hit) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found, step, err := s.world.step(id, nodeID, amlArray)
	if err != nil {
		return err
	}
	feature := &found.Features[step]
	if i := feature.hit(hit.ID); i >= 0 {
		feature.Hits[i] = hit.complete()
	} else {
		feature.Hits = append(feature.Hits, hit.complete())
	}
	return nil
}

// RemoveHit removes a hit, as ongoing monitoring does: without an entry on the trail. The error is that of SetHit, or
// ErrNoHit.
func (s *Simulator) RemoveHit(id, nodeID, hitID string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	hit, found, step, err := s.world.hit(id, nodeID, hitID)
	if err == nil {
		feature := &found.Features[step]
		feature.Hits = slices.DeleteFunc(feature.Hits, func(h Hit) bool { return h.ID == hit.ID })
	}
	return err
}

// ReviewHit sets the review status of a hit as a person in the console does, with an entry on the trail under the actor
// "console". The error is that of RemoveHit, ErrStatus or ErrSameStatus.
func (s *Simulator) ReviewHit(id, nodeID, hitID, reviewStatus string) error {
	if !slices.Contains(reviewStatuses, reviewStatus) {
		return fmt.Errorf("%w: %q", ErrStatus, reviewStatus)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	hit, found, step, err := s.world.hit(id, nodeID, hitID)
	switch {
	case err != nil:
		return err
	case hit.ReviewStatus == reviewStatus:
		return fmt.Errorf("%w: %s", ErrSameStatus, reviewStatus)
	}
	s.world.reviewHit(found, step, hit, reviewStatus, consoleActor)
	return nil
}

// hit finds a hit and its step. The caller holds the lock.
func (w *world) hit(id, nodeID, hitID string) (*Hit, *session, int, error) {
	found, step, err := w.step(id, nodeID, amlArray)
	if err != nil {
		return nil, nil, 0, err
	}
	i := found.Features[step].hit(hitID)
	if i < 0 {
		return nil, nil, 0, fmt.Errorf("%w: %q at node %q in session %s", ErrNoHit, hitID, nodeID, id)
	}
	return &found.Features[step].Hits[i], found, step, nil
}

// hit returns the index of a hit by its ID or its former ID; -1 if there is none.
func (f Feature) hit(id string) int {
	return slices.IndexFunc(f.Hits, func(hit Hit) bool { return id == hit.ID || id != "" && id == hit.FormerID })
}

// updateHitStatus is PATCH /v3/session/{sessionId}/update-aml-hit-status/ (OpenAPI operation
// patch_v3_session_update_aml_hit_status). node_id may be in the body or in the query; the body counts.
func (s *Simulator) updateHitStatus(c call) answer {
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
	if found == nil || !c.caller.credential.sees(found) {
		return detail(http.StatusNotFound, detailNoSession)
	}
	body.require("hit_id", "review_status")
	hitID, status, nodeID := body.text("hit_id"), body.choice("review_status", reviewStatuses), c.request.URL.Query().Get("node_id")
	if hitID == "" && body.has("hit_id") && body.errors["hit_id"] == nil {
		body.invalid("hit_id", "This field may not be blank.")
	}
	if body.has("node_id") {
		nodeID = body.text("node_id")
	}
	if refused := body.refused(); refused != nil {
		return *refused
	}
	checks := found.amlChecks(nodeID)
	switch {
	case len(checks) == 0:
		return detail(http.StatusNotFound, "The session does not have an AML check.")
	case len(checks) > 1:
		return invalid("node_id", "This field is required when the session has several AML checks.")
	}
	i := found.Features[checks[0]].hit(hitID)
	if i < 0 {
		return detail(http.StatusNotFound, fmt.Sprintf("Hit with ID '%s' not found in the AML check.", hitID))
	}
	hit := &found.Features[checks[0]].Hits[i]
	if hit.ReviewStatus != status {
		s.world.reviewHit(found, checks[0], hit, status, c.caller.name())
	}
	return object(http.StatusOK, map[string]string{"message": "Hit status updated successfully", "hit_id": hit.ID, "review_status": status})
}

// amlChecks returns the indexes of the AML steps, or of those at one node.
func (s *session) amlChecks(nodeID string) (checks []int) {
	for i, feature := range s.Features {
		if feature.Array == amlArray && (nodeID == "" || nodeID == feature.NodeID) {
			checks = append(checks, i)
		}
	}
	return checks
}

// reviewHit gives a hit a review status and records it; the status of its step may follow. The caller holds the lock.
func (w *world) reviewHit(found *session, step int, hit *Hit, status, actor string) {
	feature := &found.Features[step]
	w.trail = append(w.trail, found.note(TrailEntry{
		Actor: actor, Kind: DecidedHit, NodeID: feature.Node(), FeatureType: feature.FeatureType(), HitID: hit.ID,
		From: hit.ReviewStatus, To: status,
	}))
	hit.ReviewStatus = status
	if !w.recomputesAML {
		return
	}
	recomputed := StatusApproved
	switch score := feature.riskScore(); {
	case score > reviewThreshold:
		recomputed = StatusDeclined
	case score > approveThreshold:
		recomputed = StatusInReview
	}
	if recomputed != feature.Status {
		found.setFeatureStatus(step, recomputed, "", systemActor)
		found.complete(systemActor)
	}
}
