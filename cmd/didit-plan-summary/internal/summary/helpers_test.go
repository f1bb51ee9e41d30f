// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

const (
	didit    = "registry.terraform.io/didit-community/didit"
	session1 = "11111111-2222-4333-8444-555555555555"
	session2 = "22222222-2222-4333-8444-555555555555"
)

var page = summary.Options{Size: summary.DefaultSize}

// fields is an object in the JSON of a plan.
type fields map[string]any

// step, hit and session are the attributes of an instance, before or after a change.
func step(node, status string) fields {
	return fields{"session_id": session1, "node_id": node, "feature_type": "ID_VERIFICATION", "status": status, "comment": nil}
}

func hit(id, reviewStatus string) fields {
	return fields{"session_id": session1, "node_id": "feature_aml_1", "hit_id": id, "review_status": reviewStatus}
}

func session(status string) fields {
	return fields{"session_id": session1, "status": status, "comment": nil}
}

// with returns a copy with other fields, given as name and value.
func (f fields) with(pairs ...any) fields {
	changed := maps.Clone(f)
	for pair := range slices.Chunk(pairs, 2) {
		changed[pair[0].(string)] = pair[1]
	}
	return changed
}

// change returns a change of the block "it" in the JSON of a plan. The attributes tell
// its type.
func change(actions string, before, after fields) fields {
	side := after
	if after == nil {
		side = before
	}
	resourceType := "didit_session_status"
	if side["hit_id"] != nil {
		resourceType = "didit_session_aml_hit_status"
	} else if side["node_id"] != nil {
		resourceType = "didit_session_feature_status"
	}
	return fields{
		"address": resourceType + ".it", "mode": "managed", "type": resourceType, "provider_name": didit,
		"change": fields{"actions": strings.Split(actions, "/"), "before": before, "after": after},
	}
}

// update is the change of a value.
func update(before, after fields) fields { return change("update", before, after) }

// unchanged is an instance for which nothing is planned.
func unchanged(is fields) fields { return change("no-op", is, is) }

// marked returns a copy in which fields of the change itself are set.
func (f fields) marked(pairs ...any) fields {
	return f.with("change", f["change"].(fields).with(pairs...))
}

func (f fields) imported() fields { return f.marked("importing", fields{"id": "an ID"}) }

func (f fields) at(address string) fields { return f.with("address", address) }

// other is a change that is not a decision.
func other(address, actions string) fields {
	return fields{"address": address, "mode": "managed", "type": "terraform_data", "change": fields{"actions": strings.Split(actions, "/")}}
}

// planOf returns the JSON of a plan, with a block for each resource.
func planOf(changes ...fields) fields {
	blocks := []fields{}
	for _, planned := range changes {
		address, _, _ := strings.Cut(planned["address"].(string), "[")
		if planned["mode"] == "managed" {
			blocks = append(blocks, fields{"address": address, "mode": "managed"})
		}
	}
	return fields{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": fields{}, "resource_changes": changes}.configured(blocks...)
}

// configured replaces the configuration by these blocks.
func (f fields) configured(blocks ...fields) fields {
	return f.with("configuration", fields{"root_module": fields{"resources": blocks}, "provider_config": fields{
		"didit": fields{"name": "didit", "full_name": didit, "expressions": fields{}}, "module.m:http": fields{"name": "http", "full_name": "registry.terraform.io/hashicorp/http"},
	}})
}

func (f fields) drift(changes ...fields) fields { return f.with("resource_drift", changes) }

// state returns the plan with resources and data sources in its prior state.
func (f fields) state(resources ...fields) fields {
	return f.with("prior_state", fields{"format_version": "1.0", "values": fields{"root_module": fields{
		"child_modules": []fields{{"resources": resources}},
	}}})
}

// report is a data source that read a session in this status, with steps and hits.
func report(status string, items ...fields) fields {
	features, hits := []fields{}, []fields{}
	for _, item := range items {
		if item["hit_id"] != nil {
			hits = append(hits, item)
		} else {
			features = append(features, item)
		}
	}
	return fields{
		"address": "data.didit_session_decision.it", "mode": "data", "type": "didit_session_decision", "provider_name": didit, "sensitive_values": fields{"features": []fields{{}}},
		"values": fields{"session_id": session1, "status": status, "features": features, "aml_hits": hits},
	}
}

// inState is an instance in the state.
func inState(instance fields) fields {
	planned := unchanged(instance)
	return fields{"address": planned["address"], "mode": "managed", "type": planned["type"], "provider_name": didit, "values": instance, "sensitive_values": fields{}}
}

func parse(t *testing.T, plan fields) summary.Summary {
	t.Helper()
	data, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := summary.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// parseOne returns the only decision of a plan.
func parseOne(t *testing.T, plan fields) summary.Decision {
	t.Helper()
	parsed := parse(t, plan)
	if len(parsed.Decisions) != 1 {
		t.Fatalf("the plan has %d decisions, want 1: %+v", len(parsed.Decisions), parsed.Decisions)
	}
	return parsed.Decisions[0]
}

func markdown(t *testing.T, plan fields) string {
	t.Helper()
	return parse(t, plan).Markdown(page)
}

func jsonOf(t *testing.T, s summary.Summary) string {
	t.Helper()
	data, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func compare(t *testing.T, reviewed, now fields) summary.Difference {
	t.Helper()
	difference, err := summary.Compare(parse(t, reviewed), parse(t, now))
	if err != nil {
		t.Fatal(err)
	}
	return difference
}

func requireParts(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in:\n%s", part, text)
		}
	}
}

func requireNone(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("there is %q in:\n%s", part, text)
		}
	}
}
