// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestPlan_ReportsAllMissingSteps(t *testing.T) {
	t.Parallel()
	const (
		ocr      = "\n  - \"feature_ocr_1\" (ID_VERIFICATION): \"In Review\"\n"
		only     = "\n  - \"default\" (ID_VERIFICATION): \"In Review\"\n"
		liveness = "\n  - \"default\" (LIVENESS): \"Approved\"\n"
	)
	cases := []invalidBlock{
		{"unknown_session", stepAt(unknownSession, "feature_ocr_1", ""), "", "", "session_id", "Session not found", []string{`step "feature_ocr_1" of session ` + unknownSession, "returned 404", "scope of the key", "remove its block or file"}},
		{"unknown_node", stepAt(simulator.SessionKYC, "feature_ocr_9", ""), "", "", "node_id", "Step not found", []string{"The session's steps:", ocr, "Session " + simulator.SessionKYC + ` has no step "feature_ocr_9".`, "Correct node_id.", "remove its block or file"}},
		{"no_node_id_in_a_graph", stepAt(simulator.SessionKYC, "", ""), "", "", "resource", "Step not found", []string{ocr, "Session " + simulator.SessionKYC + ` has no step "default".`, "Set node_id"}},
		{"node_id_without_a_graph", stepAt(simulator.SessionSimple, "feature_ocr_1", ""), "", "", "node_id", "Step not found", []string{only}},
		{"missing_type", stepAt(simulator.SessionTwoTypes, "", "NFC"), "", "", "feature_type", "Step not found", []string{"Session " + simulator.SessionTwoTypes + ` has no step "default" (NFC).`, "Correct feature_type", liveness}},
		{"type_of_another_step", stepAt(simulator.SessionKYC, "feature_aml_1", "LIVENESS"), "", "", "feature_type", "The step has another type", []string{ocr, `Step "feature_aml_1" of session ` + simulator.SessionKYC + " is not of type LIVENESS", "or leave it out"}},
		{"ambiguous", stepAt(simulator.SessionTwoTypes, "", ""), "", "", "resource", "Several steps match", []string{simulator.SessionTwoTypes, "Set feature_type", only, liveness}},
		{"two_steps_of_one_type", stepAt(simulator.SessionSameType, "", ""), "", "", "resource", "Didit cannot tell these apart", []string{simulator.SessionSameType, "several steps of one type", "Didit console"}},
		{"two_steps_of_the_given_type", stepAt(simulator.SessionSameType, "", "AML"), "", "", "feature_type", "Didit cannot tell these apart", []string{simulator.SessionSameType, "several steps of one type", "Didit console"}},
	}
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(invalidBlocks(cases)))

	result := ws.RunJSON("plan")

	requireOneErrorEach(t, result, cases)
	const sessions = 5
	env.RequireRequests(sessions, 0)
}

func TestPlan_ExplainsResponsesNotFromDidit(t *testing.T) {
	t.Parallel()
	const (
		notAPI = "The response is not from Didit's API"
		broken = "Didit's response is cut off or malformed"
		page   = "<html>Please log in, Zorvandel</html>"
		secret = "invented-secret"
	)
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	responses := []struct {
		name    string
		fault   simulator.Fault
		summary string
		parts   []string
	}{
		{"html", simulator.Fault{Body: page, Header: html}, notAPI, []string{"returned 200", "not JSON", "login page", "Check base_url", "DIDIT_BASE_URL"}},
		{"html_labelled_as_json", simulator.Fault{Body: page}, broken, []string{"returned 200", "cut off or not valid JSON"}},
		{"cut_off", simulator.Fault{Cut: simulator.CutBody}, broken, []string{"returned 200", "cut off or not valid JSON", "Run again"}},
		{"cut_off_in_a_value", simulator.Fault{Body: `{"session_id": "22222222-`}, broken, []string{"cut off or not valid JSON"}},
		{"empty", simulator.Fault{Status: http.StatusNoContent}, broken, []string{"returned 204", "cut off or not valid JSON"}},
		{"array", simulator.Fault{Body: `[{"status": "Approved"}]`}, notAPI, []string{"not a decision report", "not an object", "Check base_url"}},
		{"other_object", simulator.Fault{Body: `{"version": "1.0", "up": true}`}, notAPI, []string{"not a decision report", "session_id"}},
		{"report_of_another_session", simulator.Fault{Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "Approved", "id_verifications": [{"node_id": "feature_aml_1", "status": "Approved"}]}`}, notAPI, []string{"its session_id is not that of the requested session"}},
		{"redirect", simulator.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example.com/" + secret}}}, notAPI, []string{"redirect to the host \"elsewhere.example.com\"", "does not follow it", "credential"}},
		{"html_404", simulator.Fault{Status: http.StatusNotFound, Header: html, Body: page}, notAPI, []string{"returned 404", "proxy", "Check base_url"}},
		{"json_404_of_another_service", simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Not Found"}`}, notAPI, []string{"returned 404. Not Found. Check base_url"}},
		{"server_error", simulator.Fault{Status: http.StatusBadGateway, Header: html, Body: page}, "Didit returned a server error", []string{"returned 502", "gave no reason", "Run again later"}},
		{"too_long_retry_after", simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "Request was throttled."}`}, "Didit's rate limit is used up", []string{"returned 429", "1h0m0s", "rate_limit"}},
	}
	env := acctest.New(t, simulator.Options{})
	var cases []invalidBlock
	for i, response := range responses {
		session := oneStepSession(i)
		env.AddSession(session)
		response.fault.Path = session.ID
		env.Inject(response.fault)
		parts := append(slices.Clone(response.parts), `step "feature_aml_1" of session `+session.ID)
		cases = append(cases, invalidBlock{response.name, stepAt(session.ID, "feature_aml_1", ""), "", "", "resource", response.summary, parts})
	}
	ws := env.Workspace(env.ConfigWith(withoutRetries, invalidBlocks(cases)))

	result := ws.RunJSON("plan")

	requireOneErrorEach(t, result, cases)
	env.RequireRequests(len(cases), 0)
	for _, hidden := range []string{"Zorvandel", secret, simulator.DefaultAPIKey} {
		if strings.Contains(result.Output, hidden) {
			t.Errorf("the output contains %q:\n%s", hidden, result.Output)
		}
	}
}
