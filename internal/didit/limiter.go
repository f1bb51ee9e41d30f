// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// windowSpan is the API's sliding window, plus a margin for clocks that do not
// run alike.
const windowSpan = 60*time.Second + 50*time.Millisecond

// limiter keeps requests inside a limit of n in every sliding window of 60
// seconds, and lets a whole window through at once when it is free.
//
// A request takes a slot before it is sent and returns it one window after its
// response: Didit counts a request between those two moments, so two users of a
// slot are counted at least a window apart. A token bucket would not do: it can
// let two windows' worth through in one.
//
// After a 429 the key is shared with another process. All requests pause; then
// one is sent, and each one that Didit accepts allows one more in flight. If all
// were sent at once, most of them would be refused again. Calls that were refused
// most often go first, so that none of them uses up its retries.
type limiter struct {
	slots *semaphore.Weighted

	mu          sync.Mutex
	pausedUntil time.Time
	inFlight    int
	maxInFlight int           // 0: no bound but the slots
	waiting     map[int]int   // requests that have a slot and wait, by attempt
	changed     chan struct{} // closed, and replaced, when one of the fields above changes
}

func newLimiter(limit int) *limiter {
	return &limiter{
		slots:   semaphore.NewWeighted(int64(max(limit, 1))),
		waiting: map[int]int{},
		changed: make(chan struct{}),
	}
}

// acquire waits for a slot and until no pause holds requests back. attempt counts
// the attempts of the call, from 1. The error is the context's.
func (l *limiter) acquire(ctx context.Context, attempt int) error {
	if err := l.slots.Acquire(ctx, 1); err != nil {
		return err
	}
	l.update(func() { l.waiting[attempt]++ })
	for {
		wait, changed, admitted := l.admit(attempt)
		if admitted {
			return nil
		}
		var timer <-chan time.Time // nil, which never fires: only a change helps
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-timer:
		case <-changed:
		case <-ctx.Done():
			l.update(func() { l.leave(attempt) })
			l.slots.Release(1)
			return ctx.Err()
		}
	}
}

// admit counts a request as in flight, or returns what to wait for.
func (l *limiter) admit(attempt int) (wait time.Duration, changed <-chan struct{}, admitted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait = time.Until(l.pausedUntil)
	isFull := l.maxInFlight > 0 && l.inFlight >= l.maxInFlight
	if wait > 0 || isFull || attempt < slices.Max(slices.Collect(maps.Keys(l.waiting))) {
		return wait, l.changed, false
	}
	l.leave(attempt)
	l.inFlight++
	l.notify()
	return 0, nil, true
}

func (l *limiter) leave(attempt int) {
	if l.waiting[attempt]--; l.waiting[attempt] == 0 {
		delete(l.waiting, attempt)
	}
}

// cancel returns the slot of a request that was not sent.
func (l *limiter) cancel() {
	l.update(func() { l.inFlight-- })
	l.slots.Release(1)
}

// done records the response to a request, or its failure, and returns its slot one
// window later. accepted means that the API did not refuse it for its limit.
func (l *limiter) done(accepted bool) {
	l.update(func() {
		l.inFlight--
		if accepted && l.maxInFlight > 0 {
			l.maxInFlight++
		}
	})
	time.AfterFunc(windowSpan, func() { l.slots.Release(1) })
}

// pause holds back every request under this limit, after a 429 to any of them.
func (l *limiter) pause(duration time.Duration) {
	l.update(func() {
		if until := time.Now().Add(duration); until.After(l.pausedUntil) {
			l.pausedUntil = until
		}
		l.maxInFlight = 1
	})
}

func (l *limiter) isPaused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.pausedUntil) > 0
}

// update changes the state and wakes the requests that wait for a change.
func (l *limiter) update(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	l.notify()
}

func (l *limiter) notify() {
	close(l.changed)
	l.changed = make(chan struct{})
}
