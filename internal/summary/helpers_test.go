// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

const session = "11111111-2222-4333-8444-555555555555"

// attributes are one side of a change.
type attributes map[string]any

// step is the side of the ID step of the one session.
func step(status string) attributes {
	return attributes{"session_id": session, "node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION", "status": status, "comment": nil}
}

// with is a copy in which attributes are other ones, given as name and value.
func (a attributes) with(pairs ...string) attributes {
	changed := maps.Clone(a)
	for pair := range slices.Chunk(pairs, 2) {
		changed[pair[0]] = pair[1]
	}
	return changed
}

// planned is a change of the block ocr, as a plan's JSON has it.
func planned(actions string, before, after attributes) map[string]any {
	change := map[string]any{"actions": strings.Split(actions, "/"), "before": nil, "after": nil}
	if before != nil {
		change["before"] = before
	}
	if after != nil {
		change["after"] = after
	}
	return map[string]any{
		"address": "didit_session_feature_status.ocr", "mode": "managed", "type": "didit_session_feature_status", "name": "ocr", "change": change,
	}
}

// put sets a field of the change itself.
func put(planned map[string]any, field string, value any) map[string]any {
	planned["change"].(map[string]any)[field] = value
	return planned
}

func imported(planned map[string]any) map[string]any {
	return put(planned, "importing", map[string]any{"id": session + "/feature_ocr_1"})
}

// at gives the change another address.
func at(address string, planned map[string]any) map[string]any {
	planned["address"] = address
	return planned
}

// plan is the JSON of a plan.
type plan map[string]any

func planOf(changes ...map[string]any) plan {
	return plan{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": map[string]any{"root_module": map[string]any{}}, "resource_changes": changes}
}

func (p plan) drift(changes ...map[string]any) plan {
	p["resource_drift"] = changes
	return p
}

func (p plan) parse(t *testing.T) summary.Summary {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := summary.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// only gives the one decision of a plan.
func (p plan) only(t *testing.T) summary.Decision {
	t.Helper()
	parsed := p.parse(t)
	if len(parsed.Decisions) != 1 {
		t.Fatalf("the plan has %d decisions, want 1: %+v", len(parsed.Decisions), parsed.Decisions)
	}
	return parsed.Decisions[0]
}

// jsonOf is the summary's JSON.
func jsonOf(t *testing.T, s summary.Summary) string {
	t.Helper()
	data, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// expectParts asserts what a text has.
func expectParts(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in:\n%s", part, text)
		}
	}
}

// expectNone asserts what a text lacks.
func expectNone(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("there is %q in:\n%s", part, text)
		}
	}
}

// many makes a plan that changes n steps.
func many(n int, comment string) plan {
	var changes []map[string]any
	for i := range n {
		node := fmt.Sprintf("feature_ocr_%d", i)
		changes = append(changes, at(fmt.Sprintf("didit_session_feature_status.each[%d]", i),
			planned("update", step("In Review").with("node_id", node), step("Declined").with("node_id", node, "comment", comment))))
	}
	return planOf(changes...)
}
