// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Actors on the trail that are no credential: a person in Didit's console, and Didit itself.
const (
	consoleActor = "console"
	systemActor  = "Didit"
)

// The kinds of decision on the trail.
const (
	DecidedFeature = "feature"
	DecidedSession = "session"
	DecidedHit     = "aml_hit"
)

// TrailEntry is one entry on the audit trail: a step, a session or an AML hit that got another status.
type TrailEntry struct {
	Time time.Time `json:"time"`
	// Actor is the credential's, or "console".
	Actor string `json:"actor"`
	// Kind is DecidedFeature, DecidedSession or DecidedHit.
	Kind string `json:"kind"`
	// SessionID is the session's.
	SessionID string `json:"session_id"`
	// NodeID is that of the step, or of the hit's AML check; "default" if it has none; "" for a session.
	NodeID string `json:"node_id"`
	// FeatureType is the label, such as "FACE_MATCH"; "" for a session.
	FeatureType string `json:"feature_type"`
	// HitID is the hit's; "" for a step and a session.
	HitID string `json:"hit_id"`
	// From and To are the statuses.
	From string `json:"from"`
	To   string `json:"to"`
	// Comment is empty where none was given.
	Comment string `json:"comment"`
}

// Errors of the methods that change a session; match with errors.Is.
var (
	ErrNoSession        = errors.New("no such session")
	ErrNoFeature        = errors.New("no such step")
	ErrNoHit            = errors.New("no such AML hit")
	ErrAmbiguousFeature = errors.New("several steps fit")
	ErrSameStatus       = errors.New("it already has this status")
	ErrAPISession       = errors.New("a standalone API session cannot be changed")
	ErrStatus           = errors.New("not a status that can be set")
	ErrNotDecidable     = errors.New("the session cannot be decided in its current status")
)

// settable are the statuses that a person or a key can give to a step.
var settable = []string{StatusApproved, StatusDeclined, StatusInReview}

// Trail returns the decisions on a session, or with "" on all, oldest first. Changes that the flow itself makes
// (SetFeatureStatus, RemoveFeature, SetSessionStatus, SetHit, RemoveHit) are not on it.
func (s *Simulator) Trail(sessionID string) []TrailEntry {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	trail := make([]TrailEntry, 0, len(s.world.trail))
	for _, change := range s.world.trail {
		if sessionID == "" || change.SessionID == sessionID {
			trail = append(trail, change)
		}
	}
	return trail
}

// Decide sets a step as a person in the console does: under the API's own rules (the status must be settable and
// another one, the session no API session, the step the only one that fits), with an entry on the trail under the
// actor "console". feature is the array, such as "aml_screenings", or its label; "" where nodeID alone finds the step.
func (s *Simulator) Decide(id, nodeID, feature, status, comment string) error {
	if !slices.Contains(settable, status) {
		return fmt.Errorf("%w: %q", ErrStatus, status)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found, step, err := s.world.step(id, nodeID, feature)
	switch {
	case err != nil:
		return err
	case found.API:
		return fmt.Errorf("%w: %s", ErrAPISession, id)
	case found.Features[step].Status == status:
		return fmt.Errorf("%w: %s", ErrSameStatus, status)
	}
	s.world.decideFeature(found, step, status, comment, consoleActor)
	return nil
}

// SetFeatureStatus gives a step any status, as the verification flow itself does: without an entry on the trail and
// without the rules that bind people and keys.
func (s *Simulator) SetFeatureStatus(id, nodeID, feature, status string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found, step, err := s.world.step(id, nodeID, feature)
	if err == nil {
		found.Features[step].Status = status
	}
	return err
}

// step finds the one step that is meant. The caller holds the lock.
func (w *world) step(id, nodeID, feature string) (*session, int, error) {
	found := w.sessions[id]
	if found == nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrNoSession, id)
	}
	switch steps := found.find(nodeID, feature); len(steps) {
	case 0:
		return nil, 0, fmt.Errorf("%w: node %q, feature %q in session %s", ErrNoFeature, nodeID, feature, id)
	case 1:
		return found, steps[0], nil
	default:
		return nil, 0, fmt.Errorf("%w: node %q, feature %q in session %s", ErrAmbiguousFeature, nodeID, feature, id)
	}
}

// decideFeature gives a step a status and records it. The caller holds the lock.
func (w *world) decideFeature(found *session, index int, status, comment, actor string) {
	w.trail = append(w.trail, found.setFeatureStatus(index, status, comment, actor))
	found.complete(actor)
}

// setFeatureStatus gives a step a status, and adds it to the history.
func (s *session) setFeatureStatus(index int, status, comment, actor string) TrailEntry {
	feature := &s.Features[index]
	entry := s.note(TrailEntry{
		Actor: actor, Kind: DecidedFeature, NodeID: feature.Node(), FeatureType: feature.FeatureType(),
		From: feature.Status, To: status, Comment: comment,
	})
	feature.Status = status
	return entry
}

// setStatus gives the session a status, and adds it to the history.
func (s *session) setStatus(status, actor string) {
	s.note(TrailEntry{Actor: actor, Kind: DecidedSession, From: s.Status, To: status})
	s.Status = status
}

// note adds a change to the history, and returns it with its time and session.
func (s *session) note(entry TrailEntry) TrailEntry {
	entry.Time, entry.SessionID = time.Now().UTC(), s.ID
	s.history = append(s.history, entry)
	return entry
}

// undecided are the statuses of a session whose workflow is still under way.
var undecided = []string{"Not Started", "In Progress", "Awaiting User", statusResubmitted}

// complete lets a session whose workflow waited on exactly the step that was changed get its decision; a session that
// has one keeps it. Waiting means: no other step is open any more. (Newer page; see internal/contract.)
func (s *session) complete(actor string) {
	status := s.overallStatus()
	if slices.Contains(undecided, s.Status) && status != StatusInReview {
		s.setStatus(status, actor)
	}
}

// overallStatus is In Review if a step is open, else Declined if one is, else Approved.
func (s *session) overallStatus() string {
	statuses := make([]string, len(s.Features))
	for i, feature := range s.Features {
		statuses[i] = feature.Status
	}
	return overallStatus(statuses)
}

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
