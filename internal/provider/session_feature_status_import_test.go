// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestImportCommandTakesEveryFormOfTheID(t *testing.T) {
	t.Parallel()
	for id, imported := range map[string]struct {
		block decisionBlock
		state map[string]any
	}{
		simulator.SessionKYC + "/feature_ocr_1": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"},
			map[string]any{"node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION", "id": simulator.SessionKYC + "/feature_ocr_1"},
		},
		simulator.SessionKYC + "/feature_ocr_1/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "In Review"},
			map[string]any{"node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION", "id": simulator.SessionKYC + "/feature_ocr_1"},
		},
		simulator.SessionSimple + "/default": {
			decisionBlock{session: simulator.SessionSimple, status: "In Review"},
			map[string]any{"node_id": "default", "feature_type": "ID_VERIFICATION", "id": simulator.SessionSimple + "/default/ID_VERIFICATION"},
		},
		simulator.SessionSimple + "/default/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionSimple, node: "default", featureType: "ID_VERIFICATION", status: "In Review"},
			map[string]any{"node_id": "default", "feature_type": "ID_VERIFICATION", "id": simulator.SessionSimple + "/default/ID_VERIFICATION"},
		},
		simulator.SessionTwoTypes + "/default/ID_VERIFICATION": {
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "In Review"},
			map[string]any{"node_id": "default", "feature_type": "ID_VERIFICATION", "id": simulator.SessionTwoTypes + "/default/ID_VERIFICATION"},
		},
		// The array's own name is an alias of its label, and stays as it was asked for.
		simulator.SessionSimple + "/default/ID_VERIFICATIONS": {
			decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATIONS", status: "In Review"},
			map[string]any{"node_id": "default", "feature_type": "ID_VERIFICATIONS", "id": simulator.SessionSimple + "/default/ID_VERIFICATIONS"},
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(imported.block.hcl("step")))

			ws.MustRun("import", address("step"), id)

			env.RequireRequests(1, 0)
			imported.state["session_id"], imported.state["status"], imported.state["comment"] = imported.block.session, "In Review", nil
			ws.RequireState(address("step"), imported.state)
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestImportedStateIsTheAppliedOne(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]decisionBlock{
		"node":            {session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."},
		"default":         {session: simulator.SessionSimple, status: "Declined"},
		"default of type": {session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			runSteps(env,
				resource.TestStep{Config: env.Config(block.hcl("step"))},
				// The ID attribute of each is an import ID too.
				resource.TestStep{ResourceName: address("step"), ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"comment"}},
			)
			if got := env.Count(http.MethodPatch); got != 1 {
				t.Errorf("%d PATCHes were sent, want 1", got)
			}
		})
	}
}

func TestImportFailsInTheProvidersWordsWhereThereIsNoSuchStep(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("step")))
	for id, words := range map[string][]string{
		simulator.SessionKYC + "/default":             {"Step not found", simulator.SessionKYC, `"default"`, "feature_ocr_1 (ID_VERIFICATION): In Review"},
		simulator.SessionTwoTypes + "/default/AML":    {"Step not found", simulator.SessionTwoTypes, "(AML)", "default (LIVENESS): Approved"},
		simulator.SessionSameType + "/default/AML":    {"Several steps match", simulator.SessionSameType, "cannot tell them apart"},
		simulator.SessionSimple + "/feature_ocr_1":    {"Step not found", simulator.SessionSimple, "default (ID_VERIFICATION): In Review"},
		simulator.SessionSimple + "/default/LIVENESS": {"Step not found", simulator.SessionSimple, "(LIVENESS)", "default (ID_VERIFICATION): In Review"},
	} {
		result := ws.Run("import", address("step"), id)

		if result.ExitCode == 0 {
			t.Errorf("the import of %q succeeded", id)
		}
		acctest.RequireText(t, result.Output, words...)
		if strings.Contains(acctest.Text(result.Output), "non-existent remote object") {
			t.Errorf("these are Terraform's own words:\n%s", result.Output)
		}
		env.RequireRequests(1, 0)
	}
	ws.RequireNoState()
}

func TestImportBlockOfAMissingStepFailsThePlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "In Review"}.adopted("step")))

	ws.RunJSON("plan").RequireError("Step not found", simulator.SessionKYC, `"feature_orc_1"`, "feature_ocr_1 (ID_VERIFICATION): In Review")
	env.RequireRequests(1, 0)
}

func TestAdoptedStepIsGuardedByTheStatusThatItsPlanShowed(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "an import block")
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Declined"}.adopted("face")))
	ws.MustRun("plan", "-out=tfplan")

	env.MustDecide(simulator.SessionKYC, "feature_face_match_1", "In Review")

	ws.RunJSON("apply", "tfplan").RequireError("The decision has changed since the plan", simulator.SessionKYC, "feature_face_match_1",
		`was "Approved"`, `is "In Review" now`, `"Declined" is wanted`, "Nothing was sent")
	env.RequireTrail(acctest.ByConsole("feature_face_match_1", "Approved", "In Review"))
}

func TestStatusThatCannotBeSetIsImportedAsItIs(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_face_match_1", status: "Declined"}.hcl("face")))

	ws.MustRun("import", address("face"), simulator.SessionInProgress+"/feature_face_match_1")

	ws.RequireState(address("face"), map[string]any{"status": "Not Finished"})
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), `~ status = "Not Finished" -> "Declined"`)
	env.RequireTrail(acctest.ByTerraform("feature_face_match_1", "Not Finished", "Declined", ""))
}

// generatingImport is an import block without a resource block. It names its
// provider: Terraform 1.17 would look for one of HashiCorp's.
func generatingImport(name, id string) string {
	return strings.Replace(importBlock(name, id), "import {", "import {\n  provider = didit", 1)
}

func TestGeneratedConfigurationOfAnAdoptedStepPlansToNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "generated configuration")
	ws := env.Workspace(env.Config(
		generatingImport("face", simulator.SessionKYC+"/feature_face_match_1") + generatingImport("only", simulator.SessionSimple+"/default")))

	ws.MustRun("plan", "-generate-config-out=generated.tf")

	generated, err := os.ReadFile(filepath.Join(ws.Folder, "generated.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(generated), "  id ") {
		t.Errorf("the computed ID is in the generated configuration:\n%s", generated)
	}
	// Beside a resource block, an import block must not name it any more.
	ws.Write("main.tf", env.Config(
		importBlock("face", simulator.SessionKYC+"/feature_face_match_1")+importBlock("only", simulator.SessionSimple+"/default")))
	ws.MustRun("apply", "-auto-approve")
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	ws.RequireState(address("face"), map[string]any{"status": "Approved", "feature_type": "FACE_MATCH"})
	ws.RequireState(address("only"), map[string]any{"status": "In Review", "feature_type": "ID_VERIFICATION"})
	env.RequireTrail()
}

func TestGeneratedConfigurationOfAStatusThatCannotBeSetSaysWhichCan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "generated configuration")
	ws := env.Workspace(env.Config(generatingImport("face", simulator.SessionInProgress+"/feature_face_match_1")))

	result := ws.RunJSON("plan", "-generate-config-out=generated.tf")

	result.RequireError("Invalid status", `"Approved", "Declined" or "In Review"`, `"Not Finished"`, "Didit reports other statuses too")
	env.RequireRequests(1, 0)
}
