// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"testing"
	"time"
)

func TestWindowsAreThoseOfTheBusierLimit(t *testing.T) {
	t.Parallel()
	limits := job{readsPerMinute: 20, writesPerMinute: 10}
	for name, test := range map[string]struct {
		taken counts
		want  int
	}{
		"one, not full":       {counts{reads: 19}, 1},
		"one, full":           {counts{reads: 20}, 1},
		"reads":               {counts{reads: 41, writes: 10}, 3},
		"writes":              {counts{reads: 20, writes: 25}, 3},
		"with somebody else":  {counts{reads: 40, others: 1}, 3},
		"refused ones are no": {counts{reads: 20, limited: 30}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := limitedWork{job: limits, taken: figures{counts: test.taken}}
			if got := l.windows(); got != test.want {
				t.Errorf("%+v fill %d windows, want %d", test.taken, got, test.want)
			}
		})
	}
}

func TestLimitedWorkTakesMoreThanAWindow(t *testing.T) {
	t.Parallel()
	for _, l := range allLimitedWork() {
		reads, writes := 0, 0
		for _, w := range l.works {
			reads += l.job.sessions()
			if w.command[0] == "apply" {
				reads += l.job.steps
				writes += l.job.steps
			}
		}
		l.taken.counts = counts{reads: reads, writes: writes}
		if least := time.Duration(l.windows()-1) * window; least < window || least > 5*window {
			t.Errorf("%s takes %s at least: too little to show anything, or too long for anybody to wait", l.name, least)
		}
	}
}
