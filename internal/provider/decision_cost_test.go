// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// What plans and applies cost, in requests.

// manyNodes are the steps of each of many sessions, all In Review.
var manyNodes = []string{"feature_ocr_1", "feature_liveness_1", "feature_face_match_1", "feature_aml_1", "feature_poa_1"}

// parallelisms are Terraform's -parallelism.
var parallelisms = []string{"1", "10", "50"}

// manySessionFormat makes the IDs of many sessions.
const manySessionFormat = "22222222-2222-4333-8444-%012d"

func manySession(number int) string { return fmt.Sprintf(manySessionFormat, number) }

// addMany adds sessions with the status and five steps each, with short reports.
func addMany(env *acctest.Env, sessions int, status string) {
	for number := range sessions {
		session := simulator.Session{ID: manySession(number), Status: status, ReportBytes: 1}
		for i, array := range []string{"id_verifications", "liveness_checks", "face_matches", "aml_screenings", "poa_verifications"} {
			session.Features = append(session.Features, simulator.Feature{Array: array, NodeID: manyNodes[i]})
		}
		env.AddSession(session)
	}
}

// manyBlocks manages all steps of the sessions of addMany. The order of the instances
// keeps siblings apart: step by step, not session by session.
func manyBlocks(sessions int, status, comment string) string {
	return fmt.Sprintf(`
locals {
  sessions = [for n in range(%d) : format("%s", n)]
  nodes    = ["%s"]
}
`, sessions, manySessionFormat, strings.Join(manyNodes, `", "`)) + decisionBlock{
		session: "=local.sessions[count.index % length(local.sessions)]",
		node:    "=local.nodes[floor(count.index / length(local.sessions))]",
		status:  status, comment: comment,
		extra: "count = length(local.sessions) * length(local.nodes)",
	}.hcl("many")
}

func TestCost_PlanReadsEachSessionOnceAtAnyParallelism(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const sessions = 100
	addMany(env, sessions, "In Review")

	ws := env.Workspace(env.Config(manyBlocks(sessions, "In Review", "")))
	for _, parallelism := range parallelisms {
		acctest.RequireText(t, ws.MustRun("plan", "-parallelism="+parallelism, "-out=tfplan"), "Plan: 500 to add")
		env.RequireRequests(sessions, 0)
	}

	// All have the wanted status: the apply reads each session once.
	ws.MustRun("apply", "tfplan")
	env.RequireRequests(sessions, 0)

	for _, parallelism := range parallelisms {
		acctest.RequireText(t, ws.MustRun("plan", "-parallelism="+parallelism), "No changes.")
		env.RequireRequests(sessions, 0)
	}
}

func TestCost_PlanOfImportBlocksReadsEachSessionOnceAtAnyParallelism(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(7, "for_each in an import block")
	const sessions = 100
	addMany(env, sessions, "In Review")
	ws := env.Workspace(env.Config(manyBlocks(sessions, "Approved", "") + `
import {
  for_each = { for index in range(length(local.sessions) * length(local.nodes)) : tostring(index) => index }
  to       = didit_session_feature_status.many[each.value]
  id       = "${local.sessions[each.value % length(local.sessions)]}/${local.nodes[floor(each.value / length(local.sessions))]}"
}`))

	for _, parallelism := range parallelisms {
		acctest.RequireText(t, ws.MustRun("plan", "-parallelism="+parallelism), "Plan: 500 to import, 0 to add, 500 to change")
		env.RequireRequests(sessions, 0)
	}
}

// A change in an undecided session can move it on, so the next step of that session is
// read again: two reads per change. In a decided session one read per change is enough.
func TestCost_ApplyOfNewBlocks(t *testing.T) {
	t.Parallel()
	const sessions, changes = 20, 37
	for status, bound := range map[string]int{"In Review": sessions + 2*changes, "Approved": sessions + changes} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, acctest.Unlimited)
			addMany(env, sessions, status)
			for number := range sessions * len(manyNodes) {
				if number >= changes {
					env.MustSetFeatureStatus(manySession(number%sessions), manyNodes[number/sessions], "Approved")
				}
			}
			ws := env.Workspace(env.Config(manyBlocks(sessions, "Approved", "Checked.")))
			ws.MustRun("plan", "-out=tfplan")
			env.RequireRequests(sessions, 0)

			ws.MustRun("apply", "tfplan")

			if got := env.Count(http.MethodGet); got > bound {
				t.Errorf("%d GETs were sent, want at most %d", got, bound)
			}
			if sent, made := env.Count(http.MethodPatch), len(env.Trail("")); sent != changes || made != changes {
				t.Errorf("%d PATCHes made %d changes, want %d", sent, made, changes)
			}
		})
	}
}

func TestCost_ApplyOfManagedBlocksReadsOnceForEachChange(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const sessions = 4
	addMany(env, sessions, "In Review")
	ws := env.Workspace(env.Config(manyBlocks(sessions, "In Review", "")))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.Config(manyBlocks(sessions, `=floor(count.index / length(local.sessions)) == 3 ? "Declined" : "In Review"`, "")))
	ws.MustRun("plan", "-out=tfplan")
	env.ResetRequests()

	ws.MustRun("apply", "tfplan")

	env.RequireRequests(sessions, sessions)
}
