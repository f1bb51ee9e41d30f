// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	md "github.com/didit-community/terraform-provider-didit/internal/markdown"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// requireGolden compares a page with a file in testdata. UPDATE_GOLDEN=1 writes it.
func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page is\n%s\nwant testdata/%s; if it is right, run this test with UPDATE_GOLDEN=1", got, name)
	}
}

const caseFile = `session_id: 11111111-2222-4333-8444-555555555555
hits:
  politician: {node_id: feature_aml_1, hit_id: hit_1, from: Unreviewed, to: False Positive, reason: The politician is twenty years older., ticket: CASE-7}
  sanctions: {node_id: feature_aml_1, hit_id: hit_2, from: Confirmed Match, to: Inconclusive, reason: The list entry was withdrawn., ticket: CASE-7}
steps:
  aml: {node_id: feature_aml_1, from: In Review, to: Approved, comment: "No match, see the hits.", ticket: CASE-7}
  passport: {node_id: feature_ocr_1, from: Declined, to: Approved, comment: "Seen again. @octocat | <b>", ticket: CASE-7, exception: "The scan is dark, the original is fine."}
  face: {node_id: feature_face_match_1, from: Approved, to: Approved}
session: {from: In Review, to: Approved, comment: All clear., ticket: CASE-7}
`

const smallFile = `session_id: 22222222-2222-4333-8444-555555555555
steps:
  passport: {node_id: feature_ocr_1, from: In Review, to: Declined, comment: Specimen document., ticket: CASE-8}
`

// decide returns an instance with a decision of a file.
func decide(instance fields, from, comment string) fields {
	return instance.with("from", from, "comment", comment, "outcome", "stands")
}

// casePlan is a plan of caseFile and smallFile, with much else in it.
func casePlan() fields {
	create := func(name string, after fields) fields {
		return change("create", nil, after).at(fmt.Sprintf("module.decisions.%s[%q]", name, after["session_id"]))
	}
	other := step("feature_ocr_1", "Declined").with("session_id", session2, "feature_type", "ID_VERIFICATION")
	return planOf(
		create("session", decide(session("Approved"), "In Review", "All clear. (CASE-7)")),
		create("face", decide(step("feature_face_match_1", "Approved"), "Approved", "").with("feature_type", "FACE_MATCH", "comment", nil)),
		create("passport", decide(step("feature_ocr_1", "Approved"), "Declined", "Seen again. @octocat | <b> (CASE-7)")),
		create("aml", decide(step("feature_aml_1", "Approved"), "In Review", "No match, see the hits. (CASE-7)").with("feature_type", "AML")),
		create("sanctions", decide(hit("hit_2", "Inconclusive"), "Confirmed Match", "The list entry was withdrawn. (CASE-7)")),
		create("politician", decide(hit("hit_1", "False Positive"), "Unreviewed", "The politician is twenty years older. (CASE-7)")),
		unchanged(decide(step("feature_liveness_1", "Approved"), "In Review", "Fine.").with("feature_type", "LIVENESS")),
		create("other", decide(other, "In Review", "Specimen document. (CASE-8)")),
	)
}

func caseFiles(t *testing.T) *summary.Files {
	t.Helper()
	return &summary.Files{Files: []decisionfile.File{file(t, "case-7.yaml", caseFile), file(t, "case-8.yaml", smallFile)}}
}

func TestCase_ReadsInOrderWithFileReasonAndTicket(t *testing.T) {
	t.Parallel()
	sessionURL, err := md.ParseSessionURL("https://example.com/sessions/{session_id}")
	if err != nil {
		t.Fatal(err)
	}
	options := page
	options.SessionURL = sessionURL

	found := summarize(t, summary.Input{Group: "2026", Plan: parsePlan(t, casePlan()), Files: caseFiles(t)})

	requireGolden(t, "case.md", summary.Markdown(options, found))
}
