// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// unknownProvider returns an Env, a configuration whose base_url is unknown until the
// apply, and an environment that names another Didit. The provider must not fall back to
// that one.
func unknownProvider(t *testing.T) (env *acctest.Env, config func(url string, blocks ...string) string, environment []string) {
	t.Helper()
	env = acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	other := acctest.New(t, simulator.Options{})
	t.Cleanup(func() { other.RequireRequests(0, 0) })
	config = func(url string, blocks ...string) string {
		arguments := fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey)
		return acctest.ProviderConfig(arguments, append(blocks, terraformData("later", url))...)
	}
	return env, config, other.Environment()
}

func TestUnknownProvider_NewBlockIsPlannedWithoutRead(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env, config, environment := unknownProvider(t)
		ws := env.Workspace(config(env.URL, kind.block("one", kind.wanted, "")))

		ws.RunJSONWith(environment, "plan", "-out=tfplan").RequireSuccess()

		env.RequireRequests(0, 0)
		if id := ws.Planned()[kind.at("one")].Change.After["id"]; id != kind.id {
			t.Errorf("the planned ID is %v, want %s", id, kind.id)
		}
		ws.RunJSONWith(environment, "apply", "tfplan").RequireSuccess()
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, ""))
	})
}

func TestUnknownProvider_APIKeyDoesNotFallBackToEnvironment(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	ws := env.Workspace(env.ConfigWith("api_key = terraform_data.later.output", terraformData("later", simulator.DefaultAPIKey), liveness.hcl("liveness")))

	ws.RunJSONWith([]string{"DIDIT_API_KEY=invented-key-of-the-environment"}, "apply", "-auto-approve").RequireSuccess()

	ws.RequireState(address("liveness"), map[string]any{"status": "Approved"})
}

func TestUnknownProvider_ApplyMakesChecksOfPlan(t *testing.T) {
	t.Parallel()
	env, config, environment := unknownProvider(t)
	ws := env.Workspace(config(env.URL, decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "Declined"}.hcl("ocr")))

	ws.RunJSONWith(environment, "apply", "-auto-approve").RequireError("Step not found", "feature_orc_1", `"feature_ocr_1" (ID_VERIFICATION): "In Review"`)
}

func TestUnknownProvider_RefreshFailsWithAdvice(t *testing.T) {
	t.Parallel()
	env, config, environment := unknownProvider(t)
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")
	ws := env.Workspace(config(env.URL, block))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	ws.Write("main.tf", config(env.URL+"/", block))
	result := ws.RunJSONWith(environment, "plan")

	result.RequireError("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url", "-target")
	env.RequireRequests(0, 0)
	ws.RequireState(address("ocr"), map[string]any{"status": "Declined"})
	// The error's advice works.
	ws.RunJSON("apply", "-auto-approve", "-target=terraform_data.later").RequireSuccess()
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestUnknownProvider_ImportFailsWithReason(t *testing.T) {
	t.Parallel()
	env, config, environment := unknownProvider(t)
	env.RequireCLI(5, "import block")
	ws := env.Workspace(config(env.URL, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.adopted("ocr")))

	ws.RunJSONWith(environment, "plan").RequireError("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url")

	env.RequireRequests(0, 0)
}

func TestUnknownProvider_DestroyIsPlanned(t *testing.T) {
	t.Parallel()
	env, config, environment := unknownProvider(t)
	env.RequireCLI(3, "warning in the plan of a destroy")
	ws := env.Workspace(config(env.URL, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	ws.Write("main.tf", config(env.URL+"/"))
	ws.RunJSONWith(environment, "plan", "-refresh=false", "-out=tfplan").RequireSuccess().
		RequireWarning("The decision stays in place", simulator.SessionKYC, "feature_ocr_1", `stays "In Review"`)
	ws.RunJSONWith(environment, "apply", "tfplan").RequireSuccess()

	env.RequireRequests(0, 0)
	ws.RequireNoState()
}
