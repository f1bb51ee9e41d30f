// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests feature types and node default.

func TestStep_PlanComputesIDAndType(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "handwriting_checks", NodeID: "feature_hand_1", Status: "In Review"},
		{Array: "id_verifications", NodeID: "odd node ü?&=%", Status: "In Review"},
	}})
	blocks := map[string]struct {
		block           decisionBlock
		id, featureType string
		// plannedID and plannedType are "" if they are unknown until the apply.
		plannedID, plannedType string
	}{
		"node":       {decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1"}, simulator.SessionKYC + "/feature_ocr_1", "ID_VERIFICATION", simulator.SessionKYC + "/feature_ocr_1", ""},
		"typed_node": {decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", featureType: "AML"}, simulator.SessionKYB + "/feature_aml_1", "AML", simulator.SessionKYB + "/feature_aml_1", "AML"},
		"only":       {decisionBlock{session: simulator.SessionSimple}, simulator.SessionSimple + "/default/ID_VERIFICATION", "ID_VERIFICATION", "", ""},
		"several":    {decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION"}, simulator.SessionTwoTypes + "/default/ID_VERIFICATION", "ID_VERIFICATION", simulator.SessionTwoTypes + "/default/ID_VERIFICATION", "ID_VERIFICATION"},
		"array":      {decisionBlock{session: unknownSession, node: "feature_hand_1"}, unknownSession + "/feature_hand_1", "HANDWRITING_CHECKS", unknownSession + "/feature_hand_1", ""},
		"odd":        {decisionBlock{session: unknownSession, node: "odd node ü?&=%"}, unknownSession + "/odd node ü?&=%", "ID_VERIFICATION", unknownSession + "/odd node ü?&=%", ""},
	}
	var config strings.Builder
	for name, block := range blocks {
		block.block.status = "Declined"
		config.WriteString(block.block.hcl(name))
	}
	ws := env.Workspace(env.Config(config.String()))

	ws.MustRun("plan", "-out=tfplan")
	env.RequireRequests(5, 0)
	planned := ws.Planned()
	ws.MustRun("apply", "tfplan")

	for name, block := range blocks {
		change := planned[address(name)].Change
		for attribute, want := range map[string]string{"id": block.plannedID, "feature_type": block.plannedType} {
			if got, _ := change.After[attribute].(string); got != want || (change.AfterUnknown[attribute] != nil) != (want == "") {
				t.Errorf("%s is planned with %s = %q, want %q", name, attribute, got, want)
			}
		}
		ws.RequireState(address(name), map[string]any{"id": block.id, "feature_type": block.featureType, "status": "Declined"})
	}
	if got := len(env.Trail("")); got != len(blocks) {
		t.Errorf("%d entries are on the trail, want %d", got, len(blocks))
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

// Another step can be the only one at node default by the time of the apply.
func TestStep_TypeThatChangesAfterPlanIsApplied(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{{Array: "id_verifications", Status: "In Review"}}})
	ws := env.Workspace(env.Config(decisionBlock{session: unknownSession, status: "Approved"}.hcl("only")))
	ws.MustRun("plan", "-out=tfplan")
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{{Array: "liveness_checks", Status: "In Review"}}})

	ws.MustRun("apply", "tfplan")

	ws.RequireState(address("only"), map[string]any{"id": unknownSession + "/default/LIVENESS", "feature_type": "LIVENESS", "status": "Approved"})
}

func TestStep_FeatureTypeIsSentForNodeDefaultOnly(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	bodies := recordBodies(env)
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "Declined", comment: "Forged."}.hcl("node"),
		decisionBlock{session: simulator.SessionSimple, status: "Approved"}.hcl("only"),
		decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("several")))

	ws.MustRun("apply", "-auto-approve")

	for path, want := range map[string]map[string]any{
		"/v3/session/" + simulator.SessionKYC + "/features/feature_ocr_1/update-status/": {"new_status": "Declined", "comment": "Forged."},
		"/v3/session/" + simulator.SessionSimple + "/features/default/update-status/":    {"new_status": "Approved", "feature_type": "ID_VERIFICATION"},
		"/v3/session/" + simulator.SessionTwoTypes + "/features/default/update-status/":  {"new_status": "Approved", "feature_type": "ID_VERIFICATION"},
	} {
		got, _ := json.Marshal(bodies()[path])
		if want, _ := json.Marshal(want); !bytes.Equal(got, want) {
			t.Errorf("%s was sent %s, want %s", path, got, want)
		}
	}
}

