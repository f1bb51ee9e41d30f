// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// manyCases returns a plan of new cases, each with a hit, a step and the session, and
// their files. The cases named in cleared clear their hit.
func manyCases(t *testing.T, cases int, cleared ...int) (fields, *summary.Files) {
	t.Helper()
	var changes []fields
	files := &summary.Files{}
	for i := range cases {
		id := fmt.Sprintf("11111111-2222-4333-8444-%012d", i)
		review := "Confirmed Match"
		for _, n := range cleared {
			if n == i {
				review = "False Positive"
			}
		}
		files.Files = append(files.Files, file(t, fmt.Sprintf("case-%03d.yaml", i), fmt.Sprintf(`session_id: %s
hits:
  politician: {node_id: feature_aml_1, hit_id: hit_%d, from: Unreviewed, to: %s, reason: Compared with the register entry., ticket: CASE-%d}
steps:
  passport: {node_id: feature_ocr_1, from: In Review, to: Declined, comment: Specimen document., ticket: CASE-%d}
session: {from: In Review, to: Declined, comment: See the hit., ticket: CASE-%d}
`, id, i, review, i, i, i)))
		for _, decided := range []fields{
			decide(hit(fmt.Sprintf("hit_%d", i), review), "Unreviewed", fmt.Sprintf("Compared with the register entry. (CASE-%d)", i)),
			decide(step("feature_ocr_1", "Declined"), "In Review", fmt.Sprintf("Specimen document. (CASE-%d)", i)),
			decide(session("Declined"), "In Review", fmt.Sprintf("See the hit. (CASE-%d)", i)),
		} {
			planned := change("create", nil, decided.with("session_id", id))
			changes = append(changes, planned.at(fmt.Sprintf("module.decisions.%s.all[%q]", planned["type"], id)))
		}
	}
	return planOf(changes...), files
}

// destination is a change of a webhook destination.
func destination(address, actions string, before, after fields) fields {
	return fields{
		"address": address, "mode": "managed", "type": "didit_webhook_destination", "provider_name": didit,
		"change": fields{"actions": strings.Split(actions, "/"), "before": before, "after": after},
	}
}

// missing returns the numbers in the notice of a page that is cut.
func missing(t *testing.T, text string) (decisions, all, marked int) {
	t.Helper()
	first, _, _ := strings.Cut(text, "\n")
	if _, err := fmt.Sscanf(first, "⚠️ **Cut: %d of %d decisions are missing on this page, %d of them marked ⚠️", &decisions, &all, &marked); err != nil {
		t.Fatalf("the page begins with %q: %v", first, err)
	}
	return decisions, all, marked
}

func TestPage_ForeignDestinationAmongManyDecisionsCannotBeMissed(t *testing.T) {
	t.Parallel()
	plan, files := manyCases(t, 300)
	foreign := destination("didit_webhook_destination.backup", "create", nil, fields{"label": "Backup", "url": "https://other.example/hook"})
	plan["resource_changes"] = append(plan["resource_changes"].([]fields), foreign)

	text := summary.Markdown(page, summarize(t, summary.Input{Group: "2026", Plan: parsePlan(t, plan), Files: files}))

	head, _, _ := strings.Cut(text, "| `case-001.yaml`")
	requireGolden(t, "many.md", head)
	if len(text) > page.Size {
		t.Errorf("the page has %d bytes, want at most %d", len(text), page.Size)
	}
	if decisions, all, marked := missing(t, text); all != 900 || marked != 0 || decisions+len(tableRows(text)) != 900 || decisions > 450 {
		t.Errorf("%d of %d decisions are missing, %d of them marked, and %d are there", decisions, all, marked, len(tableRows(text)))
	}
}

func TestPage_FullCutsNothing(t *testing.T) {
	t.Parallel()
	plan, files := manyCases(t, 300)
	long := strings.Repeat("A long reason. ", 100)
	plan["resource_changes"] = append(plan["resource_changes"].([]fields),
		change("create", nil, decide(session("Declined"), "In Review", long)), other("terraform_data."+strings.Repeat("x", 400), "create"))

	text := summary.Markdown(summary.Options{}, summarize(t, summary.Input{Plan: parsePlan(t, plan), Files: files}))

	requireNone(t, text, "Cut", "cut:", "more")
	requireParts(t, text, "| `case-299.yaml`", long, strings.Repeat("x", 400))
	if rows := len(tableRows(text)); rows != 901 {
		t.Errorf("the page has %d rows, want 901", rows)
	}
}

// A reviewer needs a case as a whole: which hits were cleared, and what that led to.
func TestPage_KeepsMarkedCasesAsAWhole(t *testing.T) {
	t.Parallel()
	plan, files := manyCases(t, 300, 0, 150, 299)

	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Files: files}))

	requireParts(t, text, "⚠️ **Needs attention**: 3 × clears a hit.", "### ⚠️ `case-000.yaml`", "### ⚠️ `case-150.yaml`", "### ⚠️ `case-299.yaml`",
		"| **session** | `In Review` | `Declined` | `See the hit.` | `CASE-299` |  |\n\n### Cases without a mark")
}

