// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// What only steps have: node default, feature types, and sessions that a change moves
// on. The tests of decision_*_test.go cover what steps share with the other kinds.

func TestStep_PlanComputesIDAndType(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "handwriting_checks", NodeID: "feature_hand_1", Status: "In Review"},
		{Array: "id_verifications", NodeID: "odd node ü?&=%", Status: "In Review"},
	}})
	blocks := map[string]struct {
		block           decisionBlock
		id, featureType string
	}{
		"node":       {decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1"}, simulator.SessionKYC + "/feature_ocr_1", "ID_VERIFICATION"},
		"typed_node": {decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", featureType: "AML"}, simulator.SessionKYB + "/feature_aml_1", "AML"},
		"only":       {decisionBlock{session: simulator.SessionSimple}, simulator.SessionSimple + "/default/ID_VERIFICATION", "ID_VERIFICATION"},
		"several":    {decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION"}, simulator.SessionTwoTypes + "/default/ID_VERIFICATION", "ID_VERIFICATION"},
		"array":      {decisionBlock{session: unknownSession, node: "feature_hand_1"}, unknownSession + "/feature_hand_1", "HANDWRITING_CHECKS"},
		"odd":        {decisionBlock{session: unknownSession, node: "odd node ü?&=%"}, unknownSession + "/odd node ü?&=%", "ID_VERIFICATION"},
	}
	var config strings.Builder
	for name, block := range blocks {
		block.block.status = "Declined"
		config.WriteString(block.block.hcl(name))
	}
	ws := env.Workspace(env.Config(config.String()))

	ws.MustRun("plan", "-out=tfplan")
	env.RequireRequests(5, 0)
	planned := ws.Planned()
	ws.MustRun("apply", "tfplan")

	for name, block := range blocks {
		change := planned[address(name)].Change
		if change.After["id"] != block.id || change.After["feature_type"] != block.featureType || change.AfterUnknown["id"] != nil {
			t.Errorf("%s is planned as %v, want the ID %s and the type %s", name, change.After, block.id, block.featureType)
		}
		ws.RequireState(address(name), map[string]any{"id": block.id, "feature_type": block.featureType, "status": "Declined"})
	}
	if got := len(env.Trail("")); got != len(blocks) {
		t.Errorf("%d entries are on the trail, want %d", got, len(blocks))
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestStep_PlainBlockChangesFromAnyUndecidedStatus(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_liveness_1", "Not Finished")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_aml_1", "Expired")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", "Resub Requested")
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"}.hcl("liveness"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", status: "Declined"}.hcl("poa")))

	ws.MustRun("apply", "-auto-approve")

	if got := env.Count(http.MethodPatch); got != 4 {
		t.Errorf("%d PATCHes were sent, want 4", got)
	}
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("feature_liveness_1", "Not Finished", "Approved", ""),
		acctest.ByTerraform("feature_aml_1", "Expired", "In Review", ""),
		acctest.ByTerraform("feature_poa_1", "Resub Requested", "Declined", ""))
	env.ResetRequests()
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
}

func TestStep_FeatureTypeIsSentForNodeDefaultOnly(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	bodies := recordBodies(env)
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "Declined", comment: "Forged."}.hcl("node"),
		decisionBlock{session: simulator.SessionSimple, status: "Approved"}.hcl("only"),
		decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("several")))

	ws.MustRun("apply", "-auto-approve")

	for path, want := range map[string]map[string]any{
		"/v3/session/" + simulator.SessionKYC + "/features/feature_ocr_1/update-status/": {"new_status": "Declined", "comment": "Forged."},
		"/v3/session/" + simulator.SessionSimple + "/features/default/update-status/":    {"new_status": "Approved", "feature_type": "ID_VERIFICATION"},
		"/v3/session/" + simulator.SessionTwoTypes + "/features/default/update-status/":  {"new_status": "Approved", "feature_type": "ID_VERIFICATION"},
	} {
		got, _ := json.Marshal(bodies()[path])
		if want, _ := json.Marshal(want); !bytes.Equal(got, want) {
			t.Errorf("%s was sent %s, want %s", path, got, want)
		}
	}
}

