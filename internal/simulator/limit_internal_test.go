// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"testing"
	"time"
)

func TestLimits_WindowSlides(t *testing.T) {
	t.Parallel()
	l := newLimits(Options{ReadsPerMinute: 3})
	one := &Credential{APIKey: "one"}
	scope := limitScope{credential: one}
	begin := time.Unix(1_000_000, 0)
	for _, c := range []struct {
		at   time.Duration
		ok   bool
		free time.Duration // when refused: when there is room again
	}{
		{0, true, 0},
		{10 * time.Second, true, 0},
		{20 * time.Second, true, 0},
		{30 * time.Second, false, 60 * time.Second},
		{59 * time.Second, false, 60 * time.Second}, // the refused one did not count
		{60 * time.Second, true, 0},
		{61 * time.Second, false, 70 * time.Second},
		{200 * time.Second, true, 0},
	} {
		free, ok := l.count(scope, l.reads, begin.Add(c.at))
		if ok != c.ok || !ok && !free.Equal(begin.Add(c.free)) {
			t.Errorf("at %v: %v, room at %v", c.at, ok, free.Sub(begin))
		}
	}
	if _, ok := l.count(limitScope{credential: &Credential{}}, l.reads, begin.Add(61*time.Second)); !ok {
		t.Error("callers share a window")
	}
	if _, ok := l.count(limitScope{credential: one, write: true}, l.writes, begin.Add(61*time.Second)); !ok {
		t.Error("reads and writes share a window")
	}
}

func TestLimits_RetryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	l := newLimits(Options{})
	now := time.Unix(1_000_000, 0)
	for wait, want := range map[time.Duration]string{
		time.Nanosecond: "1", time.Second: "1", time.Second + 1: "2", 59*time.Second + 1: "60", 0: "1",
	} {
		got := l.tooMany(false, 600, now.Add(wait), now)
		if got := got.header.Get("Retry-After"); got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}
