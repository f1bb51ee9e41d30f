// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Actors beside the credentials: a person in Didit's console, and Didit itself.
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

// TrailEntry is one entry on the audit trail: a feature, a session or an AML hit that got another
// status.
type TrailEntry struct {
	Time time.Time `json:"time"`
	// Actor is the credential's, or "console".
	Actor string `json:"actor"`
	// Kind is DecidedFeature, DecidedSession or DecidedHit.
	Kind      string `json:"kind"`
	SessionID string `json:"session_id"`
	// NodeID is that of the feature, or of the hit's AML check; "default" if it has none; "" for a
	// session.
	NodeID string `json:"node_id"`
	// FeatureType is the label, such as "FACE_MATCH"; "" for a session.
	FeatureType string `json:"feature_type"`
	// HitID is "" for a feature and a session.
	HitID   string `json:"hit_id"`
	From    string `json:"from"`
	To      string `json:"to"`
	Comment string `json:"comment"`
}

// Errors of the methods that change a session; match with errors.Is.
var (
	// ErrNotFound: there is no such session, feature or hit.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the API's rules do not allow the change now, or several features match.
	ErrConflict = errors.New("not possible")
	// ErrStatus: this status can never be set.
	ErrStatus = errors.New("not a status that can be set")
)

// Trail returns the decisions on a session, or with "" on all, oldest first. Changes that the flow
// itself makes (SetFeatureStatus, RemoveFeature, SetSessionStatus, SetHit, RemoveHit) are not on
// it.
func (s *Simulator) Trail(sessionID string) []TrailEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	trail := make([]TrailEntry, 0, len(s.trail))
	for _, entry := range s.trail {
		if sessionID == "" || entry.SessionID == sessionID {
			trail = append(trail, entry)
		}
	}
	return trail
}

// record adds a change to a session's history, and returns it complete.
func (s *session) record(entry TrailEntry) TrailEntry {
	entry.Time, entry.SessionID = time.Now().UTC(), s.ID
	s.history = append(s.history, entry)
	return entry
}

// listReviews is GET /v3/sessions/{session_id}/reviews/ (OpenAPI operation list_session_reviews),
// the activity feed: newest first, or with ordering=created_at oldest first. The credential is
// checked before the session; business sessions have no feed.
func (s *Simulator) listReviews(c call) *response {
	if !c.credential.mayRead() {
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	}
	found := s.lookup(c.id)
	if found == nil || found.Kind == KindBusiness || !c.credential.canSee(found) {
		return detailResponse(http.StatusNotFound, detailNoSession)
	}
	feed := found.feed()
	if c.request.URL.Query().Get("ordering") != "created_at" {
		slices.Reverse(feed)
	}
	return jsonResponse(http.StatusOK, paginate(c.request, feed, func(entry string) string { return entry }))
}

// feed returns a session's activities, oldest first: invented ones, with personal data wherever the
// real feed has some, and its history.
func (s *session) feed() (feed []string) {
	activities := slices.Concat([]TrailEntry{
		{Kind: "edited", Time: s.CreatedAt.Add(time.Hour)},
		{Kind: "comment", Time: s.CreatedAt.Add(2 * time.Hour)},
		{Kind: "match", Time: s.CreatedAt.Add(3 * time.Hour)},
	}, s.history)
	slices.SortStableFunc(activities, func(a, b TrailEntry) int { return a.Time.Compare(b.Time) })
	for i, activity := range activities {
		values := activity.values()
		values["uuid"] = marshal(fmt.Sprintf("66666666-2222-4333-8444-%08x%04x", hash(s.ID), i))
		template, ok := s.templates()["activity_"+activity.Kind]
		if !ok {
			template = s.templates()["activity"]
		}
		feed = append(feed, template.fill(values))
	}
	return feed
}

// values are those of a change in the feed. Only a session's statuses are in previous_status and
// new_status.
func (e TrailEntry) values() map[string]string {
	values := map[string]string{
		"activity_type": `"STATUS_UPDATED"`, "actor_type": `"API_KEY"`, "actor_display": marshal(e.Actor), "comment": marshal(textOrNil(e.Comment)),
		"previous_value": marshal(map[string]string{"status": e.From}), "new_value": marshal(map[string]string{"status": e.To}),
		"created_at": marshal(formatTime(e.Time)),
	}
	switch e.Actor {
	case consoleActor:
		values["actor_type"], values["actor_display"] = `"CONSOLE_USER"`, `"Reviewer Quillmarrow"`
		values["actor_email"] = `"zorvandel.quillmarrow.reviewer@people.example.com"`
	case systemActor:
		values["actor_type"] = `"SYSTEM"`
	}
	switch e.Kind {
	case DecidedHit:
		values["activity_type"] = `"AML_HIT_STATUS_UPDATED"`
		values["metadata"] = marshal(map[string]string{"feature": e.FeatureType, "node_id": e.NodeID, "hit_id": e.HitID})
	case DecidedFeature:
		values["metadata"] = marshal(map[string]string{"feature": e.FeatureType, "node_id": e.NodeID})
		if e.FeatureType == "AML" {
			values["activity_type"] = `"AML_STATUS_UPDATED"`
		}
	}
	for name, status := range map[string]string{"previous_status": e.From, "new_status": e.To} {
		if slices.Contains(sessionStatuses, status) {
			values[name] = marshal(status)
		}
	}
	return values
}
