// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// later is a resource whose output is not known before the apply.
func later(name, value string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %q\n}\n", name, value)
}

func requireUnknowns(env *acctest.Env) {
	env.T.Helper()
	env.RequireCLI(4, "terraform_data, a value that is not known while planning,")
}

func TestUnknownValuesMakeUnknownOnlyWhatDependsOnThem(t *testing.T) {
	t.Parallel()
	for name, unknown := range map[string]struct {
		block         decisionBlock
		value         string
		unknown       []string
		id, featureTy string // known while planning
		reads         int
		changed       string
	}{
		"session": {
			block: decisionBlock{session: "=terraform_data.later.output", node: "feature_ocr_1", status: "Declined", comment: "Forged."},
			value: simulator.SessionKYC, unknown: []string{"session_id", "id", "feature_type"},
			changed: acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		},
		"session of a step without a node": {
			block: decisionBlock{session: "=terraform_data.later.output", status: "Declined"},
			value: simulator.SessionSimple, unknown: []string{"session_id", "id", "feature_type"},
			changed: acctest.ByTerraform("default", "In Review", "Declined", ""),
		},
		"node": {
			block: decisionBlock{session: simulator.SessionKYC, node: "=terraform_data.later.output", status: "Declined"},
			value: "feature_ocr_1", unknown: []string{"node_id", "id", "feature_type"}, reads: 1,
			changed: acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""),
		},
		"type of a step without a node": {
			block: decisionBlock{session: simulator.SessionTwoTypes, featureType: "=terraform_data.later.output", status: "Declined"},
			value: "ID_VERIFICATION", unknown: []string{"id", "feature_type"}, reads: 1,
			changed: acctest.ByTerraform("default", "In Review", "Declined", ""),
		},
		"type of a node": {
			block: decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "=terraform_data.later.output", status: "Declined"},
			value: "ID_VERIFICATION", unknown: []string{"feature_type"}, id: simulator.SessionKYC + "/feature_ocr_1", reads: 1,
			changed: acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""),
		},
		"status": {
			block: decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "=terraform_data.later.output", comment: "Forged."},
			value: "Declined", unknown: []string{"status"}, id: simulator.SessionKYC + "/feature_ocr_1", featureTy: "ID_VERIFICATION", reads: 1,
			changed: acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		},
		"comment": {
			block: decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "=terraform_data.later.output"},
			value: "Forged.", unknown: []string{"comment"}, id: simulator.SessionKYC + "/feature_ocr_1", featureTy: "ID_VERIFICATION", reads: 1,
			changed: acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireUnknowns(env)
			ws := env.Workspace(env.Config(later("later", unknown.value) + unknown.block.hcl("step")))

			ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
			env.RequireRequests(unknown.reads, 0)
			planned := ws.Planned()[address("step")]
			change := planned.Change
			for _, attribute := range unknown.unknown {
				if !planned.IsUnknown(attribute) {
					t.Errorf("%s is not unknown in the plan: %v", attribute, change.After)
				}
			}
			if len(change.AfterUnknown) != len(unknown.unknown) {
				t.Errorf("unknown in the plan is %v, want %v", change.AfterUnknown, unknown.unknown)
			}
			if unknown.id != "" && change.After["id"] != unknown.id || unknown.featureTy != "" && change.After["feature_type"] != unknown.featureTy {
				t.Errorf("the plan is %v, want the ID %q and the type %q", change.After, unknown.id, unknown.featureTy)
			}

			ws.MustRun("apply", "tfplan")
			env.RequireTrail(unknown.changed)
			ws.RequireState(address("step"), map[string]any{"status": "Declined", "feature_type": "ID_VERIFICATION"})
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestPlanChecksWhatIsKnownAlready(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]struct {
		block   decisionBlock
		summary string
		words   []string
	}{
		"session, node unknown": {
			decisionBlock{session: unknownSession, node: "=terraform_data.later.output", status: "Approved"},
			"Session not found",
			[]string{"For session " + unknownSession},
		},
		"session, type unknown": {
			decisionBlock{session: unknownSession, featureType: "=terraform_data.later.output", status: "Approved"},
			"Session not found",
			[]string{unknownSession},
		},
		"node, type unknown": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", featureType: "=terraform_data.later.output", status: "Approved"},
			"Step not found",
			[]string{"feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): In Review"},
		},
		"node, status unknown": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "=terraform_data.later.output"},
			"Step not found",
			[]string{"feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): In Review"},
		},
		"standing decision, type unknown": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", featureType: "=terraform_data.later.output", status: "Declined"},
			"A standing decision would be overturned",
			[]string{`stands "Approved"`, `wants "Declined"`},
		},
		"standing decision, comment unknown": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined", comment: "=terraform_data.later.output"},
			"A standing decision would be overturned",
			[]string{`stands "Approved"`, `wants "Declined"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireUnknowns(env)
			ws := env.Workspace(env.Config(later("later", "whatever") + refused.block.hcl("step")))

			ws.RunJSON("plan").RequireError(refused.summary, refused.words...)

			env.RequireRequests(1, 0)
		})
	}
}

func TestApplyMakesThePlansChecksOnceEverythingIsKnown(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]struct {
		block   decisionBlock
		value   string
		summary string
		words   []string
	}{
		"unknown session": {
			decisionBlock{session: "=terraform_data.later.output", node: "feature_ocr_1", status: "Approved"},
			unknownSession,
			"Session not found",
			[]string{unknownSession, "feature_ocr_1", "remove its block or file"},
		},
		"unknown node": {
			decisionBlock{session: simulator.SessionKYC, node: "=terraform_data.later.output", status: "Approved"},
			"feature_orc_1",
			"Step not found",
			[]string{"feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): In Review"},
		},
		"ambiguous default": {
			decisionBlock{session: "=terraform_data.later.output", status: "Approved"},
			simulator.SessionTwoTypes,
			"Several steps match",
			[]string{"Set feature_type", "default (LIVENESS): Approved"},
		},
		"another type": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "=terraform_data.later.output", status: "Approved"},
			"LIVENESS",
			"The step has another type",
			[]string{"not of type LIVENESS"},
		},
		"standing decision, session unknown": {
			decisionBlock{session: "=terraform_data.later.output", node: "feature_face_match_1", status: "Declined"},
			simulator.SessionKYC,
			"A standing decision would be overturned",
			[]string{`stands "Approved"`, `wants "Declined"`},
		},
		"standing decision, status unknown": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "=terraform_data.later.output"},
			"Declined",
			"A standing decision would be overturned",
			[]string{`stands "Approved"`, `wants "Declined"`},
		},
		"session ID in upper case": {
			decisionBlock{session: "=terraform_data.later.output", node: "feature_ocr_1", status: "Approved"},
			"AAAAAAAA-2222-4333-8444-000000000001",
			"Invalid session ID",
			[]string{"aaaaaaaa-2222-4333-8444-000000000001"},
		},
		"status that cannot be set": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "=terraform_data.later.output"},
			"Resubmitted",
			"Invalid status",
			[]string{`"Approved", "Declined" or "In Review"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireUnknowns(env)
			ws := env.Workspace(env.Config(later("later", refused.value) + refused.block.hcl("step")))
			ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

			ws.RunJSON("apply", "tfplan").RequireError(refused.summary, refused.words...)

			ws.RequireNoState()
			env.RequireTrail()
		})
	}
}

