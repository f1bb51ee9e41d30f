// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// An apply of blocks in S sessions, of which C change something, sends exactly C
// changes. It costs at most S + C reads in decided sessions, and at most S + 2C in open
// ones, because a change can move them on.
func TestCost_BoundsReadsAndChangesOfApply(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{1, 10, 50} {
		for _, percent := range []int{0, 30, 100} {
			for status, readsPerChange := range map[string]int{didit.StatusApproved: 1, didit.StatusInReview: 2} {
				t.Run(fmt.Sprintf("parallel %d, %d%% change, %s", parallel, percent, status), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						env := newEnv(t, newPipes(), simulator.Options{})
						const sessions, steps = 15, 6
						blocks, changed := addSessions(env, status, sessions, steps, percent)
						rand.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
						env.BeforeResponse(func(simulator.Request) { time.Sleep(rand.N(time.Second)) })
						service := env.newService(t)

						inParallel(parallel, blocks, func(block decisions.Change) { mustApply(t, service, block) })

						if reads := env.Count(http.MethodGet); reads > sessions+readsPerChange*changed {
							t.Errorf("%d reads for %d sessions and %d changes", reads, sessions, changed)
						}
						if sent, made := env.Count(http.MethodPatch), len(env.Trail("")); sent != changed || made != changed {
							t.Errorf("%d changes sent and %d made, want %d", sent, made, changed)
						}
					})
				})
			}
		}
	}
}

// addSessions adds sessions whose steps are In Review. It returns blocks, plain and
// adopted, for all steps: about that percentage of them change their step to Approved,
// exactly as many as changed.
func addSessions(env *env, status string, sessions, steps, percent int) (blocks []decisions.Change, changed int) {
	for s := range sessions {
		session := simulator.Session{ID: fmt.Sprintf("33333333-2222-4333-8444-%012d", s), Status: status, ReportBytes: 2000}
		for n := range steps {
			step := simulator.Feature{Array: "aml_screenings", NodeID: fmt.Sprintf("feature_aml_%d", n), Status: didit.StatusInReview}
			session.Features = append(session.Features, step)
			block := decisions.Change{Subject: decisions.FeatureRef{SessionID: session.ID, NodeID: step.NodeID}, To: didit.StatusInReview}
			if rand.IntN(100) < percent {
				block.To = didit.StatusApproved
				changed++
			}
			if n%2 == 0 {
				block.From = didit.StatusInReview
			}
			blocks = append(blocks, block)
		}
		env.AddSession(session)
	}
	return blocks, changed
}

// The bound also holds if changes wait for the limit: they read only after the wait.
func TestCost_WaitForLimitCostsNoMoreReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		env := newEnv(t, newPipes(), simulator.Options{})
		const sessions = 60
		blocks, changed := addSessions(env, didit.StatusApproved, sessions, 6, 100)
		service := env.newService(t)

		inParallel(50, blocks, func(block decisions.Change) { mustApply(t, service, block) })

		if reads := env.Count(http.MethodGet); reads > sessions+changed || len(env.Trail("")) != changed {
			t.Errorf("%d reads for %d sessions; %d changes were made, want %d", reads, sessions, len(env.Trail("")), changed)
		}
	})
}
