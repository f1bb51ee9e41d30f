// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests what only steps have, such as sessions that a change moves on. The files
// decision_*_test.go test what all kinds of decisions share.

func TestStep_PlainBlockDecidesAnyUndecidedStatus(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_liveness_1", "Not Finished")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_aml_1", "Expired")
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", "Resub Requested")
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"}.hcl("liveness"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}.hcl("aml"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_poa_1", status: "Declined"}.hcl("poa")))

	ws.MustRun("apply", "-auto-approve")

	if got := env.Count(http.MethodPatch); got != 4 {
		t.Errorf("%d PATCHes were sent, want 4", got)
	}
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("feature_liveness_1", "Not Finished", "Approved", ""),
		acctest.ByTerraform("feature_aml_1", "Expired", "In Review", ""),
		acctest.ByTerraform("feature_poa_1", "Resub Requested", "Declined", ""))
	env.ResetRequests()
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
}

func TestStep_GeneratedStatusThatCannotBeSetIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "generated configuration")
	ws := env.Workspace(env.Config(importWithoutBlock(address("face"), simulator.SessionInProgress+"/feature_face_match_1")))

	ws.RunJSON("plan", "-generate-config-out=generated.tf").
		RequireError("Invalid status", `"Approved", "Declined" or "In Review"`, `"Not Finished"`, "Didit reports other statuses, which cannot be set")
}

func TestStep_ForEachImportBlockAdoptsManySteps(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(7, "for_each in an import block")
	ws := env.Workspace(env.Config(`
locals {
  decisions = {
    "` + simulator.SessionKYC + `/feature_ocr_1"        = "Declined"
    "` + simulator.SessionKYC + `/feature_face_match_1" = "Approved"
    "` + simulator.SessionKYB + `/feature_aml_1"        = "Approved"
  }
}
import {
  for_each = local.decisions
  to       = didit_session_feature_status.each[each.key]
  id       = each.key
}
` + decisionBlock{
		session: `=split("/", each.key)[0]`, node: `=split("/", each.key)[1]`, status: "=each.value",
		extra: "  for_each = local.decisions",
	}.hcl("each")))

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "3 imported, 0 added, 2 changed, 0 destroyed.")
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", ""),
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", ""))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

func TestStep_WarnsIfChangeCanMoveSessionOn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "import block")
	plain := decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Declined"}
	adopted := decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Declined"}
	for name, test := range map[string]struct{ config, node, from string }{
		"plain":   {plain.hcl("open"), "feature_liveness_1", "In Review"},
		"adopted": {adopted.adopted("open"), "feature_ocr_1", "Approved"},
	} {
		ws := env.Workspace(env.Config(test.config))
		for _, status := range []string{"Not Started", "In Progress", "Awaiting User", "Resubmitted"} {
			env.SetSessionStatus(simulator.SessionInProgress, status)
			result := ws.RunJSON("plan").RequireSuccess()
			result.RequireWarning("The session is not decided yet", simulator.SessionInProgress, `is "`+status+`"`, test.node, `from "`+test.from+`" to "Declined"`, "may complete it")
			result.Warnings[0].RequireAttribute(t, address("open"), "status")
		}
		for _, status := range []string{"In Review", "Approved", "Declined", "Expired", "Kyc Expired", "Abandoned"} {
			env.SetSessionStatus(simulator.SessionInProgress, status)
			if warnings := ws.RunJSON("plan").RequireSuccess().Warnings; len(warnings) > 0 {
				t.Errorf("%s, %s: %v", name, status, warnings)
			}
		}
	}
}

func TestStep_UnchangedStepOfOpenSessionHasNoWarning(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Approved"}.hcl("open")))

	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
	ws.MustRun("apply", "-auto-approve")
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()
}

func TestStep_WarningsOfOneCauseShareSummary(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review", comment: "Look again."}.hcl("ocr"),
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review", comment: "Look again."}.hcl("aml")))

	warnings := ws.RunJSON("plan").RequireSuccess().Warnings

	if len(warnings) != 2 || warnings[0].Summary != warnings[1].Summary || warnings[0].Detail == warnings[1].Detail {
		t.Errorf("the warnings are %v, want two with one summary and different details", warnings)
	}
}

