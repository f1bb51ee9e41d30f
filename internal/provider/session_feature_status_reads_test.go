// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// manyNodes are the steps of each of many sessions, all In Review.
var manyNodes = []string{"feature_ocr_1", "feature_liveness_1", "feature_face_match_1", "feature_aml_1", "feature_poa_1"}

// parallelisms are how many instances Terraform looks after at a time.
var parallelisms = []string{"1", "10", "50"}

// addMany adds sessions of five steps each, with short reports.
func (w *world) addMany(sessions int) {
	for number := range sessions {
		session := simulator.Session{ID: fmt.Sprintf("22222222-2222-4333-8444-%012d", number), ReportBytes: 1}
		for i, array := range []string{"id_verifications", "liveness_checks", "face_matches", "aml_screenings", "poa_verifications"} {
			session.Features = append(session.Features, simulator.Feature{Array: array, NodeID: manyNodes[i]})
		}
		w.AddSession(session)
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
	w := newWorld(t, simulator.Options{})
	w.addMany(1)
	p := w.project(w.config(manyBlocks(1, "Approved", "")))

	expectText(t, p.must("plan"), "Plan: 5 to add")

	w.expectCounts(1, 0)
}

func TestPlanCostsOneReadForEachSessionAtAnyParallelism(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unlimited)
	const sessions = 100
	w.addMany(sessions)

	p := w.project(w.config(manyBlocks(sessions, "In Review", "")))
	for _, parallelism := range parallelisms {
		expectText(t, p.must("plan", "-parallelism="+parallelism, "-out=tfplan"), "Plan: 500 to add")
		w.expectCounts(sessions, 0)
	}

	// All are in place already: the apply need not look twice.
	p.must("apply", "tfplan")
	w.expectCounts(sessions, 0)

	for _, parallelism := range parallelisms {
		expectText(t, p.must("plan", "-parallelism="+parallelism), "No changes.")
		w.expectCounts(sessions, 0)
	}
}

func TestPlanOfImportBlocksCostsOneReadForEachSessionAtAnyParallelism(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unlimited)
	w.needs(tfversion.Version1_7_0, "for_each in an import block")
	const sessions = 100
	w.addMany(sessions)
	p := w.project(w.config(manyBlocks(sessions, "Approved", "") + `
import {
  for_each = { for index in range(length(local.sessions) * length(local.nodes)) : tostring(index) => index }
  to       = didit_session_feature_status.many[each.value]
  id       = "${local.sessions[each.value % length(local.sessions)]}/${local.nodes[floor(each.value / length(local.sessions))]}"
}`))

	for _, parallelism := range parallelisms {
		expectText(t, p.must("plan", "-parallelism="+parallelism), "Plan: 500 to import, 0 to add, 500 to change")
		w.expectCounts(sessions, 0)
	}
}

func TestApplyOfNewBlocksReadsEachSessionOnceAndBeforeEachChangeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unlimited)
	// 100 steps in 20 sessions, of which 37 are not in place.
	const sessions, changes = 20, 37
	w.addMany(sessions)
	for number := range sessions * len(manyNodes) {
		if number >= changes {
			w.flowSets(fmt.Sprintf("22222222-2222-4333-8444-%012d", number%sessions), manyNodes[number/sessions], "Approved")
		}
	}
	p := w.project(w.config(manyBlocks(sessions, "Approved", "Checked.")))
	p.must("plan", "-out=tfplan")
	w.expectCounts(sessions, 0)

	p.must("apply", "tfplan")

	if got, most := w.Count(http.MethodGet), sessions+changes; got > most {
		t.Errorf("%d GETs were sent, want at most %d", got, most)
	}
	if got := w.Count(http.MethodPatch); got != changes {
		t.Errorf("%d PATCHes were sent, want %d", got, changes)
	}
	if got := len(w.Trail("")); got != changes {
		t.Errorf("%d entries are on the trail, want %d", got, changes)
	}
}

func TestApplyOfManagedStepsReadsOnlyBeforeEachChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unlimited)
	const sessions = 4
	w.addMany(sessions)
	p := w.project(w.config(manyBlocks(sessions, "In Review", "")))
	p.must("apply", "-auto-approve")
	p.write("main.tf", w.config(manyBlocks(sessions, `=floor(count.index / length(local.sessions)) == 3 ? "Declined" : "In Review"`, "")))
	p.must("plan", "-out=tfplan")
	w.ResetRequests()

	p.must("apply", "tfplan")

	w.expectCounts(sessions, sessions)
}
