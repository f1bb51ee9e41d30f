// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// resubmission returns a block of the action. nodes is HCL.
func resubmission(session, nodes string) string {
	return fmt.Sprintf(`
action "didit_session_resubmission" "again" {
  config {
    session_id = %q
    nodes      = [%s]
    comment    = "The image is blurred."
  }
}
`, session, nodes)
}

const (
	ocrNode = `{ node_id = "feature_ocr_1", feature_type = "OCR" }`
	invoke  = "-invoke=action.didit_session_resubmission.again"
)

func newResubmissionEnv(t *testing.T) *acctest.Env {
	t.Helper()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "actions")
	return env
}

func TestResubmission_ReopensSessionAndWarnsOfDeletion(t *testing.T) {
	t.Parallel()
	env := newResubmissionEnv(t)
	bodies := recordBodies(env)
	ws := env.Workspace(env.Config(resubmission(simulator.SessionKYC, ocrNode)))

	plan := ws.RunJSON("plan", invoke).RequireSuccess()
	env.RequireRequests(1, 0)
	output := ws.MustRun("apply", "-auto-approve", invoke)

	plan.RequireWarning("Didit deletes captured data", simulator.SessionKYC, `"feature_ocr_1" (OCR)`, "cannot be undone")
	acctest.RequireText(t, output, "deletes the data that Didit has captured", "is re-opened")
	session, _ := env.Session(simulator.SessionKYC)
	if session.Status != "Resubmitted" || env.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", "") != "" {
		t.Errorf("the session is %q with %v", session.Status, session.Features)
	}
	if got := env.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1", got)
	}
	for path, body := range bodies() {
		want := map[string]any{
			"new_status": "Resubmitted", "comment": "The image is blurred.",
			"nodes_to_resubmit": []any{map[string]any{"node_id": "feature_ocr_1", "feature": "OCR"}},
		}
		if fmt.Sprint(body) != fmt.Sprint(want) {
			t.Errorf("%s was sent %v, want %v", path, body, want)
		}
	}
}

func TestResubmission_RunsOnlyWhenInvoked(t *testing.T) {
	t.Parallel()
	env := newResubmissionEnv(t)
	ws := env.Workspace(env.Config(resubmission(simulator.SessionKYC, ocrNode), liveness.hcl("liveness")))

	ws.MustRun("apply", "-auto-approve")

	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

func TestResubmission_InvalidInvocationFailsPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		session, nodes, status string
		summary                string
		parts                  []string
		reads                  int
	}{
		"unknown session":         {unknownSession, ocrNode, "", "Session not found", []string{unknownSession}, 1},
		"session in progress":     {simulator.SessionKYC, ocrNode, "In Progress", "The session cannot be decided now", []string{`is "In Progress"`, "decided or re-opened"}, 1},
		"session not started":     {simulator.SessionKYC, ocrNode, "Not Started", "The session cannot be decided now", []string{`is "Not Started"`}, 1},
		"session expired":         {simulator.SessionKYC, ocrNode, "Expired", "The session cannot be decided now", []string{`is "Expired"`, "can never be decided"}, 1},
		"unknown node":            {simulator.SessionKYC, `{ node_id = "feature_orc_1", feature_type = "OCR" }`, "", "Step not found", []string{simulator.SessionKYC, `"feature_ocr_1" (ID_VERIFICATION): "In Review"`}, 1},
		"one unknown node of two": {simulator.SessionKYC, ocrNode + `, { node_id = "feature_x", feature_type = "LIVENESS" }`, "", "Step not found", []string{simulator.SessionKYC}, 1},
		"unknown node, open":      {simulator.SessionKYC, `{ node_id = "feature_orc_1", feature_type = "OCR" }`, "Resubmitted", "Step not found", []string{simulator.SessionKYC}, 1},
		"feature of another node": {simulator.SessionKYC, `{ node_id = "feature_ocr_1", feature_type = "LIVENESS" }`, "", "The step has another type", []string{`"feature_ocr_1"`, "not of type LIVENESS"}, 1},
		"registry check":          {simulator.SessionKYB, `{ node_id = "feature_kyb_registry_1", feature_type = "KYB_REGISTRY" }`, "", "Invalid feature", []string{`cannot be "KYB_REGISTRY"`, "re-open the sessions of the people instead"}, 0},
		"no nodes":                {simulator.SessionKYC, "", "", "Invalid Attribute Value", []string{"at least 1"}, 0},
		"upper case":              {"AAAAAAAA-2222-4333-8444-00000000000B", ocrNode, "", "Invalid session ID", []string{"in lower case"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newResubmissionEnv(t)
			if test.status != "" {
				env.SetSessionStatus(test.session, test.status)
			}
			ws := env.Workspace(env.Config(resubmission(test.session, test.nodes)))

			ws.RunJSON("plan", invoke).RequireError(test.summary, test.parts...)

			env.RequireRequests(test.reads, 0)
		})
	}
}

