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
			[]string{acctest.ByTerraform("feature_aml_1", "In Review", "Declined", "")},
		},
		"node_id": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"},
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"},
			simulator.SessionKYC + "/feature_aml_1",
			[]string{acctest.ByTerraform("feature_aml_1", "In Review", "Declined", "")},
		},
		"feature_type": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "LIVENESS", status: "Approved"},
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"},
			simulator.SessionTwoTypes + "/default/ID_VERIFICATION",
			[]string{acctest.ByTerraform("default", "In Review", "Approved", "")},
		},
		"to a step in place": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"},
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"},
			simulator.SessionKYC + "/feature_face_match_1", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			runSteps(env,
				resource.TestStep{Config: env.Config(replaced.before.hcl("step"))},
				resource.TestStep{
					Config: env.Config(replaced.after.hcl("step")),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address("step"), plancheck.ResourceActionReplace),
						plancheck.ExpectKnownValue(address("step"), tfjsonpath.New("id"), knownvalue.StringExact(replaced.id)),
					}},
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(address("step"), tfjsonpath.New("id"), knownvalue.StringExact(replaced.id)),
					},
				},
			)
			env.RequireTrail(replaced.trail...)
		})
	}
}

func TestReplacementIsRefusedInThePlanWhereTheNewStepIsNotAsANewBlockMayHaveIt(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	ws.Write("main.tf", env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.hcl("ocr")+
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")))

	ws.RunJSON("plan").RequireError("A standing decision would be overturned", "feature_face_match_1", `stands "Approved"`, `wants "Declined"`)
	env.RequireRequests(1, 0)
}

func TestSayingTheTypeThatTheStateHasChangesNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	ws.Write("main.tf", env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "In Review"}.hcl("ocr")+
			decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
	ws.Write("main.tf", env.Config(ocrAndAML("In Review", "", "In Review", "")))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestReplaceOptionForgetsAndAdoptsTheSameStepAgain(t *testing.T) {
	t.Parallel()
	for name, lifecycle := range map[string]string{
		"destroy first": "",
		"create first":  "lifecycle {\n  create_before_destroy = true\n}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged.", extra: lifecycle}.hcl("ocr")))
			ws.MustRun("apply", "-auto-approve")
			env.ResetRequests()

			output := ws.MustRun("apply", "-auto-approve", "-replace="+address("ocr"))

			acctest.RequireText(t, output, "1 added, 0 changed, 1 destroyed")
			if got := env.Count(http.MethodPatch); got != 0 {
				t.Errorf("%d PATCHes were sent, want 0", got)
			}
			ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged."})
			env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
		})
	}
}

func TestRenamedForEachKeyForgetsAndAdoptsTheSameStepAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := func(key string) string {
		return env.Config(decisionBlock{
			session: simulator.SessionKYC, node: "=each.value", status: "Declined",
			extra: `for_each = { ` + key + ` = "feature_ocr_1" }`,
		}.hcl("keyed"))
	}
	ws := env.Workspace(block("before"))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	ws.Write("main.tf", block("after"))
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "1 added, 0 changed, 1 destroyed")

	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
	ws.RequireState(address("keyed")+`["after"]`, map[string]any{"status": "Declined"})
	if _, found := ws.State()[address("keyed")+`["before"]`]; found {
		t.Error("the old key is still in the state")
	}
}

func TestMovedBlockChangesNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(1, "a moved block")
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}
	ws := env.Workspace(env.Config(block.hcl("before")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	ws.Write("main.tf", env.Config(block.hcl("after")+`
moved {
  from = didit_session_feature_status.before
  to   = didit_session_feature_status.after
}`))
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")

	env.RequireRequests(1, 0)
	ws.RequireState(address("after"), map[string]any{"status": "Declined"})
}

func TestRemovedBlockLetsGoWithoutADestroy(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(7, "a removed block")
	ws := managedSteps(env)

	ws.Write("main.tf", env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml")+`
removed {
  from = didit_session_feature_status.ocr
  lifecycle {
    destroy = false
  }
}`))
	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "0 added, 0 changed, 0 destroyed")
	if _, found := ws.State()[address("ocr")]; found {
		t.Error("the step is still in the state")
	}
	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}

func TestDestroySendsNothing(t *testing.T) {
	t.Parallel()
	for name, destroyed := range map[string]struct {
		before    func(*acctest.Env)
		arguments []string
		reads     int
	}{
		"with a refresh":           {func(*acctest.Env) {}, nil, 1},
		"without a refresh":        {func(*acctest.Env) {}, []string{"-refresh=false"}, 0},
		"session gone, no refresh": {func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) }, []string{"-refresh=false"}, 0},
		"step gone, no refresh":    {func(env *acctest.Env) { env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") }, []string{"-refresh=false"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := managedSteps(env)
			destroyed.before(env)

			ws.MustRun(append([]string{"destroy", "-auto-approve"}, destroyed.arguments...)...)

			env.RequireRequests(destroyed.reads, 0)
			ws.RequireNoState()
			env.RequireTrail()
		})
	}
}

func TestDestroyWithARefreshSaysWhatToDoWhereTheSessionIsGone(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	env.DeleteSession(simulator.SessionKYC)
	env.ResetRequests()

	// Terraform plans the configuration before it destroys, and the provider
	// cannot tell that from any other plan.
	ws.RunJSON("destroy", "-auto-approve").
		RequireError("Session not found", simulator.SessionKYC).
		RequireWarning("No longer in Didit", simulator.SessionKYC, "To destroy while the block is still there, use -refresh=false")
	ws.MustRun("destroy", "-auto-approve", "-refresh=false")

	ws.RequireNoState()
	if got := env.Count(http.MethodPatch); got != 0 {
		t.Errorf("%d PATCHes were sent, want 0", got)
	}
}
