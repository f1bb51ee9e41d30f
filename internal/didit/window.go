// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// windowSpan is the API's sliding window, with a little more for clocks
	// that do not run alike.
	windowSpan = 60*time.Second + 50*time.Millisecond
	// shortWait is no wait: that of two who take a place in the same moment.
	shortWait = 100 * time.Millisecond
)

// window keeps requests inside a limit of so many in every 60 seconds, and
// spends the whole window at once where it is free.
//
// A place is taken before a request is sent and is free again one span after
// its answer came: the API counted it before it answered, and counts the next
// user of the place after it was sent, so the two are never less than a span
// apart, however long either was on its way.
type window struct {
	mu       sync.Mutex
	queue    []*waiter   // who waits for a place; the first gets the next
	next     *time.Timer // when the next place gets free by time alone
	free     int         // places that were never used yet, or not used at last
	released []time.Time // when the others were released, oldest first
	underWay int         // places that are taken

	// After a 429 the key is shared with somebody. Nobody goes before heldUntil;
	// then one goes, and with each that is let through there may be one more at a
	// time: if all went at once, most of them would be refused again.
	heldUntil time.Time
	atATime   int // 0: as many as there are places
}

type waiter struct {
	attempt int
	ready   chan struct{} // closed once the place is this one's
}

func newWindow(limit int) *window { return &window{free: max(limit, 1)} }

// acquire waits for a place, and tells whether it had to wait for longer than two
// need to pass each other; it returns early with the context's error. Places go
// first to whoever has been refused most often, because that one will not ask much
// longer, then to whoever came first.
func (w *window) acquire(ctx context.Context, attempt int) (waited bool, err error) {
	begin := time.Now()
	own := &waiter{attempt: attempt, ready: make(chan struct{})}
	w.change(func() {
		behind := slices.IndexFunc(w.queue, func(other *waiter) bool { return other.attempt < attempt })
		if behind < 0 {
			behind = len(w.queue)
		}
		w.queue = slices.Insert(w.queue, behind, own)
	})
	select {
	case <-own.ready:
	case <-ctx.Done():
	}
	waited = time.Since(begin) > shortWait
	if err := ctx.Err(); err != nil {
		w.leave(own)
		return waited, err
	}
	return waited, nil
}

// leave takes one out of the queue, or gives back the place that came too late.
func (w *window) leave(own *waiter) {
	w.change(func() {
		if i := slices.Index(w.queue, own); i >= 0 {
			w.queue = slices.Delete(w.queue, i, i+1)
			return
		}
		w.free++
		w.underWay--
	})
}

// giveBack gives back a place that was not used.
func (w *window) giveBack() {
	w.change(func() {
		w.free++
		w.underWay--
	})
}

// release gives back a place whose request has been answered, or has failed.
func (w *window) release() {
	w.change(func() {
		w.released = append(w.released, time.Now())
		w.underWay--
	})
}

// admitted notes that the API let a request through its limit.
func (w *window) admitted() {
	w.change(func() {
		if w.atATime > 0 {
			w.atATime++
		}
	})
}

// hold keeps everybody back for that long after a 429, whoever got it.
func (w *window) hold(pause time.Duration) {
	w.change(func() {
		if until := time.Now().Add(pause); until.After(w.heldUntil) {
			w.heldUntil = until
		}
		w.atATime = 1
	})
}

func (w *window) isHeld() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Until(w.heldUntil) > 0
}

// change is the only way in which anything changes: after it, all places that are
// free have gone to those who wait, and if some still wait, the time is set at
// which another gets free, unless only the end of a request under way can free one.
func (w *window) change(what func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what()
	if w.next != nil {
		w.next.Stop()
	}
	for len(w.queue) > 0 {
		wait, taken := w.take()
		if !taken {
			if wait > 0 {
				w.next = time.AfterFunc(wait, func() { w.change(func() {}) })
			}
			return
		}
		close(w.queue[0].ready)
		w.queue = slices.Delete(w.queue, 0, 1)
	}
}

// take takes a place if there is one; else it says how long to wait, or 0 where
// only the end of a request under way can free one.
func (w *window) take() (wait time.Duration, taken bool) {
	now := time.Now()
	if held := w.heldUntil.Sub(now); held > 0 {
		return held, false
	}
	if w.atATime > 0 && w.underWay >= w.atATime {
		return 0, false
	}
	switch {
	case w.free > 0:
		w.free--
	case len(w.released) == 0:
		return 0, false
	default:
		if wait = w.released[0].Add(windowSpan).Sub(now); wait > 0 {
			return wait, false
		}
		w.released = w.released[1:]
	}
	w.underWay++
	return 0, true
}
