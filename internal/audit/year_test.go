// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/audit"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// year is a year of 300 sessions in two groups: a simulator with what happened, and a git repository with what was decided.
// What is planted happens to a session by its number; every other case is decided in git and applied by the pipeline.
type year struct {
	*testing.T
	server  *simulator.Server
	stream  strings.Builder // for git fast-import
	mark    int             // of the last commit
	main    int             // the mark of the main branch
	decided int             // versions of decisions
	filed   map[int]bool
}

var (
	pipeline = simulator.APIKey("pipeline")
	ada      = simulator.ConsoleUser("Ada")
)

// The sessions to which something else happens.
const (
	overturned, changedBack, withoutFile, lost, deleted, twice, before = 17, 42, 60, 81, 99, 120, 140
	business, businessOverturned, businessOutside                      = 150, 151, 152
	monitored, waits, again, inFlow, adopted, unreadable, reopened     = 170, 180, 190, 200, 210, 230, 240
)

func sessionID(n int) string {
	return fmt.Sprintf("11111111-2222-4333-8444-%012d", n)
}

// day is when a session is created; decisions follow in the days after.
func day(n int) time.Time {
	return time.Date(2025, time.January, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * 28 * time.Hour)
}

func group(n int) string {
	if n < 150 {
		return "2025-1"
	}
	return "2025-2"
}

func path(n int) string { return fmt.Sprintf("groups/%s/decisions/case-%d.yaml", group(n), n) }

func file(n int) string {
	return fmt.Sprintf(`session_id: %s
hits: {politician: {node_id: feature_aml_1, hit_id: hit_1, from: Unreviewed, to: False Positive, reason: Another date of birth., ticket: CASE-%[2]d}}
steps: {passport: {node_id: feature_ocr_1, from: In Review, to: Approved, comment: Seen on a video call., ticket: CASE-%[2]d}}
session: {from: In Review, to: Approved, comment: All clear., ticket: CASE-%[2]d}
`, sessionID(n), n)
}

// commit writes a commit on top of main, and for even days merges a branch of it.
func (y *year) commit(n int, when time.Time, files map[string]string) {
	write := func(branch, message string, at time.Time, parents ...int) {
		y.mark++
		_, _ = fmt.Fprintf(&y.stream, "commit refs/heads/%s\nmark :%d\nauthor Officer %d <officer%[3]d@example.com> %d +0000\ncommitter Service <service@example.com> %[4]d +0000\ndata %d\n%s\n",
			branch, y.mark, n%5, at.Unix(), len(message), message)
		for i, parent := range parents {
			_, _ = fmt.Fprintf(&y.stream, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], parent)
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if text := files[name]; text == "" {
				_, _ = fmt.Fprintf(&y.stream, "D %s\n", name)
			} else {
				_, _ = fmt.Fprintf(&y.stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
			}
		}
		y.stream.WriteString("\n")
	}
	var parents []int
	if y.main > 0 {
		parents = []int{y.main}
	}
	if n%2 == 0 && y.main > 0 {
		write(fmt.Sprintf("case-%d-%d", n, y.mark), "Case", when, parents...)
		parents = append(parents, y.mark)
		write("main", fmt.Sprintf("Merge pull request #%d from team/case", n), when.Add(time.Hour), parents...)
	} else {
		write("main", fmt.Sprintf("Case (#%d)", n), when, parents...)
	}
	y.main = y.mark
}

func (y *year) decide(decisions ...simulator.Decision) {
	y.Helper()
	for _, d := range decisions {
		if err := y.server.Decide(d); err != nil {
			y.Fatalf("%+v: %v", d, err)
		}
	}
}

// apply makes the decisions of a file as the pipeline does.
func (y *year) apply(n int, at time.Time) {
	id, ticket := sessionID(n), fmt.Sprintf(" (CASE-%d)", n)
	y.decide(
		simulator.Decision{By: pipeline, At: at, SessionID: id, NodeID: "feature_aml_1", HitID: "hit_1", Status: "False Positive"},
		simulator.Decision{By: pipeline, At: at.Add(time.Second), SessionID: id, NodeID: "feature_ocr_1", Status: "Approved", Comment: "Seen on a video call." + ticket},
		simulator.Decision{By: pipeline, At: at.Add(2 * time.Second), SessionID: id, Status: "Approved", Comment: "All clear." + ticket},
	)
}

