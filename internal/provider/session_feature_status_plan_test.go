// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

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
			w := newWorld(t, simulator.Options{})
			p := w.project(w.config(refused.block.hcl("refused")))

			said := p.speak("plan")

			said.failed(refused.summary, refused.words...).silent()
			said.errors[0].on(t, address("refused"), refused.argument)
			w.expectCounts(1, 0)
		})
	}
}

func TestPlanNamesEveryNewStepByItsIDAndType(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
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
	p := w.project(w.config(config.String()))

	p.must("plan", "-out=tfplan")
	w.expectCounts(5, 0)
	planned := p.planned()
	p.must("apply", "tfplan")

	for name, block := range blocks {
		change := planned[address(name)].Change
		if change.After["id"] != block.id || change.After["feature_type"] != block.featureType || change.AfterUnknown["id"] != nil {
			t.Errorf("%s is planned as %v, want the ID %s and the type %s", name, change.After, block.id, block.featureType)
		}
		p.expectState(name, map[string]any{"id": block.id, "feature_type": block.featureType, "status": "Declined"})
	}
	if got := len(w.Trail("")); got != len(blocks) {
		t.Errorf("%d entries are on the trail, want %d", got, len(blocks))
	}
	p.speak("plan", "-detailed-exitcode").succeeded().silent()
}

func TestPlanHoldsNothingThatCanMoveBeforeTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	p.must("plan", "-out=tfplan")
	after := p.planned()[address("ocr")].Change.After
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
	w.flowSets(simulator.SessionKYC, "feature_ocr_1", "Not Finished")
	w.flowSets(simulator.SessionKYC, "feature_aml_1", "Expired")
	w.SetSessionStatus(simulator.SessionKYC, "Awaiting User")
	p.must("apply", "tfplan")

	w.expectTrail(byTerraform("feature_ocr_1", "Not Finished", "Declined", ""))
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
			w := newWorld(t, simulator.Options{})
			p := w.project(w.config(pair[0].hcl("one") + pair[1].hcl("two")))

			said := p.speak("plan")

			said.failed("Two blocks disagree about one decision", pair[0].session, `"Declined"`, `"Approved"`, "Keep one of them")
			if !slices.Contains([]string{address("one"), address("two")}, said.errors[0].Address) {
				t.Errorf("the error stands on %q", said.errors[0].Address)
			}
			w.expectCounts(1, 0)
		})
	}
}

func TestTwoManagedBlocksOfOneStepFailThePlanAsSoonAsTheyDisagree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	p := w.project(w.config(block.hcl("one") + block.hcl("two")))
	p.must("apply", "-auto-approve")
	expectText(t, p.must("plan"), "No changes.")

	overturning := block
	overturning.status = "Declined"
	p.write("main.tf", w.config(block.hcl("one")+overturning.hcl("two")))

	p.speak("plan").failed("Two blocks disagree about one decision", simulator.SessionKYC, "feature_ocr_1", `"Declined"`, `"In Review"`)
}

func TestSameNodeOfTwoSessionsIsNoConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"}.hcl("one") +
			decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("two")))

	expectText(t, p.must("plan"), "Plan: 2 to add")
}
