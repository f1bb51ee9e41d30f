// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"slices"
	"time"
)

// Decision is one change of a session, a feature or an AML hit by a person or a key: HitID makes it
// one of a hit, else NodeID or FeatureType one of a feature, else it is one of the session itself.
type Decision struct {
	// By decides; the zero Actor is the console user "console".
	By Actor `json:"by,omitzero"`
	// At is the time on the trail. Zero: that of the simulator (SetTime).
	At          time.Time `json:"at,omitzero"`
	SessionID   string    `json:"session_id"`
	NodeID      string    `json:"node_id"`
	FeatureType string    `json:"feature_type"` // label or array; "" if NodeID alone finds it
	HitID       string    `json:"hit_id"`
	// Status is the new one. "Resubmitted" re-opens a session for Nodes.
	Status string `json:"status"`
	Nodes  []Node `json:"nodes"`
	// Comment is ignored for a hit, which has none.
	Comment string `json:"comment"`
}

// Node is a feature to resubmit, as in nodes_to_resubmit.
type Node struct {
	NodeID  string `json:"node_id"`
	Feature string `json:"feature"`
}

// Decide makes a change by the API's rules, with an entry on the trail. Errors: ErrNotFound,
// ErrConflict, ErrStatus.
func (s *Simulator) Decide(d Decision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeTime, d.At = d.At, s.changeTime
	defer func() { s.changeTime = d.At }()
	switch {
	case d.HitID != "":
		return s.decideHitAs(d.By, d.SessionID, d.NodeID, d.HitID, d.Status)
	case d.NodeID != "" || d.FeatureType != "":
		return s.decideFeatureAs(d.By, d.SessionID, d.NodeID, d.FeatureType, d.Status, d.Comment)
	case d.Status == statusResubmitted:
		return s.resubmitAs(d.By, d.SessionID, d.Nodes, d.Comment)
	}
	return s.decideSessionAs(d.By, d.SessionID, d.Status, d.Comment)
}

// Comment adds a remark of a console user to a session's activity feed, which decides nothing. The
// time is as in Decision.At.
func (s *Simulator) Comment(id string, by Actor, at time.Time, text string) error {
	return s.note(id, by, at, TrailEntry{Kind: activityComment, Comment: text})
}

// MonitoringMatch adds a hit to an AML check as ongoing monitoring does: with an AML_ONGOING_MATCH
// in the feed, after which an Approved check and an Approved session are In Review, changed by
// Didit itself. There is no entry on the trail. The time is as in Decision.At.
func (s *Simulator) MonitoringMatch(id, nodeID string, hit Hit, at time.Time) error {
	if err := s.SetHit(id, nodeID, hit); err != nil {
		return err
	}
	if err := s.note(id, system, at, TrailEntry{Kind: activityMatch}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeTime = at
	defer func() { s.changeTime = time.Time{} }()
	found, check, err := s.feature(id, nodeID, amlArray)
	if err != nil {
		return err
	}
	if check.Status == StatusApproved {
		s.setFeatureStatus(found, check, StatusInReview, "", system)
	}
	if found.Status == StatusApproved {
		s.setStatus(found, StatusInReview)
	}
	return nil
}

// note adds an activity that changes nothing to a session's feed.
func (s *Simulator) note(id string, by Actor, at time.Time, entry TrailEntry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(id)
	if err != nil {
		return err
	}
	s.changeTime = at
	defer func() { s.changeTime = time.Time{} }()
	s.record(found, by, entry)
	return nil
}

// SetTime stops the clock of everything that the simulator stores (the trail, the feed,
// destinations, a restarted expiry) at a time; the zero time lets it run again. The limits and the
// request log are always in real time.
func (s *Simulator) SetTime(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = t
}

// now returns the time of a change, in UTC. The caller holds the lock.
func (s *Simulator) now() time.Time {
	for _, set := range []time.Time{s.changeTime, s.stopped} {
		if !set.IsZero() {
			return set.UTC()
		}
	}
	return time.Now().UTC()
}

// resubmitAs re-opens a session by the API's rules. The caller holds the lock.
func (s *Simulator) resubmitAs(by Actor, id string, nodes []Node, comment string) error {
	found, err := s.find(id)
	switch {
	case err != nil:
		return err
	case !slices.Contains(decidable, found.Status) || found.Status == statusResubmitted:
		return fmt.Errorf("%w: the session has status %s", ErrConflict, found.Status)
	}
	if rejected := s.resubmit(found, nodes, comment, by); rejected != nil {
		return fmt.Errorf("%w: %s", ErrConflict, rejected.body)
	}
	return nil
}
