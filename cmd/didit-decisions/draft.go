// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/draft"
)

// parallelReads are enough for the limit of 600 reads a minute at a latency of a second.
const parallelReads = 10

// drafting is one run of draft.
type drafting struct {
	draft.Options
	query      didit.SessionQuery
	maxResults int
	group      string
	directory  *string
	client     *didit.Client
	command    *cobra.Command
	below      int // False Positives below the threshold
}

func draftCommand(directory *string) *cobra.Command {
	d := drafting{directory: directory}
	command := &cobra.Command{
		Use:   "draft {--waiting|--decided|SESSION_ID…}",
		Short: "Write decision files from what Didit has",
		Long: `Writes one decision file for each session, named by the session's ID, into the
folder of a group. Files have IDs, types, statuses and match scores, and nothing
else about a person or company. Their first line names decisions.schema.json, the
JSON Schema at the top of the repository, for editors.

  --waiting   what waits for a decision: sessions and steps In Review, AML hits
              Unreviewed. "to" is left empty, so validate names every decision
              that is still open. Delete those that you do not decide.
  --decided   what is decided already: sessions and steps Approved or Declined,
              and reviewed hits. "to" equals "from", so a plan sends nothing. A
              False Positive below the match threshold is left out, because Didit
              sets it by itself; a report does not show who set a hit.

With SESSION_ID it drafts both for these sessions. The filters are those of the
data source didit_sessions. Reading costs one request for 100 sessions of the
list, and one for each session that can have something to draft; all of them are
read before the first file is written.

No file is overwritten or changed: what a session's file lacks is printed, for you
to add. Results are the paths of new files, and such keys.

` + environmentHelp + `

Exit codes: 0 done, 1 a session cannot be found, 3 wrong usage, or something could
not be read or written.`,
		Example: `  didit-decisions draft --waiting
  didit-decisions draft --decided --created-from 2026-01-01 --created-to 2026-06-30 --group 2026-1
  didit-decisions draft 11111111-2222-4333-8444-000000000001`,
		RunE: func(command *cobra.Command, sessions []string) (err error) {
			d.command = command
			if err := d.check(sessions); err != nil {
				return err
			}
			if d.client, err = newClient(os.Getenv); err != nil {
				return err
			}
			return d.run(command.Context(), sessions)
		},
	}
	flags := command.Flags()
	flags.BoolVar(&d.Waiting, "waiting", false, "draft what waits for a decision")
	flags.BoolVar(&d.Decided, "decided", false, "draft what is decided already")
	flags.StringVar(&d.group, "group", "", "write into the folder of this `group`; needed if several are open")
	flags.Float64Var(&d.MatchThreshold, "match-threshold", draft.DefaultMatchThreshold, "your application's match `score` below which a hit starts as a False Positive")
	flags.StringVar(&d.query.Kind, "session-kind", "", "only `user` (KYC) or business (KYB) sessions")
	flags.StringSliceVar(&d.query.Statuses, "statuses", nil, "only sessions with one of these `statuses`, such as 'In Review,Approved'")
	flags.StringSliceVar(&d.query.WorkflowIDs, "workflow-ids", nil, "only sessions of these workflows (`UUIDs`)")
	flags.StringVar(&d.query.VendorData, "vendor-data", "", "only sessions with exactly this `text` as vendor data")
	flags.StringVar(&d.query.CreatedFrom, "created-from", "", "only sessions created on this `day` (UTC, 2026-06-30) or later")
	flags.StringVar(&d.query.CreatedTo, "created-to", "", "only sessions created on this `day` (UTC) or earlier")
	flags.StringVar(&d.query.Search, "search", "", "only the session with this `UUID`, or sessions whose number begins so")
	flags.IntVar(&d.maxResults, "max-results", 1000, "fail if more sessions than this `number` had to be read")
	return command
}

func (d *drafting) check(sessions []string) error {
	if (d.Waiting || d.Decided) == (len(sessions) > 0) {
		return errors.New("say what to draft: --waiting, --decided, both of them, or IDs of sessions")
	}
	if len(sessions) > 0 && !reflect.DeepEqual(d.query, didit.SessionQuery{}) {
		return errors.New("the filters are for --waiting and --decided: leave them out for IDs of sessions")
	}
	var problems []error
	require := func(flag, problem string) {
		if problem != "" {
			problems = append(problems, errors.New(flag+" "+problem))
		}
	}
	for _, session := range sessions {
		require("SESSION_ID", check.SessionID(session))
	}
	if d.query.Kind != "" {
		require("--session-kind", check.OneOf("", didit.KindUser, didit.KindBusiness)(d.query.Kind))
	}
	for _, status := range d.query.Statuses {
		require("--statuses", check.OneOf("", didit.SessionStatuses...)(status))
	}
	for _, workflow := range d.query.WorkflowIDs {
		require("--workflow-ids", check.UUID("a workflow", workflow))
	}
	for flag, day := range map[string]string{"--created-from": d.query.CreatedFrom, "--created-to": d.query.CreatedTo} {
		if day != "" {
			require(flag, check.Day(day))
		}
	}
	if len(sessions) > 0 {
		d.Waiting, d.Decided = true, true
	}
	return errors.Join(problems...)
}

