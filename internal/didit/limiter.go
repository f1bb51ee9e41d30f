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

// windowSpan is the API's sliding window, plus a margin for clocks that differ.
const windowSpan = 60*time.Second + 50*time.Millisecond

// limiter admits at most n requests in every sliding window of 60 seconds. When the
// window is free, it admits all of them at once.
//
// A request acquires a slot before it is sent, and the slot is released one window
// after the response. Didit counts the request at some moment in between, so two
// requests that use the same slot are counted at least one window apart. A token
// bucket does not guarantee that: it can admit 2n requests in one window.
//
// A 429 means that another process shares the key. All requests pause; then one is
// sent, and each one that Didit accepts allows one more in flight. If all were sent at
// once, most of them would be refused again. Calls that were refused most often are
// admitted first, so that none of them uses up its retries.
type limiter struct {
	slots *semaphore.Weighted

	mu          sync.Mutex
	pausedUntil time.Time
	inFlight    int
	maxInFlight int           // 0: bounded by the slots only
	waiting     map[int]int   // number of requests that have a slot and wait, by attempt
	changed     chan struct{} // closed and replaced when one of the fields above changes
}

func newLimiter(limit int) *limiter {
	return &limiter{
		slots:   semaphore.NewWeighted(int64(max(limit, 1))),
		waiting: map[int]int{},
		changed: make(chan struct{}),
	}
}

// acquire waits for a slot, and then until the request is admitted. attempt counts the
// attempts of the call, from 1. The error is the context's.
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
		var timer <-chan time.Time // nil never fires: then wait for a change
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-timer:
		case <-changed:
		case <-ctx.Done():
			l.update(func() { l.stopWaiting(attempt) })
			l.slots.Release(1)
			return ctx.Err()
		}
	}
}

// admit counts the request as in flight if no pause, bound or earlier call prevents
// it. Otherwise it returns how long the pause takes, and a channel that is closed when
// the state changes.
func (l *limiter) admit(attempt int) (wait time.Duration, changed <-chan struct{}, admitted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait = time.Until(l.pausedUntil)
	isFull := l.maxInFlight > 0 && l.inFlight >= l.maxInFlight
	if wait > 0 || isFull || attempt < slices.Max(slices.Collect(maps.Keys(l.waiting))) {
		return wait, l.changed, false
	}
	l.stopWaiting(attempt)
	l.inFlight++
	l.notify()
	return 0, nil, true
}

func (l *limiter) stopWaiting(attempt int) {
	if l.waiting[attempt]--; l.waiting[attempt] == 0 {
		delete(l.waiting, attempt)
	}
}

// cancel releases the slot of a request that was not sent.
func (l *limiter) cancel() {
	l.update(func() { l.inFlight-- })
	l.slots.Release(1)
}

// done records that a request has ended, and releases its slot one window later.
// accepted is true if there was a response other than a 429.
func (l *limiter) done(accepted bool) {
	l.update(func() {
		l.inFlight--
		if accepted && l.maxInFlight > 0 {
			l.maxInFlight++
		}
	})
	time.AfterFunc(windowSpan, func() { l.slots.Release(1) })
}

// pause admits no request for the duration, and then one at a time. It never shortens
// an earlier pause.
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

// wasRefused reports whether there was a 429.
func (l *limiter) wasRefused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.maxInFlight > 0
}

// update changes the state and wakes the waiting requests.
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
