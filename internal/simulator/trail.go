// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The kinds of decision on the trail.
const (
	DecidedFeature = "feature"
	DecidedSession = "session"
	DecidedHit     = "aml_hit"

	activityComment   = "comment_added"
	activityMatch     = "ongoing_match"
	activityCancelled = "override_cancelled"
)

// TrailEntry is one entry on the audit trail: a feature, a session or an AML hit that got another
// status.
type TrailEntry struct {
	Time time.Time `json:"time"`
	// Actor is the credential's, the console user's ("console" if it has no name), or "Didit".
	Actor string `json:"actor"`
	// ActorType is ActorAPIKey, ActorConsoleUser or ActorSystem.
	ActorType string `json:"actor_type"`
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

// record adds a change to a session's history, and returns it complete. The caller holds the lock.
func (s *Simulator) record(found *session, by Actor, entry TrailEntry) TrailEntry {
	entry.Time, entry.SessionID = s.now(), found.ID
	entry.Actor, entry.ActorType = cmp.Or(by.Name, "console"), cmp.Or(by.Type, ActorConsoleUser)
	found.history = append(found.history, entry)
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

// values are those of a change in the feed. Only the session's own transition is in previous_status
// and new_status; of a step or a hit the feed has the values, and not which one it is.
func (e TrailEntry) values() map[string]string {
	values := map[string]string{
		"activity_type": marshal(e.activity()), "actor_type": marshal(e.ActorType), "actor_display": marshal(e.Actor),
		"comment": marshal(textOrNil(e.Comment)), "changed_fields": "[]", "created_at": marshal(formatTime(e.Time)),
	}
	switch e.ActorType {
	case ActorConsoleUser: // personal data, as the real feed has it
		values["actor_display"] = marshal(e.Actor + " Quillmarrow")
		values["actor_email"] = `"zorvandel.quillmarrow.reviewer@people.example.com"`
	case ActorSystem:
		values["actor_display"] = `"System"`
	}
	if e.To == "" {
		return values
	}
	values["changed_fields"] = `["status"]`
	values["previous_value"], values["new_value"] = marshal(map[string]string{"status": e.From}), marshal(map[string]string{"status": e.To})
	if e.Kind == DecidedSession {
		values["previous_status"], values["new_status"] = marshal(e.From), marshal(e.To)
	}
	return values
}

// activity returns the activity_type of a change (schema ReviewItem).
func (e TrailEntry) activity() string {
	switch {
	case e.Kind == activityComment:
		return "COMMENT"
	case e.Kind == activityMatch:
		return "AML_ONGOING_MATCH"
	case e.Kind == activityCancelled:
		return "FEATURE_OVERRIDE_CANCELLED" // newer pages
	case e.Kind == DecidedHit:
		return "AML_HIT_STATUS_UPDATED"
	case e.FeatureType == "AML":
		return "AML_STATUS_UPDATED"
	}
	return "STATUS_UPDATED"
}
