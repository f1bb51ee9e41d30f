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

// Under any mix of faults, each subject ends with the wanted value and exactly one entry
// on the trail; or Apply returns an error, and the next apply makes the change. The test
// uses the real client and HTTP, with a fake clock.
//
// FAULT_SCHEDULES is the number of schedules. FAULT_SEED is the seed of the first one,
// and the seeds of the others follow it. To repeat a schedule, set FAULT_SEED to the seed
// in its failure, and FAULT_SCHEDULES to 1.
func TestFaults_EveryChangeIsMadeExactlyOnce(t *testing.T) {
	t.Parallel()
	schedules := environmentNumber(t, "FAULT_SCHEDULES", 100)
	first := environmentNumber(t, "FAULT_SEED", rand.Uint64N(1<<48))
	t.Logf("%d schedules from FAULT_SEED=%d", schedules, first)
	total := newTally()
	for n := range schedules {
		synctest.Test(t, func(t *testing.T) { total.add(newSchedule(first+n).run(t, newPipes())) })
	}
	t.Log(total)
	if schedules >= 100 && (!total.coversAllFaults() || total.refused == 0) {
		t.Error("a fault or kind of decision did not occur, so the test shows too little")
	}
}

// The same over sockets, for one schedule in 25, with faults that need no long waits.
func TestFaults_EveryChangeIsMadeExactlyOnceOverSockets(t *testing.T) {
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

func environmentNumber(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return number
}

// checkUnderFaults checks a change after the apply under faults: it was made once, or
// Apply returned an error that a fault explains.
func (s *schedule) checkUnderFaults(t *testing.T, env *env, change decisions.Change, failure error, total *tally) {
	t.Helper()
	if s.isChange(change) {
		total.changes[kindOf(change.Subject)]++
	}
	switch {
	case failure == nil && s.waits(change):
		s.checkWaiting(t, env, change, total)
		return
	case failure == nil:
		s.check(t, env, change, total)
		return
	}
	total.failed++
	if overrides := env.overridesOf(change); len(overrides) > 1 {
		total.doubled++
		t.Errorf("FAULT_SEED=%d: failed with %v, but there are several overrides: %+v", s.seed, failure, overrides)
	}
	if entries := env.entries(change.Subject); len(entries) > 1 {
		total.doubled++
		t.Errorf("FAULT_SEED=%d: failed with %v, but the trail has several entries: %+v", s.seed, failure, entries)
	}
	if !isExplained(failure) {
		t.Errorf("FAULT_SEED=%d: no fault explains the failure of %+v: %v", s.seed, change, failure)
	}
}

// checkRefused checks that a change was refused, or failed for a fault. That it was not
// sent follows from the length of the trail.
func (s *schedule) checkRefused(t *testing.T, change decisions.Change, failure error, total *tally) {
	t.Helper()
	conflict, isConflict := errors.AsType[*decisions.ConflictError](failure)
	switch {
	case isConflict && !conflict.Sent && conflict.Found == s.initial[change.Subject]:
		total.refused++
	case failure == nil || isConflict || !isExplained(failure):
		t.Errorf("FAULT_SEED=%d: %+v ended with %v, want a conflict", s.seed, change, failure)
	}
}

// checkRefusedAgain checks that a change is refused without faults, too.
func (s *schedule) checkRefusedAgain(t *testing.T, change decisions.Change, failure error) {
	t.Helper()
	if conflict, ok := errors.AsType[*decisions.ConflictError](failure); !ok || conflict.Sent {
		t.Errorf("FAULT_SEED=%d: the next apply of %+v: %v, want a conflict", s.seed, change, failure)
	}
}

// waits reports whether a change waits until the person has finished.
func (s *schedule) waits(change decisions.Change) bool {
	return change.Deferred && s.deferred[change.Subject.Session()] == 1 && s.isChange(change)
}

// checkWaiting checks that a deferred change waits: with one override, and without an entry
// on the trail.
func (s *schedule) checkWaiting(t *testing.T, env *env, change decisions.Change, total *tally) {
	t.Helper()
	overrides, entries := env.overridesOf(change), env.entries(change.Subject)
	switch {
	case len(overrides) == 0:
		total.lost++
		t.Errorf("FAULT_SEED=%d: lost: %+v has no override", s.seed, change)
	case len(overrides) > 1 || len(entries) > 0:
		total.doubled++
		t.Errorf("FAULT_SEED=%d: doubled: %+v, overrides %+v, trail %+v", s.seed, change, overrides, entries)
	case overrides[0].State != simulator.OverridePending || overrides[0].NewStatus != change.To:
		t.Errorf("FAULT_SEED=%d: %+v: wrong override %+v", s.seed, change, overrides[0])
	default:
		total.waited++
	}
}

// overridesOf returns the overrides of the step that a change decides; none for another
// subject.
func (e *env) overridesOf(change decisions.Change) (overrides []simulator.Override) {
	step, _ := change.Subject.(decisions.FeatureRef)
	for _, override := range e.Overrides(step.SessionID) {
		if override.NodeID == step.NodeID && (step.NodeID != didit.DefaultNodeID || override.FeatureType == step.FeatureType) {
			overrides = append(overrides, override)
		}
	}
	return overrides
}

// isExplained reports whether the faults can cause a failure. They cannot cause a
// refusal, a conflict or a missing subject, because no other actor changes the subjects.
func isExplained(failure error) bool {
	// If the read that reconciles has failed, its failure is the reason.
	if unknown, ok := errors.AsType[*didit.OutcomeUnknownError](failure); ok && unknown.ReadErr != nil {
		failure = unknown.ReadErr
	}
	if cause := didit.AsError(failure); cause != nil {
		return slices.Contains([]didit.Kind{didit.KindConnection, didit.KindServer, didit.KindRateLimit, didit.KindMalformed, didit.KindNotAPI}, cause.Kind)
	}
	return errors.Is(failure, context.DeadlineExceeded)
}

// check checks that a change was made: with one entry on the trail and its comment, or
// without an entry if the subject had the wanted value from the beginning.
func (s *schedule) check(t *testing.T, env *env, change decisions.Change, total *tally) {
	t.Helper()
	entries, want := env.entries(change.Subject), 0
	if s.isChange(change) {
		want = 1
	}
	value := env.value(change.Subject)
	switch {
	case value != change.To || len(entries) < want:
		total.lost++
		t.Errorf("FAULT_SEED=%d: lost: %+v is %q, trail %+v", s.seed, change, value, entries)
	case len(entries) > want:
		total.doubled++
		t.Errorf("FAULT_SEED=%d: doubled: %+v, trail %+v", s.seed, change, entries)
	case want == 1 && (entries[0].Comment != change.Comment || entries[0].From != s.initial[change.Subject] || entries[0].To != change.To):
		t.Errorf("FAULT_SEED=%d: %+v: wrong entry on the trail: %+v", s.seed, change, entries[0])
	}
}

// isChange reports whether the subject had another value at the beginning.
func (s *schedule) isChange(change decisions.Change) bool {
	return s.initial[change.Subject] != change.To
}

// kindOf returns the trail's name for the kind of a subject.
func kindOf(subject decisions.Subject) string {
	switch subject.(type) {
	case decisions.SessionRef:
		return simulator.DecidedSession
	case decisions.HitRef:
		return simulator.DecidedHit
	}
	return simulator.DecidedFeature
}

// entries returns the entries of one subject on the trail.
func (e *env) entries(subject decisions.Subject) (entries []simulator.TrailEntry) {
	for _, entry := range e.Trail(subject.Session()) {
		matches := entry.Kind == kindOf(subject)
		switch subject := subject.(type) {
		case decisions.FeatureRef:
			matches = matches && entry.NodeID == subject.NodeID && (subject.FeatureType == "" || entry.FeatureType == subject.FeatureType)
		case decisions.HitRef:
			matches = matches && entry.NodeID == subject.NodeID && entry.HitID == subject.HitID
		}
		if matches {
			entries = append(entries, entry)
		}
	}
	return entries
}

// value returns the value that a subject has in Didit.
func (e *env) value(subject decisions.Subject) string {
	switch subject := subject.(type) {
	case decisions.FeatureRef:
		return e.FeatureStatus(subject.SessionID, subject.NodeID, subject.FeatureType)
	case decisions.HitRef:
		return e.HitStatus(subject.SessionID, subject.NodeID, subject.HitID)
	}
	session, _ := e.Session(subject.Session())
	return session.Status
}
