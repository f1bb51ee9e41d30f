// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestImportCommand_StoresCurrentValue(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})

		ws := kind.managed(env)

		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
		acctest.RequireText(t, ws.MustRun("plan"), kind.transition(kind.open, kind.wanted))
	})
}

func TestImport_MatchesAppliedState(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		runSteps(env,
			resource.TestStep{Config: env.Config(kind.block("one", kind.wanted, "Forged."))},
			resource.TestStep{ResourceName: kind.at("one"), ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"comment"}},
		)
	})
}

func TestImport_MissingSubjectFailsWithProvidersError(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))
		missing := map[string][]string{
			strings.Replace(kind.id, simulator.SessionKYC, unknownSession, 1): {"Session not found", unknownSession, "scope of the key"},
		}
		if kind.remove != nil {
			missing[kind.id+"x"] = []string{kind.notFound, simulator.SessionKYC, kind.listLine}
		}
		for id, parts := range missing {
			output := ws.MustFail("import", kind.at("one"), id)

			acctest.RequireText(t, output, parts...)
			if strings.Contains(acctest.Text(output), "non-existent remote object") {
				t.Errorf("Terraform's own error was printed:\n%s", output)
			}
			env.RequireRequests(1, 0)
		}
		ws.RequireNoState()
	})
}

func TestImportBlock_MissingSubjectFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		env.DeleteSession(simulator.SessionKYC)
		ws := env.Workspace(env.Config(kind.adopted(kind.wanted, "")))

		ws.RunJSON("plan").RequireError("Session not found", simulator.SessionKYC)
		env.RequireRequests(1, 0)
	})
}

func TestImportID_MalformedErrorDescribesForm(t *testing.T) {
	t.Parallel()
	const upper = "AAAAAAAA-2222-4333-8444-00000000000B"
	forms := map[string]string{
		"step":    "session_id/node_id, or for a workflow without a graph session_id/default/feature_type",
		"session": "session_id, as in",
		"AML hit": "session_id/node_id/hit_id",
	}
	ids := map[string]map[string][]string{
		"step": {
			"":                                      {},
			"feature_ocr_1":                         {`The import ID "feature_ocr_1" does not have the form`},
			simulator.SessionKYC:                    {"does not have the form"},
			simulator.SessionKYC + "/default/AML/1": {"does not have the form"},
			simulator.SessionKYC + "/":              {"node_id must not be empty"},
			"/feature_ocr_1":                        {"session_id must be the UUID of a session"},
			simulator.SessionSimple + "/default/":   {"does not have the form"},
			upper + "/feature_ocr_1":                {"session_id must be written as Didit writes it", `"aaaaaaaa-2222-4333-8444-00000000000b" instead of`},
			simulator.SessionSimple + "/default/id_verification": {"feature_type must be a label in upper case"},
			simulator.SessionKYC + "/..":                         {`node_id must be a node ID of the workflow graph, such as feature_ocr_1, not a path like ".."`},
			"session-1/ feature_ocr_1":                           {"session_id must be", "node_id must not begin or end with a space"},
		},
		"session": {
			"session-1":                {"session_id must be the UUID of a session"},
			simulator.SessionKYC + "/": {"does not have the form"},
			upper:                      {"must be written as Didit writes it"},
		},
		"AML hit": {
			simulator.HitSanctions:                                  {"does not have the form"},
			simulator.SessionKYC + "/feature_aml_1":                 {"does not have the form"},
			simulator.SessionKYC + "/feature_aml_1/":                {"does not have the form"},
			simulator.SessionKYC + "//" + simulator.HitSanctions:    {"node_id must not be empty"},
			simulator.SessionKYC + "/feature_aml_1/hit with spaces": {"hit_id must be the ID of an AML hit"},
			upper + "/feature_aml_1/" + simulator.HitSanctions:      {"session_id must be written as Didit writes it"},
		},
	}
	for _, kind := range kinds {
		for id, parts := range ids[kind.name] {
			t.Run(kind.name+" "+id, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))

				output := ws.MustFail("import", kind.at("one"), id)

				acctest.RequireText(t, output, append(parts, "Invalid import ID", forms[kind.name], fmt.Sprintf("%q", id))...)
				env.RequireRequests(0, 0)
				ws.RequireNoState()
			})
		}
	}
}

// importWithoutBlock returns an import block for which Terraform generates the resource
// block. It names the provider, because Terraform 1.17 otherwise assumes
// hashicorp/didit.
func importWithoutBlock(address, id string) string {
	return strings.Replace(importBlock(address, id), "import {", "import {\n  provider = didit", 1)
}

