// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// elsewhere is an environment that is complete and leads to another Didit: what
// is not known in the configuration must not be taken from it.
func elsewhere(t *testing.T) (other *acctest.Env, environment []string) {
	t.Helper()
	other = acctest.New(t, simulator.Options{})
	return other, []string{"DIDIT_BASE_URL=" + other.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
}

// later puts a provider block with unknown values before blocks.
func configLater(arguments, blocks string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
provider "didit" {
  %s
}
%s`, arguments, blocks)
}

func TestNewBlockIsPlannedUnreadWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	for name, provider := range map[string]func(env *acctest.Env) (arguments, resources string){
		"base_url": func(env *acctest.Env) (string, string) {
			return fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", env.URL)
		},
		"api_key": func(env *acctest.Env) (string, string) {
			return fmt.Sprintf("base_url = %q\n  api_key = terraform_data.later.output", env.URL), later("later", simulator.DefaultAPIKey)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireUnknowns(env)
			other, environment := elsewhere(t)
			arguments, resources := provider(env)
			ws := env.Workspace(configLater(arguments, resources+
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))

			ws.RunJSONWith(environment, "plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()

			change := ws.Planned()[address("ocr")]
			if !change.IsUnknown("feature_type") || change.Change.After["id"] != simulator.SessionKYC+"/feature_ocr_1" {
				t.Errorf("the plan is %v, want the type unknown and the ID known", change.Change.After)
			}
			env.RequireRequests(0, 0)
			ws.RunJSONWith(environment, "apply", "tfplan").RequireSuccess()
			env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""))
			ws.RequireState(address("ocr"), map[string]any{"feature_type": "ID_VERIFICATION"})
			other.RequireRequests(0, 0)

			// The apply makes the checks that the plan could not make.
			ws.Write("main.tf", configLater(arguments, resources+
				decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "Declined"}.hcl("ocr")))
			ws.RunJSONWith(environment, "apply", "-auto-approve", "-replace=terraform_data.later", "-refresh=false").
				RequireError("Step not found", "feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): Declined")
			other.RequireRequests(0, 0)
		})
	}
}

func TestRefreshFailsAndSaysSoWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	other, environment := elsewhere(t)
	config := func(url string) string {
		return configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", url)+
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr"))
	}
	ws := env.Workspace(config(env.URL))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	// The address changes, and is known only after the apply.
	ws.Write("main.tf", config(env.URL+"/"))
	result := ws.RunJSONWith(environment, "plan")

	result.RequireError("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url", "-target")
	env.RequireRequests(0, 0)
	other.RequireRequests(0, 0)
	ws.RequireState(address("ocr"), map[string]any{"status": "Declined"})

	// What the error advises works.
	ws.RunJSON("apply", "-auto-approve", "-target=terraform_data.later").RequireSuccess()
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestImportFailsAndSaysSoWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	other, environment := elsewhere(t)
	ws := env.Workspace(configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", env.URL)+
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.adopted("ocr")))

	result := ws.RunJSONWith(environment, "plan")

	result.RequireError("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url")
	env.RequireRequests(0, 0)
	other.RequireRequests(0, 0)
}

func TestDestroyIsPlannedWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	config := func(url, blocks string) string {
		return configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", url)+blocks)
	}
	ws := env.Workspace(config(env.URL, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	// The block goes while the address changes, and is known only after the apply.
	ws.Write("main.tf", config(env.URL+"/", ""))
	ws.RunJSON("plan", "-refresh=false", "-out=tfplan").RequireSuccess().RequireWarning("The decision stays in place", simulator.SessionKYC, "feature_ocr_1", `stays "In Review"`)
	ws.RunJSON("apply", "tfplan").RequireSuccess()

	env.RequireRequests(0, 0)
	ws.RequireNoState()
}
