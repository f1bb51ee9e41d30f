// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// invalidBlock is a block with one error.
type invalidBlock struct {
	name string
	kind decisionKind
	// value is the wanted value; "" for a valid one.
	value, comment string
	// argument is the argument whose line the error shows, or "resource".
	argument string
	summary  string
	parts    []string
}

// invalidBlocks returns a configuration with all the blocks.
func invalidBlocks(cases []invalidBlock) string {
	var config strings.Builder
	for _, test := range cases {
		value := test.value
		if value == "" {
			value = test.kind.wanted
		}
		config.WriteString(test.kind.block(test.name, value, test.comment))
	}
	return config.String()
}

// requireOneErrorEach checks that each block has its error, and that there are no other
// errors.
func requireOneErrorEach(t *testing.T, result acctest.Result, cases []invalidBlock) {
	t.Helper()
	found := map[string][]acctest.Diagnostic{}
	for _, err := range result.Errors {
		found[err.Address] = append(found[err.Address], err)
	}
	if result.ExitCode == 0 || len(result.Errors) != len(cases) {
		t.Errorf("the command ended with %d and %d errors, want %d: %v", result.ExitCode, len(result.Errors), len(cases), result.Errors)
	}
	for _, test := range cases {
		errors := found[test.kind.at(test.name)]
		if len(errors) != 1 {
			t.Errorf("%s has %d errors, want 1: %v", test.name, len(errors), errors)
			continue
		}
		errors[0].Require(t, test.summary, test.parts...)
		errors[0].RequireAttribute(t, test.kind.at(test.name), test.argument)
	}
}

// stepAt returns the kind for another step. Empty arguments are omitted.
func stepAt(session, node, featureType string) decisionKind {
	kind := kinds[0]
	kind.address = []argument{{"session_id", session}, {"node_id", node}, {"feature_type", featureType}}
	return kind
}

