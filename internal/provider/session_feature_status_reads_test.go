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

// manyNodes are the steps of each of many sessions, all In Review.
var manyNodes = []string{"feature_ocr_1", "feature_liveness_1", "feature_face_match_1", "feature_aml_1", "feature_poa_1"}

// parallelisms are how many instances Terraform looks after at a time.
var parallelisms = []string{"1", "10", "50"}

// addMany adds sessions of five steps each, with short reports.
func addMany(env *acctest.Env, sessions int) {
	for number := range sessions {
		session := simulator.Session{ID: fmt.Sprintf("22222222-2222-4333-8444-%012d", number), ReportBytes: 1}
		for i, array := range []string{"id_verifications", "liveness_checks", "face_matches", "aml_screenings", "poa_verifications"} {
			session.Features = append(session.Features, simulator.Feature{Array: array, NodeID: manyNodes[i]})
		}
		env.AddSession(session)
	}
}

// manyBlocks manages all steps of the sessions of addMany. The order of the
// instances keeps siblings apart: step by step, not session by session. It is
// a count because Terraform itself is slow with so many keys.
func manyBlocks(sessions int, status, comment string) string {
	return fmt.Sprintf(`
locals {
  sessions = [for n in range(%d) : format("22222222-2222-4333-8444-%%012d", n)]
  nodes    = ["%s"]
}
`, sessions, strings.Join(manyNodes, `", "`)) + decisionBlock{
		session: "=local.sessions[count.index % length(local.sessions)]",
		node:    "=local.nodes[floor(count.index / length(local.sessions))]",
		status:  status, comment: comment,
		extra: "count = length(local.sessions) * length(local.nodes)",
	}.hcl("many")
}

func TestPlanOfFiveStepsCostsOneRead(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	addMany(env, 1)
	ws := env.Workspace(env.Config(manyBlocks(1, "Approved", "")))

	acctest.RequireText(t, ws.MustRun("plan"), "Plan: 5 to add")

	env.RequireRequests(1, 0)
}

func TestPlanCostsOneReadForEachSessionAtAnyParallelism(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const sessions = 100
	addMany(env, sessions)

	ws := env.Workspace(env.Config(manyBlocks(sessions, "In Review", "")))
	for _, parallelism := range parallelisms {
		acctest.RequireText(t, ws.MustRun("plan", "-parallelism="+parallelism, "-out=tfplan"), "Plan: 500 to add")
		env.RequireRequests(sessions, 0)
	}

	// All are in place already: the apply need not look twice.
	ws.MustRun("apply", "tfplan")
	env.RequireRequests(sessions, 0)

	for _, parallelism := range parallelisms {
		acctest.RequireText(t, ws.MustRun("plan", "-parallelism="+parallelism), "No changes.")
		env.RequireRequests(sessions, 0)
	}
}

func TestPlanOfImportBlocksCostsOneReadForEachSessionAtAnyParallelism(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(7, "for_each in an import block")
	const sessions = 100
	addMany(env, sessions)
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

func TestApplyOfNewBlocksReadsEachSessionOnceAndBeforeEachChangeAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	// 100 steps in 20 sessions, of which 37 are not in place.
	const sessions, changes = 20, 37
	addMany(env, sessions)
	for number := range sessions * len(manyNodes) {
		if number >= changes {
			env.MustSetFeatureStatus(fmt.Sprintf("22222222-2222-4333-8444-%012d", number%sessions), manyNodes[number/sessions], "Approved")
		}
	}
	ws := env.Workspace(env.Config(manyBlocks(sessions, "Approved", "Checked.")))
	ws.MustRun("plan", "-out=tfplan")
	env.RequireRequests(sessions, 0)

	ws.MustRun("apply", "tfplan")

	if got, most := env.Count(http.MethodGet), sessions+changes; got > most {
		t.Errorf("%d GETs were sent, want at most %d", got, most)
	}
	if got := env.Count(http.MethodPatch); got != changes {
		t.Errorf("%d PATCHes were sent, want %d", got, changes)
	}
	if got := len(env.Trail("")); got != changes {
		t.Errorf("%d entries are on the trail, want %d", got, changes)
	}
}

func TestApplyOfManagedStepsReadsOnlyBeforeEachChange(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const sessions = 4
	addMany(env, sessions)
	ws := env.Workspace(env.Config(manyBlocks(sessions, "In Review", "")))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.Config(manyBlocks(sessions, `=floor(count.index / length(local.sessions)) == 3 ? "Declined" : "In Review"`, "")))
	ws.MustRun("plan", "-out=tfplan")
	env.ResetRequests()

	ws.MustRun("apply", "tfplan")

	env.RequireRequests(sessions, sessions)
}
