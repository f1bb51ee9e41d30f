// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package draft_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/draft"
)

const sessionID = "11111111-2222-4333-8444-000000000001"

func number(value float64) *float64 { return &value }

// report has every value that a subject can have, with and without a workflow graph.
func report() *didit.Decision {
	return &didit.Decision{
		SessionID: sessionID, Status: "IN_REVIEW",
		Features: []didit.Feature{
			{NodeID: "feature_ocr_1", Type: "ID_VERIFICATION", Status: "In Review"},
			{NodeID: "feature_ocr_2", Type: "ID_VERIFICATION", Status: "Declined"},
			{NodeID: "default", Type: "LIVENESS", Status: "Approved"},
			{NodeID: "default", Type: "AML", Status: "In Review"},
			{NodeID: "feature_poa_1", Type: "POA", Status: "Not Finished"},
		},
		AMLHits: []didit.AMLHit{
			{NodeID: "feature_aml_1", ID: "hit_a", ReviewStatus: "Unreviewed", MatchScore: number(94.5)},
			{NodeID: "feature_aml_1", ID: "hit_b", ReviewStatus: "False Positive", MatchScore: number(92.9)},
			{NodeID: "feature_aml_1", ID: "hit_c", ReviewStatus: "False Positive", MatchScore: number(93)},
			{NodeID: "feature_aml_1", ID: "hit_d", ReviewStatus: "False Positive"},
			{NodeID: "default", ID: "1234e5", ReviewStatus: "Confirmed Match", MatchScore: number(50)},
			{NodeID: "default", ID: "it's", ReviewStatus: "INCONCLUSIVE"},
		},
	}
}

func TestDecisions_WaitingAndDecided(t *testing.T) {
	t.Parallel()
	const waiting = `# To decide, fill in each "to", and say why: a comment, of a hit a reason. Delete what you leave open.
session_id: 11111111-2222-4333-8444-000000000001
hits:
  hit-1: # match score 94.5
    node_id: feature_aml_1
    hit_id: hit_a
    from: Unreviewed
    to:
steps:
  id-verification:
    node_id: feature_ocr_1
    from: In Review
    to:
  aml:
    feature_type: AML
    from: In Review
    to:
session:
  from: In Review
  to:
`
	const decided = `session_id: 11111111-2222-4333-8444-000000000001
hits:
  hit-1: # match score 93
    node_id: feature_aml_1
    hit_id: hit_c
    from: False Positive
    to: False Positive
  hit-2:
    node_id: feature_aml_1
    hit_id: hit_d
    from: False Positive
    to: False Positive
  hit-3: # match score 50
    hit_id: "1234e5"
    from: Confirmed Match
    to: Confirmed Match
  hit-4:
    hit_id: "it's"
    from: Inconclusive
    to: Inconclusive
steps:
  id-verification:
    node_id: feature_ocr_2
    from: Declined
    to: Declined
  liveness:
    feature_type: LIVENESS
    from: Approved
    to: Approved
`
	for want, options := range map[string]draft.Options{
		waiting: {Waiting: true, MatchThreshold: draft.DefaultMatchThreshold},
		decided: {Decided: true, MatchThreshold: draft.DefaultMatchThreshold},
	} {
		decisions, leftOut, below := options.Decisions(report())
		if got := draft.File(sessionID, decisions); got != want || len(leftOut) > 0 || (below == 1) != options.Decided {
			t.Errorf("got\n%s\nleft out %q, below the threshold %d; want\n%s", got, leftOut, below, want)
		}
	}
}

