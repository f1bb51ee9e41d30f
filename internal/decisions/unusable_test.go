// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func unusableStep(nodeID, label string) didit.UnusableItem {
	return didit.UnusableItem{NodeID: nodeID, Type: label, Problem: "status is null"}
}

func unusableHit(hitID string) didit.UnusableItem {
	return didit.UnusableItem{NodeID: "aml", Type: didit.TypeAML, IsHit: true, HitID: hitID, Problem: "review_status is null"}
}

func hiddenHits(nodeID string) didit.UnusableItem {
	return didit.UnusableItem{NodeID: nodeID, Type: didit.TypeAML, IsHit: true, IsAllHits: true, Problem: "hits is null"}
}

// An item without a status is only itself undecidable, and is not gone.
func TestFind_UnusableItemIsNotGone(t *testing.T) {
	t.Parallel()
	const node = didit.DefaultNodeID
	ocr := didit.Feature{NodeID: "ocr", Type: "ID_VERIFICATION", Status: didit.StatusInReview}
	check := didit.Feature{NodeID: "aml", Type: didit.TypeAML, Status: didit.StatusInReview}
	atDefault := didit.Feature{NodeID: node, Type: "LIVENESS", Status: didit.StatusInReview}
	hit := didit.AMLHit{NodeID: "aml", ID: "a", ReviewStatus: didit.ReviewUnreviewed}
	step := func(nodeID, label string) decisions.Subject {
		return decisions.FeatureRef{SessionID: sampleID, NodeID: nodeID, FeatureType: label}
	}
	hitAt := func(nodeID, id string) decisions.Subject {
		return decisions.HitRef{SessionID: sampleID, NodeID: nodeID, HitID: id}
	}
	resubmission := decisions.Resubmission{SessionID: sampleID, Nodes: []didit.NodeToResubmit{{NodeID: "liveness", Feature: "LIVENESS"}}}
	for name, test := range map[string]struct {
		decision didit.Decision
		subject  decisions.Subject
		reason   decisions.NotFoundReason // 0: found
	}{
		"the step itself":                 {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("ocr", "ID_VERIFICATION")}}, step("ocr", ""), decisions.Unusable},
		"another step":                    {didit.Decision{Features: []didit.Feature{ocr}, Unusable: []didit.UnusableItem{unusableStep("liveness", "LIVENESS")}}, step("ocr", ""), 0},
		"another step of unknown node":    {didit.Decision{Features: []didit.Feature{ocr}, Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, step("ocr", ""), 0},
		"perhaps the step":                {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, step("liveness", ""), decisions.Unusable},
		"of another type":                 {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, step("ocr", "ID_VERIFICATION"), decisions.Missing},
		"other type at the node":          {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("ocr", "LIVENESS")}}, step("ocr", "ID_VERIFICATION"), decisions.OtherType},
		"twice at the node":               {didit.Decision{Features: []didit.Feature{ocr}, Unusable: []didit.UnusableItem{unusableStep("ocr", "NFC")}}, step("ocr", ""), decisions.NotAddressable},
		"default, the step itself":        {didit.Decision{Unusable: []didit.UnusableItem{unusableStep(node, "LIVENESS")}}, step(node, ""), decisions.Unusable},
		"default, of one type twice":      {didit.Decision{Features: []didit.Feature{atDefault}, Unusable: []didit.UnusableItem{unusableStep(node, "LIVENESS")}}, step(node, "LIVENESS"), decisions.NotAddressable},
		"default, of another type":        {didit.Decision{Features: []didit.Feature{atDefault}, Unusable: []didit.UnusableItem{unusableStep(node, "AML")}}, step(node, "LIVENESS"), 0},
		"default, of two types":           {didit.Decision{Features: []didit.Feature{atDefault}, Unusable: []didit.UnusableItem{unusableStep(node, "AML")}}, step(node, ""), decisions.Ambiguous},
		"a hit does not affect a step":    {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{hiddenHits("aml"), unusableHit("")}}, step("aml", ""), 0},
		"a hit is no step":                {didit.Decision{Unusable: []didit.UnusableItem{hiddenHits("aml")}}, step("aml", ""), decisions.Missing},
		"the hit itself":                  {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{unusableHit("a")}}, hitAt("aml", "a"), decisions.Unusable},
		"another hit":                     {didit.Decision{Features: []didit.Feature{check}, AMLHits: []didit.AMLHit{hit}, Unusable: []didit.UnusableItem{unusableHit("b"), unusableHit("")}}, hitAt("aml", "a"), 0},
		"perhaps the hit":                 {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{unusableHit("")}}, hitAt("aml", "a"), decisions.Unusable},
		"hit twice":                       {didit.Decision{Features: []didit.Feature{check}, AMLHits: []didit.AMLHit{hit}, Unusable: []didit.UnusableItem{unusableHit("a")}}, hitAt("aml", "a"), decisions.NotAddressable},
		"hidden hits":                     {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{hiddenHits("aml")}}, hitAt("aml", "a"), decisions.Unusable},
		"hidden hits of another check":    {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{hiddenHits("aml_2")}}, hitAt("aml", "a"), decisions.Missing},
		"hidden hits and status":          {didit.Decision{Unusable: []didit.UnusableItem{hiddenHits("aml"), unusableStep("aml", didit.TypeAML)}}, hitAt("aml", "a"), decisions.Unusable},
		"check of unknown node":           {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("", didit.TypeAML)}}, hitAt("aml", "a"), decisions.Unusable},
		"hit of a check without a status": {didit.Decision{AMLHits: []didit.AMLHit{hit}, Unusable: []didit.UnusableItem{unusableStep("aml", didit.TypeAML)}}, hitAt("aml", "a"), 0},
		"step of another type, for a hit": {didit.Decision{Features: []didit.Feature{check}, Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, hitAt("aml", "a"), decisions.Missing},
		"no AML check":                    {didit.Decision{Features: []didit.Feature{ocr}}, hitAt("aml", "a"), decisions.NoAMLCheck},
		"session with an unusable step":   {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, decisions.SessionRef{SessionID: sampleID}, 0},
		"re-opened step without a status": {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("liveness", "LIVENESS")}}, resubmission, 0},
		"re-opened, unknown node":         {didit.Decision{Unusable: []didit.UnusableItem{unusableStep("", "LIVENESS")}}, resubmission, decisions.Unusable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.decision.Status = didit.StatusResubmitted

			_, err := test.subject.Find(&test.decision)

			if test.reason != 0 {
				assertNotFound(t, err, test.reason)
			} else if err != nil {
				t.Error(err)
			}
			var missing *decisions.NotFoundError
			if errors.As(err, &missing) && (missing.Item.Problem != "") != (test.reason == decisions.Unusable) {
				t.Errorf("%+v: the item", missing)
			}
			if gone, _ := decisions.New(&fakeAPI{}, 0).Gone(t.Context(), err); gone != (test.reason == decisions.Missing || test.reason == decisions.NoAMLCheck) {
				t.Errorf("gone is %t", gone)
			}
		})
	}
}