func (d *drafting) run(ctx context.Context, sessions []string) error {
	groups, _, err := decisionrepo.Read(*d.directory)
	if err != nil {
		return err
	}
	if err := d.chooseGroup(groups); err != nil {
		return err
	}
	listed := len(sessions) == 0
	sessions = slices.Compact(slices.Sorted(slices.Values(sessions)))
	if listed {
		if sessions, err = d.list(ctx); err != nil {
			return err
		}
	}
	d.command.PrintErrf("sessions to read: %d\n", len(sessions))
	reports, err := d.read(ctx, sessions)
	if err != nil {
		return err
	}
	missing := false
	for i, report := range reports {
		if report == nil {
			d.command.PrintErrf("%s: there is no such session, or the key cannot see it\n", sessions[i])
			missing = missing || !listed // One of a list was deleted since.
		} else if err := d.write(groups, sessions[i], report); err != nil {
			return err
		}
	}
	if d.below > 0 {
		d.command.PrintErrf("False Positives with a match score below %v, which are left out: %d\n", d.MatchThreshold, d.below)
	}
	if missing {
		return errProblems
	}
	return nil
}

func (d *drafting) chooseGroup(groups []decisionrepo.Group) error {
	var open []string
	for _, group := range groups {
		if !group.Closed && (d.group == "" || d.group == group.Name) {
			open = append(open, group.Name)
		}
	}
	switch {
	case len(open) == 1:
		d.group = open[0]
		return nil
	case d.group != "":
		return fmt.Errorf("there is no open group %s", check.Quote(d.group))
	case len(open) == 0:
		return errors.New("there is no open group: make a folder groups/GROUP with a main.tf")
	}
	return fmt.Errorf("several groups are open: name one with --group: %s", strings.Join(open, ", "))
}

// list returns the sessions whose reports are worth a request.
func (d *drafting) list(ctx context.Context) (sessions []string, err error) {
	for row, err := range d.client.ListSessions(ctx, d.query) {
		if err != nil {
			return nil, err
		}
		if !d.Candidate(row) {
			continue
		}
		if len(sessions) == d.maxResults {
			return nil, fmt.Errorf("more than %d sessions would be read: narrow the filters, or raise --max-results", d.maxResults)
		}
		sessions = append(sessions, row.SessionID)
	}
	return sessions, nil
}

// read returns the reports in the order of the sessions, nil for one that is gone.
func (d *drafting) read(ctx context.Context, sessions []string) ([]*didit.Decision, error) {
	reports := make([]*didit.Decision, len(sessions))
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(parallelReads)
	for i, session := range sessions {
		reads.Go(func() (err error) {
			reports[i], err = d.client.RetrieveDecision(ctx, session)
			if didit.IsKind(err, didit.KindSessionNotFound) {
				return nil
			}
			return err
		})
	}
	return reports, reads.Wait()
}

// write makes the file of a session, or prints what the one that there is lacks.
func (d *drafting) write(groups []decisionrepo.Group, session string, report *didit.Decision) error {
	decisions, leftOut, below := d.Decisions(report)
	d.below += below
	for _, sentence := range leftOut {
		d.command.PrintErrf("%s: left out: %s\n", session, oneLine(sentence))
	}
	if file, found := fileOf(groups, session); found {
		if decisions = draft.Missing(file, decisions); len(decisions) > 0 {
			_, err := fmt.Fprintf(d.command.OutOrStdout(), "# %s lacks:\n%s", decisionrepo.Shown(file.Name), draft.Keys(decisions, file.Decisions))
			return err
		}
		return nil
	}
	if len(decisions) == 0 {
		return nil
	}
	file, err := decisionrepo.Create(*d.directory, d.group, session+".yaml", draft.File(session, decisions))
	if err == nil {
		_, err = fmt.Fprintln(d.command.OutOrStdout(), file)
	}
	return err
}

func fileOf(groups []decisionrepo.Group, session string) (decisionfile.File, bool) {
	for _, group := range groups {
		for _, file := range group.Files {
			if file.SessionID == session {
				return file, true
			}
		}
	}
	return decisionfile.File{}, false
}
