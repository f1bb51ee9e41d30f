// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// consoleActor is a person in Didit's console, on the trail.
const consoleActor = "console"

// TrailEntry is one entry on the audit trail: a step that got another status.
type TrailEntry struct {
	Time time.Time `json:"time"`
	// Actor is the credential's, or "console".
	Actor string `json:"actor"`
	// SessionID is the session's.
	SessionID string `json:"session_id"`
	// NodeID is the step's; "default" for a step without one.
	NodeID string `json:"node_id"`
	// FeatureType is the label, such as "FACE_MATCH".
	FeatureType string `json:"feature_type"`
	// From and To are the statuses.
	From string `json:"from"`
	To   string `json:"to"`
	// Comment is empty where none was given.
	Comment string `json:"comment"`
}

// What Decide and SetFeatureStatus can refuse; match with errors.Is.
var (
	ErrNoSession        = errors.New("no such session")
	ErrNoFeature        = errors.New("no such step")
	ErrAmbiguousFeature = errors.New("several steps fit")
	ErrSameStatus       = errors.New("the step already has this status")
	ErrAPISession       = errors.New("a standalone API session cannot be changed")
	ErrStatus           = errors.New("not a status that can be set")
)

// settable are the statuses that a person or a key can give to a step.
var settable = []string{StatusApproved, StatusDeclined, StatusInReview}

// Trail is what happened to the steps of a session, or with "" of all, oldest first. Changes that the flow itself makes
// (SetFeatureStatus, RemoveFeature) are not on it.
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
	s.world.change(found, step, status, comment, consoleActor)
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

// change gives a step a status and writes it down. The caller holds the lock.
func (w *world) change(found *session, index int, status, comment, actor string) {
	step := &found.Features[index]
	entry := TrailEntry{
		Time: time.Now().UTC(), Actor: actor, SessionID: found.ID, NodeID: step.Node(),
		FeatureType: step.FeatureType(), From: step.Status, To: status, Comment: comment,
	}
	step.Status = status
	w.trail = append(w.trail, entry)
	found.complete(actor)
}

// statusChange is one change of the session's own status.
type statusChange struct {
	time              time.Time
	actor             string
	from, to, comment string
}

func (s *session) setStatus(status, actor, comment string) {
	s.changes = append(s.changes, statusChange{time.Now().UTC(), actor, s.Status, status, comment})
	s.Status = status
}

// undecided are the statuses of a session whose workflow is still under way.
var undecided = []string{"Not Started", "In Progress", "Awaiting User", "Resubmitted"}

// complete lets a session whose workflow waited on exactly the step that was changed get its decision; a session that
// has one keeps it. Waiting means: no other step is open any more. (Newer page; see internal/contract.)
func (s *session) complete(actor string) {
	if !slices.Contains(undecided, s.Status) {
		return
	}
	decision := StatusApproved
	for _, step := range s.Features {
		switch step.Status {
		case StatusApproved:
		case StatusDeclined:
			decision = StatusDeclined
		default:
			return
		}
	}
	s.setStatus(decision, actor, "")
}
