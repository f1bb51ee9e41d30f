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

func TestChangingTheStepReplacesAndSendsNothingToTheOldOne(t *testing.T) {
	t.Parallel()
	for name, replaced := range map[string]struct {
		before, after decisionBlock
		id            string
		trail         []string
	}{
		"session_id": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"},
			decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Declined"},
			simulator.SessionKYB + "/feature_aml_1",
			[]string{byTerraform("feature_aml_1", "In Review", "Declined", "")},
		},
		"node_id": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"},
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"},
			simulator.SessionKYC + "/feature_aml_1",
			[]string{byTerraform("feature_aml_1", "In Review", "Declined", "")},
		},
		"feature_type": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "LIVENESS", status: "Approved"},
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"},
			simulator.SessionTwoTypes + "/default/ID_VERIFICATION",
			[]string{byTerraform("default", "In Review", "Approved", "")},
		},
		"to a step in place": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"},
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"},
			simulator.SessionKYC + "/feature_face_match_1", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			w.run(
				resource.TestStep{Config: w.config(replaced.before.hcl("step"))},
				resource.TestStep{
					Config: w.config(replaced.after.hcl("step")),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address("step"), plancheck.ResourceActionReplace),
						plancheck.ExpectKnownValue(address("step"), tfjsonpath.New("id"), knownvalue.StringExact(replaced.id)),
					}},
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(address("step"), tfjsonpath.New("id"), knownvalue.StringExact(replaced.id)),
					},
				},
			)
			w.expectTrail(replaced.trail...)
		})
	}
}

func TestReplacementIsRefusedInThePlanWhereTheNewStepIsNotAsANewBlockMayHaveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()

	p.write("main.tf", w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.hcl("ocr")+
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")))

	p.speak("plan").failed("A standing decision would be overturned", "feature_face_match_1", `stands "Approved"`, `wants "Declined"`)
	w.expectCounts(1, 0)
}

func TestSayingTheTypeThatTheStateHasChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()

	p.write("main.tf", w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "In Review"}.hcl("ocr")+
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")))
	expectText(t, p.must("plan"), "No changes.")
	p.write("main.tf", w.config(ocrAndAML("In Review", "", "In Review", "")))
	expectText(t, p.must("plan"), "No changes.")
}

func TestReplaceOptionForgetsAndAdoptsTheSameStepAgain(t *testing.T) {
	t.Parallel()
	for name, lifecycle := range map[string]string{
		"destroy first": "",
		"create first":  "lifecycle {\n  create_before_destroy = true\n}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged.", extra: lifecycle}.hcl("ocr")))
			p.must("apply", "-auto-approve")
			w.ResetRequests()

			output := p.must("apply", "-auto-approve", "-replace="+address("ocr"))

			expectText(t, output, "1 added, 0 changed, 1 destroyed")
			if got := w.Count(http.MethodPatch); got != 0 {
				t.Errorf("%d PATCHes were sent, want 0", got)
			}
			p.expectState("ocr", map[string]any{"status": "Declined", "comment": "Forged."})
			w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
		})
	}
}

func TestRenamedForEachKeyForgetsAndAdoptsTheSameStepAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	block := func(key string) string {
		return w.config(decisionBlock{
			session: simulator.SessionKYC, node: "=each.value", status: "Declined",
			extra: `for_each = { ` + key + ` = "feature_ocr_1" }`,
		}.hcl("keyed"))
	}
	p := w.project(block("before"))
	p.must("apply", "-auto-approve")
	w.ResetRequests()

	p.write("main.tf", block("after"))
	expectText(t, p.must("apply", "-auto-approve"), "1 added, 0 changed, 1 destroyed")

	if got := w.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
	p.expectState("keyed:after", map[string]any{"status": "Declined"})
	if _, found := p.state()["keyed:before"]; found {
		t.Error("the old key is still in the state")
	}
}

func TestMovedBlockChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_1_0, "a moved block")
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}
	p := w.project(w.config(block.hcl("before")))
	p.must("apply", "-auto-approve")
	w.ResetRequests()

	p.write("main.tf", w.config(block.hcl("after")+`
moved {
  from = didit_session_feature_status.before
  to   = didit_session_feature_status.after
}`))
	expectText(t, p.must("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")

	w.expectCounts(1, 0)
	p.expectState("after", map[string]any{"status": "Declined"})
}

func TestRemovedBlockLetsGoWithoutADestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_7_0, "a removed block")
	p := w.managed()

	p.write("main.tf", w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")+`
removed {
  from = didit_session_feature_status.ocr
  lifecycle {
    destroy = false
  }
}`))
	output := p.must("apply", "-auto-approve")

	expectText(t, output, "0 added, 0 changed, 0 destroyed")
	if _, found := p.state()["ocr"]; found {
		t.Error("the step is still in the state")
	}
	if got := w.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

func TestDestroySendsNothing(t *testing.T) {
	t.Parallel()
	for name, destroyed := range map[string]struct {
		before    func(*world)
		arguments []string
		reads     int
	}{
		"with a refresh":           {func(*world) {}, nil, 1},
		"without a refresh":        {func(*world) {}, []string{"-refresh=false"}, 0},
		"session gone, no refresh": {func(w *world) { w.DeleteSession(simulator.SessionKYC) }, []string{"-refresh=false"}, 0},
		"step gone, no refresh":    {func(w *world) { w.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") }, []string{"-refresh=false"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			p := w.managed()
			destroyed.before(w)

			p.must(append([]string{"destroy", "-auto-approve"}, destroyed.arguments...)...)

			w.expectCounts(destroyed.reads, 0)
			p.expectNoState()
			w.expectTrail()
		})
	}
}

func TestDestroyWithARefreshSaysWhatToDoWhereTheSessionIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	p.must("apply", "-auto-approve")
	w.DeleteSession(simulator.SessionKYC)
	w.ResetRequests()

	// Terraform plans the configuration before it destroys, and the provider
	// cannot tell that from any other plan.
	p.speak("destroy", "-auto-approve").
		failed("Session not found", simulator.SessionKYC).
		warned("No longer in Didit", simulator.SessionKYC, "To destroy while the block is still there, use -refresh=false")
	p.must("destroy", "-auto-approve", "-refresh=false")

	p.expectNoState()
	if got := w.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}