// A step that is open for resubmission is no longer in the report. Nothing shows that it
// was this one that was re-opened.
func TestResubmission_StepRemovedAfterPlanIsError(t *testing.T) {
	t.Parallel()
	env := newResubmissionEnv(t)
	ws := env.Workspace(env.Config(resubmission(simulator.SessionKYC, ocrNode)))
	ws.MustRun("plan", "-out=tfplan", invoke)
	env.SetSessionStatus(simulator.SessionKYC, "Resubmitted")
	env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "")

	result := ws.RunJSON("apply", "tfplan")

	requireInvocationError(t, result, "Step not found", simulator.SessionKYC)
	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

// requireInvocationError is RequireError for an action. Before Terraform 1.16, the error has
// the CLI's summary, and the provider's is in its detail.
func requireInvocationError(t *testing.T, result acctest.Result, summary string, parts ...string) {
	t.Helper()
	if len(result.Errors) == 1 && result.Errors[0].Summary == "Error when invoking action" {
		result.RequireError("Error when invoking action", append(parts, summary)...)
		return
	}
	result.RequireError(summary, parts...)
}

func TestResubmission_LostResponseIsReconciledAndNotRetried(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   simulator.Fault
		summary string
	}{
		"after the change":  {simulator.Fault{Cut: simulator.CutReset, After: true}, ""},
		"before the change": {simulator.Fault{Cut: simulator.CutReset}, "The outcome of the change is unknown"},
		"2xx, made":         {simulator.Fault{Status: http.StatusOK, Body: "{}", After: true}, ""},
		"2xx, not made":     {simulator.Fault{Status: http.StatusOK, Body: "{}"}, "The outcome of the change is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newResubmissionEnv(t)
			ws := env.Workspace(env.Config(resubmission(simulator.SessionKYC, ocrNode)))
			test.fault.Method = http.MethodPatch
			env.Inject(test.fault)

			result := ws.RunJSON("apply", "-auto-approve", invoke)

			if test.summary == "" {
				result.RequireSuccess()
			} else {
				requireInvocationError(t, result, test.summary, simulator.SessionKYC, "before you invoke the action again")
			}
			if got := env.Count(http.MethodPatch); got != 1 {
				t.Errorf("%d PATCHes were sent, want 1", got)
			}
		})
	}
}

// The report does not contain a step that the person has to repeat.
func TestResubmission_RemovesStepFromState(t *testing.T) {
	t.Parallel()
	env := newResubmissionEnv(t)
	ocr := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}
	ws := env.Workspace(env.Config(ocr.hcl("ocr"), resubmission(simulator.SessionKYC, ocrNode)))
	ws.MustRun("apply", "-auto-approve")

	ws.MustRun("apply", "-auto-approve", invoke)

	ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireWarning("No longer in Didit", "feature_ocr_1", "as after a resubmission")
	ws.RequireNoState()
}
