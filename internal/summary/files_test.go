// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

const (
	file7 = "groups/2026/decisions/case-7.yaml"
	file8 = "groups/2026/decisions/case-8.yaml"
)

func withFiles(t *testing.T, plan fields, files *summary.Files) string {
	t.Helper()
	return summary.Markdown(page, summarize(t, summary.Input{Group: "2026", Plan: parsePlan(t, plan), Files: files}))
}

func TestFiles_SupersededDecisionShowsWhatWasWanted(t *testing.T) {
	t.Parallel()
	plan := planOf(unchanged(made(step("feature_ocr_1", "Approved"), "superseded").with("session_id", session2, "comment", "Specimen document. (CASE-8)")))

	requireParts(t, withFiles(t, plan, caseFiles(t)), "| **`passport`** step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Declined` | `Specimen document.` | `CASE-8` | ⚠️ superseded: Didit has `Approved` |")
}

func TestFiles_PlanThatDoesNotFitItsFileIsMarked(t *testing.T) {
	t.Parallel()
	fits := decide(step("feature_ocr_1", "Declined").with("session_id", session2), "In Review", "Specimen document. (CASE-8)")
	for name, test := range map[string]struct {
		after fields
		notes string
	}{
		"as in the file":  {fits, ""},
		"another value":   {fits.with("status", "In Review", "from", "Declined"), "⚠️ overturns a decision, differs from its file"},
		"another from":    {fits.with("from", "Approved"), "⚠️ overturns a decision, differs from its file"},
		"another comment": {fits.with("comment", "Specimen document."), "⚠️ differs from its file"},
		"no such step":    {fits.with("node_id", "feature_other_1"), "⚠️ in no valid file"},
		"another session": {fits.with("session_id", "33333333-2222-4333-8444-555555555555"), "⚠️ in no valid file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := tableRows(withFiles(t, planOf(change("create", nil, test.after)), caseFiles(t)))
			requireParts(t, rows[0], "| "+test.notes+" |\n")
		})
	}
}

// The comment that the apply records is the plan's, also where the file has another one.
func TestFiles_CommentOfThePlanOutranksTheFile(t *testing.T) {
	t.Parallel()
	after := decide(step("feature_ocr_1", "Declined").with("session_id", session2), "In Review", "Another text.")

	requireParts(t, withFiles(t, planOf(change("create", nil, after)), caseFiles(t)), "| `In Review` | `Declined` | `Another text.` | — | ⚠️ differs from its file |")
}

func TestFiles_StepWithoutANodeIsFoundByItsType(t *testing.T) {
	t.Parallel()
	files := &summary.Files{Files: []decisionfile.File{file(t, "case-9.yaml", "session_id: "+session1+"\nsteps:\n  face: {feature_type: FACE_MATCH, from: In Review, to: Approved, comment: Seen.}\n")}}
	after := decide(step("default", "Approved"), "In Review", "Seen.")

	requireParts(t, withFiles(t, planOf(change("create", nil, after.with("feature_type", "FACE_MATCH"))), files), "| **`face`** step `default` `FACE_MATCH` |")
	requireParts(t, withFiles(t, planOf(change("create", nil, after.with("feature_type", "LIVENESS"))), files), "⚠️ in no valid file")
}

func TestFiles_ChangesOfOtherPullRequestsAreMarked(t *testing.T) {
	t.Parallel()
	const mark = "⚠️ not of this pull request"
	files := func(changed ...string) *summary.Files {
		files := caseFiles(t)
		files.Changed = append([]string{"README.md"}, changed...)
		return files
	}
	create := planOf(change("create", nil, decide(step("feature_ocr_1", "Declined").with("session_id", session2), "In Review", "Specimen document. (CASE-8)")))
	requireParts(t, withFiles(t, create, files(file7)), mark, "1 × not of this pull request")
	requireNone(t, withFiles(t, create, files(file8)), mark)
	requireNone(t, withFiles(t, create, caseFiles(t)), mark)
	// The same name in another group is another file.
	requireParts(t, withFiles(t, create, files("groups/2025/decisions/case-8.yaml")), mark)

	// A decision that a changed file no longer has, or that a deleted file had.
	removed := planOf(change("delete", step("feature_poa_1", "Declined").with("session_id", session2), nil))
	requireNone(t, withFiles(t, removed, files(file8)), mark)
	requireParts(t, withFiles(t, removed, files(file7)), mark)
	gone := planOf(change("delete", step("feature_poa_1", "Declined").with("session_id", "33333333-2222-4333-8444-555555555555"), nil))
	requireNone(t, withFiles(t, gone, files("groups/2026/decisions/case-1.yaml")), mark)
	requireParts(t, withFiles(t, gone, files(file7, "groups/2025/decisions/case-1.yaml")), mark)

	// What is only observed belongs to no pull request.
	observed := planOf(unchanged(made(step("feature_ocr_1", "Approved"), "superseded").with("session_id", session2)))
	requireNone(t, withFiles(t, observed, files(file7)), mark)
}

func TestFiles_WhatThePlanLacksIsListed(t *testing.T) {
	t.Parallel()
	files := caseFiles(t)
	_, files.Problems = decisionfile.Read("groups/2026/decisions/bad.yaml", []byte("session_id: x\n"))
	files.Files = append(files.Files, file(t, "old.yaml", "session_id: 33333333-2222-4333-8444-555555555555\narchived: true\nsession: {from: In Review, to: Declined, comment: Forged.}\n"))
	files.Changed = []string{file7, "groups/2025/decisions/case-1.yaml", "groups/2026/main.tf", "modules/decisions/main.tf"}
	plan := casePlan()
	plan["resource_changes"] = plan["resource_changes"].([]fields)[1:]
	text := withFiles(t, plan, files)

	requireParts(t, text, "⛔ **Decision files with problems (", "- `groups/2026/decisions/bad.yaml:1:13: ",
		"⚠️ **Decisions in files that are not in this plan (1)**\n\n- `case-7.yaml`: `session`\n",
		"⚠️ **Other files changed (2)**: no plan shows all that they do.\n\n- `groups/2026/main.tf`\n- `modules/decisions/main.tf`\n")
	requireNone(t, text, "old.yaml")
}