// A second step can appear at node default between the first read and the one before
// the change. The body has to name the type then, or the API would refuse it, or choose.
func TestStep_SiblingThatAppearsAtNodeDefaultIsNotChanged(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATION", status: "Declined"}.hcl("only")))
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		// The plan reads, the apply's plan reads, then the read before the change.
		if request.Method == http.MethodGet && env.Count(http.MethodGet) == 3 {
			once.Do(func() {
				session, _ := env.Session(simulator.SessionSimple)
				session.Features = append(session.Features, simulator.Feature{Array: "liveness_checks", Status: "In Review"})
				env.AddSession(session)
			})
		}
	})

	ws.MustRun("apply", "-auto-approve")

	env.RequireRequests(3, 1)
	if status := env.FeatureStatus(simulator.SessionSimple, "", "LIVENESS"); status != "In Review" {
		t.Errorf("the step that appeared is %q", status)
	}
	env.RequireTrail(acctest.ByTerraform("default", "In Review", "Declined", ""))
}

func TestStep_AliasOfItsTypeIsTheSameType(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "import block")
	block := decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATIONS", status: "Declined"}
	ws := env.Workspace(env.Config(importBlock(address("only"), simulator.SessionSimple+"/default/ID_VERIFICATION"), block.hcl("only")))

	ws.MustRun("plan", "-out=tfplan")
	if actions := ws.Planned()[address("only")].Actions(); actions != "update" {
		t.Errorf("the plan is to %s, want update", actions)
	}
	ws.MustRun("apply", "tfplan")

	env.RequireTrail(acctest.ByTerraform("default", "In Review", "Declined", ""))
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestStep_TypeThatTheStateHasChangesNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}
	ws := env.Workspace(env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")

	typed := block
	typed.featureType = "ID_VERIFICATION"
	ws.Write("main.tf", env.Config(typed.hcl("ocr")))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestStep_RefreshKeepsTheTypeInTheState(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	ws := env.Workspace(env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")

	// The same node, reported in an array that this version does not know.
	env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "")
	session, _ := env.Session(simulator.SessionKYC)
	session.Features = append(session.Features, simulator.Feature{Array: "document_checks", NodeID: "feature_ocr_1", Status: "In Review"})
	env.AddSession(session)

	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
	block.status = "Declined"
	ws.Write("main.tf", env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	ws.RequireState(address("ocr"), map[string]any{"feature_type": "ID_VERIFICATION", "status": "Declined"})
}

func TestStep_AnotherAddressReplacesAndSendsNothingForThePreviousStep(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
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
		"step that has the wanted status": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"},
			decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved"},
			simulator.SessionKYC + "/feature_face_match_1", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			runSteps(env,
				resource.TestStep{Config: env.Config(test.before.hcl("step"))},
				resource.TestStep{
					Config: env.Config(test.after.hcl("step")),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address("step"), plancheck.ResourceActionReplace),
						plancheck.ExpectKnownValue(address("step"), tfjsonpath.New("id"), knownvalue.StringExact(test.id)),
					}},
				},
			)
			env.RequireTrail(test.trail...)
		})
	}
}

func TestStep_ReplacementFollowsTheRulesOfAPlainBlock(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("step")))
	ws.MustRun("apply", "-auto-approve")

	ws.Write("main.tf", env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.hcl("step")))

	ws.RunJSON("plan").RequireError("A standing decision would be overturned", "feature_face_match_1", `is "Approved"`, `wants "Declined"`)
}

