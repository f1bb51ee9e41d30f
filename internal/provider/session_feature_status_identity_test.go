// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func requireIdentity(env *acctest.Env) {
	env.T.Helper()
	env.RequireCLI(12, "resource identity")
}

// expectIdentity asserts the identity of the block "step".
func expectIdentity(session, node string, featureType knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectIdentity(address("step"), map[string]knownvalue.Check{
		"session_id":   knownvalue.StringExact(session),
		"node_id":      knownvalue.StringExact(node),
		"feature_type": featureType,
	})
}

func TestIdentityIsSetInEveryOperation(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireIdentity(env)
	node := func(status, comment string) string {
		return env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: status, comment: comment}.hcl("step"))
	}
	ofNode := []statecheck.StateCheck{expectIdentity(simulator.SessionKYC, "feature_ocr_1", knownvalue.Null())}
	runSteps(env,
		resource.TestStep{Config: node("In Review", ""), ConfigStateChecks: ofNode},
		// A change, a comment alone, and a refresh that finds drift.
		resource.TestStep{Config: node("Declined", "Forged."), ConfigStateChecks: ofNode},
		resource.TestStep{Config: node("Declined", "Forged, surely."), ConfigStateChecks: ofNode},
		resource.TestStep{
			PreConfig:         func() { env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "In Review") },
			Config:            node("Declined", "Forged, surely."),
			ConfigStateChecks: ofNode,
		},
		// Another step, of a session without a graph, and another one of that.
		resource.TestStep{
			Config:            env.Config(decisionBlock{session: simulator.SessionTwoTypes, featureType: "LIVENESS", status: "Approved"}.hcl("step")),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity(simulator.SessionTwoTypes, "default", knownvalue.StringExact("LIVENESS"))},
		},
		resource.TestStep{
			Config:            env.Config(decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"}.hcl("step")),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity(simulator.SessionTwoTypes, "default", knownvalue.StringExact("ID_VERIFICATION"))},
		},
		resource.TestStep{
			Config:            env.Config(decisionBlock{session: simulator.SessionSimple, status: "Declined"}.hcl("step")),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity(simulator.SessionSimple, "default", knownvalue.StringExact("ID_VERIFICATION"))},
		},
	)
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	for name, imported := range map[string]struct {
		identity string
		block    decisionBlock
		id       string
	}{
		"node": {
			fmt.Sprintf(`{ session_id = %q, node_id = "feature_ocr_1" }`, simulator.SessionKYC),
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."},
			simulator.SessionKYC + "/feature_ocr_1",
		},
		"default": {
			fmt.Sprintf(`{ session_id = %q, node_id = "default", feature_type = "ID_VERIFICATION" }`, simulator.SessionTwoTypes),
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"},
			simulator.SessionTwoTypes + "/default/ID_VERIFICATION",
		},
		"default without its type": {
			fmt.Sprintf(`{ session_id = %q, node_id = "default" }`, simulator.SessionSimple),
			decisionBlock{session: simulator.SessionSimple, status: "Declined"},
			simulator.SessionSimple + "/default/ID_VERIFICATION",
		},
		"node with its type": {
			fmt.Sprintf(`{ session_id = %q, node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION" }`, simulator.SessionKYC),
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"},
			simulator.SessionKYC + "/feature_ocr_1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireIdentity(env)
			ws := env.Workspace(env.Config(fmt.Sprintf("import {\n  to = %s\n  identity = %s\n}\n", address("step"), imported.identity) + imported.block.hcl("step")))

			output := ws.MustRun("plan", "-out=tfplan")
			acctest.RequireText(t, output, `~ status = "In Review" -> "Declined"`, "1 to import, 0 to add, 1 to change, 0 to destroy")
			env.RequireRequests(1, 0)
			ws.MustRun("apply", "tfplan")

			ws.RequireState(address("step"), map[string]any{"id": imported.id, "status": "Declined"})
			if got := env.Count(http.MethodPatch); got != 1 {
				t.Errorf("%d PATCHes were sent, want 1", got)
			}
			// The block stays.
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestImportByIdentityFailsInTheProvidersWords(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]struct {
		identity, summary string
		words             []string
	}{
		"upper case": {
			`{ session_id = "AAAAAAAA-2222-4333-8444-000000000001", node_id = "feature_ocr_1" }`,
			"Invalid import ID",
			[]string{"import identity", "aaaaaaaa-2222-4333-8444-000000000001", "session_id/node_id"},
		},
		"empty node": {
			fmt.Sprintf(`{ session_id = %q, node_id = "" }`, simulator.SessionKYC),
			"Invalid import ID",
			[]string{"import identity", "node_id must not be empty"},
		},
		"unknown session": {
			fmt.Sprintf(`{ session_id = %q, node_id = "feature_ocr_1" }`, unknownSession),
			"Session not found",
			[]string{unknownSession, "feature_ocr_1"},
		},
		"unknown node": {
			fmt.Sprintf(`{ session_id = %q, node_id = "feature_orc_1" }`, simulator.SessionKYC),
			"Step not found",
			[]string{simulator.SessionKYC, "feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): In Review"},
		},
		"ambiguous default": {
			fmt.Sprintf(`{ session_id = %q, node_id = "default" }`, simulator.SessionTwoTypes),
			"Several steps match",
			[]string{simulator.SessionTwoTypes, "feature_type", "default (LIVENESS): Approved"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireIdentity(env)
			ws := env.Workspace(env.Config(fmt.Sprintf("import {\n  to = %s\n  identity = %s\n}\n", address("step"), refused.identity) +
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("step")))

			ws.RunJSON("plan").RequireError(refused.summary, refused.words...)
		})
	}
}

func TestTestingLibraryImportsByBlockAndByIdentity(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]decisionBlock{
		"node":    {session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"},
		"default": {session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireIdentity(env)
			runSteps(env,
				resource.TestStep{Config: env.Config(block.hcl("step"))},
				resource.TestStep{ResourceName: address("step"), ImportState: true, ImportStateKind: resource.ImportBlockWithID},
				resource.TestStep{
					ResourceName: address("step"), ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
					ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address("step"), plancheck.ResourceActionNoop),
					}},
				},
			)
		})
	}
}

