// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestSessionDecision_ReturnsStepsAndHits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	step := func(node, label, status string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"node_id": knownvalue.StringExact(node), "feature_type": knownvalue.StringExact(label), "status": knownvalue.StringExact(status),
		})
	}
	hit := func(id, status string, match, risk float64) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"node_id": knownvalue.StringExact("feature_aml_1"), "hit_id": knownvalue.StringExact(id), "review_status": knownvalue.StringExact(status),
			"match_score": knownvalue.Float64Exact(match), "risk_score": knownvalue.Float64Exact(risk),
		})
	}
	runSteps(env, resource.TestStep{
		Config: env.Config(decisionDataBlock("kyc", simulator.SessionKYC)),
		ConfigStateChecks: []statecheck.StateCheck{
			expectData("session_decision.kyc", "status", knownvalue.StringExact("In Review")),
			expectData("session_decision.kyc", "session_kind", knownvalue.StringExact("user")),
			expectData("session_decision.kyc", "session_number", knownvalue.NotNull()),
			expectData("session_decision.kyc", "workflow_id", knownvalue.StringExact(simulator.WorkflowKYC)),
			expectData("session_decision.kyc", "environment", knownvalue.StringExact("sandbox")),
			expectData("session_decision.kyc", "created_at", knownvalue.NotNull()),
			expectData("session_decision.kyc", "expires_at", knownvalue.NotNull()),
			// The report has another order.
			expectData("session_decision.kyc", "features", knownvalue.ListExact([]knownvalue.Check{
				step("feature_aml_1", "AML", "In Review"),
				step("feature_face_match_1", "FACE_MATCH", "Approved"),
				step("feature_liveness_1", "LIVENESS", "Approved"),
				step("feature_ocr_1", "ID_VERIFICATION", "In Review"),
				step("feature_poa_1", "POA", "In Review"),
			})),
			expectData("session_decision.kyc", "aml_hits", knownvalue.ListExact([]knownvalue.Check{
				hit(simulator.HitNamesake, "False Positive", 61.5, 85),
				hit(simulator.HitSanctions, "Unreviewed", 97, 95),
				hit(simulator.HitPEP, "Unreviewed", 94.5, 60),
			})),
		},
	})
}

func TestSessionDecision_SharesReadWithResources(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionDataBlock("kyc", simulator.SessionKYC) +
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"}.hcl("ocr") +
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Approved"}.hcl("aml")))

	ws.MustRun("plan")

	env.RequireRequests(1, 0)
}

func TestSessionDecision_UnknownSessionIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	output := env.Workspace(env.Config(decisionDataBlock("missing", unknownSession))).MustFail("plan")
	acctest.RequireText(t, output, "Session not found", unknownSession, "scope")
}

// A rule must not mistake hidden hits for no hits.
func TestSessionDecision_ReturnsUsablePartsOfOddReport(t *testing.T) {
	t.Parallel()
	for session, block := range map[string]string{
		"data.didit_session_decision.kyc":                                             decisionDataBlock("kyc", simulator.SessionKYC),
		"data.didit_session_decisions.all.sessions[\"" + simulator.SessionKYC + "\"]": decisionsDataBlock(simulator.SessionKYC),
	} {
		t.Run(strings.Split(session, ".")[1], func(t *testing.T) {
			t.Parallel()
			requireUsableParts(t, session, block)
		})
	}
}

// requireUsableParts checks what a data source returns of an odd report. session is the
// session's address in the block.
func requireUsableParts(t *testing.T, session, block string) {
	t.Helper()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Path: "/decision/", Times: -1, Body: `{"session_id": "` + simulator.SessionKYC + `", "status": null, "session_number": "x", "workflow_id": 7,
		"liveness_checks": [null, {"node_id": "feature_liveness_1", "status": "APPROVED"}, {"node_id": "feature_liveness_2"}],
		"aml_screenings": [{"node_id": "feature_aml_1", "status": "In Review", "hits": null}, {"node_id": "feature_aml_2", "status": "In Review", "hits": [{"id": "hit_1", "review_status": null}]}]}`})
	ws := env.Workspace(env.Config(block +
		"output \"statuses\" {\n  value = [for step in " + session + ".features : \"${step.node_id} ${step.status}\"]\n}\n" +
		"output \"hidden\" {\n  value = " + session + ".aml_hits == null && " + session + ".status == null\n}\n"))

	result := ws.RunJSON("apply", "-auto-approve").RequireSuccess()

	acctest.RequireText(t, ws.MustRun("output", "-json", "statuses"), `["feature_aml_1 In Review","feature_aml_2 In Review","feature_liveness_1 Approved"]`)
	acctest.RequireText(t, ws.MustRun("output", "-json", "hidden"), "true")
	for _, part := range []string{
		"A step (LIVENESS) of session " + simulator.SessionKYC + " is left out", `Step "feature_liveness_2" (LIVENESS)`, `AML hit "hit_1"`, `at node "feature_aml_1" (hits is null), which is not the same as no hits`,
	} {
		found := false
		for _, warning := range result.WarningsOf("Didit does not show this decision") {
			found = found || strings.Contains(warning.Detail, part)
		}
		if !found {
			t.Errorf("no warning contains %q", part)
		}
	}
}