func TestStep_DecisionDuringSiblingsChangeIsNotOverwritten(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ocr := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}
	aml := decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "In Review"}
	ws := env.Workspace(env.Config(ocr.hcl("ocr"), aml.hcl("aml")))
	ws.MustRun("apply", "-auto-approve")
	ocr.status, aml.status = "Declined", "Declined"
	ws.Write("main.tf", env.Config(ocr.hcl("ocr"), aml.hcl("aml")))
	ws.MustRun("plan", "-out=tfplan")
	env.ResetRequests()

	// During the change of one step, a reviewer decides the other.
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			once.Do(func() {
				other := "feature_ocr_1"
				if strings.Contains(request.Path, other) {
					other = "feature_aml_1"
				}
				env.MustDecide(simulator.SessionKYC, other, "Approved")
			})
		}
	})
	result := ws.RunJSON("apply", "-parallelism=1", "tfplan")

	result.RequireError("The decision has changed since the plan", simulator.SessionKYC, `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent")
	env.RequireRequests(2, 1)
	if trail := env.Trail(""); len(trail) != 2 {
		t.Errorf("the trail is %v, want the console's entry and one more", trail)
	}
}

func TestStep_SameNodeOfTwoSessionsIsNoDuplicate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Declined"}.hcl("one"),
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("two")))

	acctest.RequireText(t, ws.MustRun("plan"), "Plan: 2 to add")
}

// A step of an open session can move the session on.
func TestStep_ChangeInOpenSessionIsReadAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Approved"}.hcl("liveness"),
		fmt.Sprintf("data \"didit_session_decision\" \"after\" {\n  session_id = %q\n  depends_on = [%s]\n}\n", simulator.SessionInProgress, address("liveness")),
		"output \"status\" {\n  value = data.didit_session_decision.after.status\n}\n"))
	env.AfterResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			env.SetSessionStatus(simulator.SessionInProgress, "Awaiting User")
		}
	})

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, `status = "Awaiting User"`)
}

func TestStep_ErrorBoundsAndQuotesListOfSteps(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	session := simulator.Session{ID: unknownSession}
	for i := range 200 {
		session.Features = append(session.Features, simulator.Feature{Array: "id_verifications", NodeID: fmt.Sprintf("feature_ocr_%d\n\u202eError: forged", i)})
	}
	env.AddSession(session)
	ws := env.Workspace(env.Config(decisionBlock{session: unknownSession, node: "feature_orc_1", status: "Approved"}.hcl("step")))

	result := ws.RunJSON("plan")

	result.RequireError("Step not found", `"feature_ocr_0\n\u202eError: forged" (ID_VERIFICATION): "In Review"`, "and 180 more")
	if lines := strings.Count(result.Errors[0].Detail, "\n"); lines > 30 {
		t.Errorf("the error has %d lines", lines)
	}
	if strings.ContainsAny(result.Errors[0].Detail, "\u202e") {
		t.Error("the error contains a control character")
	}
}

func TestStep_MissingStepErrorBoundsTexts(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "id_verifications", NodeID: strings.Repeat("ü", 500), Status: strings.Repeat("x", 500)},
	}})
	ws := env.Workspace(env.Config(decisionBlock{session: unknownSession, node: "feature_ocr_1", status: "Approved"}.hcl("step")))

	result := ws.RunJSON("plan")

	result.RequireError("Step not found", `"`+strings.Repeat("ü", 100)+`…" (ID_VERIFICATION): "`+strings.Repeat("x", 100)+`…"`)
}

func TestStep_APISessionFailsApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionAPI, status: "Approved", comment: "Checked."}.hcl("api")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Standalone API sessions cannot be changed", simulator.SessionAPI, "Cannot change feature status for API sessions.", "Remove its block or file")
	result.Errors[0].RequireAttribute(t, address("api"), "session_id")
	ws.RequireNoState()
	env.RequireTrail()
	if got := env.Count(http.MethodPatch); got != 1 {
		t.Errorf("%d PATCHes were sent, want 1", got)
	}
}

func TestStep_RefusedCommentIsErrorOnComment(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Method: http.MethodPatch, Status: http.StatusBadRequest, Body: `{"comment": ["Ensure this field has no more than 500 characters."]}`})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved", comment: "Too long."}.hcl("ocr")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit refused the request", simulator.SessionKYC, "feature_ocr_1", "returned 400", "comment: Ensure this field has no more than 500 characters.")
	result.Errors[0].RequireAttribute(t, address("ocr"), "comment")
	env.RequireTrail()
}
