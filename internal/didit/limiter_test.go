// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// mustAcquire acquires a slot and returns the time since begin.
func mustAcquire(t *testing.T, l *limiter, begin time.Time) time.Duration {
	t.Helper()
	if err := l.acquire(t.Context(), 1); err != nil {
		t.Error(err)
	}
	return time.Since(begin)
}

func TestLimiter_AdmitsWindowAtOnceThenAsSlotsReturn(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2, 7, 600} {
		synctest.Test(t, func(t *testing.T) {
			l, begin := newLimiter(limit), time.Now()
			for i := range limit {
				if at := mustAcquire(t, l, begin); at != 0 {
					t.Fatalf("limit %d: request %d was admitted after %s, want at once", limit, i, at)
				}
			}
			for i := range limit { // the responses arrive a second apart
				time.AfterFunc(time.Duration(i)*time.Second, func() { l.done(false) })
			}

			for i := range limit {
				if at, want := mustAcquire(t, l, begin), time.Duration(i)*time.Second+windowSpan; at != want {
					t.Errorf("limit %d: request %d was admitted after %s, want %s", limit, limit+i, at, want)
				}
			}
		})
	}
}

func TestLimiter_TreatsZeroAsOne(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 0} {
		synctest.Test(t, func(t *testing.T) {
			l, begin := newLimiter(limit), time.Now()
			mustAcquire(t, l, begin)
			l.done(false)
			if at := mustAcquire(t, l, begin); at != windowSpan {
				t.Errorf("limit %d: the second request was admitted after %s, want %s", limit, at, windowSpan)
			}
		})
	}
}

func TestLimiter_HoldsSlotWhileRequestIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, begin := newLimiter(1), time.Now()
		mustAcquire(t, l, begin)
		time.AfterFunc(10*time.Minute, func() { l.done(false) })
		if at, want := mustAcquire(t, l, begin), 10*time.Minute+windowSpan; at != want {
			t.Errorf("the second request was admitted after %s, want %s", at, want)
		}
	})
}

func TestLimiter_CancelReturnsSlotAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, begin := newLimiter(1), time.Now()
		mustAcquire(t, l, begin)
		time.AfterFunc(time.Second, l.cancel)
		if at := mustAcquire(t, l, begin); at != time.Second {
			t.Errorf("the next request was admitted after %s, want 1s", at)
		}
	})
}

func TestLimiter_ResumesAfterLatestPause(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		used   int // slots of earlier requests
		pauses map[time.Duration]time.Duration
		want   time.Duration
	}{
		"with free slots":       {0, map[time.Duration]time.Duration{0: 20 * time.Second}, 20 * time.Second},
		"longer than the wait":  {2, map[time.Duration]time.Duration{0: 90 * time.Second}, 90 * time.Second},
		"shorter than the wait": {2, map[time.Duration]time.Duration{0: 20 * time.Second}, windowSpan},
		"extended":              {0, map[time.Duration]time.Duration{0: 20 * time.Second, 10 * time.Second: 30 * time.Second}, 40 * time.Second},
		"never shortened":       {0, map[time.Duration]time.Duration{0: 40 * time.Second, 10 * time.Second: time.Second}, 40 * time.Second},
		"begun during the wait": {2, map[time.Duration]time.Duration{30 * time.Second: 50 * time.Second}, 80 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, begin := newLimiter(2), time.Now()
			for range test.used {
				mustAcquire(t, l, begin)
				l.done(false)
			}
			for at, pause := range test.pauses {
				if at == 0 {
					l.pause(pause)
					continue
				}
				time.AfterFunc(at, func() { l.pause(pause) })
			}
			if at := mustAcquire(t, l, begin); at != test.want {
				t.Errorf("%s: a request was admitted after %s, want %s", name, at, test.want)
			}
		})
	}
}

func TestLimiter_RampsUpAfterPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, begin := newLimiter(100), time.Now()
		var mu sync.Mutex
		starts := map[time.Duration]int{}
		var calls sync.WaitGroup
		mustAcquire(t, l, begin)
		l.pause(20 * time.Second)
		l.done(false)
		for range 30 {
			calls.Go(func() {
				at := mustAcquire(t, l, begin) - 20*time.Second
				mu.Lock()
				starts[at]++
				mu.Unlock()
				time.Sleep(time.Second)
				l.done(true)
			})
		}
		calls.Wait()

		want := map[time.Duration]int{0: 1, time.Second: 2, 2 * time.Second: 4, 3 * time.Second: 8, 4 * time.Second: 15}
		if !maps.Equal(starts, want) {
			t.Errorf("admitted after the pause, by time: %v, want %v", starts, want)
		}
	})
}

