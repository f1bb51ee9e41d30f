// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"
)

func TestOthers_ProvidersAreListedHoweverTheyAreUsed(t *testing.T) {
	t.Parallel()
	named := fields{
		"didit":     fields{"full_name": didit},
		"tofu":      fields{"full_name": "registry.opentofu.org/didit-community/didit"},
		"other":     fields{"full_name": "registry.terraform.io/named/only"},
		"terraform": fields{"full_name": "terraform.io/builtin/terraform"},
	}
	of := func(provider string) fields { return other("x.y", "no-op").with("provider_name", provider) }
	plan := planOf(of("registry.terraform.io/planned/x")).withConfiguration(named).drift(of("registry.terraform.io/drifted/x")).with(
		"action_invocations", []fields{{"address": "action.x.y", "type": "x", "provider_name": "registry.terraform.io/invoked/x"}})

	requireParts(t, markdown(t, plan), "⚠️ **Providers that are not `didit-community/didit` (4)**: each of them can run a program with this key.\n\n"+
		"- `registry.terraform.io/drifted/x`\n- `registry.terraform.io/invoked/x`\n- `registry.terraform.io/named/only`\n- `registry.terraform.io/planned/x`\n\n")
	requireNone(t, markdown(t, planOf(unchanged(session("Approved")))), "Providers")
}

// A private registry or a fork serves the provider under another address.
func TestOthers_DecisionsUnderAnotherAddressAreRead(t *testing.T) {
	t.Parallel()
	const mirror = "registry.example.com/bank/didit"
	plan := planOf(change("create", nil, decide(session("Declined"), "In Review", "Forged.")).with("provider_name", mirror))

	requireParts(t, markdown(t, plan), "**Providers that are not `didit-community/didit` (1)**", "- `"+mirror+"`\n", "**1 decision in 1 case:** 1 session.", "| **session** | `In Review` | `Declined` | `Forged.` |  |")
}

func TestOthers_ChangesAreListedWithTheirMarks(t *testing.T) {
	t.Parallel()
	plan := planOf(
		other("terraform_data.plain", "create"), other("terraform_data.kept", "no-op"), other("data.x.y", "read").with("mode", "data"), other("terraform_data.imported", "no-op").imported(),
		destination("didit_webhook_destination.moved", "update", fields{"url": "https://a.example/"}, fields{"url": "https://b.example/"}),
		destination("didit_webhook_destination.label", "update", fields{"url": "https://a.example/"}, fields{"url": "https://a.example/"}),
		destination("didit_webhook_destination.gone", "delete", fields{"url": "https://a.example/"}, nil),
		destination("didit_webhook_destination.later", "create", nil, fields{}).marked("after_unknown", fields{"url": true}),
		destination("didit_webhook_destination.hidden", "create", nil, fields{"url": "https://secret.example/"}).marked("after_sensitive", fields{"url": true}),
	)
	text := markdown(t, plan)

	requireParts(t, text, "**Needs attention**: 4 × sends events to a URL.", "⚠️ **Other changes (8)**", `
- ⚠️ `+"`didit_webhook_destination.hidden`: `create`"+`, events go to _sensitive_
- ⚠️ `+"`didit_webhook_destination.label`: `update`, events go to `https://a.example/`"+`
- ⚠️ `+"`didit_webhook_destination.later`: `create`"+`, events go to _known after apply_
- ⚠️ `+"`didit_webhook_destination.moved`: `update`, events go to `https://b.example/`, and no longer to `https://a.example/`"+`
- `+"`data.x.y`: `read`"+`
- `+"`didit_webhook_destination.gone`: `delete`, and no longer to `https://a.example/`"+`
- `+"`terraform_data.imported`: `import`"+`
- `+"`terraform_data.plain`: `create`"+`
`)
	requireNone(t, text, "secret", "terraform_data.kept")
}

func TestOthers_ProgramsAndAccessAreMarked(t *testing.T) {
	t.Parallel()
	access := fields{
		"didit":   fields{"full_name": didit, "expressions": fields{"base_url": fields{"constant_value": "secret"}, "rate_limit": fields{}}},
		"mirror":  fields{"full_name": "registry.example.com/bank/didit", "expressions": fields{"api_key": fields{}}},
		"another": fields{"full_name": "registry.terraform.io/x/http", "expressions": fields{"api_key": fields{}}},
	}
	plan := planOf(other("terraform_data.x", "create")).withConfiguration(access, block("terraform_data.x", "managed", "terraform", "local-exec"))
	text := markdown(t, plan)

	requireParts(t, text, "**Other changes (5)**", "2 × runs a program, 2 × sets Didit's address or credential.",
		"- ⚠️ `terraform_data.x`: `provisioner local-exec` (runs a program)\n", "- ⚠️ `module.outer.module.inner.terraform_data.x`: `provisioner local-exec` (runs a program)\n",
		"- ⚠️ `provider registry.terraform.io/didit-community/didit`: `configure base_url` (sets Didit's address or credential)\n", "- ⚠️ `provider registry.example.com/bank/didit`: `configure api_key`")
	requireNone(t, text, "secret", "rate_limit", "x/http`: `configure")
}

