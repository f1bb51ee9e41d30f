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

// N blocks in S sessions, of which C change something, cost at most S + C reads
// and exactly C changes.
func TestAnApplyCostsAReadForEachSessionAndEachChange(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{1, 10, 50} {
		for _, percent := range []int{0, 30, 100} {
			t.Run(fmt.Sprintf("%d at a time, %d%% change", parallel, percent), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					world := newWorld(t, newPipes(), simulator.Options{})
					const sessions, steps = 15, 6
					blocks, changed := addSessions(world, sessions, steps, percent)
					rand.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
					world.BeforeResponse(func(simulator.Request) { time.Sleep(rand.N(time.Second)) })
					process := world.process(t)

					inParallel(parallel, blocks, func(block decisions.Change) { mustApply(t, process, block) })

					if reads := world.Count(http.MethodGet); reads > sessions+changed {
						t.Errorf("%d reads for %d sessions and %d changes", reads, sessions, changed)
					}
					if sent, made := world.Count(http.MethodPatch), len(world.Trail("")); sent != changed || made != changed {
						t.Errorf("%d changes sent and %d made, want %d", sent, made, changed)
					}
				})
			})
		}
	}
}

// addSessions fills a world with sessions whose steps are In Review, and wants
// that many percent of them Approved. It gives the blocks, new ones and reviewed
// ones, and how many change something.
func addSessions(world *world, sessions, steps, percent int) (blocks []decisions.Change, changed int) {
	for s := range sessions {
		session := simulator.Session{ID: fmt.Sprintf("33333333-2222-4333-8444-%012d", s), ReportBytes: 2000}
		for n := range steps {
			step := simulator.Feature{Array: "aml_screenings", NodeID: fmt.Sprintf("feature_aml_%d", n), Status: didit.StatusInReview}
			session.Features = append(session.Features, step)
			block := decisions.Change{Step: decisions.Step{SessionID: session.ID, NodeID: step.NodeID}, To: didit.StatusInReview}
			if rand.IntN(100) < percent {
				block.To = didit.StatusApproved
				changed++
			}
			if n%2 == 0 {
				block.From = didit.StatusInReview
			}
			blocks = append(blocks, block)
		}
		world.AddSession(session)
	}
	return blocks, changed
}

// A refresh or plan of the very process makes an apply of what is in place free.
func TestAnApplyOfWhatTheSameProcessHasReadCostsNothingWhereNothingChanges(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustRead(t, process)

		inParallel(3, []decisions.Change{
			change(nodeOCR, "", didit.StatusInReview),
			change(nodeLiveness, didit.StatusApproved, didit.StatusApproved),
			change(nodeAML, didit.StatusDeclined, didit.StatusInReview),
		}, func(block decisions.Change) { mustApply(t, process, block) })

		world.assertSent(t, 1, 0)
	})
}

// The bound holds also where the limit makes changes wait: whoever waits reads
// after the wait, not before it as well.
func TestAnApplyThatWaitsForTheLimitCostsNoMoreReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		world := newWorld(t, newPipes(), simulator.Options{})
		const sessions = 60
		blocks, changed := addSessions(world, sessions, 6, 100)
		process := world.process(t)

		inParallel(50, blocks, func(block decisions.Change) { mustApply(t, process, block) })

		if reads := world.Count(http.MethodGet); reads > sessions+changed || len(world.Trail("")) != changed {
			t.Errorf("%d reads for %d sessions and %d changes, of which %d were made", reads, sessions, changed, len(world.Trail("")))
		}
	})
}
