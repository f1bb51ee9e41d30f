// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestFeatureRef_FindsStepByNodeIDAndType(t *testing.T) {
	t.Parallel()
	const node = didit.DefaultNodeID
	graph := []didit.Feature{{NodeID: "ocr", Type: "ID_VERIFICATION"}, {NodeID: "aml_1", Type: "AML"}, {NodeID: "aml_2", Type: "AML"}, {NodeID: "voice", Type: "VOICE_CHECKS"}}
	single := []didit.Feature{{NodeID: node, Type: "LIVENESS"}}
	twoTypes := []didit.Feature{{NodeID: node, Type: "LIVENESS"}, {NodeID: node, Type: "AML"}}
	sameType := []didit.Feature{{NodeID: node, Type: "LIVENESS"}, {NodeID: node, Type: "AML"}, {NodeID: node, Type: "AML"}}
	sameNode := []didit.Feature{{NodeID: "ocr", Type: "ID_VERIFICATION"}, {NodeID: "ocr", Type: "NFC"}}
	for name, test := range map[string]struct {
		features            []didit.Feature
		nodeID, featureType string
		want                didit.Feature
		reason              decisions.NotFoundReason
	}{
		"node":                                  {graph, "ocr", "", graph[0], 0},
		"node and type":                         {graph, "aml_2", "AML", graph[2], 0},
		"node and alias of type":                {graph, "aml_1", "AML_SCREENINGS", graph[1], 0},
		"node of unknown array":                 {graph, "voice", "VOICE_CHECKS", graph[3], 0},
		"unknown node":                          {graph, "liveness", "", didit.Feature{}, decisions.Missing},
		"node in upper case":                    {graph, "OCR", "", didit.Feature{}, decisions.Missing},
		"node and another type":                 {graph, "ocr", "AML", didit.Feature{}, decisions.OtherType},
		"node with two steps":                   {sameNode, "ocr", "", didit.Feature{}, decisions.NotAddressable},
		"node with two steps, and type":         {sameNode, "ocr", "NFC", didit.Feature{}, decisions.NotAddressable},
		"no steps":                              {nil, node, "", didit.Feature{}, decisions.Missing},
		"default in a graph":                    {graph, node, "", didit.Feature{}, decisions.Missing},
		"default with one step":                 {single, node, "", single[0], 0},
		"default and type":                      {single, node, "LIVENESS", single[0], 0},
		"default and another type":              {single, node, "AML", didit.Feature{}, decisions.Missing},
		"default with two types":                {twoTypes, node, "", didit.Feature{}, decisions.Ambiguous},
		"default and type of one step":          {twoTypes, node, "AML", twoTypes[1], 0},
		"default and type of two steps":         {sameType, node, "AML", didit.Feature{}, decisions.NotAddressable},
		"default and type of one step of three": {sameType, node, "LIVENESS", sameType[0], 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := decisions.FeatureRef{SessionID: sampleID, NodeID: test.nodeID, FeatureType: test.featureType}

			found, err := step.Find(&didit.Decision{SessionID: sampleID, Status: didit.StatusInReview, Features: test.features})

			if test.reason != 0 {
				assertNotFound(t, err, test.reason)
				return
			}
			want := decisions.Found{Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: test.nodeID, FeatureType: test.want.Type}, Value: test.want.Status, SessionStatus: didit.StatusInReview}
			if err != nil || found != want {
				t.Errorf("found %v, %v, want %v", found, err, want)
			}
		})
	}
}

func TestFeatureRef_ErrorNamesStepAndContainsDecision(t *testing.T) {
	t.Parallel()
	decision := sampleDecision()

	_, err := decisions.FeatureRef{SessionID: sampleID, NodeID: "feature_poa_1", FeatureType: "POA"}.Find(decision)

	for _, want := range []string{sampleID, "feature_poa_1", "POA"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
	var missing *decisions.NotFoundError
	if !errors.As(err, &missing) || missing.Decision != decision {
		t.Errorf("%v does not contain the session's decision", err)
	}
}

func TestFeatureRef_SendsTypeAtNodeDefaultOnly(t *testing.T) {
	t.Parallel()
	node := didit.DefaultNodeID
	for name, test := range map[string]struct {
		nodeID      string
		features    []didit.Feature
		want        string
		featureType string
	}{
		"graph":                              {"ocr", []didit.Feature{{NodeID: "ocr", Type: "ID_VERIFICATION"}, {NodeID: "nfc", Type: "NFC"}}, "", ""},
		"default, one step":                  {node, []didit.Feature{{NodeID: node, Type: "ID_VERIFICATION"}}, "ID_VERIFICATION", ""},
		"default, several types":             {node, []didit.Feature{{NodeID: node, Type: "ID_VERIFICATION"}, {NodeID: node, Type: "NFC"}}, "ID_VERIFICATION", "ID_VERIFICATION"},
		"default, one step beside a graph's": {node, []didit.Feature{{NodeID: node, Type: "ID_VERIFICATION"}, {NodeID: "nfc", Type: "NFC"}}, "ID_VERIFICATION", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &fakeAPI{onRead: func(context.Context, int, string) (*didit.Decision, error) {
				return &didit.Decision{SessionID: sampleID, Features: test.features}, nil
			}}
			step := decisions.FeatureRef{SessionID: sampleID, NodeID: test.nodeID, FeatureType: test.featureType}

			mustApply(t, decisions.New(api, 0), decisions.Change{Subject: step, To: didit.StatusApproved, Comment: "why"})

			want := didit.FeatureStatusUpdate{NewStatus: didit.StatusApproved, Comment: "why", FeatureType: test.want}
			if !reflect.DeepEqual(api.updates, []any{want}) {
				t.Errorf("sent %v, want %v", api.updates, want)
			}
		})
	}
}
