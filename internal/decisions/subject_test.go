// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestCheck_AllowsOnlyWhatTheReviewerSaw(t *testing.T) {
	t.Parallel()
	const approved, declined, inReview = didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview
	const (
		allowed = iota
		conflict
		standing
	)
	for name, test := range map[string]struct {
		from, to, found string
		want            int
	}{
		"as seen":                               {inReview, approved, inReview, allowed},
		"as wanted":                             {inReview, approved, approved, allowed},
		"a third status":                        {inReview, approved, declined, conflict},
		"a status nobody can set":               {inReview, approved, "Expired", conflict},
		"seen as expired":                       {"Expired", approved, "Expired", allowed},
		"overturned on purpose":                 {declined, approved, declined, allowed},
		"new, as wanted":                        {"", approved, approved, allowed},
		"new, undecided":                        {"", approved, inReview, allowed},
		"new, not finished":                     {"", declined, "Not Finished", allowed},
		"new, would overturn a decline":         {"", approved, declined, standing},
		"new, would overturn an approval":       {"", declined, approved, standing},
		"new, would take back a decision":       {"", inReview, approved, standing},
		"spelled otherwise is another status":   {"in review", approved, inReview, conflict},
		"spelled otherwise is nothing standing": {"", approved, "declined", allowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := change(nodeOCR, test.from, test.to).Check(test.found)

			switch test.want {
			case allowed:
				if err != nil {
					t.Errorf("refused: %v", err)
				}
			case conflict:
				assertConflict(t, err, decisions.ConflictError{Expected: test.from, Found: test.found, Wanted: test.to})
			case standing:
				assertStanding(t, err, test.found, test.to)
			}
		})
	}
}

func assertStanding(t *testing.T, err error, found, wanted string) {
	t.Helper()
	var standing *decisions.StandingError
	if !errors.As(err, &standing) || standing.Found != found || standing.Wanted != wanted {
		t.Fatalf("got %v, want that %q stands and %q is wanted", err, found, wanted)
	}
	for _, want := range []string{sampleID, nodeOCR, found, wanted} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}

func TestOutcomeUnknownError_ShowsBothCauses(t *testing.T) {
	t.Parallel()
	sent := &didit.Error{Kind: didit.KindServer, Detail: "down"}
	read := &decisions.NotFoundError{Reason: decisions.Missing}

	err := &decisions.OutcomeUnknownError{Attempts: 2, WriteErr: sent, ReadErr: read}

	if !errors.Is(err, sent) || !errors.Is(err, read) || !didit.IsKind(err, didit.KindServer) {
		t.Errorf("a cause is hidden in %v", err)
	}
	if onlySent := (&decisions.OutcomeUnknownError{Attempts: 2, WriteErr: sent}); !errors.Is(onlySent, sent) || !strings.Contains(onlySent.Error(), "2 attempts") {
		t.Errorf("%v tells neither the answer nor how often it was sent", onlySent)
	}
}
