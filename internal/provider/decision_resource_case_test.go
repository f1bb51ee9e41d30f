// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests configurations that decide a hit, a step and the session.

// caseOf returns the blocks of a hit, a step and the session. If ordered, each depends on
// the block before.
func caseOf(hit, amlStep string, ordered bool) []string {
	dependsOn := func(address string) string {
		if !ordered {
			return ""
		}
		return "  depends_on = [" + address + "]"
	}
	step := kinds[0].with("node_id", "feature_aml_1")
	return []string{
		hitKind.block("hit", hit, ""),
		step.block("aml", amlStep, "No match.", dependsOn(hitKind.at("hit"))),
		sessionKind.block("session", "Approved", "All checks passed.", dependsOn(step.at("aml"))),
	}
}

func TestCase_PlanReadsSessionOnce(t *testing.T) {
	t.Parallel()
	for _, parallelism := range []string{"1", "10"} {
		t.Run(parallelism, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(append(caseOf("False Positive", "Approved", false),
				kinds[0].block("ocr", "Approved", ""), decisionDataBlock("kyc", simulator.SessionKYC))...))

			ws.MustRun("plan", "-parallelism="+parallelism)

			env.RequireRequests(1, 0)
		})
	}
}

func TestCase_IsDecidedInOneApply(t *testing.T) {
	t.Parallel()
	for _, ordered := range []bool{true, false} {
		for _, recompute := range []bool{true, false} {
			t.Run(fmt.Sprintf("ordered %t, recomputed %t", ordered, recompute), func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{RecomputesAML: recompute})
				ws := env.Workspace(env.Config(caseOf("False Positive", "Approved", ordered)...))

				// If Didit has decided the AML step itself, nothing is sent for it.
				ws.MustRun("apply", "-auto-approve")

				ws.RequireState(hitKind.at("hit"), map[string]any{"review_status": "False Positive"})
				ws.RequireState(address("aml"), map[string]any{"status": "Approved"})
				ws.RequireState(sessionKind.at("session"), map[string]any{"status": "Approved"})
				if sent, made := env.Count(http.MethodPatch), len(env.Trail("")); sent != made || made < 2 || made > 3 {
					t.Errorf("%d PATCHes made %d changes: %v", sent, made, env.RequestLines())
				}
				acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
			})
		}
	}
}

// The plan shows the step In Review. The review of the hit changes that.
func TestCase_RecomputedStepIsConflict(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{RecomputesAML: true})
	ws := env.Workspace(env.Config(caseOf("Unreviewed", "In Review", true)[:2]...))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.Config(caseOf("False Positive", "Declined", true)[:2]...))
	ws.MustRun("plan", "-out=tfplan")

	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("The decision has changed since the plan", "feature_aml_1", `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent")
	ws.RequireState(hitKind.at("hit"), map[string]any{"review_status": "False Positive"})
	ws.RequireState(address("aml"), map[string]any{"status": "In Review"})
}

// The change of the step completes the workflow, and Didit decides the session.
func TestCase_SessionDecidedByDiditIsNotOverturned(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(caseOf("False Positive", "Approved", true)...))
	ws.MustRun("plan", "-out=tfplan")
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			once.Do(func() { env.SetSessionStatus(simulator.SessionKYC, "Declined") })
		}
	})

	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("A decision would be overturned", simulator.SessionKYC, `is "Declined"`, `sets "Approved"`)
	if _, found := ws.State()[sessionKind.at("session")]; found {
		t.Error("the session is in the state")
	}
}

func TestCase_ParallelCasesMakeEachChangeOnce(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const cases = 10
	for number := range cases {
		env.AddSession(simulator.Session{ID: manySession(number), Features: []simulator.Feature{
			{Array: "id_verifications", NodeID: "feature_ocr_1"},
			{Array: "aml_screenings", NodeID: "feature_aml_1", Hits: []simulator.Hit{{ID: "hit_one"}, {ID: "hit_two"}}},
		}})
	}
	ws := env.Workspace(env.Config(fmt.Sprintf(`
locals {
  sessions = [for n in range(%d) : format("%s", n)]
}
resource "didit_session_aml_hit_status" "hit" {
  count         = 2 * length(local.sessions)
  session_id    = local.sessions[floor(count.index / 2)]
  node_id       = "feature_aml_1"
  hit_id        = ["hit_one", "hit_two"][count.index %% 2]
  review_status = "False Positive"
}
resource "didit_session_feature_status" "step" {
  count      = 2 * length(local.sessions)
  session_id = local.sessions[floor(count.index / 2)]
  node_id    = ["feature_ocr_1", "feature_aml_1"][count.index %% 2]
  status     = "Approved"
}
resource "didit_session_status" "session" {
  count      = length(local.sessions)
  session_id = local.sessions[count.index]
  status     = "Approved"
}`, cases, manySessionFormat)))

	ws.MustRun("plan", "-out=tfplan")
	env.RequireRequests(cases, 0)
	ws.MustRun("apply", "-parallelism=50", "tfplan")

	const changes = 5 * cases
	if sent, made := env.Count(http.MethodPatch), len(env.Trail("")); sent != changes || made != changes {
		t.Errorf("%d PATCHes made %d changes, want %d", sent, made, changes)
	}
	if reads := env.Count(http.MethodGet); reads > cases+2*changes {
		t.Errorf("%d GETs were sent, want at most one per session and two per change", reads)
	}
	env.ResetRequests()
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
	env.RequireRequests(cases, 0)
}
