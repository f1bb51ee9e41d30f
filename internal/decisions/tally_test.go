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
	mu                                                      sync.Mutex
	schedules, interrupted, subjects, failed, lost, doubled int
	changes                                                 map[string]int // by kind of decision
	hits                                                    map[string]int // by fault
}

func newTally() *tally { return &tally{changes: map[string]int{}, hits: map[string]int{}} }

func (c *tally) add(other *tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Requests that were given up may still arrive, and count.
	other.mu.Lock()
	defer other.mu.Unlock()
	c.schedules += other.schedules
	c.interrupted += other.interrupted
	c.subjects += other.subjects
	c.failed += other.failed
	c.lost += other.lost
	c.doubled += other.doubled
	for kind, changes := range other.changes {
		c.changes[kind] += changes
	}
	for fault, hits := range other.hits {
		c.hits[fault] += hits
	}
}

func (c *tally) hit(fault string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hits[fault]++
}

// coversAllFaults reports whether every fault and every kind of decision occurred.
func (c *tally) coversAllFaults() bool {
	for _, kind := range faultKinds {
		if c.hits[kind.name] == 0 {
			return false
		}
	}
	for _, kind := range []string{simulator.DecidedFeature, simulator.DecidedSession, simulator.DecidedHit} {
		if c.changes[kind] == 0 {
			return false
		}
	}
	return c.hits[faultLate] > 0 && c.hits[faultRefused] > 0 && c.hits[faultReset] > 0 && c.hits[faultSibling] > 0 && c.failed > 0 && c.failed < c.subjects
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, list := 0, []string{}
	for _, fault := range slices.Sorted(maps.Keys(c.hits)) {
		all += c.hits[fault]
		list = append(list, fmt.Sprintf("%s %d", fault, c.hits[fault]))
	}
	return fmt.Sprintf("%d schedules (%d interrupted), %d subjects, changes of %v, %d faults (%s), %d failures of the first apply; lost or falsely reported: %d, doubled: %d",
		c.schedules, c.interrupted, c.subjects, c.changes, all, strings.Join(list, ", "), c.failed, c.lost, c.doubled)
}
