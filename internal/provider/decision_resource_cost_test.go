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

// This file tests how many requests plans and applies cost.

// manyNodes are the steps of the sessions of addMany.
var manyNodes = []string{"feature_ocr_1", "feature_liveness_1", "feature_face_match_1", "feature_aml_1", "feature_poa_1"}

// parallelisms are values of Terraform's option -parallelism.
var parallelisms = []string{"1", "10", "50"}

// addMany adds sessions that have this status, five steps In Review, and short reports.
func addMany(env *acctest.Env, sessions int, status string) {
	for number := range sessions {
		session := simulator.Session{ID: manySession(number), Status: status, ReportBytes: 1}
		for i, array := range []string{"id_verifications", "liveness_checks", "face_matches", "aml_screenings", "poa_verifications"} {
			session.Features = append(session.Features, simulator.Feature{Array: array, NodeID: manyNodes[i]})
		}
		env.AddSession(session)
	}
}

// manyBlocks returns a block with count for all steps of the sessions of addMany. Its
// order is step by step, so that the steps of a session do not follow each other.
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

// In an open session a change costs two reads, because it can move the session on, and
// so the next step of the session needs another read. In a decided session it costs one.
func TestCost_ApplyOfNewBlocksIsBounded(t *testing.T) {
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

func TestCost_ApplyOfManagedBlocksReadsOncePerChange(t *testing.T) {
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