// The reader of decision files takes a draft for the decisions of the report, and misses nothing but what somebody has to
// decide.
func TestFile_IsReadAsWhatWasDrafted(t *testing.T) {
	t.Parallel()
	decisions, _, below := draft.Options{Waiting: true, Decided: true}.Decisions(report())
	file, problems := decisionfile.Read("x.yaml", []byte(draft.File(sessionID, decisions)))

	if len(decisions) != 11 || below != 0 || len(file.Decisions) != len(decisions) {
		t.Fatalf("%d decisions were drafted, %d read; want all 11", len(decisions), len(file.Decisions))
	}
	for i, got := range file.Decisions {
		want := decisions[i].Decision
		got.Key, got.Line, got.Column = "", 0, 0
		if want.NodeID != "default" {
			want.FeatureType = ""
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	for _, problem := range problems {
		if !strings.Contains(problem.Text, ".to: is empty") {
			t.Errorf("got %s", problem)
		}
	}
	if len(problems) != 4 {
		t.Errorf("got %d problems, want one for each of 4 decisions that wait", len(problems))
	}
}

func TestDecisions_LeavesOutWhatCannotBeDecided(t *testing.T) {
	t.Parallel()
	odd := &didit.Decision{
		SessionID: sessionID, Status: "Expired",
		Features: []didit.Feature{
			{NodeID: "default", Type: "AML", Status: "In Review"},
			{NodeID: "default", Type: "AML", Status: "Approved"},
			{NodeID: " x", Type: "POA", Status: "In Review"},
			{NodeID: "default", Type: "AGE-CHECKS", Status: "In Review"}, // An array that this version does not know.
			{NodeID: "e\u0301", Type: "POA", Status: "In Review"},
		},
		AMLHits: []didit.AMLHit{
			{NodeID: "default", ID: "hit_a", ReviewStatus: "Unreviewed"},
			{NodeID: "default", ID: "hit_a", ReviewStatus: "Unreviewed"},
			{NodeID: "default", ID: "a b", ReviewStatus: "Unreviewed"},
			{NodeID: "default", ID: `a"b`, ReviewStatus: "Unreviewed"},
			{NodeID: `a" # "`, ID: "hit_b", ReviewStatus: "Unreviewed"}, // In quotes, it would be read as a.
		},
		Unusable: []didit.UnusableItem{{Type: "QUESTIONNAIRE", Problem: "status is null"}},
	}
	decisions, leftOut, _ := draft.Options{Waiting: true}.Decisions(odd)
	want := []string{
		`hit "hit_a" of "default": Didit reports several that have the same address, and none can be decided`,
		`hit "a b" of "default": its ID or type cannot be written in a decision file`,
		`hit "a\"b" of "default": its ID or type cannot be written in a decision file`,
		`hit "hit_b" of "a\" # \"": its ID or type cannot be written in a decision file`,
		`step AML at "default": Didit reports several that have the same address, and none can be decided`,
		`step POA at " x": its ID or type cannot be written in a decision file`,
		`step AGE-CHECKS at "default": its ID or type cannot be written in a decision file`,
		"step POA at \"e\u0301\": its ID or type cannot be written in a decision file",
		"QUESTIONNAIRE at default: status is null",
	}
	if len(decisions) > 0 || !slices.Equal(leftOut, want) {
		t.Errorf("got %+v\n%s\nwant\n%s", decisions, strings.Join(leftOut, "\n"), strings.Join(want, "\n"))
	}
}

func TestMissing_IsWhatAFileDoesNotDecide(t *testing.T) {
	t.Parallel()
	file, problems := decisionfile.Read("x.yaml", []byte(`session_id: `+sessionID+`
hits:
  hit-1: {node_id: feature_aml_2, hit_id: hit_a, from: Unreviewed, to: False Positive}
  mine: {node_id: feature_aml_1, hit_id: hit_c, from: False Positive, to: False Positive}
steps:
  id-verification: {node_id: feature_ocr_1, from: In Review, to: Approved}
  face: {feature_type: LIVENESS, from: Approved, to: Approved}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	decisions, _, _ := draft.Options{Waiting: true, Decided: true, MatchThreshold: 93}.Decisions(report())
	decisions = slices.DeleteFunc(draft.Missing(file, decisions), func(d draft.Decision) bool { return d.HitID == "hit_d" || d.NodeID == "default" })

	const want = `hits:
  hit-2: # match score 94.5
    node_id: feature_aml_1
    hit_id: hit_a
    from: Unreviewed
    to:
steps:
  id-verification-2:
    node_id: feature_ocr_2
    from: Declined
    to: Declined
session:
  from: In Review
  to:
`
	if got := draft.Keys(decisions, file.Decisions); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCandidate_IsASessionThatCanHaveSomethingToDraft(t *testing.T) {
	t.Parallel()
	row := func(status string, features ...didit.FeatureSummary) didit.SessionSummary {
		return didit.SessionSummary{Status: status, Features: features}
	}
	inReview, aml := didit.FeatureSummary{Type: "POA", Status: "In Review"}, didit.FeatureSummary{Type: "AML", Status: "Approved"}
	approved := didit.FeatureSummary{Type: "POA", Status: "Approved"}
	for _, test := range []struct {
		row              didit.SessionSummary
		waiting, decided bool
	}{
		{row("In Review"), true, false},
		{row("Approved"), false, true},
		{row("Approved", inReview), true, true},
		{row("Approved", aml), true, true}, // Monitoring may have found a hit.
		{row("Abandoned", approved), false, true},
		{row("Expired", didit.FeatureSummary{Type: "POA", Status: "Not Finished"}), false, false},
	} {
		waiting, decided := draft.Options{Waiting: true}.Candidate(test.row), draft.Options{Decided: true}.Candidate(test.row)
		if waiting != test.waiting || decided != test.decided {
			t.Errorf("%+v: got waiting %t, decided %t", test.row, waiting, decided)
		}
	}
}