// A second step can appear at node default between the first read and the one before the
// change. Without the type in its body, the change would be ambiguous.
func TestStep_NewSiblingAtNodeDefaultIsNotChanged(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATION", status: "Declined"}.hcl("only")))
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		// Reads: the plan, the plan during the apply, and the one before the change.
		if request.Method == http.MethodGet && env.Count(http.MethodGet) == 3 {
			once.Do(func() {
				session, _ := env.Session(simulator.SessionSimple)
				session.Features = append(session.Features, simulator.Feature{Array: "liveness_checks", Status: "In Review"})
				env.AddSession(session)
			})
		}
	})

	ws.MustRun("apply", "-auto-approve")

	env.RequireRequests(3, 1)
	if status := env.FeatureStatus(simulator.SessionSimple, "", "LIVENESS"); status != "In Review" {
		t.Errorf("the new step is %q, want In Review", status)
	}
	env.RequireTrail(acctest.ByTerraform("default", "In Review", "Declined", ""))
}

func TestStep_AliasIsSameType(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "import block")
	block := decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATIONS", status: "Declined"}
	ws := env.Workspace(env.Config(importBlock(address("only"), simulator.SessionSimple+"/default/ID_VERIFICATION"), block.hcl("only")))

	ws.MustRun("plan", "-out=tfplan")
	if actions := ws.Planned()[address("only")].Actions(); actions != "update" {
		t.Errorf("the plan is to %s, want update", actions)
	}
	ws.MustRun("apply", "tfplan")

	env.RequireTrail(acctest.ByTerraform("default", "In Review", "Declined", ""))
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestStep_TypeInStateChangesNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}
	ws := env.Workspace(env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")

	typed := block
	typed.featureType = "ID_VERIFICATION"
	ws.Write("main.tf", env.Config(typed.hcl("ocr")))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestStep_RefreshStoresTypeOfReport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	ws := env.Workspace(env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")

	// The report has the node in an array that this version does not know.
	env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "")
	session, _ := env.Session(simulator.SessionKYC)
	session.Features = append(session.Features, simulator.Feature{Array: "document_checks", NodeID: "feature_ocr_1", Status: "In Review"})
	env.AddSession(session)

	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
	block.status = "Declined"
	ws.Write("main.tf", env.Config(block.hcl("ocr")))
	ws.MustRun("apply", "-auto-approve")
	ws.RequireState(address("ocr"), map[string]any{"feature_type": "DOCUMENT_CHECKS", "status": "Declined"})
}

