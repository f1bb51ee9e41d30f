// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Under any mix of faults each step ends in the wanted status with exactly one
// entry on the trail, or Apply says that it failed and the next one finishes the
// job: over the real client and real HTTP, in a bubble where waits cost no time.
//
// FAULT_SCHEDULES is how many schedules are run. FAULT_SEED is the seed of the
// first, the others count on from there; the seed that a failure names, with
// FAULT_SCHEDULES=1, runs that schedule again.
func TestEveryChangeIsMadeExactlyOnce(t *testing.T) {
	t.Parallel()
	schedules := environmentNumber(t, "FAULT_SCHEDULES", 100)
	first := environmentNumber(t, "FAULT_SEED", rand.Uint64N(1<<48))
	t.Logf("%d schedules from FAULT_SEED=%d", schedules, first)
	total := newTally()
	for n := range schedules {
		synctest.Test(t, func(t *testing.T) { total.add(newSchedule(first+n).run(t, newPipes())) })
	}
	t.Log(total)
	if schedules >= 100 && !total.isTelling() {
		t.Error("the faults are too few or too many to tell anything")
	}
}

// The same over sockets, where a reset is a reset, with those faults that need no
// long waits: one schedule in 25.
func TestEveryChangeIsMadeExactlyOnceOverSockets(t *testing.T) {
	t.Parallel()
	first := environmentNumber(t, "FAULT_SEED", rand.Uint64N(1<<48))
	total := newTally()
	t.Cleanup(func() { t.Log(total) })
	for n := range max(1, environmentNumber(t, "FAULT_SCHEDULES", 100)/25) {
		t.Run(fmt.Sprintf("FAULT_SEED=%d", first+n), func(t *testing.T) {
			t.Parallel()
			total.add(newQuickSchedule(first+n).run(t, newSockets(t)))
		})
	}
}

func environmentNumber(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return number
}

// checkFirst checks a block after the apply under faults: it is done once, or
// Apply says that it failed, for a reason that a fault explains.
func (s *schedule) checkFirst(t *testing.T, env *env, block decisions.Change, failure error, total *tally) {
	t.Helper()
	if s.isChange(block) {
		total.changes++
	}
	if failure == nil {
		s.check(t, env, block, total)
		return
	}
	total.failed++
	if entries := env.entries(refOf(block)); len(entries) > 1 {
		total.doubled++
		t.Errorf("FAULT_SEED=%d: failed with %v, and is on the trail more than once: %+v", s.seed, failure, entries)
	}
	if !isExplained(failure) {
		t.Errorf("FAULT_SEED=%d: no fault explains that %+v failed: %v", s.seed, block, failure)
	}
}

// isExplained tells whether a failure is one that the faults bring about. A
// refusal, a conflict or a missing step is none: nobody else is at work here.
func isExplained(failure error) bool {
	// Where reading did not settle a change, that is the reason, whatever the change's own answer was.
	if unknown, ok := errors.AsType[*decisions.OutcomeUnknownError](failure); ok && unknown.ReadErr != nil {
		failure = unknown.ReadErr
	}
	if cause := didit.AsError(failure); cause != nil {
		return slices.Contains([]didit.Kind{didit.KindConnection, didit.KindServer, didit.KindRateLimit, didit.KindMalformed, didit.KindNotAPI}, cause.Kind)
	}
	return errors.Is(failure, context.DeadlineExceeded)
}

// check checks that a block is done, by one entry with its comment, or by none
// where the step had the wanted status from the beginning.
func (s *schedule) check(t *testing.T, env *env, block decisions.Change, total *tally) {
	t.Helper()
	entries, want := env.entries(refOf(block)), 0
	if s.isChange(block) {
		want = 1
	}
	stands := env.FeatureStatus(refOf(block).SessionID, refOf(block).NodeID, refOf(block).FeatureType)
	switch {
	case stands != block.To || len(entries) < want:
		total.lost++
		t.Errorf("FAULT_SEED=%d: lost: %+v stands %q, trail %+v", s.seed, block, stands, entries)
	case len(entries) > want:
		total.doubled++
		t.Errorf("FAULT_SEED=%d: doubled: %+v, trail %+v", s.seed, block, entries)
	case want == 1 && (entries[0].Comment != block.Comment || entries[0].From != s.standing(block) || entries[0].To != block.To):
		t.Errorf("FAULT_SEED=%d: %+v is on the trail as %+v", s.seed, block, entries[0])
	}
}

// entries are those of one step on the trail.
func refOf(block decisions.Change) decisions.FeatureRef {
	ref, _ := block.Subject.(decisions.FeatureRef)
	return ref
}

func (e *env) entries(step decisions.FeatureRef) (entries []simulator.TrailEntry) {
	for _, entry := range e.Trail(step.SessionID) {
		if entry.NodeID == step.NodeID && (step.FeatureType == "" || entry.FeatureType == step.FeatureType) {
			entries = append(entries, entry)
		}
	}
	return entries
}

func (s *schedule) isChange(block decisions.Change) bool { return s.standing(block) != block.To }

// standing is the status that a block's step began with.
func (s *schedule) standing(block decisions.Change) string {
	ref := refOf(block)
	for _, session := range s.sessions {
		for _, step := range session.Features {
			if session.ID == ref.SessionID && step.Node() == ref.NodeID && (ref.FeatureType == "" || step.FeatureType() == ref.FeatureType) {
				return step.Status
			}
		}
	}
	return ""
}
