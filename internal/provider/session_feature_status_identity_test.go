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
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func (w *world) needsIdentity() {
	w.t.Helper()
	w.needs(tfversion.Version1_12_0, "resource identity")
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
	w := newWorld(t, simulator.Options{})
	w.needsIdentity()
	node := func(status, comment string) string {
		return w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: status, comment: comment}.hcl("step"))
	}
	ofNode := []statecheck.StateCheck{expectIdentity(simulator.SessionKYC, "feature_ocr_1", knownvalue.Null())}
	w.run(
		resource.TestStep{Config: node("In Review", ""), ConfigStateChecks: ofNode},
		// A change, a comment alone, and a refresh that finds drift.
		resource.TestStep{Config: node("Declined", "Forged."), ConfigStateChecks: ofNode},
		resource.TestStep{Config: node("Declined", "Forged, surely."), ConfigStateChecks: ofNode},
		resource.TestStep{
			PreConfig:         func() { w.decide(simulator.SessionKYC, "feature_ocr_1", "In Review") },
			Config:            node("Declined", "Forged, surely."),
			ConfigStateChecks: ofNode,
		},
		// Another step, of a session without a graph, and another one of that.
		resource.TestStep{
			Config:            w.config(decisionBlock{session: simulator.SessionTwoTypes, featureType: "LIVENESS", status: "Approved"}.hcl("step")),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity(simulator.SessionTwoTypes, "default", knownvalue.StringExact("LIVENESS"))},
		},
		resource.TestStep{
			Config:            w.config(decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"}.hcl("step")),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity(simulator.SessionTwoTypes, "default", knownvalue.StringExact("ID_VERIFICATION"))},
		},
		resource.TestStep{
			Config:            w.config(decisionBlock{session: simulator.SessionSimple, status: "Declined"}.hcl("step")),
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
			w := newWorld(t, simulator.Options{})
			w.needsIdentity()
			p := w.project(w.config(fmt.Sprintf("import {\n  to = %s\n  identity = %s\n}\n", address("step"), imported.identity) + imported.block.hcl("step")))

			output := p.must("plan", "-out=tfplan")
			expectText(t, output, `~ status = "In Review" -> "Declined"`, "1 to import, 0 to add, 1 to change, 0 to destroy")
			w.expectCounts(1, 0)
			p.must("apply", "tfplan")

			p.expectState("step", map[string]any{"id": imported.id, "status": "Declined"})
			if got := w.Count(http.MethodPatch); got != 1 {
				t.Errorf("%d PATCHes were sent, want 1", got)
			}
			// The block stays.
			p.speak("plan", "-detailed-exitcode").succeeded().silent()
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
			w := newWorld(t, simulator.Options{})
			w.needsIdentity()
			p := w.project(w.config(fmt.Sprintf("import {\n  to = %s\n  identity = %s\n}\n", address("step"), refused.identity) +
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("step")))

			p.speak("plan").failed(refused.summary, refused.words...)
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
			w := newWorld(t, simulator.Options{})
			w.needsIdentity()
			w.run(
				resource.TestStep{Config: w.config(block.hcl("step"))},
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
			w := newWorld(t, simulator.Options{})
			w.needsIdentity()
			p := w.managed()
			p.forgetIdentities()

			p.write("main.tf", w.config(ocrAndAML("Declined", "", "Declined", "")))
			p.speak(append([]string{"apply", "-auto-approve"}, arguments...)...).succeeded().silent()

			for _, name := range []string{"ocr", "aml"} {
				want := map[string]any{"session_id": simulator.SessionKYC, "node_id": "feature_" + name + "_1", "feature_type": nil}
				got := p.state()[name].Identity
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("the identity of %s is %v, want %v", name, got, want)
				}
			}
		})
	}
}

func TestGoneStepLeavesAStateWithoutIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needsIdentity()
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))
	p.must("apply", "-auto-approve")
	p.forgetIdentities()

	w.DeleteSession(simulator.SessionKYC)
	p.speak("apply", "-refresh-only", "-auto-approve").succeeded().warned("No longer in Didit", simulator.SessionKYC, "feature_ocr_1")

	p.expectNoState()
}

// forgetIdentities makes the state what an older Terraform would have written.
func (p *project) forgetIdentities() {
	p.t.Helper()
	file := filepath.Join(p.folder, "terraform.tfstate")
	content, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(content, &state); err != nil {
		p.t.Fatal(err)
	}
	for _, resource := range state["resources"].([]any) {
		for _, instance := range resource.(map[string]any)["instances"].([]any) {
			delete(instance.(map[string]any), "identity")
			delete(instance.(map[string]any), "identity_schema_version")
		}
	}
	content, err = json.Marshal(state)
	if err != nil {
		p.t.Fatal(err)
	}
	if strings.Contains(string(content), "identity") {
		p.t.Fatal("the state still holds an identity")
	}
	p.write("terraform.tfstate", string(content))
}