func TestTwoBlocksThatTurnOutToBeOneStepFailTheApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	ws := env.Workspace(env.Config(later("later", simulator.SessionKYC) +
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("known") +
		decisionBlock{session: "=terraform_data.later.output", node: "feature_ocr_1", status: "Declined", extra: "depends_on = [" + address("known") + "]"}.hcl("unknown")))
	ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

	// The first one is in place; the second one finds that it is not alone.
	ws.RunJSON("apply", "tfplan").RequireError("Two blocks disagree about one decision", simulator.SessionKYC, "feature_ocr_1", `"Declined"`, `"In Review"`)

	env.RequireTrail()
}

func TestUnknownStatusAndCommentOfAManagedStep(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "=terraform_data.status.output", comment: "=terraform_data.comment.output"}
	runSteps(env,
		resource.TestStep{
			Config: env.Config(later("status", "In Review") + later("comment", "Not yet.") + block.hcl("ocr")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(address("ocr"), tfjsonpath.New("status")),
				plancheck.ExpectUnknownValue(address("ocr"), tfjsonpath.New("comment")),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("feature_type"), knownvalue.StringExact("ID_VERIFICATION")),
			}},
		},
		resource.TestStep{
			Config: env.Config(later("status", "Declined") + later("comment", "Forged.") + block.hcl("ocr")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address("ocr"), plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address("ocr"), tfjsonpath.New("status")),
				plancheck.ExpectUnknownValue(address("ocr"), tfjsonpath.New("comment")),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("feature_type"), knownvalue.StringExact("ID_VERIFICATION")),
				plancheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("id"), knownvalue.StringExact(simulator.SessionKYC+"/feature_ocr_1")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("status"), knownvalue.StringExact("Declined")),
				statecheck.ExpectKnownValue(address("ocr"), tfjsonpath.New("comment"), knownvalue.StringExact("Forged.")),
			},
		},
	)
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}

func TestUnknownSessionOfAManagedStepAdoptsWhatItTurnsOutToBe(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	block := decisionBlock{session: "=terraform_data.later.output", node: "feature_aml_1", status: "Approved"}
	ws := env.Workspace(env.Config(later("later", simulator.SessionKYC) + block.hcl("aml")))
	ws.MustRun("apply", "-auto-approve")

	ws.Write("main.tf", env.Config(later("later", simulator.SessionKYB)+block.hcl("aml")))
	ws.MustRun("plan", "-out=tfplan")
	planned := ws.Planned()[address("aml")]
	for _, attribute := range []string{"session_id", "id", "feature_type"} {
		if !planned.IsUnknown(attribute) {
			t.Errorf("%s is not unknown in the plan: %v", attribute, planned.Change.After)
		}
	}
	ws.MustRun("apply", "tfplan")

	ws.RequireState(address("aml"), map[string]any{"session_id": simulator.SessionKYB, "id": simulator.SessionKYB + "/feature_aml_1", "feature_type": "AML"})
	env.RequireTrail(
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", ""),
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", ""))
}
