// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

func TestReport_ColumnsAreTheContract(t *testing.T) {
	t.Parallel()
	const contract = "group,file,session_id,subject,from,to,reason,ticket,author,committer,commit,committed_at,merge,pull_request,trail_at,trail_actor,value,finding"
	if got := strings.Join(Columns, ","); got != contract {
		t.Errorf("got %s", got)
	}
	var findings []string
	for _, finding := range Findings {
		findings = append(findings, finding.Name)
	}
	if got := strings.Join(findings, " "); got != "session-missing not-applied superseded reverted duplicate not-on-trail outside-git waiting" {
		t.Errorf("got %s", got)
	}
}

func TestReport_CSVBeginsNoFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1":                "'=1+1",
		"@SUM(A1)":            "'@SUM(A1)",
		"+49 30":              "'+49 30",
		"-1":                  "'-1",
		" =1":                 " '=1",
		"＝1":                  "'＝1",
		"a\n::error::b":       "a ⏎ ::error::b",
		"a\x1b[2Jb\u202ec":    "a[U+001B][2Jb[U+202E]c",
		"a;=cmd|' /c calc'!A": "a;'=cmd|' /c calc'!A",
		"\t-1":                " '-1",
		`a;"=1`:               `a;"'=1`,
		"two-fold, a=b; c+d":  "two-fold, a=b; c+d",
		"":                    "",
		`say "no", please`:    `say "no", please`,
	} {
		report := Report{Rows: []Row{{Group: "2026", Reason: text, Finding: waiting}}}
		var out strings.Builder
		if err := report.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(records) != 2 || records[1][6] != want || records[1][0] != "2026" || records[1][17] != waiting {
			t.Errorf("%q: got %q, %v, want %q", text, records, err, want)
		}
	}
}

func TestReport_JSONHasAVersionAndNoNull(t *testing.T) {
	t.Parallel()
	report := (&Audit{register: &register{}}).newReport()
	report.Rows = []Row{{SessionID: "x"}}
	report.sort()
	var out strings.Builder
	if err := report.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var decoded struct {
		Version int
		Rows    []map[string]any
		Limits  []string
	}
	if err := json.Unmarshal([]byte(out.String()), &decoded); err != nil || decoded.Version != 1 || len(decoded.Rows) != 1 || len(decoded.Limits) != 4 || strings.Contains(out.String(), "null") {
		t.Errorf("got %+v, %v\n%s", decoded, err, out.String())
	}
	for _, column := range Columns {
		if _, has := decoded.Rows[0][column]; !has {
			t.Errorf("a row lacks %s", column)
		}
	}
}

func TestReport_MarkdownGroupsByWhatToDo(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-000000000001"
	sessions, err := markdown.ParseSessionURL("https://example.com/s/{session_id}")
	if err != nil {
		t.Fatal(err)
	}
	report := Report{BusinessWithoutFile: 3, Limits: []string{"A limit."}, Problems: []string{"commit 1: x.yaml:1:1: `odd` @name"}}
	for n := range maxRows + 1 {
		report.Rows = append(report.Rows, Row{SessionID: id, Subject: fmt.Sprintf("steps.s%d", n), File: "groups/2026/decisions/a|b.yaml", Commit: strings.Repeat("a", 40), PullRequest: "12", Finding: superseded, Value: "Declined", TrailActor: consoleUser, TrailAt: "2026-01-01T00:00:00Z"})
	}
	report.Rows = append(report.Rows, Row{SessionID: id, Subject: "session", Finding: waiting}, Row{SessionID: id, Subject: "steps.fine", Commit: "b"},
		Row{SessionID: id, Subject: "steps.one", Finding: reverted, Note: "Changed.", OneOf: []string{"steps.two", "step LIVENESS at face"}})
	var out strings.Builder
	if err := report.WriteMarkdown(&out, sessions); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, part := range []string{
		"Decisions in git: 52, at commit —. Findings: 52. Waiting: 1.", "a console user made, with the same values and comment: 51.",
		"## superseded (51)\n\nDidit has another value than was decided. Find out", "**1 more** of them are in the CSV.", "## waiting (1)", "## reverted (1)",
		"| [`" + id + "`](https://example.com/s/" + id + ") | `steps.s0` in `groups/2026/decisions/a\\|b.yaml` | — | — | `Declined` | 2026-01-01T00:00:00Z console_user | `aaaaaaaaaaaa` (12) | — |\n",
		"`Changed. Or one of: steps.two, step LIVENESS at face.`", "## Versions of files that cannot be read (1)", "@\u200bname", "are decided or wait: 3.", "- A limit.",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if strings.Contains(page, "steps.fine") || strings.Contains(page, "steps.s50") {
		t.Error("the page has rows that it should not have")
	}
	order := []int{strings.Index(page, "## superseded"), strings.Index(page, "## reverted"), strings.Index(page, "## waiting"), strings.Index(page, "## What")}
	if !slices.IsSorted(order) {
		t.Errorf("the findings are at %v", order)
	}
}

func TestReport_MarkdownFitsAnIssue(t *testing.T) {
	t.Parallel()
	var report Report
	for _, finding := range Findings {
		for range 1000 {
			report.Rows = append(report.Rows, Row{SessionID: strings.Repeat("a", 36), Subject: strings.Repeat("s", 1000), File: strings.Repeat("f", 1000), Finding: finding.Name, Note: strings.Repeat("n", 1000)})
			report.Problems = append(report.Problems, strings.Repeat("p", 1000))
		}
	}
	var out strings.Builder
	if err := report.WriteMarkdown(&out, markdown.SessionURL{}); err != nil || len([]rune(out.String())) > 65_536 {
		t.Errorf("%d characters, %v", len([]rune(out.String())), err)
	}
	for _, finding := range Findings {
		if !strings.Contains(out.String(), "## "+finding.Name+" (1000)") {
			t.Errorf("the page does not count %s", finding.Name)
		}
	}
}
