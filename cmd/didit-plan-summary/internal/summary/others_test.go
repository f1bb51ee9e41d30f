// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"testing"
)

// resubmission is an invocation of the action that re-opens a session.
func resubmission(node string) fields {
	return fields{
		"address": "action.didit_session_resubmission.it", "type": "didit_session_resubmission", "provider_name": didit, "invoke_action_trigger": fields{},
		"config_values":    fields{"session_id": session1, "nodes": []fields{{"node_id": node, "feature": "OCR"}}, "comment": "Blurred."},
		"config_sensitive": fields{"nodes": []fields{{}}}, "config_unknown": fields{"nodes": []fields{{}}},
	}
}

func TestOthers_AreListedByAddressAndActionWithoutValues(t *testing.T) {
	t.Parallel()
	plan := planOf(
		other("terraform_data.x", "delete/create").marked("before", fields{"input": "secret"}, "after", fields{"input": "secret"}),
		other("terraform_data.imported", "no-op").marked("importing", fields{"id": "secret"}),
		other("terraform_data.unchanged", "no-op"),
		other("data.http.y", "read").with("mode", "data"),
		other("data.didit_session_status.z", "read").with("mode", "data", "type", "didit_session_status", "provider_name", didit),
		other("didit_webhook_destination.w", "create").with("type", "didit_webhook_destination", "provider_name", didit),
	).with("output_changes", fields{"secret": fields{"actions": []string{"create"}}})

	requireParts(t, markdown(t, plan), "### Other changes (5)",
		"| `terraform_data.x` | `delete/create` |", "| `terraform_data.imported` | `import` |", "| `data.http.y` | `read` |",
		"| `data.didit_session_status.z` | `read` |", "| `didit_webhook_destination.w` | `create` |", "There is no decision in this plan.")
	requireNone(t, markdown(t, plan)+jsonOf(t, parse(t, plan)), "secret", "unchanged")
	requireParts(t, jsonOf(t, parse(t, plan)), `"address": "terraform_data.x",`, `"action": "delete/create"`)
}

func TestOthers_HoldWhatAnotherProviderCallsADecision(t *testing.T) {
	t.Parallel()
	const another = "registry.terraform.io/another/didit"
	approve := update(session("In Review"), session("Approved"))
	theirs := planOf(approve.with("provider_name", another)).drift(approve.with("provider_name", another)).
		state(inState(session("In Review")).with("provider_name", another)).
		with("action_invocations", []fields{resubmission("feature_ocr_1").with("provider_name", another)})
	parsed := parse(t, theirs)

	if len(parsed.Decisions) != 0 {
		t.Errorf("got the decisions %+v, want none", parsed.Decisions)
	}
	requireParts(t, parsed.Markdown(page), "| `didit_session_status.it` | `update` |", "| `action.didit_session_resubmission.it` | `invoke` | ⚠️ runs a program |")

	// What they have in the state tells nothing about the session.
	requireParts(t, markdown(t, planOf(approve).state(report("In Review").with("provider_name", another))), "the plan has no data source `didit_session_decision`")
	confirm := update(hit("h", "Unreviewed"), hit("h", "Confirmed Match"))
	requireNone(t, markdown(t, planOf(confirm).state(inState(session("Approved")).with("provider_name", another))), "in an Approved session")
	if tofu := parse(t, planOf(approve.with("provider_name", "registry.opentofu.org/didit-community/didit"))); len(tofu.Decisions) != 1 {
		t.Errorf("got %+v, want a decision", tofu)
	}
}

func TestOthers_ListActionsAndMarkThem(t *testing.T) {
	t.Parallel()
	plan := planOf().with("action_invocations", []fields{{"address": "action.local_command.run", "type": "local_command", "config_values": fields{"command": "secret"}}})

	requireParts(t, markdown(t, plan), "| `action.local_command.run` | `invoke` | ⚠️ runs a program |")
	requireNone(t, markdown(t, plan), "secret")
}

func TestResubmission_BelongsToItsSessionAndIsMarked(t *testing.T) {
	t.Parallel()
	plan := planOf(update(step("feature_aml_1", "In Review"), step("feature_aml_1", "Declined"))).with("action_invocations", []fields{resubmission("feature_ocr_1")})

	requireParts(t, markdown(t, plan), "- **1 re-opened**: Didit deletes the captured data of these steps", "⚠️ **Look closely at**: 1 × deletes captured data.",
		"| step `feature_aml_1` `ID_VERIFICATION` | `In Review` | `Declined` | changed | — |  |\n"+
			"| **repeat steps** `feature_ocr_1 (OCR)` | ? | `Resubmitted` | re-opened | `Blurred.` | ⚠️ deletes captured data; `action.didit_session_resubmission.it` |")
	requireNone(t, markdown(t, plan), "Other changes")
}

func TestResubmission_UnknownSessionOrStepsAreShownAsSuch(t *testing.T) {
	t.Parallel()
	unknown := resubmission("feature_ocr_1").with("config_values", fields{"nodes": []fields{{"feature": "OCR"}}}, "config_unknown", fields{"session_id": true, "nodes": []fields{{"node_id": true}}})

	requireParts(t, markdown(t, planOf().with("action_invocations", []fields{unknown})),
		"### ⚠️ Session _known after apply_", "| **repeat steps** _known after apply_ |", "⚠️ deletes captured data, not known before the apply;")
}
