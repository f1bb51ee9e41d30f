// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestChange_CheckAllowsOnlyReviewedTransition(t *testing.T) {
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
		"from the reviewed status":                  {inReview, approved, inReview, allowed},
		"already the wanted status":                 {inReview, approved, approved, allowed},
		"a third status":                            {inReview, approved, declined, conflict},
		"a third status that cannot be set":         {inReview, approved, "Expired", conflict},
		"from expired, as reviewed":                 {"Expired", approved, "Expired", allowed},
		"overturns a reviewed decision":             {declined, approved, declined, allowed},
		"without from, already the wanted status":   {"", approved, approved, allowed},
		"without from, in review":                   {"", approved, inReview, allowed},
		"without from, not finished":                {"", declined, "Not Finished", allowed},
		"without from, overturns a decline":         {"", approved, declined, standing},
		"without from, overturns an approval":       {"", declined, approved, standing},
		"without from, back to review":              {"", inReview, approved, standing},
		"reviewed status in another spelling":       {"in review", approved, inReview, allowed},
		"without from, decline in another spelling": {"", approved, "declined", allowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := change(nodeOCR, test.from, test.to).Check(test.found)

			switch test.want {
			case allowed:
				if err != nil {
					t.Errorf("error %v, want none", err)
				}
			case conflict:
				assertConflict(t, err, decisions.ConflictError{Expected: test.from, Found: test.found, Wanted: test.to})
			case standing:
				assertStanding(t, err, test.found, test.to)
			}
		})
	}
}
