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

const unknownSession = "99999999-2222-4333-8444-000000000009"

func TestPlanRefusesAStepThatCannotBeFound(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]struct {
		block    decisionBlock
		summary  string
		words    []string
		argument string
	}{
		"unknown session": {
			decisionBlock{session: unknownSession, node: "feature_ocr_1", status: "Approved"},
			"Session not found",
			[]string{unknownSession, "feature_ocr_1", "deleted", "scope", "remove its block or file"},
			"session_id",
		},
		"unknown node": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "Approved"},
			"Step not found",
			[]string{
				simulator.SessionKYC, `"feature_orc_1"`, "node_id", "remove its block or file",
				"feature_ocr_1 (ID_VERIFICATION): In Review", "feature_liveness_1 (LIVENESS): Approved",
				"feature_face_match_1 (FACE_MATCH): Approved", "feature_aml_1 (AML): In Review", "feature_poa_1 (POA): In Review",
			},
			"node_id",
		},
		"default in a graph": {
			decisionBlock{session: simulator.SessionKYC, status: "Approved"},
			"Step not found",
			[]string{simulator.SessionKYC, `"default"`, "feature_ocr_1 (ID_VERIFICATION): In Review"},
			"resource",
		},
		"ambiguous default": {
			decisionBlock{session: simulator.SessionTwoTypes, status: "Approved"},
			"Several steps match",
			[]string{
				simulator.SessionTwoTypes, "Set feature_type", "default (ID_VERIFICATION): In Review", "default (LIVENESS): Approved",
			},
			"resource",
		},
		"default of another type": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "AML", status: "Approved"},
			"Step not found",
			[]string{simulator.SessionTwoTypes, "(AML)", "default (LIVENESS): Approved"},
			"feature_type",
		},
		"two steps of one type": {
			decisionBlock{session: simulator.SessionSameType, featureType: "AML", status: "Approved"},
			"Several steps match",
			[]string{simulator.SessionSameType, "several steps of type AML", "cannot tell them apart", "Didit console"},
			"feature_type",
		},
		"node of another type": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "LIVENESS", status: "Approved"},
			"The step has another type",
			[]string{
				simulator.SessionKYC, "feature_ocr_1", "not of type LIVENESS", "Correct feature_type", "feature_ocr_1 (ID_VERIFICATION): In Review",
			},
			"feature_type",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(refused.block.hcl("refused")))

			result := ws.RunJSON("plan")

			result.RequireError(refused.summary, refused.words...).RequireNoWarnings()
			result.Errors[0].RequireAttribute(t, address("refused"), refused.argument)
			env.RequireRequests(1, 0)
		})
	}
}

func TestPlanNamesEveryNewStepByItsIDAndType(t *testing.T) {
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
		ws.RequireState(name, map[string]any{"id": block.id, "feature_type": block.featureType, "status": "Declined"})
	}
	if got := len(env.Trail("")); got != len(blocks) {
		t.Errorf("%d entries are on the trail, want %d", got, len(blocks))
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestPlanHoldsNothingThatCanMoveBeforeTheApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	ws.MustRun("plan", "-out=tfplan")
	after := ws.Planned()[address("ocr")].Change.After
	want := map[string]any{
		"session_id": simulator.SessionKYC, "node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION",
		"status": "Declined", "comment": nil, "id": simulator.SessionKYC + "/feature_ocr_1",
	}
	for attribute, value := range after {
		if wanted, expected := want[attribute]; !expected || value != wanted {
			t.Errorf("the plan holds %s = %v", attribute, value)
		}
	}

	// Everything that can move, moves: Terraform does not blame the provider.
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "Not Finished")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_aml_1", "Expired")
	env.SetSessionStatus(simulator.SessionKYC, "Awaiting User")
	ws.MustRun("apply", "tfplan")

	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "Not Finished", "Declined", ""))
}

func TestTwoBlocksThatWantDifferentStatusesForOneStepFailThePlan(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]decisionBlock{
		"node": {
			{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"},
			{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"},
		},
		"default, with and without its type": {
			{session: simulator.SessionSimple, status: "Declined"},
			{session: simulator.SessionSimple, featureType: "ID_VERIFICATION", status: "Approved"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(pair[0].hcl("one") + pair[1].hcl("two")))

			result := ws.RunJSON("plan")

			result.RequireError("Two blocks disagree about one decision", pair[0].session, `"Declined"`, `"Approved"`, "Keep one of them")
			if !slices.Contains([]string{address("one"), address("two")}, result.Errors[0].Address) {
				t.Errorf("the error stands on %q", result.Errors[0].Address)
			}
			env.RequireRequests(1, 0)
		})
	}
}

func TestTwoManagedBlocksOfOneStepFailThePlanAsSoonAsTheyDisagree(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	ws := env.Workspace(env.Config(block.hcl("one") + block.hcl("two")))
	ws.MustRun("apply", "-auto-approve")
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")

	overturning := block
	overturning.status = "Declined"
	ws.Write("main.tf", env.Config(block.hcl("one")+overturning.hcl("two")))

	ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", simulator.SessionKYC, "feature_ocr_1", `"Declined"`, `"In Review"`)
}

func TestSameNodeOfTwoSessionsIsNoConflict(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"}.hcl("one") +
			decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("two")))

	acctest.RequireText(t, ws.MustRun("plan"), "Plan: 2 to add")
}
