// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// Warning is about a subject that does not go with the status of its session after
// the apply, as far as the plan knows. Didit itself allows that.
type Warning struct {
	Text string `json:"warning"`
	Subject
}

// The warnings, most serious first.
const (
	warnConfirmed  = "Confirmed Match in an Approved session"
	warnUnreviewed = "Unreviewed hit in an Approved session"
	warnDeclined   = "Declined step in an Approved session"
	warnInReview   = "In Review step in a decided session"
)

var warnings = []string{warnConfirmed, warnUnreviewed, warnDeclined, warnInReview}

// The values that Didit uses.
const (
	approved       = "Approved"
	declined       = "Declined"
	inReview       = "In Review"
	confirmedMatch = "Confirmed Match"
	unreviewed     = "Unreviewed"
)

func compareWarnings(a, b Warning) int {
	return cmp.Or(
		compareValues(a.SessionID, b.SessionID),
		cmp.Compare(slices.Index(warnings, a.Text), slices.Index(warnings, b.Text)),
		compareSubjects(a.Subject, b.Subject),
	)
}

// findWarnings looks at the sessions of all planned decisions.
func (s *Summary) findWarnings(state []*tfjson.StateResource) {
	isPlanned, isDecided := map[string]bool{}, map[string]bool{}
	for _, decision := range s.planned() {
		if decision.SessionID.Kind != Known {
			continue
		}
		isPlanned[decision.SessionID.Text] = true
		if decision.Kind == Session && decision.Effect.maySend() && (decision.To.is(approved) || decision.To.is(declined)) {
			isDecided[decision.SessionID.Text] = true
		}
	}
	values, isReported := s.valuesAfterApply(state)
	for subject, value := range values {
		session := subject.SessionID.Text
		isApproved := values[Subject{Kind: Session, SessionID: subject.SessionID}] == approved
		text := ""
		switch {
		case !isPlanned[session]:
		case subject.Kind == Hit && isApproved && value == confirmedMatch:
			text = warnConfirmed
		case subject.Kind == Hit && isApproved && value == unreviewed:
			text = warnUnreviewed
		case subject.Kind == Feature && isApproved && value == declined:
			text = warnDeclined
		case subject.Kind == Feature && isDecided[session] && value == inReview:
			text = warnInReview
		}
		if text != "" {
			s.Warnings = append(s.Warnings, Warning{text, subject})
		}
	}
	for session := range isDecided {
		if !isReported[session] {
			s.unchecked = append(s.unchecked, session)
		}
	}
}
