// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import "testing"

// block is a block in the configuration of a plan. The values of expressions are secret.
func block(address, mode, provider string, provisioners ...string) fields {
	of := []fields{}
	for _, provisioner := range provisioners {
		of = append(of, fields{"type": provisioner, "expressions": expressions("command")})
	}
	return fields{"address": address, "mode": mode, "provider_config_key": provider, "expressions": expressions("query"), "provisioners": of}
}

func expressions(argument string) fields {
	return fields{argument: fields{"constant_value": "secret"}}
}

// inModules puts a block into a module that another module calls.
func inModules(inner fields) fields {
	return fields{"outer": fields{"module": fields{"module_calls": fields{"inner": fields{"module": fields{"resources": []fields{inner}}}}}}}
}

// withConfiguration replaces the configuration; inner is a block of an inner module.
func (f fields) withConfiguration(providers, inner fields, blocks ...fields) fields {
	return f.with("configuration", fields{"provider_config": providers, "root_module": fields{"resources": blocks, "module_calls": inModules(inner)}})
}

func TestConfiguration_ProvisionersOfAllModulesAreListedAndMarked(t *testing.T) {
	t.Parallel()
	plan := planOf().withConfiguration(nil, block("didit_session_status.it", "managed", "didit", "remote-exec"), block("terraform_data.x", "managed", "terraform", "local-exec"))

	requireParts(t, markdown(t, plan), "⚠️ **Look closely at**: 2 × runs a program.",
		"| `terraform_data.x` | `provisioner local-exec` | ⚠️ runs a program |",
		"| `module.outer.module.inner.didit_session_status.it` | `provisioner remote-exec` | ⚠️ runs a program |")
	requireNone(t, markdown(t, plan), "secret")
}

func TestConfiguration_DataSourcesOfOtherProvidersAreListedAndMarked(t *testing.T) {
	t.Parallel()
	providers := fields{
		"didit":          fields{"full_name": didit},
		"module.m:didit": fields{"full_name": "registry.opentofu.org/didit-community/didit"},
		"another":        fields{"full_name": "registry.terraform.io/another/didit"},
		"external":       fields{"full_name": "registry.terraform.io/hashicorp/external"},
	}
	plan := planOf().withConfiguration(providers, block("data.external.x", "data", "external"),
		block("data.didit_session_decision.ours", "data", "didit"), block("data.didit_session_decision.tofu", "data", "module.m:didit"),
		block("data.didit_session_decision.theirs", "data", "another"), block("data.didit_session_decision.unclear", "data", "module.m:another"),
		block("ephemeral.external.y", "ephemeral", "external"), block("terraform_data.z", "managed", "terraform"))
	text := markdown(t, plan)

	requireParts(t, text, "### Other changes (4)", "4 × may run a program",
		"| `module.outer.module.inner.data.external.x` | `read while planning` | ⚠️ may run a program |", "| `ephemeral.external.y` | `read while planning` |",
		"| `data.didit_session_decision.theirs` | `read while planning` |", "| `data.didit_session_decision.unclear` | `read while planning` |")
	requireNone(t, text, "secret", ".ours", ".tofu", "terraform_data")
	requireParts(t, jsonOf(t, parse(t, plan)), `"action": "read while planning"`)
}

func TestConfiguration_ProvidersThatSetAnythingAreListed(t *testing.T) {
	t.Parallel()
	providers := fields{
		"didit":     fields{"full_name": didit, "expressions": fields{"base_url": fields{"constant_value": "secret"}, "api_key": fields{"references": []string{"var.secret"}}}},
		"didit.b":   fields{"full_name": didit, "alias": "b"},
		"didit.l":   fields{"full_name": didit, "alias": "l", "expressions": expressions("rate_limit")},
		"m:http.c":  fields{"full_name": "registry.terraform.io/hashicorp/http", "alias": "c", "module_address": "module.m", "expressions": expressions("api_key")},
		"terraform": fields{"full_name": "terraform.io/builtin/terraform", "expressions": fields{}},
	}
	plan := planOf().with("configuration", fields{"provider_config": providers, "root_module": fields{}})

	requireParts(t, markdown(t, plan), "### Other changes (3)", "1 × sets Didit's address or credential.",
		"| `provider[\"registry.terraform.io/didit-community/didit\"]` | `configure api_key, base_url` | ⚠️ sets Didit's address or credential |",
		"| `provider[\"registry.terraform.io/didit-community/didit\"].l` | `configure rate_limit` |  |",
		"| `module.m.provider[\"registry.terraform.io/hashicorp/http\"].c` | `configure api_key` |  |")
	requireNone(t, markdown(t, plan), "secret")
	requireParts(t, jsonOf(t, parse(t, plan)), `"action": "configure api_key, base_url"`)
}

func TestConfiguration_DestroyOfWhatHasNoBlockIsMarked(t *testing.T) {
	t.Parallel()
	key := `["a\\\"] [0].x"]`
	destroyed := func(address string) fields { return other(address, "delete") }
	plan := planOf(
		destroyed("terraform_data.gone"), destroyed(`module.outer["x"].module.inner[1].terraform_data.gone`+key),
		destroyed("terraform_data.kept"), destroyed(`module.outer["x"].module.inner[1].terraform_data.kept`+key),
		other("terraform_data.forgotten", "forget"), change("delete", hit("gone", "Inconclusive"), nil).at("didit_session_aml_hit_status.gone"),
		change("delete", hit("kept", "Inconclusive"), nil).at(`didit_session_aml_hit_status.kept["kept"]`),
		change("forget", hit("forgotten", "Inconclusive"), nil).at("didit_session_aml_hit_status.forgotten"),
	).withConfiguration(nil, block("terraform_data.kept", "managed", "terraform"), block("terraform_data.kept", "managed", "terraform"), block("didit_session_aml_hit_status.kept", "managed", "didit"))
	text := markdown(t, plan)

	requireParts(t, text, "⚠️ **Look closely at**: 3 × may run a program.",
		"| `terraform_data.gone` | `delete` | ⚠️ may run a program |", `.terraform_data.gone`+key+"` | `delete` | ⚠️ may run a program |",
		"| AML hit `gone` of `feature_aml_1` | `Inconclusive` | _stays_ | no longer managed | — | ⚠️ may run a program |")
	requireParts(t, markdown(t, plan.with("configuration", nil)), "6 × may run a program")
}

// The block that releases the hit can be one that runs a program.
func TestConfiguration_DestroyIsMarkedIfAnotherBlockTakesOver(t *testing.T) {
	t.Parallel()
	before, after := change("delete", hit("h", "Inconclusive"), nil).at("before"), change("create", nil, hit("h", "Inconclusive")).at("after")
	unconfigured := planOf(before, after).configured(fields{"address": "after", "mode": "managed"})

	requireParts(t, markdown(t, unconfigured), "taken over | — | ⚠️ may run a program |")
	requireParts(t, jsonOf(t, parse(t, unconfigured)), `"unconfigured": true`)
	requireNone(t, markdown(t, planOf(before, after)), "may run a program")
}