func TestStep_ImportTakesEveryFormOfTheID(t *testing.T) {
	t.Parallel()
	for id, test := range map[string]struct {
		block                     decisionBlock
		node, featureType, wantID string
	}{
		simulator.SessionKYC + "/feature_ocr_1/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "In Review"},
			"feature_ocr_1", "ID_VERIFICATION", simulator.SessionKYC + "/feature_ocr_1",
		},
		simulator.SessionSimple + "/default": {
			decisionBlock{session: simulator.SessionSimple, status: "In Review"},
			"default", "ID_VERIFICATION", simulator.SessionSimple + "/default/ID_VERIFICATION",
		},
		simulator.SessionTwoTypes + "/default/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "In Review"},
			"default", "ID_VERIFICATION", simulator.SessionTwoTypes + "/default/ID_VERIFICATION",
		},
		simulator.SessionSimple + "/default/ID_VERIFICATIONS": { // an alias
			decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATIONS", status: "In Review"},
			"default", "ID_VERIFICATIONS", simulator.SessionSimple + "/default/ID_VERIFICATIONS",
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(test.block.hcl("step")))

			ws.MustRun("import", address("step"), id)

			ws.RequireState(address("step"), map[string]any{"session_id": test.block.session, "node_id": test.node, "feature_type": test.featureType, "id": test.wantID})
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestStep_IdentityHasTheTypeForNodeDefaultOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		identity string
		block    decisionBlock
		want     map[string]any
	}{
		"default": {
			fmt.Sprintf(`session_id = %q, node_id = "default", feature_type = "ID_VERIFICATION"`, simulator.SessionTwoTypes),
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"},
			map[string]any{"session_id": simulator.SessionTwoTypes, "node_id": "default", "feature_type": "ID_VERIFICATION"},
		},
		"default without its type": {
			fmt.Sprintf(`session_id = %q, node_id = "default"`, simulator.SessionSimple),
			decisionBlock{session: simulator.SessionSimple, status: "Declined"},
			map[string]any{"session_id": simulator.SessionSimple, "node_id": "default", "feature_type": "ID_VERIFICATION"},
		},
		"node with its type": {
			fmt.Sprintf(`session_id = %q, node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION"`, simulator.SessionKYC),
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"},
			map[string]any{"session_id": simulator.SessionKYC, "node_id": "feature_ocr_1", "feature_type": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(12, "resource identity")
			ws := env.Workspace(env.Config(fmt.Sprintf("import {\n  to = %s\n  identity = { %s }\n}\n", address("step"), test.identity), test.block.hcl("step")))

			ws.MustRun("apply", "-auto-approve")

			if got := ws.State()[address("step")].Identity; fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("the identity is %v, want %v", got, test.want)
			}
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestStep_GeneratedStatusThatCannotBeSetIsRefusedWithThoseThatCan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "generated configuration")
	ws := env.Workspace(env.Config(importWithoutBlock(address("face"), simulator.SessionInProgress+"/feature_face_match_1")))

	ws.RunJSON("plan", "-generate-config-out=generated.tf").
		RequireError("Invalid status", `"Approved", "Declined" or "In Review"`, `"Not Finished"`, "Didit reports other statuses, which cannot be set")
}

func TestStep_ForEachImportBlockAdoptsManySteps(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(7, "for_each in an import block")
	ws := env.Workspace(env.Config(`
locals {
  decisions = {
    "` + simulator.SessionKYC + `/feature_ocr_1"        = "Declined"
    "` + simulator.SessionKYC + `/feature_face_match_1" = "Approved"
    "` + simulator.SessionKYB + `/feature_aml_1"        = "Approved"
  }
}
import {
  for_each = local.decisions
  to       = didit_session_feature_status.each[each.key]
  id       = each.key
}
` + decisionBlock{
		session: `=split("/", each.key)[0]`, node: `=split("/", each.key)[1]`, status: "=each.value",
		extra: "  for_each = local.decisions",
	}.hcl("each")))

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "3 imported, 0 added, 2 changed, 0 destroyed.")
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""),
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", ""))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestStep_WarnsIfAChangeCanMoveItsSessionOn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "import block")
	plain := decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Declined"}
	adopted := decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Declined"}
	for name, test := range map[string]struct{ config, node, from string }{
		"plain":   {plain.hcl("open"), "feature_liveness_1", "In Review"},
		"adopted": {adopted.adopted("open"), "feature_ocr_1", "Approved"},
	} {
		ws := env.Workspace(env.Config(test.config))
		for _, status := range []string{"Not Started", "In Progress", "Awaiting User", "Resubmitted"} {
			env.SetSessionStatus(simulator.SessionInProgress, status)
			result := ws.RunJSON("plan").RequireSuccess()
			result.RequireWarning("The session is not decided yet", simulator.SessionInProgress, `is "`+status+`"`, test.node, `from "`+test.from+`" to "Declined"`, "completes it")
			result.Warnings[0].RequireAttribute(t, address("open"), "status")
		}
		for _, status := range []string{"In Review", "Approved", "Declined", "Expired", "Kyc Expired", "Abandoned"} {
			env.SetSessionStatus(simulator.SessionInProgress, status)
			if warnings := ws.RunJSON("plan").RequireSuccess().Warnings; len(warnings) > 0 {
				t.Errorf("%s, %s: %v", name, status, warnings)
			}
		}
	}
}

func TestStep_UnchangedStepOfAnOpenSessionHasNoWarning(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Approved"}.hcl("open")))

	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
	ws.MustRun("apply", "-auto-approve")
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestStep_WarningsOfOneCauseShareASummary(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review", comment: "Look again."}.hcl("ocr"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review", comment: "Look again."}.hcl("aml")))

	warnings := ws.RunJSON("plan").RequireSuccess().Warnings

	if len(warnings) != 2 || warnings[0].Summary != warnings[1].Summary || warnings[0].Detail == warnings[1].Detail {
		t.Errorf("want two warnings with one summary and two details, not %v", warnings)
	}
}