func TestPage_CountsMarkedDecisionsThatAreMissing(t *testing.T) {
	t.Parallel()
	all := make([]int, 300)
	for i := range all {
		all[i] = i
	}
	plan, files := manyCases(t, 300, all...)

	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Files: files}))

	decisions, _, marked := missing(t, text)
	shown := strings.Count(text, "⚠️ clears a hit |")
	if marked == 0 || marked+shown != 300 || decisions+len(tableRows(text)) != 900 {
		t.Errorf("%d decisions are missing, %d of them marked; %d marked ones are there", decisions, marked, shown)
	}
}

// What becomes of decisions in Didit adds up in a group, and is no reason to cut what a pull
// request wants.
func TestPage_WhatTheApplyMakesComesBeforeWhatItLeavesAlone(t *testing.T) {
	t.Parallel()
	var changes []fields
	for i := range 400 {
		overturned := made(session("Declined"), "superseded").with("session_id", fmt.Sprintf("33333333-2222-4333-8444-%012d", i))
		changes = append(changes, unchanged(overturned).at(fmt.Sprintf("didit_session_status.it[%d]", i)))
	}
	plan := planOf(append(changes, change("create", nil, decide(session("Approved"), "In Review", "All clear.")))...)

	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan)}))

	_, cases, _ := strings.Cut(text, "\n### ")
	if !strings.HasPrefix(cases, "Session ") || !strings.Contains(strings.SplitN(cases, "\n### ", 2)[0], "`All clear.`") {
		t.Errorf("the first case is another one:\n%.500s", cases)
	}
	requireParts(t, text, "Cut:", "### ⚠️ Session `33333333-2222-4333-8444-000000000000`")
}

// Many errors must not displace the other lists, nor the reverse.
func TestPage_EveryListKeepsItsFirstLines(t *testing.T) {
	t.Parallel()
	var diagnostics, changes []fields
	for i := range 400 {
		diagnostics = append(diagnostics, fields{"severity": "error", "summary": "Step not found", "detail": strings.Repeat("Detail. ", 40), "address": fmt.Sprintf("a[%03d]", i)})
		changes = append(changes, other(fmt.Sprintf("terraform_data.x[%d]", i), "create"))
	}
	plan := planOf(append(changes, destination("didit_webhook_destination.last", "create", nil, fields{"url": "https://other.example/hook"}), update(session("In Review"), session("Declined")))...).with("errored", true)

	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: parseLog(t, diagnostics...)}))

	requireParts(t, text, "⛔ **Refused (400)**", "`a[049]`", "**Other changes (401)**", "- ⚠️ `didit_webhook_destination.last`: `create`, events go to `https://other.example/hook`",
		"1 of 1 decisions are missing", "_Cut: 391 lines more._")
	if len(text) > page.Size {
		t.Errorf("the page has %d bytes, want at most %d", len(text), page.Size)
	}
}

func TestPage_LinesUpToTheSizeAreThere(t *testing.T) {
	t.Parallel()
	plan, files := manyCases(t, 20)
	found := summarize(t, summary.Input{Plan: parsePlan(t, plan), Files: files})
	whole := summary.Markdown(summary.Options{}, found)

	if text := summary.Markdown(summary.Options{Size: len(whole)}, found); text != whole {
		t.Errorf("a page that just fits is cut:\n%s", text)
	}
	for size := len(whole) - 1; size > 1000; size -= 97 {
		text := summary.Markdown(summary.Options{Size: size}, found)
		decisions, _, _ := missing(t, text)
		if len(text) > size || decisions == 0 || decisions+len(tableRows(text)) != 60 {
			t.Errorf("in %d bytes, the page has %d, and %d decisions are missing", size, len(text), decisions)
		}
	}
}

// A paragraph that is never cut must not grow with the plan.
func TestPage_ParagraphsAndFeetAreBounded(t *testing.T) {
	t.Parallel()
	var diagnostics []fields
	changes := []fields{change("create", nil, decide(session("Declined"), "In Review", "Forged."))}
	for i := range 1000 {
		diagnostics = append(diagnostics, diagnostic("warning", "didit_session_status.it", fmt.Sprintf("Warning %04d %s", i, strings.Repeat("x", 100)), "Detail."))
		changes = append(changes, unchanged(hit(fmt.Sprintf("hit_%d", i), "False Positive")).at(fmt.Sprintf("didit_session_aml_hit_status.it[%d]", i)))
	}
	found := summarize(t, summary.Input{Plan: parsePlan(t, planOf(changes...)), Log: parseLog(t, diagnostics...)})
	head, body, _ := strings.Cut(summary.Markdown(page, found), "### ")

	requireParts(t, head, "and 980 more.", "**1000 unchanged**")
	requireParts(t, body, "| **session** | `In Review` | `Declined` | `Forged.` | ⚠️ `Warning 0000", "and 980 more |\n", "`False Positive`, and 980 more.\n")
	requireParts(t, summary.Markdown(summary.Options{}, found), "`hit_999`")
	if len(head) > 4_000 {
		t.Errorf("the paragraphs have %d bytes", len(head))
	}
}
