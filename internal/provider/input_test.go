// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// refusedBlock is a block that is refused with one error.
type refusedBlock struct {
	name string
	kind decisionKind
	// value is the wanted value; "" is a valid one.
	value, comment string
	// argument is the one whose line the error shows, or "resource".
	argument string
	summary  string
	parts    []string
}

// refusedBlocks returns a configuration with all of them: a plan reports every block.
func refusedBlocks(cases []refusedBlock) string {
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

// requireRefusals checks that each block has its error, and that there are no others.
func requireRefusals(t *testing.T, result acctest.Result, cases []refusedBlock) {
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

// stepAt returns the kind for another step; what is "" is left out.
func stepAt(session, node, featureType string) decisionKind {
	kind := kinds[0]
	kind.address = []argument{{"session_id", session}, {"node_id", node}, {"feature_type", featureType}}
	return kind
}

func TestInput_BadValuesAreRefusedBeforeAnythingIsSent(t *testing.T) {
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
	cases := []refusedBlock{
		{"session_of_another_form", session("session-1"), "", "", "session_id", notSession, []string{"must be the UUID of a session", `not "session-1"`}},
		{"session_empty", session(`=""`), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_too_long", session(simulator.SessionKYC + "0"), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_as_page", session("https://example.com/" + simulator.SessionKYC), "", "", "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_in_upper_case", session("AAAAAAAA-2222-4333-8444-00000000000B"), "", "", "session_id", notSession, []string{"in lower case", `"aaaaaaaa-2222-4333-8444-00000000000b" instead of "AAAAAAAA-`}},
		{"session_in_braces", session("{" + simulator.SessionKYC + "}"), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_as_urn", session("urn:uuid:" + simulator.SessionKYC), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_without_dashes", session(strings.ReplaceAll(simulator.SessionKYC, "-", "")), "", "", "session_id", notSession, []string{right + " instead of"}},
		{"session_in_spaces", session(" " + simulator.SessionKYC + "\n"), "", "", "session_id", notSession, []string{right + " instead of", `\n"`}},
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
		{"type_of_the_model", typed("FaceMatch"), "", "", "feature_type", notType, []string{"FACE_MATCH", `not "FaceMatch"`}},

		{"hit_empty", hit(`=""`), "", "", "hit_id", notHit, []string{"must not be empty"}},
		{"hit_with_slash", hit("hit/1"), "", "", "hit_id", notHit, []string{`not "hit/1"`}},
		{"hit_with_space", hit("hit 1"), "", "", "hit_id", notHit, []string{`not "hit 1"`}},
		{"hit_with_zero_width_space", hit(`="hit_1\u200b"`), "", "", "hit_id", notHit, []string{`"hit_1\u200b"`}},

		{"status_in_lower_case", step, "approved", "", "status", notStatus, []string{`must be written "Approved", not "approved"`}},
		{"status_without_space", step, "IN_REVIEW", "", "status", notStatus, []string{`must be written "In Review", not "IN_REVIEW"`}},
		{"status_with_space_after", step, "Declined ", "", "status", notStatus, []string{`must be written "Declined", not "Declined "`}},
		{"status_of_a_session", step, "Resubmitted", "", "status", notStatus, []string{`must be "Approved", "Declined" or "In Review", not "Resubmitted"`, "cannot be set"}},
		{"status_of_the_flow", step, "Not Finished", "", "status", notStatus, []string{`not "Not Finished"`, "Didit reports other statuses"}},
		{"status_empty", step, `=""`, "", "status", notStatus, []string{`must be "Approved", "Declined" or "In Review"`}},
		{"session_in_review", sessionKind, "In Review", "", "status", notStatus, []string{`must be "Approved" or "Declined", not "In Review"`}},
		{"session_resubmitted", sessionKind, "Resubmitted", "", "status", notStatus, []string{`not "Resubmitted"`, "didit_session_resubmission re-opens a session"}},
		{"session_wrong_case", sessionKind, "DECLINED", "", "status", notStatus, []string{`must be written "Declined", not "DECLINED"`}},
		{"review_wrong_case", hitKind, "confirmed match", "", "review_status", notReview, []string{`must be written "Confirmed Match", not "confirmed match"`}},
		{"review_with_underscore", hitKind, "FALSE_POSITIVE", "", "review_status", notReview, []string{`must be written "False Positive"`}},
		{"review_that_is_a_status", hitKind, "Approved", "", "review_status", notReview, []string{`must be "Unreviewed", "Confirmed Match", "False Positive" or "Inconclusive", not "Approved"`}},

		{"comment_empty", step, "", `=""`, "comment", "Empty comment", []string{"must not be empty", "leave it out"}},
		{"comment_of_spaces", step, "", `=" \n "`, "comment", "Empty comment", []string{"must not be empty"}},
		{"session_comment_empty", sessionKind, "", `=""`, "comment", "Empty comment", []string{"must not be empty"}},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(refusedBlocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	env.RequireRequests(0, 0)
}

func TestInput_BadValuesThatOnlyTheApplyKnowsAreRefused(t *testing.T) {
	t.Parallel()
	cases := []refusedBlock{
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
`, refusedBlocks(cases)))

	result := ws.RunJSON("apply", "-auto-approve")

	requireRefusals(t, result, cases)
	env.RequireRequests(1, 0)
	ws.RequireNoState()
}

func TestStep_OnePlanReportsEveryStepThatIsNotThere(t *testing.T) {
	t.Parallel()
	const (
		ocr      = "\n  - \"feature_ocr_1\" (ID_VERIFICATION): \"In Review\"\n"
		only     = "\n  - \"default\" (ID_VERIFICATION): \"In Review\"\n"
		liveness = "\n  - \"default\" (LIVENESS): \"Approved\"\n"
	)
	cases := []refusedBlock{
		{"unknown_session", stepAt(unknownSession, "feature_ocr_1", ""), "", "", "session_id", "Session not found", []string{`step "feature_ocr_1" of session ` + unknownSession, "returned 404", "scope of the key", "remove its block or file"}},
		{"unknown_node", stepAt(simulator.SessionKYC, "feature_ocr_9", ""), "", "", "node_id", "Step not found", []string{"The session's steps:", ocr, `no step "feature_ocr_9" of session ` + simulator.SessionKYC, "Correct node_id.", "remove its block or file"}},
		{"node_left_out_in_a_graph", stepAt(simulator.SessionKYC, "", ""), "", "", "resource", "Step not found", []string{ocr, `no step "default" of session ` + simulator.SessionKYC, "Set node_id"}},
		{"node_without_a_graph", stepAt(simulator.SessionSimple, "feature_ocr_1", ""), "", "", "node_id", "Step not found", []string{only}},
		{"type_that_is_not_there", stepAt(simulator.SessionTwoTypes, "", "NFC"), "", "", "feature_type", "Step not found", []string{`no step "default" (NFC) of session ` + simulator.SessionTwoTypes, "Correct feature_type", liveness}},
		{"type_of_another_step", stepAt(simulator.SessionKYC, "feature_aml_1", "LIVENESS"), "", "", "feature_type", "The step has another type", []string{ocr, `Step "feature_aml_1" of session ` + simulator.SessionKYC + " is not of type LIVENESS", "or leave it out"}},
		{"ambiguous", stepAt(simulator.SessionTwoTypes, "", ""), "", "", "resource", "Several steps match", []string{simulator.SessionTwoTypes, "Set feature_type", only, liveness}},
		{"twice_the_same_type", stepAt(simulator.SessionSameType, "", ""), "", "", "resource", "Didit cannot tell these apart", []string{simulator.SessionSameType, "several steps of one type", "Didit console"}},
		{"twice_the_type_that_is_named", stepAt(simulator.SessionSameType, "", "AML"), "", "", "feature_type", "Didit cannot tell these apart", []string{simulator.SessionSameType, "several steps of one type", "Didit console"}},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(refusedBlocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	const sessions = 5
	env.RequireRequests(sessions, 0)
}

func TestResponse_NotFromDiditIsRefusedWithWhatToCheck(t *testing.T) {
	t.Parallel()
	const (
		notAPI = "The response is not from Didit's API"
		broken = "Didit's response is cut off or malformed"
		page   = "<html>Please log in, Zorvandel</html>"
		secret = "hush-hush"
	)
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	responses := []struct {
		name    string
		fault   simulator.Fault
		summary string
		parts   []string
	}{
		{"page", simulator.Fault{Body: page, Header: html}, notAPI, []string{"returned 200", "not JSON", "login page", "Check base_url", "DIDIT_BASE_URL"}},
		{"page_that_claims_to_be_json", simulator.Fault{Body: page}, broken, []string{"returned 200", "cut off or not valid JSON"}},
		{"cut", simulator.Fault{Cut: simulator.CutBody}, broken, []string{"returned 200", "cut off or not valid JSON", "Run again"}},
		{"cut_at_a_value", simulator.Fault{Body: `{"session_id": "22222222-`}, broken, []string{"cut off or not valid JSON"}},
		{"nothing", simulator.Fault{Status: http.StatusNoContent}, broken, []string{"returned 204", "cut off or not valid JSON"}},
		{"list", simulator.Fault{Body: `[{"status": "Approved"}]`}, notAPI, []string{"not a decision report", "not an object", "Check base_url"}},
		{"other_object", simulator.Fault{Body: `{"version": "1.0", "up": true}`}, notAPI, []string{"not a decision report", "session_id"}},
		{"status_is_a_number", simulator.Fault{Body: `{"session_id": "` + fmt.Sprintf(manySessionFormat, 7) + `", "status": 7}`}, notAPI, []string{"status is not a string"}},
		{"report_of_another_session", simulator.Fault{Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "Approved", "id_verifications": [{"node_id": "feature_aml_1", "status": "Approved"}]}`}, notAPI, []string{"its session_id is not that of the requested session"}},
		{"redirect", simulator.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example.com/" + secret}}}, notAPI, []string{"redirect to the host \"elsewhere.example.com\"", "not followed", "credential"}},
		{"foreign_404_page", simulator.Fault{Status: http.StatusNotFound, Header: html, Body: page}, notAPI, []string{"returned 404", "proxy", "Check base_url"}},
		{"foreign_404_in_json", simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Not Found"}`}, notAPI, []string{"returned 404. Not Found. Check base_url"}},
		{"wrong_key_401", simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail": "Invalid key"}`}, "Didit did not accept the credential", []string{"returned 401. Invalid key. Check api_key or access_token", "DIDIT_API_KEY", "DIDIT_ACCESS_TOKEN", "expired"}},
		{"server_error", simulator.Fault{Status: http.StatusBadGateway, Header: html, Body: page}, "Didit returned a server error", []string{"returned 502", "gave no reason", "Run again later"}},
		{"long_wait", simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "Request was throttled."}`}, "Didit's rate limit is used up", []string{"returned 429", "1h0m0s", "rate_limit"}},
	}
	env := acctest.New(t, simulator.Options{})
	var cases []refusedBlock
	for i, response := range responses {
		session := oneStepSession(i)
		env.AddSession(session)
		response.fault.Path = session.ID
		env.Inject(response.fault)
		named := append(slices.Clone(response.parts), `step "feature_aml_1" of session `+session.ID)
		cases = append(cases, refusedBlock{response.name, stepAt(session.ID, "feature_aml_1", ""), "", "", "resource", response.summary, named})
	}
	ws := env.Workspace(env.ConfigWith(withoutRetries, refusedBlocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	env.RequireRequests(len(cases), 0)
	for _, hidden := range []string{"Zorvandel", secret, simulator.DefaultAPIKey} {
		if strings.Contains(result.Output, hidden) {
			t.Errorf("the output holds %q:\n%s", hidden, result.Output)
		}
	}
}
