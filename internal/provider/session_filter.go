// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// sessionFilter filters the list of sessions.
type sessionFilter struct {
	kind                   string // "" for both
	statuses, workflowIDs  []string
	vendorData             string
	createdFrom, createdTo string // days, inclusive
	search                 string
}

// sessions lists the matching sessions, KYC before KYB, each newest first. It lists one
// kind after the other, because the API does not page through both together.
func (f sessionFilter) sessions(ctx context.Context, client *didit.Client) iter.Seq2[didit.SessionSummary, error] {
	kinds := []string{didit.KindUser, didit.KindBusiness}
	if f.kind != "" {
		kinds = []string{f.kind}
	}
	return func(yield func(didit.SessionSummary, error) bool) {
		for _, kind := range kinds {
			for row, err := range client.ListSessions(ctx, f.query(kind)) {
				if err == nil && !f.includes(row.CreatedAt) {
					continue
				}
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
		CreatedTo:   f.createdToFor(kind),
		Search:      f.search,
	}
}

// createdToFor returns the day for the API's filter: for business sessions the day after
// createdTo, because the API excludes their last day. includes removes the sessions of
// that extra day.
func (f sessionFilter) createdToFor(kind string) string {
	day, err := time.Parse(time.DateOnly, f.createdTo)
	if err != nil || kind != didit.KindBusiness {
		return f.createdTo
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}

// includes reports whether a time is not after the day createdTo.
func (f sessionFilter) includes(createdAt string) bool {
	return f.createdTo == "" || len(createdAt) < len(f.createdTo) || createdAt[:len(f.createdTo)] <= f.createdTo
}

// sessionStatuses are the documented statuses. Filters accept no others, because a
// misspelled status would silently match nothing.
var sessionStatuses = []string{
	didit.StatusNotStarted, didit.StatusInProgress, didit.StatusAwaitingUser, didit.StatusInReview, didit.StatusApproved, didit.StatusDeclined,
	didit.StatusResubmitted, didit.StatusExpired, didit.StatusKycExpired, didit.StatusAbandoned,
}

var (
	sessionNumber   = regexp.MustCompile(`^[0-9]+$`)
	searchValidator = stringValidator{"Invalid search", "a session's UUID or number", checkSearch}
	dayValidator    = stringValidator{"Invalid day", "a day such as 2026-06-30", checkDay}
)

// checkSearch rejects names and document numbers, which Didit would search for too, to
// keep them out of configuration and state.
func checkSearch(text string) string {
	if sessionNumber.MatchString(text) || check.SessionID(text) == "" {
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