// ofSession is a decision about the session itself.
func ofSession(n int, by simulator.Actor, after time.Duration, status, comment string) simulator.Decision {
	return simulator.Decision{By: by, At: day(n).Add(after), SessionID: sessionID(n), Status: status, Comment: comment}
}

const hours = time.Hour

// live lets one session happen.
func (y *year) live(n int) {
	session := simulator.Session{ID: sessionID(n), Number: n + 1, CreatedAt: day(n), Features: []simulator.Feature{
		{Array: "id_verifications", NodeID: "feature_ocr_1"},
		{Array: "aml_screenings", NodeID: "feature_aml_1", Hits: []simulator.Hit{{ID: "hit_1"}}},
	}}
	filed, text, applied := true, file(n), true
	switch n {
	case business, businessOverturned, businessOutside:
		session.Kind = simulator.KindBusiness
	case inFlow:
		session.Status = "In Progress"
	}
	switch {
	case n == withoutFile, n == waits, n == businessOutside:
		filed = false
	case n%10 == 3: // Didit's workflow decided.
		session.Status, filed = "Approved", false
	case n == lost:
		applied = false
	case n == inFlow:
		text, applied = fmt.Sprintf("session_id: %s\nsteps: {passport: {node_id: feature_ocr_1, from: In Review, to: Declined, comment: Forged., defer_until_flow_finishes: true}}\n", sessionID(n)), false
	case n == adopted:
		text, applied = fmt.Sprintf("session_id: %s\nsession: {from: Declined, to: Declined}\n", sessionID(n)), false
	}
	y.server.AddSession(session)
	switch n {
	case before:
		y.decide(ofSession(n, ada, 2*hours, "Approved", "Looks good."))
		applied = false
		text = fmt.Sprintf("session_id: %s\nsession: {from: In Review, to: Approved, comment: All clear.}\n", sessionID(n))
	case adopted, withoutFile, businessOutside:
		y.decide(ofSession(n, ada, 2*hours, "Declined", "Looks bad."))
	}
	if n == withoutFile { // What counts is the session's own status.
		y.decide(simulator.Decision{By: ada, At: day(n).Add(3 * hours), SessionID: sessionID(n), NodeID: "feature_ocr_1", Status: "Declined"})
	}
	if y.filed[n] = filed; filed {
		y.commit(n, day(n).Add(5*hours), map[string]string{path(n): text})
		y.decided += strings.Count(text, "from:")
	}
	if filed && applied {
		y.apply(n, day(n).Add(7*hours))
	}
}

// follow lets happen what comes later.
func (y *year) follow(n int) {
	switch n {
	case overturned, businessOverturned:
		y.decide(ofSession(n, ada, 50*hours, "Declined", "I do not believe it."))
	case changedBack:
		y.decide(ofSession(n, ada, 50*hours, "Declined", "Wait."), ofSession(n, ada, 51*hours, "Approved", "Settled."))
	case deleted:
		y.server.DeleteSession(sessionID(n))
	case twice: // The data of the step were deleted, and an old pipeline decided again.
		if err := y.server.SetFeatureStatus(sessionID(n), "feature_ocr_1", "", "In Review"); err != nil {
			y.Fatal(err)
		}
		y.decide(simulator.Decision{By: pipeline, At: day(n).Add(90 * hours), SessionID: sessionID(n), NodeID: "feature_ocr_1", Status: "Approved", Comment: fmt.Sprintf("Seen on a video call. (CASE-%d)", n)})
	case monitored:
		score := 95.0
		if err := y.server.MonitoringMatch(sessionID(n), "feature_aml_1", simulator.Hit{ID: "hit_new", MatchScore: &score}, now.Add(-24*hours)); err != nil {
			y.Fatal(err)
		}
	case again: // Another decision, in a file that gets another name.
		text := strings.Replace(file(n), "from: In Review, to: Approved, comment: All clear.", "from: Approved, to: Declined, comment: On a list after all.", 1)
		y.commit(n, day(n).Add(50*hours), map[string]string{path(n): "", strings.Replace(path(n), "case-", "old-case-", 1): text})
		y.decide(ofSession(n, pipeline, 53*hours, "Declined", fmt.Sprintf("On a list after all. (CASE-%d)", n)))
		y.decided++
	case unreadable:
		y.commit(n, day(n).Add(50*hours), map[string]string{path(n): file(n) + "statuss: x\n"})
		y.commit(n, day(n).Add(52*hours), map[string]string{path(n): file(n)})
	case reopened:
		resubmitted := ofSession(n, ada, 50*hours, "Resubmitted", "Unreadable.")
		resubmitted.Nodes = []simulator.Node{{NodeID: "feature_ocr_1", Feature: "ID_VERIFICATION"}}
		y.decide(resubmitted)
	}
}