func TestStep_DecisionMadeDuringASiblingsChangeIsNotOverwritten(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ocr := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	aml := decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}
	ws := env.Workspace(env.Config(ocr.hcl("ocr"), aml.hcl("aml")))
	ws.MustRun("apply", "-auto-approve")
	ocr.status, aml.status = "Declined", "Declined"
	ws.Write("main.tf", env.Config(ocr.hcl("ocr"), aml.hcl("aml")))
	ws.MustRun("plan", "-out=tfplan")
	env.ResetRequests()

	// During the change of the first, a reviewer decides the other.
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			once.Do(func() {
				other := "feature_ocr_1"
				if strings.Contains(request.Path, other) {
					other = "feature_aml_1"
				}
				env.MustDecide(simulator.SessionKYC, other, "Approved")
			})
		}
	})
	result := ws.RunJSON("apply", "-parallelism=1", "tfplan")

	result.RequireError("The decision has changed since the plan", simulator.SessionKYC, `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent")
	env.RequireRequests(2, 1)
	if trail := env.Trail(""); len(trail) != 2 {
		t.Errorf("the trail is %v, want the console's entry and one more", trail)
	}
}

func TestStep_SameNodeOfTwoSessionsIsNoDuplicate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"}.hcl("one"),
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("two")))

	acctest.RequireText(t, ws.MustRun("plan"), "Plan: 2 to add")
}

func TestStep_DuplicateIsFoundWithAndWithoutItsType(t *testing.T) {
	t.Parallel()
	for _, featureType := range []string{"ID_VERIFICATION", "ID_VERIFICATIONS"} {
		t.Run(featureType, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(
				decisionBlock{session: simulator.SessionSimple, status: "Declined"}.hcl("one"),
				decisionBlock{session: simulator.SessionSimple, featureType: featureType, status: "Approved"}.hcl("two")))

			ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", simulator.SessionSimple, `"Declined"`, `"Approved"`)
		})
	}
}

// A step in an open session can move it on: what was read before is not used after.
func TestStep_ChangeInAnOpenSessionIsReadAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Approved"}.hcl("liveness"),
		fmt.Sprintf("data \"didit_session_decision\" \"after\" {\n  session_id = %q\n  depends_on = [%s]\n}\n", simulator.SessionInProgress, address("liveness")),
		"output \"status\" {\n  value = data.didit_session_decision.after.status\n}\n"))
	env.AfterResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			env.SetSessionStatus(simulator.SessionInProgress, "Awaiting User")
		}
	})

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, `status = "Awaiting User"`)
}

func TestStep_ManyStepsInAnErrorAreBounded(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	session := simulator.Session{ID: unknownSession}
	for i := range 200 {
		session.Features = append(session.Features, simulator.Feature{Array: "id_verifications", NodeID: fmt.Sprintf("feature_ocr_%d\n\u202eError: forged", i)})
	}
	env.AddSession(session)
	ws := env.Workspace(env.Config(decisionBlock{session: unknownSession, node: "feature_orc_1", status: "Approved"}.hcl("step")))

	result := ws.RunJSON("plan")

	result.RequireError("Step not found", `"feature_ocr_0\n\u202eError: forged" (ID_VERIFICATION): "In Review"`, "and 180 more")
	if lines := strings.Count(result.Errors[0].Detail, "\n"); lines > 30 {
		t.Errorf("the error has %d lines", lines)
	}
	if strings.ContainsAny(result.Errors[0].Detail, "\u202e") {
		t.Error("a control character reaches the terminal")
	}
}

func TestStep_APISessionFailsInTheApplyAndSaysSo(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionAPI, status: "Approved", comment: "Checked."}.hcl("api")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Standalone API sessions cannot be changed", simulator.SessionAPI, "Cannot change feature status for API sessions.", "Remove its block or file")
	result.Errors[0].RequireAttribute(t, address("api"), "session_id")
	ws.RequireNoState()
	env.RequireTrail()
	if got := env.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1", got)
	}
}

func TestStep_RefusedCommentIsAnErrorOnTheComment(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Method: http.MethodPatch, Status: http.StatusBadRequest, Body: `{"comment": ["Ensure this field has no more than 500 characters."]}`})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved", comment: "Too long."}.hcl("ocr")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit refused the request", simulator.SessionKYC, "feature_ocr_1", "returned 400", "comment: Ensure this field has no more than 500 characters.")
	result.Errors[0].RequireAttribute(t, address("ocr"), "comment")
	env.RequireTrail()
}