func TestStateWithoutIdentityGetsOne(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"in a refresh": {"-refresh-only"},
		"in an update": {"-refresh=false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireIdentity(env)
			ws := managedSteps(env)
			forgetIdentities(ws)

			ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "Declined", "")))
			ws.RunJSON(append([]string{"apply", "-auto-approve"}, arguments...)...).RequireSuccess().RequireNoWarnings()

			for _, name := range []string{"ocr", "aml"} {
				want := map[string]any{"session_id": simulator.SessionKYC, "node_id": "feature_" + name + "_1", "feature_type": nil}
				got := ws.State()[name].Identity
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("the identity of %s is %v, want %v", name, got, want)
				}
			}
		})
	}
}

func TestGoneStepLeavesAStateWithoutIdentity(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireIdentity(env)
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	forgetIdentities(ws)

	env.DeleteSession(simulator.SessionKYC)
	ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireWarning("No longer in Didit", simulator.SessionKYC, "feature_ocr_1")

	ws.RequireNoState()
}

// forgetIdentities makes the state what an older Terraform would have written.
func forgetIdentities(ws *acctest.Workspace) {
	ws.T.Helper()
	file := filepath.Join(ws.Folder, "terraform.tfstate")
	content, err := os.ReadFile(file)
	if err != nil {
		ws.T.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(content, &state); err != nil {
		ws.T.Fatal(err)
	}
	for _, resource := range state["resources"].([]any) {
		for _, instance := range resource.(map[string]any)["instances"].([]any) {
			delete(instance.(map[string]any), "identity")
			delete(instance.(map[string]any), "identity_schema_version")
		}
	}
	content, err = json.Marshal(state)
	if err != nil {
		ws.T.Fatal(err)
	}
	if strings.Contains(string(content), "identity") {
		ws.T.Fatal("the state still holds an identity")
	}
	ws.Write("terraform.tfstate", string(content))
}
