// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// sessionFilter narrows the list of sessions, for all that list them.
type sessionFilter struct {
	kind                   string // "" is both
	statuses, workflowIDs  []string
	vendorData             string
	createdFrom, createdTo string // days, both included
	search                 string
}

// sessions lists what fits, newest first, KYC before KYB: one kind after the
// other, because the API does not page through both together. A list that moves
// on while it is read brings rows twice; the second ones are left out.
func (f sessionFilter) sessions(ctx context.Context, client *didit.Client) iter.Seq2[didit.SessionSummary, error] {
	kinds := []string{didit.KindUser, didit.KindBusiness}
	if f.kind != "" {
		kinds = []string{f.kind}
	}
	return func(yield func(didit.SessionSummary, error) bool) {
		seen := map[string]bool{}
		for _, kind := range kinds {
			for row, err := range client.ListSessions(ctx, f.query(kind)) {
				if err == nil && (seen[row.SessionID] || !f.coversDay(row.CreatedAt)) {
					continue
				}
				seen[row.SessionID] = true
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

func (f sessionFilter) query(kind string) didit.SessionQuery {
	return didit.SessionQuery{
		Kind:        kind,
		Statuses:    f.statuses,
		WorkflowIDs: f.workflowIDs,
		VendorData:  f.vendorData,
		CreatedFrom: f.createdFrom,
		CreatedTo:   f.lastDayToAsk(kind),
		Search:      f.search,
	}
}

// lastDayToAsk is the day after createdTo for business sessions, whose last day
// the API ends at its beginning; coversDay takes out what that brings too much.
func (f sessionFilter) lastDayToAsk(kind string) string {
	day, err := time.Parse(time.DateOnly, f.createdTo)
	if err != nil || kind != didit.KindBusiness {
		return f.createdTo
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}

// coversDay tells whether a time lies before the end of createdTo.
func (f sessionFilter) coversDay(createdAt string) bool {
	return f.createdTo == "" || len(createdAt) < len(f.createdTo) || createdAt[:len(f.createdTo)] <= f.createdTo
}

// sessionStatuses are those that Didit documents: a misspelt one would find
// nothing, without an error.
var sessionStatuses = []string{"Not Started", "In Progress", "Awaiting User", "In Review", "Approved", "Declined", "Resubmitted", "Expired", "Kyc Expired", "Abandoned"}

var (
	sessionNumber   = regexp.MustCompile(`^[0-9]+$`)
	searchValidator = checkedText{"Not a session ID or number", "a session's UUID or number", checkSearch}
	dayValidator    = checkedText{"Not a day", "a day such as 2026-06-30", checkDay}
)

// checkSearch keeps names and document numbers out of configuration and state,
// which Didit would search for as well.
func checkSearch(text string) string {
	if sessionNumber.MatchString(text) || checkSessionID(text) == "" {
		return ""
	}
	return fmt.Sprintf("must be the UUID of a session, in lower case, or the beginning of a session number, not %q", text)
}

func checkDay(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fmt.Sprintf("must be a day written like 2026-06-30, not %q", text)
	}
	return ""
}
