// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// tally counts the outcomes of schedules.
type tally struct {
	mu                                                                       sync.Mutex
	schedules, interrupted, subjects, waited, refused, failed, lost, doubled int
	changes                                                                  map[string]int // by kind of decision
	hits                                                                     map[string]int // by fault
}

func newTally() *tally { return &tally{changes: map[string]int{}, hits: map[string]int{}} }

func (t *tally) add(other *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	// Requests that the client has given up may still arrive and be counted.
	other.mu.Lock()
	defer other.mu.Unlock()
	t.schedules += other.schedules
	t.interrupted += other.interrupted
	t.subjects += other.subjects
	t.waited += other.waited
	t.refused += other.refused
	t.failed += other.failed
	t.lost += other.lost
	t.doubled += other.doubled
	for kind, changes := range other.changes {
		t.changes[kind] += changes
	}
	for fault, hits := range other.hits {
		t.hits[fault] += hits
	}
}

func (t *tally) hit(fault string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hits[fault]++
}

// coversAllFaults reports whether every fault and every kind of decision occurred.
func (t *tally) coversAllFaults() bool {
	for _, kind := range faultKinds {
		if t.hits[kind.name] == 0 {
			return false
		}
	}
	for _, kind := range []string{simulator.DecidedFeature, simulator.DecidedSession, simulator.DecidedHit} {
		if t.changes[kind] == 0 {
			return false
		}
	}
	return t.waited > 0 && t.hits[faultLate] > 0 && t.hits[faultRefused] > 0 && t.hits[faultReset] > 0 && t.hits[faultSibling] > 0 && t.failed > 0 && t.failed < t.subjects
}

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, list := 0, []string{}
	for _, fault := range slices.Sorted(maps.Keys(t.hits)) {
		all += t.hits[fault]
		list = append(list, fmt.Sprintf("%s %d", fault, t.hits[fault]))
	}
	return fmt.Sprintf("%d schedules (%d interrupted), %d subjects, changes of %v, %d faults (%s), %d failures of the first apply; found waiting: %d; refused: %d; lost or falsely reported: %d, doubled: %d",
		t.schedules, t.interrupted, t.subjects, t.changes, all, strings.Join(list, ", "), t.failed, t.waited, t.refused, t.lost, t.doubled)
}
