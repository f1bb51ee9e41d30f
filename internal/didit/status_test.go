// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import "testing"

func TestCanonicalStatus_IgnoresCaseSpacesAndUnderscores(t *testing.T) {
	for spelling, want := range map[string]string{
		"In Review":         "In Review",
		"IN_REVIEW":         "In Review",
		"in review":         "In Review",
		" InReview\t":       "In Review",
		"in__review ":       "In Review",
		"APPROVED":          "Approved",
		"KYC_EXPIRED":       "Kyc Expired",
		"KYC Expired":       "Kyc Expired",
		"NOT_FINISHED":      "Not Finished",
		"resub_requested":   "Resub Requested",
		"Confirmed match":   "Confirmed Match",
		"FALSE_POSITIVE":    "False Positive",
		"":                  "",
		"Escalated_To_Team": "Escalated_To_Team",
		" ESCALATED ":       " ESCALATED ",
		"In-Review":         "In-Review",
	} {
		if got := CanonicalStatus(spelling); got != want {
			t.Errorf("CanonicalStatus(%q) = %q, want %q", spelling, got, want)
		}
	}
}

func TestSameStatus_ComparesUnknownStatusesToo(t *testing.T) {
	for _, pair := range []struct {
		a, b string
		same bool
	}{
		{"IN_REVIEW", "In Review", true},
		{"ESCALATED_TO_TEAM", "Escalated to team", true},
		{"In Review", "In Reviews", false},
		{"", "Approved", false},
	} {
		if got := SameStatus(pair.a, pair.b); got != pair.same {
			t.Errorf("SameStatus(%q, %q) = %t, want %t", pair.a, pair.b, got, pair.same)
		}
	}
}
