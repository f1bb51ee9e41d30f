// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/audit"
	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// errFindings ends an audit whose findings are printed.
var errFindings = errors.New("there are findings")

// auditing is one run of audit.
type auditing struct {
	since, format, sessionURL string
	waitingDays               int
	directory                 *string
	command                   *cobra.Command
}

func auditCommand(directory *string) *cobra.Command {
	a := auditing{directory: directory}
	command := &cobra.Command{
		Use:   "audit",
		Short: "Compare the decisions in git with Didit and its activity feed",
		Long: `Prints a register: one row for each version of each decision that the main branch
had, with its commit, merge and pull request, and with the entry of Didit's activity
feed that fits its values, its comment and its time. It also has a row for each
session without a file, created since --since, that a person or a program decided in
Didit. The last column is the finding; the guide "Audit decisions" says what to
do about each:

  session-missing, not-applied, superseded, reverted, duplicate, not-on-trail,
  outside-git, waiting

Check out the head of the main branch, with the whole history: decisions come from
the first-parent history of the checked-out commit. What git says about authors and
merges is no proof; approvals are in the git service. The output has nothing about
verified persons, and shows no comment of Didit's feed.

It costs one request for 100 sessions of the list, one report for each session with
a file, and one feed for each of these and for each session without a file that is
Approved, Declined or In Review; of a session whose feed fits several steps also the
list of its overrides. The number is printed first, on standard error. Business
sessions have no feed: of them only values are compared.

` + environmentHelp + `

Exit codes: 0 no finding but waiting, 1 the checked-out commit has a decision file
with problems, 2 findings, 3 wrong usage, or something could not be read.`,
		Example: `  didit-decisions audit >register.csv
  didit-decisions audit --since 2026-01-01 --format markdown --session-url 'https://example.com/sessions/{session_id}'
  didit-decisions audit --since 30d --format json | jq '.rows[] | select(.finding != "")'`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			a.command = command
			return a.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.StringVar(&a.since, "since", "90d", "sessions without a file are those created since this `day` (UTC, 2026-06-30), or within a time such as 90d")
	flags.StringVar(&a.format, "format", "csv", "`csv`, markdown or json")
	flags.IntVar(&a.waitingDays, "waiting-longer-than", 7, "sessions In Review for more than this number of `days` are waiting")
	flags.StringVar(&a.sessionURL, "session-url", "", "with markdown: link each session to this `URL`, which has {session_id} in it")
	return command
}

func (a *auditing) run(ctx context.Context) error {
	now := time.Now()
	since, err := parseSince(a.since, now)
	if err != nil {
		return err
	}
	write, err := a.writer()
	if err != nil {
		return err
	}
	client, err := newClient(os.Getenv)
	if err != nil {
		return err
	}
	history, err := decisionrepo.ReadHistory(ctx, *a.directory)
	if err != nil {
		return err
	}
	begun, err := audit.Begin(ctx, client, history, audit.Options{Since: since, WaitingLongerThan: time.Duration(a.waitingDays) * 24 * time.Hour, Now: now})
	if err != nil {
		return err
	}
	reports, feeds := begun.Requests()
	a.command.PrintErrf("requests to send: %d reports, at most %d feeds\n", reports, feeds)
	progress := a.progress()
	report, err := begun.Run(ctx, progress)
	if progress != nil {
		a.command.PrintErrln()
	}
	if err != nil {
		return err
	}
	if err := write(report); err != nil {
		return err
	}
	for _, problem := range report.Problems {
		a.command.PrintErrln(oneLine(problem))
	}
	switch {
	case report.HasFindings():
		return errFindings
	case report.Unread:
		return errProblems
	}
	return nil
}

// writer returns the function that writes in the format.
func (a *auditing) writer() (func(*audit.Report) error, error) {
	if a.waitingDays < 0 {
		return nil, errors.New("--waiting-longer-than must not be negative")
	}
	sessions, err := markdown.ParseSessionURL(a.sessionURL)
	if err != nil {
		return nil, fmt.Errorf("--session-url: %w", err)
	}
	out := a.command.OutOrStdout()
	formats := map[string]func(*audit.Report) error{
		"csv":      func(r *audit.Report) error { return r.WriteCSV(out) },
		"json":     func(r *audit.Report) error { return r.WriteJSON(out) },
		"markdown": func(r *audit.Report) error { return r.WriteMarkdown(out, sessions) },
	}
	write, isKnown := formats[a.format]
	if !isKnown {
		return nil, errors.New("--format " + check.OneOf("", "csv", "markdown", "json")(a.format))
	}
	return write, nil
}

// progress returns what counts the sessions that were read, for a person only: a pipeline keeps
// every line.
func (a *auditing) progress() func() {
	out := a.command.ErrOrStderr()
	if !isTerminal(out) {
		return nil
	}
	var read atomic.Int64
	return func() { _, _ = fmt.Fprintf(out, "\rsessions read: %d ", read.Add(1)) }
}

func isTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// parseSince reads a day, or a time before now in days (90d) or in Go's form (36h).
func parseSince(text string, now time.Time) (time.Time, error) {
	since, err := time.Parse(time.DateOnly, text)
	if number, isDays := strings.CutSuffix(text, "d"); isDays {
		var days int
		days, err = strconv.Atoi(number)
		since = now.AddDate(0, 0, -days)
	} else if before, notTime := time.ParseDuration(text); notTime == nil {
		since, err = now.Add(-before), nil
	}
	if err != nil || !since.Before(now) || since.Year() < 1 {
		return time.Time{}, errors.New("--since must be a past day written like 2026-06-30, or a time such as 90d, not " + check.Quote(text))
	}
	return since, nil
}
