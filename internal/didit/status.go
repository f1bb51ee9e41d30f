// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"strings"
	"unicode"
)

// statuses are the documented statuses of sessions and features and the review statuses
// of AML hits, by their [statusKey].
//
// Endpoint: GET /v3/session/{session_id}/decision/.
var statuses = byStatusKey(
	StatusNotStarted, StatusInProgress, StatusAwaitingUser, StatusInReview, StatusApproved, StatusDeclined,
	StatusResubmitted, StatusExpired, StatusKycExpired, StatusAbandoned, "Not Finished", "Resub Requested",
	ReviewUnreviewed, ReviewConfirmedMatch, ReviewFalsePositive, ReviewInconclusive,
)

func byStatusKey(statuses ...string) map[string]string {
	byKey := make(map[string]string, len(statuses))
	for _, status := range statuses {
		byKey[statusKey(status)] = status
	}
	return byKey
}

// statusKey returns a status in lower case, without white space and underscores.
func statusKey(status string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, status)
}

// CanonicalStatus returns the documented spelling of a status of a session, a feature or
// an AML hit, such as In Review for IN_REVIEW. It returns an unknown status as it is.
//
// Didit's pages write statuses in title case and in capitals with underscores. A value
// in the other spelling was planned as a change, and sent to a session that already had it.
func CanonicalStatus(status string) string {
	if canonical, isKnown := statuses[statusKey(status)]; isKnown {
		return canonical
	}
	return status
}

// SameStatus reports whether two statuses are the same, without regard to case, white
// space and underscores. It knows no list of statuses, so it also compares undocumented ones.
func SameStatus(a, b string) bool { return statusKey(a) == statusKey(b) }