func TestValidation_RejectsInvalidValuesBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	const (
		notSession = "Invalid session ID"
		notNode    = "Invalid node ID"
		notType    = "Invalid feature type"
		notStatus  = "Invalid status"
		notHit     = "Invalid hit ID"
		notReview  = "Invalid review status"
		right      = `"` + simulator.SessionKYC + `"`
	)
	step := kinds[0]
	session := func(id string) decisionKind { return step.with("session_id", id) }
	node := func(id string) decisionKind { return step.with("node_id", id) }
	typed := func(label string) decisionKind { return stepAt(simulator.SessionKYC, "", label) }
	hit := func(id string) decisionKind { return hitKind.with("hit_id", id) }
	cases := []invalidBlock{
		{"session_without_uuid", session("session-1"), "", "", "session_id", notSession, []string{"must be the UUID of a session", `not "session-1"`}},
		{"session_empty", session(`=""`), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_too_long", session(simulator.SessionKYC + "0"), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_as_url", session("https://example.com/" + simulator.SessionKYC), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_in_upper_case", session("AAAAAAAA-2222-4333-8444-00000000000B"), "", "", "session_id", notSession, []string{"in lower case", `"aaaaaaaa-2222-4333-8444-00000000000b" instead of "AAAAAAAA-`}},
		{"session_in_braces", session("{" + simulator.SessionKYC + "}"), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_as_urn", session("urn:uuid:" + simulator.SessionKYC), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_without_dashes", session(strings.ReplaceAll(simulator.SessionKYC, "-", "")), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_with_spaces_around", session(" " + simulator.SessionKYC + "\n"), "", "", "session_id", notSession, []string{"must not begin with a space", `\n"`}},
		{"session_status_session", sessionKind.with("session_id", "session-1"), "", "", "session_id", notSession, []string{`not "session-1"`}},
		{"hit_session", hitKind.with("session_id", "session-1"), "", "", "session_id", notSession, []string{`not "session-1"`}},

		{"node_empty", node(`=""`), "", "", "node_id", notNode, []string{"must not be empty", `"default" for a workflow without a graph`}},
		{"node_with_slash", node("feature/ocr"), "", "", "node_id", notNode, []string{`not a path like "feature/ocr"`}},
		{"node_dot", node("."), "", "", "node_id", notNode, []string{`not a path like "."`}},
		{"node_two_dots", node(".."), "", "", "node_id", notNode, []string{`not a path like ".."`}},
		{"node_of_spaces", node("  "), "", "", "node_id", notNode, []string{"must not begin or end with a space"}},
		{"node_with_space_before", node(" feature_ocr_1"), "", "", "node_id", notNode, []string{"must not begin or end with a space", `" feature_ocr_1"`}},
		{"node_with_newline_after", node("feature_ocr_1\n"), "", "", "node_id", notNode, []string{`"feature_ocr_1\n"`}},
		{"node_with_tab", node("feature\tocr"), "", "", "node_id", notNode, []string{"invisible characters", `"feature\tocr"`}},
		{"node_with_zero_width_space", node(`="feature_ocr_1\u200b"`), "", "", "node_id", notNode, []string{"invisible characters", `"feature_ocr_1\u200b"`}},
		{"node_of_a_hit", hitKind.with("node_id", "../.."), "", "", "node_id", notNode, []string{`not a path like "../.."`}},

		{"type_in_lower_case", typed("liveness"), "", "", "feature_type", notType, []string{"label in upper case", "LIVENESS", `not "liveness"`}},
		{"type_empty", typed(`=""`), "", "", "feature_type", notType, []string{"label in upper case"}},
		{"type_in_camel_case", typed("FaceMatch"), "", "", "feature_type", notType, []string{"FACE_MATCH", `not "FaceMatch"`}},

		{"hit_empty", hit(`=""`), "", "", "hit_id", notHit, []string{"must not be empty"}},
		{"hit_with_slash", hit("hit/1"), "", "", "hit_id", notHit, []string{`not "hit/1"`}},
		{"hit_with_space", hit("hit 1"), "", "", "hit_id", notHit, []string{`not "hit 1"`}},
		{"hit_with_zero_width_space", hit(`="hit_1\u200b"`), "", "", "hit_id", notHit, []string{`"hit_1\u200b"`}},

		{"status_in_lower_case", step, "approved", "", "status", notStatus, []string{`must be written "Approved", not "approved"`}},
		{"status_without_space", step, "IN_REVIEW", "", "status", notStatus, []string{`must be written "In Review", not "IN_REVIEW"`}},
		{"status_with_trailing_space", step, "Declined ", "", "status", notStatus, []string{`must be written "Declined", not "Declined "`}},
		{"status_of_a_session", step, "Resubmitted", "", "status", notStatus, []string{`must be "Approved", "Declined" or "In Review", not "Resubmitted"`, "cannot be set"}},
		{"status_not_finished", step, "Not Finished", "", "status", notStatus, []string{`not "Not Finished"`, "Didit reports other statuses"}},
		{"status_empty", step, `=""`, "", "status", notStatus, []string{`must be "Approved", "Declined" or "In Review"`}},
		{"session_in_review", sessionKind, "In Review", "", "status", notStatus, []string{`must be "Approved" or "Declined", not "In Review"`}},
		{"session_resubmitted", sessionKind, "Resubmitted", "", "status", notStatus, []string{`not "Resubmitted"`, "didit_session_resubmission re-opens a session"}},
		{"session_wrong_case", sessionKind, "DECLINED", "", "status", notStatus, []string{`must be written "Declined", not "DECLINED"`}},
		{"review_wrong_case", hitKind, "confirmed match", "", "review_status", notReview, []string{`must be written "Confirmed Match", not "confirmed match"`}},
		{"review_with_underscore", hitKind, "FALSE_POSITIVE", "", "review_status", notReview, []string{`must be written "False Positive"`}},
		{"review_with_status_of_step", hitKind, "Approved", "", "review_status", notReview, []string{`must be "Unreviewed", "Confirmed Match", "False Positive" or "Inconclusive", not "Approved"`}},

		{"comment_empty", step, "", `=""`, "comment", "Empty comment", []string{"must not be empty", "leave it out"}},
		{"comment_is_white_space", step, "", `=" \n "`, "comment", "Empty comment", []string{"must not be empty"}},
		{"session_comment_empty", sessionKind, "", `=""`, "comment", "Empty comment", []string{"must not be empty"}},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(invalidBlocks(cases)))

	result := ws.RunJSON("plan")

	requireOneErrorEach(t, result, cases)
	env.RequireRequests(0, 0)
}

func TestValidation_RejectsInvalidValuesDuringApply(t *testing.T) {
	t.Parallel()
	cases := []invalidBlock{
		{"status", kinds[0], "=terraform_data.late[0].output", "", "status", "Invalid status", []string{`must be written "Approved", not "approved"`}},
		{"session", kinds[0].with("session_id", "=terraform_data.late[1].output"), "", "", "session_id", "Invalid session ID", []string{`not "session-1"`}},
		{"node", kinds[0].with("node_id", "=terraform_data.late[2].output"), "", "", "node_id", "Invalid node ID", []string{`not a path like ".."`}},
		{"hit", hitKind.with("hit_id", "=terraform_data.late[1].output").with("node_id", "=terraform_data.late[2].output"), "", "", "node_id", "Invalid node ID", []string{`not a path like ".."`}},
	}
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	ws := env.Workspace(env.Config(`
resource "terraform_data" "late" {
  count = 3
  input = ["approved", "session-1", ".."][count.index]
}
`, invalidBlocks(cases)))

	result := ws.RunJSON("apply", "-auto-approve")

	requireOneErrorEach(t, result, cases)
	env.RequireRequests(1, 0)
	ws.RequireNoState()
}
