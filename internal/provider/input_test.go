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

// refusedBlock is a block that is to be refused with one error.
type refusedBlock struct {
	name  string
	block decisionBlock
	// on is the argument whose line the error shows, or "resource".
	on      string
	summary string
	words   []string
}

// requireRefusals checks that each block has its own error, and that there are
// no others. All of them stand in one configuration: a plan tells of every block.
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
		errors := found[address(test.name)]
		if len(errors) != 1 {
			t.Errorf("%s has %d errors, want 1: %v", test.name, len(errors), errors)
			continue
		}
		errors[0].Require(t, test.summary, test.words...)
		errors[0].RequireAttribute(t, address(test.name), test.on)
	}
}

// blocks is the configuration of all cases.
func blocks(cases []refusedBlock) string {
	var all strings.Builder
	for _, test := range cases {
		block := test.block
		if block.session == "" {
			block.session = simulator.SessionKYC
		}
		if block.status == "" {
			block.status = "Approved"
		}
		all.WriteString(block.hcl(test.name))
	}
	return all.String()
}

func TestBadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	const (
		notSession = "Invalid session ID"
		notNode    = "Invalid node ID"
		notType    = "Invalid feature type"
		notStatus  = "Invalid status"
		noComment  = "Empty comment"
		right      = `"` + simulator.SessionKYC + `"`
	)
	ocr := func(block decisionBlock) decisionBlock {
		block.node = "feature_ocr_1"
		return block
	}
	cases := []refusedBlock{
		{"session_of_another_form", ocr(decisionBlock{session: "session-1"}), "session_id", notSession, []string{"must be the UUID of a session", `not "session-1"`}},
		{"session_empty", ocr(decisionBlock{session: `=""`}), "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_too_long", ocr(decisionBlock{session: simulator.SessionKYC + "0"}), "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_as_page", ocr(decisionBlock{session: "https://example.com/" + simulator.SessionKYC}), "session_id", notSession, []string{"must be the UUID of a session"}},
		{"session_in_upper_case", ocr(decisionBlock{session: "AAAAAAAA-2222-4333-8444-00000000000B"}), "session_id", notSession, []string{"in lower case", `"aaaaaaaa-2222-4333-8444-00000000000b" instead of "AAAAAAAA-`}},
		{"session_in_braces", ocr(decisionBlock{session: "{" + simulator.SessionKYC + "}"}), "session_id", notSession, []string{right + " instead of"}},
		{"session_as_urn", ocr(decisionBlock{session: "urn:uuid:" + simulator.SessionKYC}), "session_id", notSession, []string{right + " instead of"}},
		{"session_without_dashes", ocr(decisionBlock{session: strings.ReplaceAll(simulator.SessionKYC, "-", "")}), "session_id", notSession, []string{right + " instead of"}},
		{"session_in_spaces", ocr(decisionBlock{session: " " + simulator.SessionKYC + "\n"}), "session_id", notSession, []string{right + " instead of", `\n"`}},

		{"node_empty", decisionBlock{node: `=""`}, "node_id", notNode, []string{"must not be empty", `"default" for a workflow without a graph`}},
		{"node_with_slash", decisionBlock{node: "feature/ocr"}, "node_id", notNode, []string{`not a path like "feature/ocr"`}},
		{"node_dot", decisionBlock{node: "."}, "node_id", notNode, []string{`not a path like "."`}},
		{"node_two_dots", decisionBlock{node: ".."}, "node_id", notNode, []string{`not a path like ".."`}},
		{"node_up_and_away", decisionBlock{node: "../../x"}, "node_id", notNode, []string{`not a path like "../../x"`}},
		{"node_of_spaces", decisionBlock{node: "  "}, "node_id", notNode, []string{"must not begin or end with a space"}},
		{"node_with_space_before", decisionBlock{node: " feature_ocr_1"}, "node_id", notNode, []string{"must not begin or end with a space", `" feature_ocr_1"`}},
		{"node_with_newline_after", decisionBlock{node: "feature_ocr_1\n"}, "node_id", notNode, []string{`"feature_ocr_1\n"`}},
		{"node_with_tab", decisionBlock{node: "feature\tocr"}, "node_id", notNode, []string{"invisible characters", `"feature\tocr"`}},
		{"node_with_zero_width_space", decisionBlock{node: `="feature_ocr_1\u200b"`}, "node_id", notNode, []string{"invisible characters", `"feature_ocr_1\u200b"`}},

		{"type_in_lower_case", decisionBlock{featureType: "liveness"}, "feature_type", notType, []string{"label in upper case", "LIVENESS", `not "liveness"`}},
		{"type_empty", decisionBlock{featureType: `=""`}, "feature_type", notType, []string{"label in upper case"}},
		{"type_of_the_model", decisionBlock{featureType: "FaceMatch"}, "feature_type", notType, []string{"FACE_MATCH", `not "FaceMatch"`}},
		{"type_with_space", decisionBlock{featureType: "FACE MATCH"}, "feature_type", notType, []string{`not "FACE MATCH"`}},

		{"status_in_lower_case", ocr(decisionBlock{status: "approved"}), "status", notStatus, []string{`must be written "Approved", not "approved"`}},
		{"status_without_space", ocr(decisionBlock{status: "IN_REVIEW"}), "status", notStatus, []string{`must be written "In Review", not "IN_REVIEW"`}},
		{"status_with_space_after", ocr(decisionBlock{status: "Declined "}), "status", notStatus, []string{`must be written "Declined", not "Declined "`}},
		{"status_of_a_session", ocr(decisionBlock{status: "Resubmitted"}), "status", notStatus, []string{`must be "Approved", "Declined" or "In Review", not "Resubmitted"`, "cannot set"}},
		{"status_of_the_flow", ocr(decisionBlock{status: "Not Finished"}), "status", notStatus, []string{`not "Not Finished"`, "Didit reports other statuses too"}},
		{"status_empty", ocr(decisionBlock{status: `=""`}), "status", notStatus, []string{`must be "Approved", "Declined" or "In Review"`}},

		{"comment_empty", ocr(decisionBlock{comment: `=""`}), "comment", noComment, []string{"must not be empty", "leave it out"}},
		{"comment_of_spaces", ocr(decisionBlock{comment: `=" \n "`}), "comment", noComment, []string{"must not be empty"}},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(blocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	env.RequireRequests(0, 0)
}

func TestOnePlanTellsOfEveryStepThatIsNotThere(t *testing.T) {
	t.Parallel()
	kyc := []string{
		"The session's steps:",
		"\n  - feature_ocr_1 (ID_VERIFICATION): In Review\n",
		"\n  - feature_liveness_1 (LIVENESS): Approved\n",
		"\n  - feature_aml_1 (AML): In Review\n",
	}
	cases := []refusedBlock{
		{
			"unknown_session",
			decisionBlock{session: unknownSession, node: "feature_ocr_1"},
			"session_id", "Session not found",
			[]string{`step "feature_ocr_1" of session ` + unknownSession, "returned 404", "scope of the key", "remove its block or file"},
		},
		{
			"unknown_node",
			decisionBlock{node: "feature_ocr_9"},
			"node_id", "Step not found",
			append(kyc, `no step "feature_ocr_9" of session `+simulator.SessionKYC, "Correct node_id.", "remove its block or file"),
		},
		{
			"node_left_out_in_a_graph",
			decisionBlock{},
			"resource", "Step not found",
			append(kyc, `no step "default" of session `+simulator.SessionKYC, "Set node_id"),
		},
		{
			"node_without_a_graph",
			decisionBlock{session: simulator.SessionSimple, node: "feature_ocr_1"},
			"node_id", "Step not found",
			[]string{"\n  - default (ID_VERIFICATION): In Review\n"},
		},
		{
			"type_that_is_not_there",
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "NFC"},
			"feature_type", "Step not found",
			[]string{`no step "default" (NFC) of session ` + simulator.SessionTwoTypes, "Correct feature_type", "default (LIVENESS)"},
		},
		{
			"type_of_another_step",
			decisionBlock{node: "feature_aml_1", featureType: "LIVENESS"},
			"feature_type", "The step has another type",
			append(kyc, `Step "feature_aml_1" of session `+simulator.SessionKYC+" is not of type LIVENESS", "or leave it out"),
		},
		{
			"ambiguous",
			decisionBlock{session: simulator.SessionTwoTypes},
			"resource", "Several steps match",
			[]string{`"default" fits several steps of session ` + simulator.SessionTwoTypes, "Set feature_type", "default (ID_VERIFICATION): In Review", "default (LIVENESS): Approved"},
		},
		{
			"twice_the_same_type",
			decisionBlock{session: simulator.SessionSameType},
			"resource", "Several steps match",
			[]string{"Session " + simulator.SessionSameType, "several steps of type AML", "cannot tell them apart", "Didit console"},
		},
		{
			"twice_the_type_that_is_named",
			decisionBlock{session: simulator.SessionSameType, featureType: "AML"},
			"feature_type", "Several steps match",
			[]string{"Session " + simulator.SessionSameType, "several steps of type AML", "cannot tell them apart", "Didit console"},
		},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(blocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	const sessions = 5
	env.RequireRequests(sessions, 0)
}

func TestAnswerThatIsNotDiditsIsRefusedAndNamesWhatToLookAt(t *testing.T) {
	t.Parallel()
	const (
		notAPI = "The response is not from Didit's API"
		broken = "Didit's response is cut off or malformed"
		page   = "<html>Please log in, Zorvandel</html>"
		secret = "hush-hush"
	)
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	answers := []struct {
		name    string
		fault   simulator.Fault
		summary string
		words   []string
	}{
		{"page", simulator.Fault{Body: page, Header: html}, notAPI, []string{"returned 200", "not JSON", "login page", "Check base_url", "DIDIT_BASE_URL"}},
		{"page_that_claims_to_be_json", simulator.Fault{Body: page}, broken, []string{"returned 200", "cut or garbled"}},
		{"cut", simulator.Fault{Cut: simulator.CutBody}, broken, []string{"returned 200", "cut or garbled", "Run it again"}},
		{"cut_at_a_value", simulator.Fault{Body: `{"session_id": "22222222-`}, broken, []string{"cut or garbled"}},
		{"nothing", simulator.Fault{Status: http.StatusNoContent}, broken, []string{"returned 204", "cut or garbled"}},
		{"list", simulator.Fault{Body: `[{"status": "Approved"}]`}, notAPI, []string{"no decision report", "not an object", "Check base_url"}},
		{"other_object", simulator.Fault{Body: `{"version": "1.0", "up": true}`}, notAPI, []string{"no decision report", "session_id"}},
		{"status_is_a_number", simulator.Fault{Body: `{"session_id": "` + fmt.Sprintf(oneStepSessionFormat, 7) + `", "status": 7}`}, notAPI, []string{"status is not a string"}},
		{"report_of_another_session", simulator.Fault{Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "Approved", "id_verifications": [{"node_id": "feature_aml_1", "status": "Approved"}]}`}, notAPI, []string{"its session_id is not that of the session that was asked for"}},
		{"redirect", simulator.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example.com/" + secret}}}, notAPI, []string{"redirect to the host \"elsewhere.example.com\"", "not followed", "credential"}},
		{"foreign_404_page", simulator.Fault{Status: http.StatusNotFound, Header: html, Body: page}, notAPI, []string{"returned 404", "proxy", "Check base_url"}},
		{"foreign_404_in_json", simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Not Found"}`}, notAPI, []string{"returned 404. Not Found. Check base_url"}},
		{"wrong_key_401", simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail": "Invalid key"}`}, "Didit did not accept the credential", []string{"returned 401. Invalid key. Check api_key or access_token", "DIDIT_API_KEY", "DIDIT_ACCESS_TOKEN", "expired"}},
		{"server_error", simulator.Fault{Status: http.StatusBadGateway, Header: html, Body: page}, "Didit returned a server error", []string{"returned 502", "gave no reason", "Run it again later"}},
		{"long_wait", simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "Request was throttled."}`}, "Didit's rate limit is used up", []string{"returned 429", "1h0m0s", "rate_limit"}},
	}
	env := acctest.New(t, simulator.Options{})
	var cases []refusedBlock
	for i, answer := range answers {
		session := oneStepSession(i)
		env.AddSession(session)
		answer.fault.Path = session.ID
		env.Inject(answer.fault)
		named := append(slices.Clone(answer.words), `step "feature_aml_1" of session `+session.ID)
		cases = append(cases, refusedBlock{answer.name, decisionBlock{session: session.ID, node: "feature_aml_1"}, "resource", answer.summary, named})
	}
	ws := env.Workspace(env.ConfigWith(withoutRetries, blocks(cases)))

	result := ws.RunJSON("plan")

	requireRefusals(t, result, cases)
	env.RequireRequests(len(cases), 0)
	for _, hidden := range []string{"Zorvandel", secret, simulator.DefaultAPIKey} {
		if strings.Contains(result.Output, hidden) {
			t.Errorf("the output holds %q:\n%s", hidden, result.Output)
		}
	}
}

func TestAPISessionFailsInTheApplyAndSaysSo(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionAPI, status: "Approved", comment: "Checked."}.hcl("api")))
	ws.RunJSON("plan").RequireSuccess()

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Standalone API sessions cannot be changed", simulator.SessionAPI, "Cannot change feature status for API sessions.", "Remove its block or file")
	result.Errors[0].RequireAttribute(t, address("api"), "session_id")
	ws.RequireNoState()
	env.RequireTrail()
	if got := env.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1 that is refused", got)
	}
}

func TestRefusalOfTheCommentStandsOnTheComment(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Method: http.MethodPatch, Status: http.StatusBadRequest, Body: `{"comment": ["Ensure this field has no more than 500 characters."]}`})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved", comment: "Too long."}.hcl("ocr")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit refused the request", simulator.SessionKYC, "feature_ocr_1", "returned 400", "comment: Ensure this field has no more than 500 characters.")
	result.Errors[0].RequireAttribute(t, address("ocr"), "comment")
	ws.RequireNoState()
	env.RequireTrail()
}

func TestBadInputThatOnlyTheApplyKnowsIsRefusedWithNothingSent(t *testing.T) {
	t.Parallel()
	cases := []refusedBlock{
		{"status", decisionBlock{node: "feature_ocr_1", status: "=terraform_data.late[0].output"}, "status", "Invalid status", []string{`must be written "Approved", not "approved"`}},
		{"session", decisionBlock{node: "feature_ocr_1", session: "=terraform_data.late[1].output"}, "session_id", "Invalid session ID", []string{`not "session-1"`}},
		{"node", decisionBlock{node: "=terraform_data.late[2].output"}, "node_id", "Invalid node ID", []string{`not a path like ".."`}},
	}
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(4, "terraform_data")
	ws := env.Workspace(env.Config(`
resource "terraform_data" "late" {
  count = 3
  input = ["approved", "session-1", ".."][count.index]
}
` + blocks(cases)))

	result := ws.RunJSON("apply", "-auto-approve")

	requireRefusals(t, result, cases)
	env.RequireRequests(1, 0)
	ws.RequireNoState()
}

func TestMalformedImportIDIsRefusedWithTheRightFormAndNoRequest(t *testing.T) {
	t.Parallel()
	const form = "session_id/node_id, or for a workflow without a graph session_id/default/feature_type"
	for name, test := range map[string]struct {
		id    string
		words []string
	}{
		"nothing":                  {"", []string{"is empty"}},
		"node only":                {"feature_ocr_1", []string{`The import ID "feature_ocr_1" does not have the form`}},
		"session only":             {simulator.SessionKYC, []string{"does not have the form"}},
		"four parts":               {simulator.SessionKYC + "/default/AML/1", []string{"does not have the form"}},
		"empty node":               {simulator.SessionKYC + "/", []string{"node_id must not be empty"}},
		"empty session":            {"/feature_ocr_1", []string{"session_id must be the UUID of a session"}},
		"empty type":               {simulator.SessionSimple + "/default/", []string{"does not have the form"}},
		"session in upper case":    {"AAAAAAAA-2222-4333-8444-00000000000B/feature_ocr_1", []string{"session_id must be written as Didit writes it", `"aaaaaaaa-2222-4333-8444-00000000000b" instead of`}},
		"type in lower case":       {simulator.SessionSimple + "/default/id_verification", []string{"feature_type must be a label in upper case"}},
		"step up":                  {simulator.SessionKYC + "/..", []string{`node_id must be a node ID of the workflow graph, such as feature_ocr_1, not a path like ".."`}},
		"two things wrong at once": {"session-1/feature ocr ", []string{"session_id must be", "node_id must not begin or end with a space"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, status: "Approved"}.hcl("step")))

			result := ws.Run("import", address("step"), test.id)

			if result.ExitCode == 0 {
				t.Errorf("the import succeeded:\n%s", result.Output)
			}
			acctest.RequireText(t, result.Output, append(test.words, "Invalid import ID", form, fmt.Sprintf("%q", test.id))...)
			env.RequireRequests(0, 0)
			ws.RequireNoState()
		})
	}
}

func TestImportOfAStepThatIsNotThereNamesSessionAndNode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id    string
		words []string
	}{
		"unknown session": {unknownSession + "/feature_ocr_1", []string{"Session not found", unknownSession, "feature_ocr_1", "scope of the key"}},
		"unknown node":    {simulator.SessionKYC + "/feature_ocr_9", []string{"Step not found", simulator.SessionKYC, "feature_ocr_9", "- feature_aml_1 (AML): In Review"}},
		"ambiguous":       {simulator.SessionTwoTypes + "/default", []string{"Several steps match", simulator.SessionTwoTypes, "in an import ID, as its third part", "- default (LIVENESS): Approved"}},
		"other type":      {simulator.SessionKYC + "/feature_aml_1/LIVENESS", []string{"The step has another type", simulator.SessionKYC, "feature_aml_1", "LIVENESS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, status: "Approved"}.hcl("step")))

			result := ws.Run("import", address("step"), test.id)

			if result.ExitCode == 0 {
				t.Errorf("the import succeeded:\n%s", result.Output)
			}
			acctest.RequireText(t, result.Output, test.words...)
			env.RequireRequests(1, 0)
			ws.RequireNoState()
		})
	}
}
