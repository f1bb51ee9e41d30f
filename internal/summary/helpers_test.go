// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

const (
	didit    = "registry.terraform.io/didit-community/didit"
	session1 = "11111111-2222-4333-8444-555555555555"
	session2 = "22222222-2222-4333-8444-555555555555"
)

var page = summary.Options{Size: summary.DefaultSize}

// file is a decision file of the group "2026".
func file(t *testing.T, name, text string) decisionfile.File {
	t.Helper()
	read, problems := decisionfile.Read("groups/2026/decisions/"+name, []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return read
}

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

// change returns a change of the block "it" in the JSON of a plan. Its type follows
// from the attributes.
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
	return f.with("configuration", fields{"root_module": fields{"resources": blocks}, "provider_config": fields{"didit": fields{"name": "didit", "full_name": didit, "expressions": fields{}}}})
}

func (f fields) drift(changes ...fields) fields { return f.with("resource_drift", changes) }

// withConfiguration adds blocks to the root module and to a module within a module.
func (f fields) withConfiguration(providers fields, blocks ...fields) fields {
	inner := fields{"resources": blocks}
	return f.with("configuration", fields{"provider_config": providers, "root_module": fields{
		"resources":    blocks,
		"module_calls": fields{"outer": fields{"module": fields{"module_calls": fields{"inner": fields{"module": inner}}}}},
	}})
}

func block(address, mode, provider string, provisioners ...string) fields {
	list := []fields{}
	for _, kind := range provisioners {
		list = append(list, fields{"type": kind})
	}
	return fields{"address": address, "mode": mode, "provider_config_key": provider, "provisioners": list}
}

func parsePlan(t *testing.T, plan fields) *summary.Plan {
	t.Helper()
	data, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := summary.ParsePlan(data)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func parseLog(t *testing.T, diagnostics ...fields) summary.Log {
	t.Helper()
	var text strings.Builder
	text.WriteString(`{"@level":"info","@message":"Terraform 1.11.4","type":"version"}` + "\n")
	for _, diagnostic := range diagnostics {
		line, err := json.Marshal(fields{"@level": diagnostic["severity"], "type": "diagnostic", "diagnostic": diagnostic})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	log, err := summary.ParseLog([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func summarize(t *testing.T, in summary.Input) *summary.Summary {
	t.Helper()
	found, err := summary.New(in)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// markdown is the page of a plan without files and log.
func markdown(t *testing.T, plan fields) string {
	t.Helper()
	return summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan)}))
}

// requireRow checks the only row of a plan with one change.
func requireRow(t *testing.T, plan fields, want string) {
	t.Helper()
	rows := tableRows(markdown(t, plan))
	if len(rows) != 1 || rows[0] != want+"\n" {
		t.Errorf("the rows are %q, want %q", rows, want)
	}
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