func TestFind_SessionWithoutStatusDecidesStepsOnly(t *testing.T) {
	t.Parallel()
	decision := &didit.Decision{SessionID: sampleID, Features: []didit.Feature{{NodeID: nodeOCR, Type: "ID_VERIFICATION", Status: didit.StatusInReview}}}

	_, err := decisions.SessionRef{SessionID: sampleID}.Find(decision)
	assertNotFound(t, err, decisions.Unusable)
	_, err = decisions.Resubmission{SessionID: sampleID, Nodes: []didit.NodeToResubmit{{NodeID: "liveness", Feature: "LIVENESS"}}}.Find(decision)
	assertNotFound(t, err, decisions.Unusable)
	if _, err := (decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR}).Find(decision); err != nil {
		t.Error(err)
	}
}

// A status in another spelling is the same status: nothing is sent, and it is no conflict.
func TestApply_IgnoresSpellingOfStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		updates  int
	}{
		{"IN_REVIEW", didit.StatusApproved, 1},
		{"in review", "IN_REVIEW", 0},
		{"Approved", "in review", 0},
	} {
		api := &fakeAPI{}
		_, err := decisions.New(api, 0).Apply(t.Context(), decisions.Change{
			Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR}, From: test.from, To: test.to,
		})
		if err != nil || len(api.updates) != test.updates {
			t.Errorf("%s -> %s: %d changes, %v, want %d", test.from, test.to, len(api.updates), err, test.updates)
		}
	}
}