func TestStep_AnotherConfiguredTypeFailsPlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionTwoTypes, featureType: "LIVENESS", status: "Approved"}
	ws := env.Workspace(env.Config(block.hcl("step")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()

	block.featureType = "ID_VERIFICATION"
	ws.Write("main.tf", env.Config(block.hcl("step")))
	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("A block cannot decide something else", `feature_type is "LIVENESS"`, `feature_type is "ID_VERIFICATION"`)
	result.Errors[0].RequireAttribute(t, address("step"), "feature_type")
	requirePatches(env, 0)
}

func TestStep_ImportAcceptsAllFormsOfID(t *testing.T) {
	t.Parallel()
	for id, test := range map[string]struct {
		block                     decisionBlock
		node, featureType, wantID string
	}{
		simulator.SessionKYC + "/feature_ocr_1/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "In Review"},
			"feature_ocr_1", "ID_VERIFICATION", simulator.SessionKYC + "/feature_ocr_1",
		},
		simulator.SessionSimple + "/default": {
			decisionBlock{session: simulator.SessionSimple, status: "In Review"},
			"default", "ID_VERIFICATION", simulator.SessionSimple + "/default/ID_VERIFICATION",
		},
		simulator.SessionTwoTypes + "/default/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "In Review"},
			"default", "ID_VERIFICATION", simulator.SessionTwoTypes + "/default/ID_VERIFICATION",
		},
		simulator.SessionSimple + "/default/ID_VERIFICATIONS": { // an alias
			decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATIONS", status: "In Review"},
			"default", "ID_VERIFICATIONS", simulator.SessionSimple + "/default/ID_VERIFICATIONS",
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(test.block.hcl("step")))

			ws.MustRun("import", address("step"), id)

			ws.RequireState(address("step"), map[string]any{"session_id": test.block.session, "node_id": test.node, "feature_type": test.featureType, "id": test.wantID})
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestStep_IdentityHasTypeForNodeDefaultOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		identity string
		block    decisionBlock
		want     map[string]any
	}{
		"default": {
			fmt.Sprintf(`session_id = %q, node_id = "default", feature_type = "ID_VERIFICATION"`, simulator.SessionTwoTypes),
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Declined"},
			map[string]any{"session_id": simulator.SessionTwoTypes, "node_id": "default", "feature_type": "ID_VERIFICATION"},
		},
		"default without its type": {
			fmt.Sprintf(`session_id = %q, node_id = "default"`, simulator.SessionSimple),
			decisionBlock{session: simulator.SessionSimple, status: "Declined"},
			map[string]any{"session_id": simulator.SessionSimple, "node_id": "default", "feature_type": "ID_VERIFICATION"},
		},
		"node with its type": {
			fmt.Sprintf(`session_id = %q, node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION"`, simulator.SessionKYC),
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"},
			map[string]any{"session_id": simulator.SessionKYC, "node_id": "feature_ocr_1", "feature_type": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(12, "resource identity")
			ws := env.Workspace(env.Config(fmt.Sprintf("import {\n  to = %s\n  identity = { %s }\n}\n", address("step"), test.identity), test.block.hcl("step")))

			ws.MustRun("apply", "-auto-approve")

			if got := ws.State()[address("step")].Identity; fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("the identity is %v, want %v", got, test.want)
			}
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestStep_DuplicateIsFoundWithAndWithoutType(t *testing.T) {
	t.Parallel()
	for _, featureType := range []string{"ID_VERIFICATION", "ID_VERIFICATIONS"} {
		t.Run(featureType, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(
				decisionBlock{session: simulator.SessionSimple, status: "Declined"}.hcl("one"),
				decisionBlock{session: simulator.SessionSimple, featureType: featureType, status: "Approved"}.hcl("two")))

			ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", simulator.SessionSimple, `"Declined"`, `"Approved"`)
		})
	}
}

// setType makes the step at a node one of another type, In Review.
func setType(env *acctest.Env, node, array string) {
	env.RemoveFeature(simulator.SessionKYC, node, "")
	env.AddFeature(simulator.SessionKYC, simulator.Feature{Array: array, NodeID: node, Status: "In Review"})
}

func TestStep_TypeThatChangesAfterPlanIsNoProviderBug(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", status: "Declined"}
	ws := env.Workspace(env.Config(block.hcl("step")))
	ws.MustRun("plan", "-out=tfplan")
	setType(env, "feature_poa_1", "phone_verifications")

	ws.RunJSON("apply", "tfplan").RequireSuccess()

	ws.RequireState(address("step"), map[string]any{"feature_type": "PHONE", "status": "Declined"})
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess()
}

func TestStep_ConfiguredTypeHolds(t *testing.T) {
	t.Parallel()
	block := decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", featureType: "POA", status: "Declined"}
	for name, prepare := range map[string]func(*acctest.Env) *acctest.Workspace{
		"new block": func(env *acctest.Env) *acctest.Workspace { return env.Workspace(env.Config(block.hcl("step"))) },
		"managed block": func(env *acctest.Env) *acctest.Workspace {
			ws := env.Workspace(env.Config(block.hcl("step")))
			ws.MustRun("import", address("step"), simulator.SessionKYC+"/feature_poa_1")
			return ws
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := prepare(env)
			ws.MustRun("plan", "-out=tfplan")
			setType(env, "feature_poa_1", "phone_verifications")

			ws.RunJSON("apply", "tfplan").RequireError("The step has another type", "not of type POA", `"feature_poa_1" (PHONE)`)
			if result := ws.RunJSON("plan"); result.ExitCode == 0 {
				t.Errorf("the next plan succeeded: %s", result.Output)
			}

			requirePatches(env, 0)
		})
	}
}
