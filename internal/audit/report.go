// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// reportVersion is that of the JSON. It rises when a field is removed or changes its meaning.
const reportVersion = 1

// Report is the register: what git and Didit have, side by side.
type Report struct {
	Version     int    `json:"version"`
	GeneratedAt string `json:"generated_at"`
	// Commit is the checked-out one, whose first-parent history was read.
	Commit string `json:"commit"`
	// Since is the first day of creation of sessions without a file.
	Since                 string  `json:"since"`
	WaitingLongerThanDays float64 `json:"waiting_longer_than_days"`
	// Limits says what this register cannot show.
	Limits []string `json:"limits"`
	// BusinessWithoutFile counts the business sessions that have no file: Didit has no feed of them.
	BusinessWithoutFile int `json:"business_sessions_without_file"`
	// Problems are the versions of files that could not be read. Unread is set if the checked-out
	// commit has one.
	Problems []string `json:"problems"`
	Unread   bool     `json:"unread"`
	Rows     []Row    `json:"rows"`
}

// Row is a decision, or a session without a file. Its columns are in the order of the CSV; what has
// no column follows.
type Row struct {
	Group       string `json:"group"`
	File        string `json:"file"`
	SessionID   string `json:"session_id"`
	Subject     string `json:"subject"`
	From        string `json:"from"`
	To          string `json:"to"`
	Reason      string `json:"reason"`
	Ticket      string `json:"ticket"`
	Author      string `json:"author"`
	Committer   string `json:"committer"`
	Commit      string `json:"commit"`
	CommittedAt string `json:"committed_at"`
	Merge       string `json:"merge"`
	PullRequest string `json:"pull_request"`
	TrailAt     string `json:"trail_at"`
	TrailActor  string `json:"trail_actor"`
	Value       string `json:"value"`
	Finding     string `json:"finding"`

	// State is current, record (archived, or its group closed), ended by a later decision, or removed
	// from the files; "" for a session without a file.
	State string `json:"state"`
	// HasFeed is false if Didit has no feed of the session: only values are compared.
	HasFeed bool `json:"has_feed"`
	// OneOf is what else the entry or the finding fits: it is about the subject or one of them.
	OneOf []string `json:"one_of"`
	Note  string   `json:"note"`

	order int // among the decisions about a session
}

// Columns are those of the CSV, a contract: the names in the JSON, up to the finding.
var Columns = func() (names []string) {
	for i := range reflect.TypeFor[Row]().NumField() {
		names = append(names, reflect.TypeFor[Row]().Field(i).Tag.Get("json"))
		if names[i] == "finding" {
			break
		}
	}
	return names
}()

func (a *Audit) newReport() *Report {
	return &Report{
		Version: reportVersion, GeneratedAt: stamp(a.Now), Commit: a.head, Since: a.Since.UTC().Format(time.DateOnly), WaitingLongerThanDays: a.WaitingLongerThan.Hours() / 24,
		Problems: append([]string{}, a.register.problems...), Unread: a.register.isUnread, Rows: []Row{},
		Limits: []string{
			"Author, committer, merge and pull request are what git says, which is no proof. Who approved is in the git service.",
			"The feed names neither the key nor the step or hit: an entry is matched by its values, its comment and its time. one_of has what else it fits.",
			"Didit has no feed of business sessions: of them only values are compared, and no change outside git can be found without a file.",
			"Sessions without a file are those created since the day in since that are Approved, Declined or In Review now.",
		},
	}
}

// stamp returns a time as RFC 3339 in UTC; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// filedRows returns the rows of a session that was judged.
func (a *Audit) filedRows(s *session) (rows []Row) {
	waits := s.report != nil && a.waits(s.report.Status, s.entries, s.report.CreatedAt)
	isFiled := false
	for _, d := range s.rows {
		isFiled = isFiled || d.Kind == decisionfile.Session && d.isLast()
		if waits && d.Kind == decisionfile.Session && d.isLast() && d.finding == "" {
			d.finding = waiting
		}
		rows = append(rows, newRow(s, d))
	}
	last := s.rows[len(s.rows)-1].version
	extra := Row{Group: last.Group, File: last.Path, SessionID: s.id, HasFeed: s.hasFeed}
	newest, counts := s.outsideGit()
	for i, e := range newest {
		row := extra
		row.setChange(e, counts[i], s.report.Status)
		rows = append(rows, row)
	}
	if waits && !isFiled {
		extra.setWaiting(s.report.Status)
		rows = append(rows, extra)
	}
	for i := range rows {
		rows[i].order = i
	}
	return rows
}

