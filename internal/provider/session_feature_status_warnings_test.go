// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestPlanWarnsThatACommentWillNotBeRecorded(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved", comment: "Seen."}.hcl("face")))

	result := ws.RunJSON("plan").RequireSuccess()

	result.RequireWarning("The comment will not be recorded", simulator.SessionKYC, "feature_face_match_1", `is "Approved"`, `wanted "Approved"`, "nothing is sent")
	result.Warnings[0].RequireAttribute(t, address("face"), "comment")
	ws.MustRun("apply", "-auto-approve")
	ws.RequireState(address("face"), map[string]any{"comment": "Seen."})
	env.RequireTrail()
	// Once it is in the state, there is nothing more to say.
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestCommentThatGoesWithAChangeIsNoWarning(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")+
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved", comment: "No match."}.hcl("new")))

	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestWarningsOfOneCauseShareTheirSummaryAndAreToldApartByTheirDetail(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("In Review", "Look again.", "In Review", "Look again.")))

	result := ws.RunJSON("plan").RequireSuccess()

	if len(result.Warnings) != 2 || result.Warnings[0].Summary != result.Warnings[1].Summary || result.Warnings[0].Detail == result.Warnings[1].Detail {
		t.Errorf("want two warnings of one summary and two details, not %v", result.Warnings)
	}
}

func TestPlanWarnsThatAChangeCanMoveAnOpenSessionOn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Declined"}.hcl("open")))

	for _, status := range []string{"Not Started", "In Progress", "Awaiting User", "Resubmitted"} {
		env.SetSessionStatus(simulator.SessionInProgress, status)
		result := ws.RunJSON("plan").RequireSuccess()
		result.RequireWarning("The session is not decided yet", simulator.SessionInProgress, "is "+status, "feature_liveness_1", `from "In Review" to "Declined"`, "completes it")
		result.Warnings[0].RequireAttribute(t, address("open"), "status")
	}
	for _, status := range []string{"In Review", "Approved", "Declined", "Expired", "Kyc Expired", "Abandoned"} {
		env.SetSessionStatus(simulator.SessionInProgress, status)
		ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
	}
}

func TestPlanOfAnAdoptedStepWarnsThatAChangeCanMoveAnOpenSessionOn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Declined"}.adopted("open")))

	ws.RunJSON("plan").RequireSuccess().RequireWarning("The session is not decided yet",
		simulator.SessionInProgress, "is In Progress", "feature_ocr_1", `from "Approved" to "Declined"`, "completes it")
	env.SetSessionStatus(simulator.SessionInProgress, "In Review")
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestStepInPlaceOfAnOpenSessionIsNoWarning(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Approved"}.hcl("open")))

	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
	ws.MustRun("apply", "-auto-approve")
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestPlanOfADestroyWarnsThatTheDecisionStaysAndSendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(3, "a warning in the plan of a destroy")
	ws := env.Workspace(env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	result := ws.RunJSON("plan", "-destroy", "-out=tfplan").RequireSuccess()

	var details []string
	for _, warning := range result.Warnings {
		warning.Require(t, "The decision stays in place", simulator.SessionKYC, "nothing is sent")
		details = append(details, warning.Detail)
	}
	slices.Sort(details)
	if len(details) != 2 || !strings.Contains(details[0], `"feature_aml_1" of session`) || !strings.Contains(details[0], `stays "In Review"`) ||
		!strings.Contains(details[1], `"feature_ocr_1" of session`) || !strings.Contains(details[1], `stays "Declined"`) {
		t.Errorf("want a warning for each step with its status, not %q", details)
	}
	env.RequireRequests(1, 0)
	ws.RunJSON("apply", "tfplan").RequireSuccess()
	env.RequireRequests(0, 0)
	ws.RequireNoState()
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	if got := env.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", ""); got != "Declined" {
		t.Errorf("the step is %q after the destroy, want Declined", got)
	}
}
