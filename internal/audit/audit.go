// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package audit compares the decisions of a git repository with what Didit has, and with the
// activity feed of each session: is everything that was decided in Didit decided in git, and the
// reverse. It shows nothing about verified persons, and claims nothing that the feed does not show.
package audit

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// The findings, in the order in which the first one that holds is shown.
const (
	sessionMissing = "session-missing"
	notApplied     = "not-applied"
	superseded     = "superseded"
	reverted       = "reverted"
	duplicate      = "duplicate"
	notOnTrail     = "not-on-trail"
	outsideGit     = "outside-git"
	waiting        = "waiting"
)

// Options are those of one audit.
type Options struct {
	// Since is the first day of creation (UTC) of the sessions without a file.
	Since time.Time
	// WaitingLongerThan is the time after which a session In Review is a finding.
	WaitingLongerThan time.Duration
	// Now is the time of the audit.
	Now time.Time
}

// parallelReads are enough for the limit of 600 reads a minute at a latency of a second.
const parallelReads = 10

// Audit is an audit that has read the history and the list of sessions.
type Audit struct {
	Options
	client   *didit.Client
	head     string
	register *register
	listed   []didit.SessionSummary // without a file
}

// statuses are those of a session that was decided, or waits. Others have nothing to audit.
var statuses = []string{didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview}

// Begin reads the list of sessions. Errors are the client's.
func Begin(ctx context.Context, client *didit.Client, history decisionrepo.History, options Options) (*Audit, error) {
	a := &Audit{Options: options, client: client, head: history.Head, register: newRegister(history)}
	query := didit.SessionQuery{Statuses: statuses, CreatedFrom: options.Since.UTC().Format(time.DateOnly)}
	for row, err := range client.ListSessions(ctx, query) {
		if err != nil {
			return nil, err
		}
		if _, hasFile := a.register.sessions[row.SessionID]; !hasFile {
			a.listed = append(a.listed, row)
		}
	}
	return a, nil
}

// Requests returns the number of reports and the maximum number of feeds that Run reads, each with
// one request for 100 entries.
func (a *Audit) Requests() (reports, feeds int) {
	reports, feeds = len(a.register.sessions), len(a.register.sessions)
	for _, row := range a.listed {
		if row.Kind != didit.KindBusiness {
			feeds++
		}
	}
	return reports, feeds
}

// Run reads the reports and feeds, and compares. progress, if there is one, is called after each
// session, also at the same time. Errors are the client's.
func (a *Audit) Run(ctx context.Context, progress func()) (*Report, error) {
	report := a.newReport()
	var lock sync.Mutex
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(parallelReads)
	read := func(rows func(context.Context) ([]Row, error)) {
		reads.Go(func() error {
			found, err := rows(ctx)
			lock.Lock()
			defer lock.Unlock()
			report.Rows = append(report.Rows, found...)
			if err == nil && progress != nil {
				progress()
			}
			return err
		})
	}
	for id, rows := range a.register.sessions {
		read(func(ctx context.Context) ([]Row, error) { return a.filed(ctx, &session{id: id, rows: rows}) })
	}
	for _, row := range a.listed {
		if row.Kind == didit.KindBusiness {
			report.BusinessWithoutFile++
		}
		read(func(ctx context.Context) ([]Row, error) { return a.unfiled(ctx, row) })
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	report.sort()
	return report, nil
}

// filed reads and judges a session that the history has decisions about.
func (a *Audit) filed(ctx context.Context, s *session) ([]Row, error) {
	report, err := a.client.RetrieveDecision(ctx, s.id)
	if err != nil && !didit.IsKind(err, didit.KindSessionNotFound) {
		return nil, err
	}
	s.report = report
	if report != nil && report.Kind != didit.KindBusiness {
		if s.entries, s.hasFeed, err = a.feed(ctx, s.id); err != nil {
			return nil, err
		}
	}
	s.readValues()
	s.match()
	if s.needsOverrides() {
		overrides, err := a.client.ListFeatureOverrides(ctx, s.id)
		if failure := didit.AsError(err); err != nil && (failure == nil || failure.StatusCode != http.StatusNotFound) {
			return nil, err
		}
		nameSteps(s.entries, overrides)
		s.match()
	}
	s.judge()
	return a.filedRows(s), nil
}

// unfiled finds what was decided about a session without a file, or that it waits.
func (a *Audit) unfiled(ctx context.Context, listed didit.SessionSummary) ([]Row, error) {
	var entries []*entry
	var err error
	hasFeed := false
	if listed.Kind != didit.KindBusiness {
		if entries, hasFeed, err = a.feed(ctx, listed.SessionID); err != nil {
			return nil, err
		}
	}
	var newest *entry
	count := 0
	for _, e := range entries {
		if !isDecision(e) {
			continue
		}
		count++
		if newest == nil || e.kind >= newest.kind { // Of the session's own, if there is one.
			newest = e
		}
	}
	row := Row{SessionID: listed.SessionID, Value: listed.Status, HasFeed: hasFeed}
	switch {
	case newest != nil:
		row.setChange(newest, count, listed.Status)
	case a.waits(listed.Status, entries, listed.CreatedAt):
		row.setWaiting(listed.Status)
	default:
		return nil, nil
	}
	return []Row{row}, nil
}

// feed returns the changes of a session's feed. A business session has none, and neither has one
// that was deleted since.
func (a *Audit) feed(ctx context.Context, id string) (entries []*entry, hasFeed bool, err error) {
	var reviews []didit.Review
	for review, err := range a.client.ListSessionReviews(ctx, id) {
		if didit.IsKind(err, didit.KindSessionNotFound) {
			return nil, false, nil
		} else if err != nil {
			return nil, false, err
		}
		reviews = append(reviews, review)
	}
	return readFeed(reviews), true, nil
}

// waits reports whether a session is In Review for longer than the limit.
func (a *Audit) waits(status string, entries []*entry, createdAt string) bool {
	since := inReviewSince(entries, createdAt)
	return status == didit.StatusInReview && !since.IsZero() && a.Now.Sub(since) > a.WaitingLongerThan
}