func TestGeneratedConfiguration_PlansToNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "generated configuration")
		kind.decideInConsole(env, kind.wanted)
		ws := env.Workspace(env.Config(importWithoutBlock(kind.at("one"), kind.id)))

		ws.MustRun("plan", "-generate-config-out=generated.tf")

		if generated := ws.Read("generated.tf"); strings.Contains(generated, "  id ") {
			t.Errorf("the generated configuration contains the computed ID:\n%s", generated)
		}
		// Beside a resource block, an import block must not name its provider.
		ws.Write("main.tf", env.Config(importBlock(kind.at("one"), kind.id)))
		ws.MustRun("apply", "-auto-approve")
		ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, ""))
		env.RequireTrail(kind.byConsole(kind.open, kind.wanted))
	})
}

// identity returns the identity of the subject.
func (k decisionKind) identity() map[string]knownvalue.Check {
	identity := map[string]knownvalue.Check{}
	for _, argument := range k.address {
		identity[argument.name] = knownvalue.StringExact(argument.value)
	}
	if k.name == "step" {
		identity["feature_type"] = knownvalue.Null()
	}
	return identity
}

// byIdentity returns an import block with the identity.
func (k decisionKind) byIdentity(name string) string {
	var identity strings.Builder
	for _, argument := range k.address {
		fmt.Fprintf(&identity, "    %s = %q\n", argument.name, argument.value)
	}
	return fmt.Sprintf("import {\n  to = %s\n  identity = {\n%s  }\n}\n", k.at(name), identity.String())
}

func TestIdentity_IsSetInEveryOperation(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(12, "resource identity")
		step := func(value, comment string) resource.TestStep {
			return resource.TestStep{
				Config:            env.Config(kind.block("one", value, comment)),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(kind.at("one"), kind.identity())},
			}
		}
		drift := step(kind.wanted, "Forged, surely.")
		drift.PreConfig = func() { kind.decideInConsole(env, kind.other) }
		runSteps(env, step(kind.wanted, "Forged."), step(kind.wanted, "Forged, surely."), drift)
	})
}

func TestImport_AcceptsIdentity(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(12, "resource identity")
		ws := env.Workspace(env.Config(kind.byIdentity("one"), kind.block("one", kind.wanted, "")))

		output := ws.MustRun("plan", "-out=tfplan")

		acctest.RequireText(t, output, kind.transition(kind.open, kind.wanted), "1 to import, 0 to add, 1 to change, 0 to destroy")
		env.RequireRequests(1, 0)
		ws.MustRun("apply", "tfplan")
		env.RequireRequests(1, 1)
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, ""))
		// The import block is still there.
		ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	})
}

func TestImport_PassesChecksOfTestingLibrary(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(12, "resource identity")
		runSteps(env,
			resource.TestStep{Config: env.Config(kind.block("one", kind.wanted, ""))},
			resource.TestStep{ResourceName: kind.at("one"), ImportState: true, ImportStateKind: resource.ImportBlockWithID},
			resource.TestStep{
				ResourceName: kind.at("one"), ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(kind.at("one"), plancheck.ResourceActionNoop),
				}},
			},
		)
	})
}

// Older versions of Terraform write states without identities.
func TestIdentity_IsAddedToStateWithoutIdentity(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, argument := range []string{"-refresh-only", "-refresh=false"} {
			t.Run(argument, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				env.RequireCLI(12, "resource identity")
				ws := kind.managed(env)
				removeIdentities(ws)

				ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))
				ws.MustRun("apply", "-auto-approve", argument)

				identity := ws.State()[kind.at("one")].Identity
				for _, argument := range kind.address {
					if identity[argument.name] != argument.value {
						t.Errorf("the identity is %v, want %s = %s", identity, argument.name, argument.value)
					}
				}
			})
		}
	})
}

func TestIdentity_IsNotRequiredForRemoval(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(12, "resource identity")
		ws := kind.managed(env)
		removeIdentities(ws)

		env.DeleteSession(simulator.SessionKYC)
		ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireWarning("No longer in Didit", simulator.SessionKYC)

		ws.RequireNoState()
	})
}

// removeIdentities removes the identities from the state.
func removeIdentities(ws *acctest.Workspace) {
	ws.T.Helper()
	var state map[string]any
	if err := json.Unmarshal([]byte(ws.Read("terraform.tfstate")), &state); err != nil {
		ws.T.Fatal(err)
	}
	for _, resource := range state["resources"].([]any) {
		for _, instance := range resource.(map[string]any)["instances"].([]any) {
			delete(instance.(map[string]any), "identity")
			delete(instance.(map[string]any), "identity_schema_version")
		}
	}
	content, err := json.Marshal(state)
	if err != nil || strings.Contains(string(content), "identity") {
		ws.T.Fatalf("%v, or the state still contains an identity: %s", err, content)
	}
	ws.Write("terraform.tfstate", string(content))
}
