// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"sync"
	"time"
)

const (
	// windowSpan is the API's sliding window, with a little more for clocks
	// that do not run alike.
	windowSpan = 60*time.Second + 50*time.Millisecond
)

// window keeps requests inside a limit of so many in every 60 seconds, and
// spends the whole window at once where it is free.
//
// A place is taken before a request is sent and is free again one span after
// its answer came: the API counted it before it answered, and counts the next
// user of the place after it was sent, so the two are never less than a span
// apart, however long either was on its way.
type window struct {
	turn chan struct{} // held by the one caller who waits for a place; the others queue here

	mu        sync.Mutex
	free      int         // places that were never used yet
	released  []time.Time // when places were released, oldest first
	heldUntil time.Time   // after a 429: nobody before this
	changed   chan struct{}
}

func newWindow(limit int) *window {
	return &window{turn: make(chan struct{}, 1), free: max(limit, 1), changed: make(chan struct{}, 1)}
}

// acquire waits for a place, and tells whether it had to wait; it returns early
// with the context's error.
func (w *window) acquire(ctx context.Context) (waited bool, err error) {
	select {
	case w.turn <- struct{}{}:
	default:
		waited = true
		select {
		case w.turn <- struct{}{}:
		case <-ctx.Done():
			return waited, ctx.Err()
		}
	}
	defer func() { <-w.turn }()
	for {
		if err := ctx.Err(); err != nil {
			return waited, err
		}
		wait, taken := w.take()
		if taken {
			return waited, nil
		}
		waited = true
		if err := w.await(ctx, wait); err != nil {
			return waited, err
		}
	}
}

// giveBack gives back a place that was not used.
func (w *window) giveBack() {
	w.mu.Lock()
	w.free++
	w.mu.Unlock()
	w.signal()
}

// take takes a place if there is one; else it says how long to wait, or a
// negative duration where only the end of a request under way can free one.
func (w *window) take() (wait time.Duration, taken bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if held := w.heldUntil.Sub(now); held > 0 {
		return held, false
	}
	if w.free > 0 {
		w.free--
		return 0, true
	}
	if len(w.released) == 0 {
		return -1, false
	}
	if wait = w.released[0].Add(windowSpan).Sub(now); wait > 0 {
		return wait, false
	}
	w.released = w.released[1:]
	return 0, true
}

// await sleeps until the time is over or something has changed.
func (w *window) await(ctx context.Context, wait time.Duration) error {
	var over <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-over:
	case <-w.changed:
	}
	return nil
}

// release gives back a place whose request has been answered, or has failed.
func (w *window) release() {
	w.mu.Lock()
	w.released = append(w.released, time.Now())
	w.mu.Unlock()
	w.signal()
}

// hold keeps everybody back for that long, whoever was told so by the API.
func (w *window) hold(pause time.Duration) {
	w.mu.Lock()
	if until := time.Now().Add(pause); until.After(w.heldUntil) {
		w.heldUntil = until
	}
	w.mu.Unlock()
	w.signal()
}

func (w *window) signal() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}
