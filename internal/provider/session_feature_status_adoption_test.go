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
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestImportBlockPlansAnUpdateInPlaceAndMayStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_5_0, "an import block")
	config := w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.adopted("ocr"))
	w.run(
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
	if got := w.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1", got)
	}
	w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}

func TestPlanOfAnImportBlockShowsWhichStatusBecomesWhich(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_5_0, "an import block")
	p := w.project(w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.adopted("ocr") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.adopted("face")))

	output := p.must("plan", "-out", "tfplan")

	// Also a decision that stands is shown, and overturned only because it was.
	expectText(t, output,
		`~ status = "In Review" -> "Declined"`,
		`+ comment = "Forged."`,
		`~ status = "Approved" -> "Declined"`,
		"Plan: 2 to import, 0 to add, 2 to change, 0 to destroy.")
	w.expectCounts(1, 0)
	p.must("apply", "tfplan")
	w.expectTrail(
		byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		byTerraform("feature_face_match_1", "Approved", "Declined", ""))
}

func TestImportBlockOfAStepThatIsInPlaceSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_5_0, "an import block")
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"}.adopted("face")))

	p.speak("plan", "-out=tfplan").succeeded().silent()
	if actions := p.planned()[address("face")].Change.Actions; len(actions) != 1 || actions[0] != "no-op" {
		t.Errorf("the plan is to %v, want no-op", actions)
	}
	w.expectCounts(1, 0)
	p.must("apply", "tfplan")
	w.expectCounts(0, 0)
	p.expectState("face", map[string]any{"status": "Approved", "feature_type": "FACE_MATCH", "comment": nil})
	w.expectTrail()
}

func TestImportBlocksTakeForEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_7_0, "for_each in an import block")
	p := w.project(w.config(`
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

	output := p.must("apply", "-auto-approve")

	expectText(t, output, "3 imported, 0 added, 2 changed, 0 destroyed.")
	w.expectTrail(
		byTerraform("feature_ocr_1", "In Review", "Declined", ""),
		byTerraform("feature_aml_1", "In Review", "Approved", ""))
	p.expectState("each:"+simulator.SessionKYC+"/feature_face_match_1", map[string]any{"status": "Approved"})
	expectText(t, p.must("plan"), "No changes.")
}

func TestPlainBlockSendsNothingWhereTheStepHasTheStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	config := w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"}.hcl("face"))
	w.run(
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
	if got := w.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

func TestPlainBlockMakesOneChangeFromAnyStatusThatIsNoDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.flowSets(simulator.SessionKYC, "feature_liveness_1", "Not Finished")
	w.flowSets(simulator.SessionKYC, "feature_aml_1", "Expired")
	w.flowSets(simulator.SessionKYC, "feature_poa_1", "Resub Requested")
	p := w.project(w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"}.hcl("liveness") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml") +
			decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", status: "Declined"}.hcl("poa")))

	p.must("apply", "-auto-approve")

	// One read for the plan; for the apply one more, and one before each change.
	w.expectCounts(1+1+4, 4)
	w.expectTrail(
		byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		byTerraform("feature_liveness_1", "Not Finished", "Approved", ""),
		byTerraform("feature_aml_1", "Expired", "In Review", ""),
		byTerraform("feature_poa_1", "Resub Requested", "Declined", ""))
	p.must("apply", "-auto-approve")
	w.expectCounts(1, 0)
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
			w := newWorld(t, simulator.Options{})
			w.decide(simulator.SessionKYC, "feature_ocr_1", overturn.stands)
			p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: overturn.wanted}.hcl("ocr")))

			said := p.speak("plan")

			said.failed("A standing decision would be overturned",
				simulator.SessionKYC, "feature_ocr_1", `stands "`+overturn.stands+`"`, `wants "`+overturn.wanted+`"`,
				"import block", `"`+simulator.SessionKYC+`/feature_ocr_1"`, "Nothing was sent")
			said.errors[0].on(t, address("ocr"), "status")
			w.expectCounts(1, 0)
		})
	}
}

func TestApplyOfAPlainBlockRefusesToOverturnADecisionMadeSinceThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	p.must("plan", "-out", "tfplan")

	w.decide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	w.ResetRequests()
	said := p.speak("apply", "tfplan")

	said.failed("A standing decision would be overturned", simulator.SessionKYC, "feature_ocr_1", `stands "Approved"`, `wants "Declined"`, "import block")
	w.expectCounts(1, 0)
	w.expectTrail(byConsole("feature_ocr_1", "In Review", "Approved"))
	p.expectNoState()
}

func TestApplyOfAPlainBlockRefusesToOverturnADecisionMadeWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	p.must("plan", "-out", "tfplan")

	// The apply looks at the step twice: as a plan does, and before it sends.
	w.ResetRequests()
	w.BeforeResponse(func(simulator.Request) {
		if w.Count(http.MethodGet) == 2 {
			w.decide(simulator.SessionKYC, "feature_ocr_1", "Approved")
		}
	})
	said := p.speak("apply", "tfplan")

	said.failed("A standing decision would be overturned", simulator.SessionKYC, "feature_ocr_1", `stands "Approved"`, `wants "Declined"`)
	w.expectCounts(2, 0)
	w.expectTrail(byConsole("feature_ocr_1", "In Review", "Approved"))
	p.expectNoState()
}

func TestFailedCreateLeavesNothingBehindAndTheNextApplyWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.configWith(withoutRetries, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr")))
	w.Inject(simulator.Fault{Name: "down", Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

	said := p.speak("apply", "-auto-approve")

	said.failed("The outcome of the change is unknown", simulator.SessionKYC, "feature_ocr_1", `was to become "Declined"`, "503", "Plan again")
	p.expectNoState()
	w.expectTrail()

	p.must("plan", "-out", "tfplan")
	if actions := p.planned()[address("ocr")].Change.Actions; len(actions) != 1 || actions[0] != "create" {
		t.Errorf("the next plan is to %v, want create", actions)
	}
	p.must("apply", "tfplan")
	w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}