// A removed block can have a provisioner, which no plan shows.
func TestOthers_DestroyWithoutABlockIsMarked(t *testing.T) {
	t.Parallel()
	key := `["a\\\"] [0].x"]`
	plan := planOf(other("terraform_data.gone", "delete"), other("terraform_data.forgotten", "forget"), other("terraform_data.kept", "delete"),
		other(`module.outer["x"].module.inner[1].terraform_data.kept`+key, "delete"), other(`module.outer["x"].module.inner[1].terraform_data.gone`+key, "delete")).
		withConfiguration(nil, block("terraform_data.kept", "managed", "terraform"))

	requireParts(t, markdown(t, plan), "2 × may run a program.", "- ⚠️ `terraform_data.gone`: `delete` (may run a program)\n", `.terraform_data.gone`+key+"`: `delete` (may run a program)\n")
}

func TestOthers_OutputsMovesAndActionsAreListed(t *testing.T) {
	t.Parallel()
	plan := planOf(unchanged(session("Approved")).at("didit_session_status.b").with("previous_address", "didit_session_status.a"), other("terraform_data.b", "no-op").with("previous_address", "terraform_data.a")).with(
		"output_changes", fields{"environment": fields{"actions": []string{"create"}, "after": "secret"}, "same": fields{"actions": []string{"no-op"}}},
		"action_invocations", []fields{{"address": "action.local_command.x", "type": "local_command"}})
	text := markdown(t, plan)

	requireParts(t, text, "No decision changes: **1** unchanged.", "⚠️ **Actions (1)** that the apply runs\n\n- `action.local_command.x`\n", "**Changed outputs (1)**\n\n- `environment`: `create`\n",
		"**Moved blocks (2)**: nothing is sent.\n\n- `didit_session_status.a → didit_session_status.b`\n- `terraform_data.a → terraform_data.b`\n")
	requireNone(t, text, "secret", "same")
}

func TestOthers_ReopeningBelongsToItsCase(t *testing.T) {
	t.Parallel()
	action := func(name string, values fields) fields {
		return fields{"address": "action.didit_session_resubmission." + name, "type": "didit_session_resubmission", "provider_name": didit, "config_values": values}
	}
	nodes := []fields{{"node_id": "feature_ocr_1", "feature_type": "OCR"}, {"node_id": "feature_poa_1", "feature_type": "POA"}}
	plan := planOf(update(session("In Review"), session("Declined"))).with("action_invocations", []fields{
		action("x", fields{"session_id": session1, "nodes": nodes, "comment": "Blurred."}),
		action("y", fields{"session_id": session2}).with("config_sensitive", fields{"nodes": true}),
	})
	text := markdown(t, plan)

	requireParts(t, text, "**3 decisions in 2 cases:** 2 re-openings, 1 session.", "2 × deletes captured data",
		"| **repeat steps** `feature_ocr_1 (OCR), feature_poa_1 (POA)` | ? | `Resubmitted` | `Blurred.` | ⚠️ deletes captured data; `action.didit_session_resubmission.x` |\n| **session** |",
		"| **repeat steps** _sensitive_ |")
	requireParts(t, markdown(t, planOf().with("action_invocations", []fields{action("x", fields{})})), "### ⚠️ Session —\n", "| ⚠️ deletes captured data; `action.didit_session_resubmission.x` |")
}

func TestOthers_StateOfThePlanIsReported(t *testing.T) {
	t.Parallel()
	deferred := []fields{{"reason": "resource_config_unknown", "resource_change": other("x.y", "create")}}
	for want, plan := range map[string]fields{
		"⚠️ **The plan is incomplete**, as with -target.":                     planOf().with("complete", false),
		"⚠️ **The plan is incomplete**: Terraform deferred 1 change.":         planOf().with("complete", false, "deferred_changes", deferred),
		"⛔ **The plan has errors.** Terraform cannot apply it.":               planOf().with("complete", false, "errored", true),
		"## Didit decisions\n\nThere is no decision in this plan.\n":          planOf().with("complete", true),
		"## Didit decisions\n\nNo decision changes: **1** unchanged.\n":       planOf(unchanged(session("Approved"))),
		"## Didit decisions\n\n**1 decision in 1 case:** 1 session.\n\n- **1": planOf(update(session("In Review"), session("Declined"))),
	} {
		text := markdown(t, plan)
		requireParts(t, text, want)
		if strings.Count(text, "**The plan") > 1 {
			t.Errorf("it is said twice:\n%s", text)
		}
	}
}
