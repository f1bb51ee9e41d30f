// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// review is one entry of a session's activity feed.
type review struct {
	UUID            string            `json:"uuid"`
	ActivityType    string            `json:"activity_type"`
	ActorDisplay    string            `json:"actor_display"`
	ActorEmail      *string           `json:"actor_email"`
	ActorType       string            `json:"actor_type"`
	NewStatus       *string           `json:"new_status"`
	PreviousStatus  *string           `json:"previous_status"`
	Comment         *string           `json:"comment"`
	MentionedEmails []string          `json:"mentioned_emails"`
	PreviousValue   map[string]string `json:"previous_value"`
	NewValue        map[string]string `json:"new_value"`
	ChangedFields   []string          `json:"changed_fields"`
	Metadata        map[string]string `json:"metadata"`
	CreatedAt       string            `json:"created_at"`

	at time.Time
}

// listReviews is GET /v3/sessions/{session_id}/reviews/ (OpenAPI operation list_session_reviews): newest first, or with
// ordering=created_at oldest first. The credential is looked at before the session; business sessions have no feed.
func (s *Simulator) listReviews(c call) answer {
	if !c.caller.mayRead() {
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	found := s.lookup(c.id)
	if found == nil || found.Kind == KindBusiness || !c.caller.credential.sees(found) {
		return detail(http.StatusNotFound, detailNoSession)
	}
	feed := found.feed()
	query := c.request.URL.Query()
	if query.Get("ordering") != "created_at" {
		slices.Reverse(feed)
	}
	return object(http.StatusOK, paginate(readPage(query), c.request, feed))
}

// feed is everything that happened to a session, oldest first: what is invented for every session, and its history.
func (s *session) feed() []review {
	feed := s.inventedFeed()
	for _, change := range s.history {
		activity := "STATUS_UPDATED"
		if change.FeatureType == "AML" {
			activity = "AML_STATUS_UPDATED"
		}
		entry := newReview(activity, change.Actor, change.From, change.To, change.Comment, change.Time)
		if change.Kind != DecidedSession {
			entry.Metadata = map[string]string{"feature": change.FeatureType, "node_id": change.NodeID}
		}
		if change.Kind == DecidedHit {
			entry.Metadata["hit_id"] = change.HitID
		}
		feed = append(feed, entry)
	}
	slices.SortStableFunc(feed, func(a, b review) int { return a.at.Compare(b.at) })
	for i := range feed {
		feed[i].UUID = fmt.Sprintf("66666666-2222-4333-8444-%08x%04x", hash(s.ID), i)
		feed[i].CreatedAt = *formatTime(feed[i].at)
	}
	return feed
}

// inventedFeed is what has happened to every session, with personal data in each place where the real feed has some.
func (s *session) inventedFeed() []review {
	who := newPerson(personOf(s.ID))
	edited := newReview("KYC_DATA_UPDATED", consoleActor, "", "", "", s.CreatedAt.Add(time.Hour))
	edited.PreviousValue = map[string]string{"first_name": who["first_name"] + "a"}
	edited.NewValue = map[string]string{"first_name": who["first_name"]}
	edited.ChangedFields = []string{"first_name"}
	remark := newReview("COMMENT", consoleActor, "", "", "Wrote to "+who["full_name"]+".", s.CreatedAt.Add(2*time.Hour))
	remark.MentionedEmails = []string{who["email"]}
	matched := newReview("AML_ONGOING_MATCH", systemActor, "", "", "", s.CreatedAt.Add(3*time.Hour))
	return []review{edited, remark, matched}
}

// sessionStatuses are those that an entry can name; a step's status that is none of them is left out.
var sessionStatuses = append([]string{StatusApproved, StatusDeclined, StatusInReview, "Expired", "Kyc Expired", "Abandoned"}, undecided...)

func newReview(activity, actor, from, to, comment string, at time.Time) review {
	r := review{
		ActivityType: activity, ActorDisplay: actor, ActorType: "API_KEY", Comment: textOrNil(comment),
		MentionedEmails: []string{}, ChangedFields: []string{}, at: at,
	}
	switch actor {
	case consoleActor:
		reviewer := canaryEmail + ".reviewer@people.example.com"
		r.ActorType, r.ActorDisplay, r.ActorEmail = "CONSOLE_USER", "Reviewer "+canaryLastName, &reviewer
	case systemActor:
		r.ActorType = "SYSTEM"
	}
	if to == "" {
		return r
	}
	if slices.Contains(sessionStatuses, from) {
		r.PreviousStatus = &from
	}
	if slices.Contains(sessionStatuses, to) {
		r.NewStatus = &to
	}
	r.PreviousValue, r.NewValue = map[string]string{"status": from}, map[string]string{"status": to}
	r.ChangedFields = []string{"status"}
	return r
}