func TestLimiter_CancelledWaiterDoesNotBlockOthers(t *testing.T) {
	t.Parallel()
	for cancelled := range 5 { // the first waiter of the queue, or another
		synctest.Test(t, func(t *testing.T) {
			l, begin := newLimiter(1), time.Now()
			mustAcquire(t, l, begin)
			var mu sync.Mutex
			var admitted []time.Duration
			var queue sync.WaitGroup
			for i := range 5 {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if i == cancelled {
					time.AfterFunc(time.Second, cancel)
				}
				queue.Go(func() {
					if err := l.acquire(ctx, 1); err != nil {
						if at := time.Since(begin); i != cancelled || at != time.Second {
							t.Errorf("waiter %d returned after %s: %v", i, at, err)
						}
						return
					}
					mu.Lock()
					admitted = append(admitted, time.Since(begin))
					mu.Unlock()
					l.done(false)
				})
				synctest.Wait()
			}
			time.AfterFunc(2*time.Second, func() { l.done(false) })
			queue.Wait()

			want := []time.Duration{2*time.Second + windowSpan, 2*time.Second + 2*windowSpan, 2*time.Second + 3*windowSpan, 2*time.Second + 4*windowSpan}
			if !slices.Equal(admitted, want) {
				t.Errorf("waiter %d cancelled: the others were admitted after %v, want %v", cancelled, admitted, want)
			}
		})
	}
}

func TestLimiter_AdmitsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const early = 10
		l, begin := newLimiter(2), time.Now()
		var calls sync.WaitGroup
		for i := range 50 * early { // the early callers at once, then one a second
			calls.Go(func() {
				time.Sleep(time.Duration(max(0, i-early)) * time.Second)
				at := mustAcquire(t, l, begin)
				l.done(false)
				if most := (early + 2) / 2 * windowSpan; i < early && at > most {
					t.Errorf("an early caller was admitted after %s, want at most %s", at, most)
				}
			})
		}
		calls.Wait()
	})
}

// Callers arrive and give up at random, use or cancel their slot, and get a 429 or
// not. A lost wake-up or a deadlock makes synctest fail.
func TestLimiter_KeepsItsBoundsUnderRandomLoad(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			limit := 1 + random.IntN(4)
			load := &load{limit: limit, limiter: newLimiter(limit), begin: time.Now()}
			var calls sync.WaitGroup
			for range 1 + random.IntN(30) {
				own := rand.New(rand.NewPCG(random.Uint64(), 0))
				calls.Go(func() {
					for range 1 + own.IntN(6) {
						load.call(t, own)
					}
				})
			}
			calls.Wait()
			load.assertAllSlotsFree(t)
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
	}
}

// load records what the limiter admits.
type load struct {
	limit   int
	limiter *limiter
	begin   time.Time

	mu          sync.Mutex
	inFlight    int
	released    []time.Time
	pauses      []pause
	maxInFlight int
}

type pause struct{ from, until time.Time }

func (l *load) call(t *testing.T, random *rand.Rand) {
	upTo := func(most time.Duration) time.Duration { return time.Duration(random.Int64N(int64(most))) }
	time.Sleep(upTo(20 * time.Second))
	ctx, cancel := context.WithTimeout(t.Context(), upTo(5*time.Minute))
	defer cancel()
	if err := l.limiter.acquire(ctx, 1); err != nil {
		if ctx.Err() == nil {
			t.Errorf("error %v, although the context is not done", err)
		}
		return
	}
	l.admitted(t)
	time.Sleep(upTo(10 * time.Second))

	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	accepted := false
	switch random.IntN(12) {
	case 0:
		l.limiter.cancel()
		return
	case 1, 2:
		length := upTo(2 * time.Minute)
		l.limiter.pause(length)
		l.maxInFlight = 1
		l.pauses = append(l.pauses, pause{time.Now(), time.Now().Add(length)})
	default:
		accepted = true
		if l.maxInFlight > 0 {
			l.maxInFlight++
		}
	}
	l.limiter.done(accepted)
	l.released = append(l.released, time.Now())
}

// admitted checks that the limiter may admit a request now.
func (l *load) admitted(t *testing.T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.inFlight++
	used := l.inFlight
	for _, at := range l.released {
		if now.Sub(at) < windowSpan {
			used++
		}
	}
	pausedNow := slices.ContainsFunc(l.pauses, func(p pause) bool { return p.from.Equal(now) })
	if l.maxInFlight > 0 && l.inFlight > l.maxInFlight && !pausedNow {
		t.Errorf("at %s: %d requests are in flight, want at most %d", now.Sub(l.begin), l.inFlight, l.maxInFlight)
	}
	if used > l.limit {
		t.Errorf("at %s: %d slots are used, want at most %d", now.Sub(l.begin), used, l.limit)
	}
	for _, p := range l.pauses {
		if now.After(p.from) && now.Before(p.until) {
			t.Errorf("at %s: a request was admitted, although paused until %s", now.Sub(l.begin), p.until.Sub(l.begin))
		}
	}
}

func (l *load) assertAllSlotsFree(t *testing.T) {
	time.Sleep(10 * time.Minute)
	l.limiter.maxInFlight = 0 // no bound but the slots
	for range l.limit {
		if at := mustAcquire(t, l.limiter, time.Now()); at != 0 {
			t.Errorf("a slot was free after %s, want at once", at)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if err := l.limiter.acquire(ctx, 1); err == nil {
		t.Errorf("there are more than %d slots", l.limit)
	}
}
