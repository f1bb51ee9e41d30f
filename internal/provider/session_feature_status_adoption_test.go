// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestImportBlockPlansAnUpdateInPlaceAndMayStay(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	config := env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.adopted("ocr"))
	runSteps(env,
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address("ocr"), plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("status"), knownvalue.StringExact("Declined")),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("comment"), knownvalue.StringExact("Forged.")),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("feature_type"), knownvalue.StringExact("ID_VERIFICATION")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("status"), knownvalue.StringExact("Declined")),
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("comment"), knownvalue.StringExact("Forged.")),
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("id"), knownvalue.StringExact(simulator.SessionKYC+"/feature_ocr_1")),
			},
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
	if got := env.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1", got)
	}
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}

func TestPlanOfAnImportBlockShowsWhichStatusBecomesWhich(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.adopted("ocr") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.adopted("face")))

	output := ws.MustRun("plan", "-out", "tfplan")

	// Also a decision that stands is shown, and overturned only because it was.
	acctest.RequireText(t, output,
		`~ status = "In Review" -> "Declined"`,
		`+ comment = "Forged."`,
		`~ status = "Approved" -> "Declined"`,
		"Plan: 2 to import, 0 to add, 2 to change, 0 to destroy.")
	env.RequireRequests(1, 0)
	ws.MustRun("apply", "tfplan")
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("feature_face_match_1", "Approved", "Declined", ""))
}

func TestImportBlockOfAStepThatIsInPlaceSendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"}.adopted("face")))

	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
	if actions := ws.Planned()[address("face")].Change.Actions; len(actions) != 1 || actions[0] != "no-op" {
		t.Errorf("the plan is to %v, want no-op", actions)
	}
	env.RequireRequests(1, 0)
	ws.MustRun("apply", "tfplan")
	env.RequireRequests(0, 0)
	ws.RequireState(address("face"), map[string]any{"status": "Approved", "feature_type": "FACE_MATCH", "comment": nil})
	env.RequireTrail()
}

func TestImportBlocksTakeForEach(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(7, "for_each in an import block")
	ws := env.Workspace(env.Config(`
locals {
  decisions = {
    "` + simulator.SessionKYC + `/feature_ocr_1"         = "Declined"
    "` + simulator.SessionKYC + `/feature_face_match_1"  = "Approved"
    "` + simulator.SessionKYB + `/feature_aml_1"         = "Approved"
  }
}
import {
  for_each = local.decisions
  to       = didit_session_feature_status.each[each.key]
  id       = each.key
}
` + decisionBlock{
		session: `=split("/", each.key)[0]`, node: `=split("/", each.key)[1]`, status: "=each.value",
		extra: "for_each = local.decisions",
	}.hcl("each")))

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "3 imported, 0 added, 2 changed, 0 destroyed.")
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""),
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", ""))
	ws.RequireState(address("each")+`["`+simulator.SessionKYC+"/feature_face_match_1"+`"]`, map[string]any{"status": "Approved"})
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestPlainBlockSendsNothingWhereTheStepHasTheStatus(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	config := env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"}.hcl("face"))
	runSteps(env,
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address("face"), plancheck.ResourceActionCreate),
				plancheck.ExpectKnownValue(address("face"), tfjsonpath.New("id"), knownvalue.StringExact(simulator.SessionKYC+"/feature_face_match_1")),
				plancheck.ExpectKnownValue(address("face"), tfjsonpath.New("feature_type"), knownvalue.StringExact("FACE_MATCH")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("id"), knownvalue.StringExact(simulator.SessionKYC+"/feature_face_match_1")),
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("session_id"), knownvalue.StringExact(simulator.SessionKYC)),
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("node_id"), knownvalue.StringExact("feature_face_match_1")),
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("feature_type"), knownvalue.StringExact("FACE_MATCH")),
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("status"), knownvalue.StringExact("Approved")),
				statecheck.ExpectKnownValue(address("face"), tfjsonpath.New("comment"), knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

func TestPlainBlockMakesOneChangeFromAnyStatusThatIsNoDecision(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_liveness_1", "Not Finished")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_aml_1", "Expired")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", "Resub Requested")
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"}.hcl("liveness") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", status: "Declined"}.hcl("poa")))

	ws.MustRun("apply", "-auto-approve")

	// One read for the plan; for the apply one more, and one before each change.
	env.RequireRequests(1+1+4, 4)
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("feature_liveness_1", "Not Finished", "Approved", ""),
		acctest.ByTerraform("feature_aml_1", "Expired", "In Review", ""),
		acctest.ByTerraform("feature_poa_1", "Resub Requested", "Declined", ""))
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
}

func TestPlanOfAPlainBlockRefusesToOverturnADecision(t *testing.T) {
	t.Parallel()
	for _, overturn := range []struct{ stands, wanted string }{
		{"Approved", "Declined"},
		{"Declined", "Approved"},
		{"Approved", "In Review"},
		{"Declined", "In Review"},
	} {
		t.Run(overturn.stands+" to "+overturn.wanted, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.MustDecide(simulator.SessionKYC, "feature_ocr_1", overturn.stands)
			ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: overturn.wanted}.hcl("ocr")))

			result := ws.RunJSON("plan")

			result.RequireError("A standing decision would be overturned",
				simulator.SessionKYC, "feature_ocr_1", `stands "`+overturn.stands+`"`, `wants "`+overturn.wanted+`"`,
				"import block", `"`+simulator.SessionKYC+`/feature_ocr_1"`, "Nothing was sent")
			result.Errors[0].RequireAttribute(t, address("ocr"), "status")
			env.RequireRequests(1, 0)
		})
	}
}

func TestApplyOfAPlainBlockRefusesToOverturnADecisionMadeSinceThePlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	ws.MustRun("plan", "-out", "tfplan")

	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	env.ResetRequests()
	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("A standing decision would be overturned", simulator.SessionKYC, "feature_ocr_1", `stands "Approved"`, `wants "Declined"`, "import block")
	env.RequireRequests(1, 0)
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Approved"))
	ws.RequireNoState()
}

func TestApplyOfAPlainBlockRefusesToOverturnADecisionMadeWhileItRuns(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	ws.MustRun("plan", "-out", "tfplan")

	// The apply looks at the step twice: as a plan does, and before it sends.
	env.ResetRequests()
	env.BeforeResponse(func(simulator.Request) {
		if env.Count(http.MethodGet) == 2 {
			env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
		}
	})
	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("A standing decision would be overturned", simulator.SessionKYC, "feature_ocr_1", `stands "Approved"`, `wants "Declined"`)
	env.RequireRequests(2, 0)
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Approved"))
	ws.RequireNoState()
}

func TestFailedCreateLeavesNothingBehindAndTheNextApplyWorks(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.ConfigWith(withoutRetries, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr")))
	env.Inject(simulator.Fault{Name: "down", Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, "feature_ocr_1", `was to become "Declined"`, "503", "Plan again")
	ws.RequireNoState()
	env.RequireTrail()

	ws.MustRun("plan", "-out", "tfplan")
	if actions := ws.Planned()[address("ocr")].Change.Actions; len(actions) != 1 || actions[0] != "create" {
		t.Errorf("the next plan is to %v, want create", actions)
	}
	ws.MustRun("apply", "tfplan")
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}
