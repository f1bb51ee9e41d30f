// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// tally counts what schedules brought about.
type tally struct {
	mu                                                             sync.Mutex
	schedules, interrupted, blocks, changes, failed, lost, doubled int
	hits                                                           map[string]int // by fault
}

func newTally() *tally { return &tally{hits: map[string]int{}} }

func (c *tally) add(other *tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// What was given up may still be under way, and count.
	other.mu.Lock()
	defer other.mu.Unlock()
	c.schedules += other.schedules
	c.interrupted += other.interrupted
	c.blocks += other.blocks
	c.changes += other.changes
	c.failed += other.failed
	c.lost += other.lost
	c.doubled += other.doubled
	for fault, hits := range other.hits {
		c.hits[fault] += hits
	}
}

func (c *tally) hit(fault string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hits[fault]++
}

// isTelling tells whether every fault has hit something, and some blocks failed
// under them and others did not.
func (c *tally) isTelling() bool {
	for _, kind := range faultKinds {
		if c.hits[kind.name] == 0 {
			return false
		}
	}
	return c.hits[hitLate] > 0 && c.hits[hitRefused] > 0 && c.hits[hitReset] > 0 && c.failed > 0 && c.failed < c.blocks
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, list := 0, []string{}
	for _, fault := range slices.Sorted(maps.Keys(c.hits)) {
		all += c.hits[fault]
		list = append(list, fmt.Sprintf("%s %d", fault, c.hits[fault]))
	}
	return fmt.Sprintf("%d schedules (%d interrupted), %d blocks with %d changes, %d faults that hit (%s), %d blocks that the first apply reported as failed; decisions lost: %d, doubled: %d",
		c.schedules, c.interrupted, c.blocks, c.changes, all, strings.Join(list, ", "), c.failed, c.lost, c.doubled)
}