func newRow(s *session, d *decided) Row {
	v := d.version
	row := Row{
		Group: v.Group, File: v.Path, SessionID: s.id, Subject: d.Subject(), From: d.From, To: d.To, Reason: text(d.Comment), Ticket: d.Ticket,
		Author: v.Commit.Author, Committer: v.Commit.Committer, Commit: v.Commit.ID, CommittedAt: stamp(v.Commit.At), Merge: v.Merge, PullRequest: v.PullRequest,
		Value: d.value, Finding: d.finding, HasFeed: s.hasFeed, OneOf: d.oneOf, Note: d.note,
	}
	switch {
	case !d.isLast():
		row.State = "ended"
	case d.path == "":
		row.State = "removed"
	case d.isRecord:
		row.State = "record"
	default:
		row.State = "current"
	}
	if d.entry != nil {
		row.TrailAt, row.TrailActor = stamp(d.entry.at), d.entry.actor
	}
	if !s.hasFeed && s.report != nil {
		row.Note = strings.TrimSpace(row.Note + " Didit has no feed of it: only values are compared.")
	}
	return row
}

// setChange makes it a row about what was decided outside git. The subject is the kind: the feed
// does not name it.
func (r *Row) setChange(e *entry, count int, status string) {
	r.Finding, r.From, r.To, r.TrailAt, r.TrailActor = outsideGit, e.from, e.to, stamp(e.at), e.actor
	r.Subject = map[decisionfile.Kind]string{decisionfile.Hit: "hits", decisionfile.Step: "steps", decisionfile.Session: "session"}[e.kind]
	if e.kind == decisionfile.Session {
		r.Value = status
	}
	if count > 1 {
		r.Note = fmt.Sprintf("The newest of %d changes.", count)
	}
}

func (r *Row) setWaiting(status string) {
	r.Finding, r.Subject, r.Value = waiting, "session", status
}

// sort puts files in order, and sessions without one behind them.
func (r *Report) sort() {
	slices.SortFunc(r.Rows, func(a, b Row) int {
		if (a.File == "") != (b.File == "") {
			return strings.Compare(b.File, a.File)
		}
		return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.SessionID, b.SessionID), cmp.Compare(a.order, b.order))
	})
	for i := range r.Rows {
		if r.Rows[i].OneOf == nil {
			r.Rows[i].OneOf = []string{}
		}
	}
}

// HasFindings reports whether there is a finding that needs an explanation: any but waiting.
func (r *Report) HasFindings() bool {
	return slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Finding != "" && row.Finding != waiting })
}

// WriteJSON writes everything.
func (r *Report) WriteJSON(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// WriteCSV writes the columns, safe to open in a spreadsheet.
func (r *Report) WriteCSV(to io.Writer) error {
	out := csv.NewWriter(to)
	err := out.Write(Columns)
	for _, row := range r.Rows {
		record := make([]string, len(Columns))
		for i := range record {
			record[i] = cell(reflect.ValueOf(row).Field(i).String())
		}
		err = cmp.Or(err, out.Write(record))
	}
	out.Flush()
	return cmp.Or(err, out.Error())
}

// formula matches what a spreadsheet takes for a formula at the beginning of a cell. A cell can
// also begin behind a semicolon or a bar: spreadsheets of some languages separate cells so.
var formula = regexp.MustCompile(`(^|[;|])([\s"']*)([=+\-@＝＋－＠])`)

// cell returns a text as one line that shows every character and begins no formula: an apostrophe
// makes it a text. A line of its own could be a command to the CI service that prints it.
func cell(text string) string {
	shown, _ := markdown.Visible(text, math.MaxInt)
	return formula.ReplaceAllString(shown, "$1$2'$3")
}

// Finding is one that a row can have, and what to do about it.
type Finding struct{ Name, Means, Do string }

// Findings are in the order in which the first one that holds is shown.
var Findings = []Finding{
	{sessionMissing, "Didit has no such session for this key, and a file decides about it.", "Archive the file if the session was deleted; otherwise check the key."},
	{notApplied, "It is decided in git, and Didit does not have it.", "Apply the main branch. If Didit has a third value, write the decision again from that one."},
	{superseded, "Didit has another value than was decided.", "Find out who changed it, and decide again in git: from the value that Didit has."},
	{reverted, "It was changed in Didit, and changed back.", "Find out who did it and why."},
	{duplicate, "It is on the trail twice.", "Find out which program decides beside the pipeline."},
	{notOnTrail, "Didit has the value, and the feed has no entry that fits the decision.", "Find out who set the value, and when."},
	{outsideGit, "A person or program decided in Didit, and no file says so.", "Find out why, and write it into a file, with from equal to to."},
	{waiting, "The session has been In Review for longer than the limit, and nothing in git decides about it.", "Decide it in git."},
}