var now = time.Date(2025, time.December, 31, 12, 0, 0, 0, time.UTC)

func newYear(t *testing.T) (y *year, directory string) {
	t.Helper()
	server, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	y = &year{T: t, server: server, filed: map[int]bool{}}
	y.commit(1, day(0), map[string]string{"groups/2025-1/main.tf": "#\n", "groups/2025-2/main.tf": "#\n"})
	for n := range 300 {
		y.live(n)
	}
	for n := range 300 {
		y.follow(n)
	}
	return y, y.repository()
}

// repository returns the directory of a git repository with the commits.
func (y *year) repository() string {
	y.Helper()
	directory := y.TempDir()
	for _, args := range [][]string{{"init", "--quiet", "--initial-branch=main"}, {"fast-import", "--quiet"}} {
		command := exec.Command("git", append([]string{"-C", directory}, args...)...)
		if args[0] == "fast-import" {
			command.Stdin = strings.NewReader(y.stream.String())
		}
		if output, err := command.CombinedOutput(); err != nil {
			y.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	return directory
}

// audited returns the report of an audit.
func audited(t *testing.T, server *simulator.Server, directory string) (report *audit.Report, reports, feeds int) {
	t.Helper()
	address, err := didit.ParseBaseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := didit.New(didit.Config{BaseURL: address, APIKey: simulator.DefaultAPIKey, RequestTimeout: time.Minute, ReadsPerMinute: 1e6, WritesPerMinute: 1})
	history, err := decisionrepo.ReadHistory(t.Context(), directory)
	if err != nil {
		t.Fatal(err)
	}
	begun, err := audit.Begin(t.Context(), client, history, audit.Options{Since: day(0), WaitingLongerThan: 7 * 24 * hours, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	reports, feeds = begun.Requests()
	if report, err = begun.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return report, reports, feeds
}

func TestAudit_FindsExactlyWhatIsPlantedInAYear(t *testing.T) {
	t.Parallel()
	y, directory := newYear(t)
	report, reports, feeds := audited(t, y.server, directory)

	var got []string
	decisions := 0
	for _, row := range report.Rows {
		if row.Commit != "" {
			decisions++
		}
		if row.Finding != "" {
			got = append(got, strings.TrimLeft(row.SessionID[24:], "0")+" "+row.Subject+" "+row.Finding)
		}
	}
	slices.Sort(got)
	want := []string{
		"17 session superseded", "42 session reverted", "60 session outside-git", "81 hits.politician not-applied", "81 session not-applied", "81 steps.passport not-applied",
		"99 hits.politician session-missing", "99 session session-missing", "99 steps.passport session-missing", "120 steps.passport duplicate", "140 session not-on-trail",
		"151 session superseded", "180 session waiting", "240 session superseded", "240 steps.passport superseded",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if decisions != y.decided || report.BusinessWithoutFile != 1 || len(report.Problems) != 1 || report.Unread {
		t.Errorf("%d decisions of %d, %d business sessions without a file, problems %q", decisions, y.decided, report.BusinessWithoutFile, report.Problems)
	}
	y.requireRequests(reports, feeds)
	requireRows(t, report)
}

// requireRequests compares the requests with what was said, and with the sessions.
func (y *year) requireRequests(reports, feeds int) {
	y.Helper()
	sent := map[string]int{}
	for _, request := range y.server.Requests() {
		parts := strings.Split(strings.Trim(request.Path, "/"), "/")
		sent[parts[len(parts)-1]]++
	}
	filed, listed := 0, 0
	for n := range 300 {
		if y.filed[n] {
			filed++
		} else if n != businessOutside {
			listed++
		}
	}
	// The deleted session and the two business sessions with a file have no feed. The list has three pages and one.
	want := map[string]int{"sessions": 4, "decision": filed, "reviews": filed + listed - 3, "overrides": 1}
	if !maps.Equal(sent, want) || reports != filed || feeds != filed+listed {
		y.Errorf("sent %v, want %v; said %d reports and %d feeds", sent, want, reports, feeds)
	}
}

// requireRows checks single rows: git's facts, the trail's, and a decision that ended another.
func requireRows(t *testing.T, report *audit.Report) {
	t.Helper()
	find := func(n int, subject, state string) audit.Row {
		at := slices.IndexFunc(report.Rows, func(row audit.Row) bool {
			return row.SessionID == sessionID(n) && row.Subject == subject && row.State == state
		})
		if at < 0 {
			t.Fatalf("no row of session %d, %s, %s", n, subject, state)
		}
		return report.Rows[at]
	}
	squashed := find(1, "steps.passport", "current")
	if squashed.Merge != "" || squashed.PullRequest != "1" || squashed.Author != "Officer 1 <officer1@example.com>" || squashed.CommittedAt != "2025-01-02T18:00:00Z" ||
		squashed.TrailAt != "2025-01-02T20:00:01Z" || squashed.TrailActor != "api_key" || squashed.Ticket != "CASE-1" || squashed.Reason != "Seen on a video call." || squashed.Value != "Approved" {
		t.Errorf("got %+v", squashed)
	}
	ended, current := find(again, "session", "ended"), find(again, "session", "current")
	if ended.Merge == "" || ended.TrailAt == "" || ended.To != "Approved" || current.To != "Declined" || current.File != "groups/2025-2/decisions/old-case-190.yaml" || current.PullRequest != "190" {
		t.Errorf("got %+v\n%+v", ended, current)
	}
	if row := find(again, "steps.passport", "current"); row.File != path(again) {
		t.Errorf("got %+v", row)
	}
	if row := find(business, "session", "current"); row.HasFeed || row.TrailAt != "" || !strings.Contains(row.Note, "only values are compared") {
		t.Errorf("got %+v", row)
	}
	if files := slices.IsSortedFunc(report.Rows, func(a, b audit.Row) int {
		return cmp.Compare(cmp.Or(a.Group, "z"), cmp.Or(b.Group, "z"))
	}); !files {
		t.Error("the rows are not in order")
	}
}

// A key changed one of two steps with the same values and comment, and a console user the other: the feed names neither.
func TestAudit_OverridesNameTheStep(t *testing.T) {
	t.Parallel()
	for without, want := range map[bool]string{
		false: "steps.paper= steps.face=api_key",
		true:  "steps.paper=api_key steps.face=",
	} {
		server, err := simulator.Start(simulator.Options{WithoutOverrides: without})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		server.SetTime(day(1))
		server.AddSession(simulator.Session{ID: sessionID(1), CreatedAt: day(0), Features: []simulator.Feature{
			{Array: "id_verifications", NodeID: "ocr"}, {Array: "face_matches", NodeID: "face"},
		}})
		const text = "from: In Review, to: Declined, comment: Forged."
		y := &year{T: t, server: server}
		y.commit(1, day(0), map[string]string{path(1): fmt.Sprintf("session_id: %s\nsteps: {paper: {node_id: ocr, %s}, face: {node_id: face, %[2]s}}\n", sessionID(1), text)})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, server.URL+"/v3/session/"+sessionID(1)+"/features/face/update-status/", strings.NewReader(`{"new_status": "Declined", "comment": "Forged."}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
		request.Header.Set("Content-Type", "application/json")
		if response, err := http.DefaultClient.Do(request); err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response, err)
		}
		y.decide(simulator.Decision{By: ada, At: day(2), SessionID: sessionID(1), NodeID: "ocr", Status: "Declined", Comment: "Bad."})

		report, _, _ := audited(t, server, y.repository())
		var got []string
		for _, row := range report.Rows {
			if row.Commit != "" {
				got = append(got, row.Subject+"="+row.TrailActor)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("without overrides %t: got %q, want %s", without, got, want)
		}
	}
}
