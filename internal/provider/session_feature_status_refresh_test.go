// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDecisionOverturnedInTheConsoleIsDriftAndIsPutBack(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	config := env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr"))
	runSteps(env,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:          func() { env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved") },
			RefreshState:       true,
			ExpectNonEmptyPlan: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address("ocr"), plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address("ocr"), plancheck.ResourceActionUpdate),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("status"), knownvalue.StringExact("Declined")),
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("comment"), knownvalue.StringExact("Forged.")),
			},
		},
	)
	if got := env.Count(http.MethodPatch); got != 2 {
		t.Errorf("%d PATCHes were sent, want 2", got)
	}
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByConsole("feature_ocr_1", "Declined", "Approved"),
		acctest.ByTerraform("feature_ocr_1", "Approved", "Declined", "Forged."))
}

func TestPlanShowsFromWhichStatusDriftIsPutBack(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, `~ status = "Approved" -> "In Review"`, "0 added, 1 changed, 0 destroyed")
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Approved"), acctest.ByTerraform("feature_ocr_1", "Approved", "In Review", ""))
}

func TestRefreshTakesOverTheStatusAsDiditSpellsItAndKeepsTheComment(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	ws.MustRun("apply", "-auto-approve")

	for _, status := range []string{"Not Finished", "Resub Requested", "Expired", "A Status Of Tomorrow"} {
		env.MustSetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", status)
		ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireNoWarnings()
		ws.RequireState(address("ocr"), map[string]any{"status": status, "comment": "Forged.", "feature_type": "ID_VERIFICATION", "id": simulator.SessionKYC + "/feature_ocr_1"})
	}

	env.ResetRequests()
	acctest.RequireText(t, ws.MustRun("plan"), `~ status = "A Status Of Tomorrow" -> "Declined"`)
	env.RequireRequests(1, 0)
}

func TestRefreshNeverChangesTheLabelInTheState(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	// The same node, reported in an array that nobody knows.
	env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "")
	session, _ := env.Session(simulator.SessionKYC)
	session.Features = append(session.Features, simulator.Feature{Array: "document_checks", NodeID: "feature_ocr_1", Status: "In Review"})
	env.AddSession(session)

	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
	ws.RequireState(address("ocr"), map[string]any{"feature_type": "ID_VERIFICATION"})
	// It can be changed as before.
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))
	ws.MustRun("apply", "-auto-approve")
	ws.RequireState(address("ocr"), map[string]any{"feature_type": "ID_VERIFICATION", "status": "Declined"})
}

func TestUnchangedStepPlansToNothingWhateverElseOfItsSessionMoves(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	ws.MustRun("apply", "-auto-approve")

	for _, status := range []string{"In Progress", "Approved", "Kyc Expired"} {
		env.SetSessionStatus(simulator.SessionKYC, status)
		env.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", "Not Finished")
		result := ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		if result.ExitCode != 0 {
			t.Errorf("the plan is not empty: %s", result.Output)
		}
	}
}

func TestGoneStepLeavesTheStateWithAWarningAndItsBlockThenFailsThePlan(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]struct {
		remove  func(*acctest.Env)
		warning []string
		summary string
		failure []string
	}{
		"session deleted": {
			func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) },
			[]string{"does not know the session"},
			"Session not found",
			[]string{"404", "was deleted", "hidden by the scope of the key"},
		},
		"step removed by a resubmission": {
			func(env *acctest.Env) { env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") },
			[]string{"as after a resubmission"},
			"Step not found",
			[]string{"feature_aml_1 (AML): In Review", "feature_face_match_1 (FACE_MATCH): Approved"},
		},
		"session out of the key's scope": {
			func(env *acctest.Env) { env.SetSessionStatus(simulator.SessionKYC, "Approved") },
			[]string{"does not know the session"},
			"Session not found",
			[]string{"hidden by the scope of the key"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{
				{APIKey: simulator.DefaultAPIKey, Read: true, Write: true, Statuses: []string{"In Review"}},
			}})
			config := env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("ocr"))
			ws := env.Workspace(config)
			ws.MustRun("apply", "-auto-approve")
			env.ResetRequests()
			gone.remove(env)
			warning := slices.Concat(gone.warning, []string{simulator.SessionKYC, "feature_ocr_1", "was deleted", "scope of the key hides it", "remove its block or file"})

			result := ws.RunJSON("plan")

			result.RequireError(gone.summary, append(gone.failure, simulator.SessionKYC, "feature_ocr_1", "remove its block or file")...)
			result.RequireWarning("No longer in Didit", warning...)

			// A refresh lets go of it, and an apply without the block is content.
			ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireWarning("No longer in Didit", warning...)
			ws.RequireNoState()
			ws.Write("main.tf", env.Config(""))
			ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
			if got := env.Count(http.MethodPatch); got != 0 {
				t.Errorf("%d PATCHes were sent, want 0", got)
			}
		})
	}
}

func TestFailedRefreshIsAnErrorAndKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]struct {
		fault   simulator.Fault
		summary string
		words   []string
	}{
		"404 page of a proxy": {
			simulator.Fault{Status: http.StatusNotFound, Body: "<html>not here</html>", Header: htmlHeader},
			"The response is not from Didit's API",
			[]string{"404", "base_url", "The state is kept"},
		},
		"404 of another service": {
			simulator.Fault{Status: http.StatusNotFound, Body: `{"detail":"Not Found"}`},
			"The response is not from Didit's API",
			[]string{"404", "base_url", "The state is kept"},
		},
		"401": {
			simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail":"Token expired."}`},
			"Didit did not accept the credential",
			[]string{"401", "Token expired.", "DIDIT_API_KEY"},
		},
		"403": {
			simulator.Fault{Status: http.StatusForbidden, Body: `{"detail":"You do not have permission to perform this action."}`},
			"The credential lacks a privilege",
			[]string{"403", "read:sessions"},
		},
		"429 for too long": {
			simulator.Fault{Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"3600"}}},
			"Didit's rate limit is used up",
			[]string{"429", "1h0m0s", "longer than this provider waits"},
		},
		"500": {
			simulator.Fault{Status: http.StatusInternalServerError, Body: "<html>oops</html>", Header: htmlHeader},
			"Didit returned a server error",
			[]string{"500", "later"},
		},
		"page instead of a report": {
			simulator.Fault{Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader},
			"The response is not from Didit's API",
			[]string{"not JSON", "base_url"},
		},
		"report cut": {
			simulator.Fault{Cut: simulator.CutBody},
			"Didit's response is cut off or malformed",
			[]string{"proxies"},
		},
		"no connection": {
			simulator.Fault{Cut: simulator.CutReset},
			"Didit could not be reached",
			[]string{"No answer came from", "base_url"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.ConfigWith(withoutRetries, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr")))
			ws.MustRun("apply", "-auto-approve")
			fault := failure.fault
			fault.Name, fault.Times = name, -1
			env.Inject(fault)

			for _, command := range [][]string{{"plan"}, {"apply", "-refresh-only", "-auto-approve"}} {
				ws.RunJSON(command...).RequireError(failure.summary, append(failure.words, simulator.SessionKYC, "feature_ocr_1")...).RequireNoWarnings()
			}

			ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged."})
			env.ClearFaults()
			acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
		})
	}
}

func TestPlanWithoutRefreshReadsNothingOfManagedSteps(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))

	ws.MustRun("plan", "-refresh=false", "-out=tfplan")

	env.RequireRequests(0, 0)
	// What nobody has looked at is guarded all the same.
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	ws.RunJSON("apply", "tfplan").RequireError("The decision has changed since the plan", `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`)
	env.RequireRequests(1, 0)
}
