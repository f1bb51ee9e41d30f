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

// mustAcquire takes a place and gives the time since begin.
func mustAcquire(t *testing.T, w *window, begin time.Time) time.Duration {
	t.Helper()
	if _, err := w.acquire(t.Context(), 1); err != nil {
		t.Error(err)
	}
	return time.Since(begin)
}

func TestAWholeWindowGoesAtOnceAndTheNextWhenTheOldestPlaceIsFree(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2, 7, 600} {
		synctest.Test(t, func(t *testing.T) {
			w, begin := newWindow(limit), time.Now()
			for i := range limit {
				if at := mustAcquire(t, w, begin); at != 0 {
					t.Fatalf("limit %d: request %d goes at %s, want at once", limit, i, at)
				}
			}
			for i := range limit { // answers come a second apart
				time.AfterFunc(time.Duration(i)*time.Second, w.release)
			}

			for i := range limit {
				if at, want := mustAcquire(t, w, begin), time.Duration(i)*time.Second+windowSpan; at != want {
					t.Errorf("limit %d: request %d goes at %s, want %s", limit, limit+i, at, want)
				}
			}
		})
	}
}

func TestALimitOfNoneIsTakenForOne(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 0} {
		synctest.Test(t, func(t *testing.T) {
			w, begin := newWindow(limit), time.Now()
			mustAcquire(t, w, begin)
			w.release()
			if at := mustAcquire(t, w, begin); at != windowSpan {
				t.Errorf("limit %d: the second request goes at %s", limit, at)
			}
		})
	}
}

func TestAPlaceIsNotFreeAsLongAsItsRequestIsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, begin := newWindow(1), time.Now()
		mustAcquire(t, w, begin)
		time.AfterFunc(10*time.Minute, w.release)
		if at, want := mustAcquire(t, w, begin), 10*time.Minute+windowSpan; at != want {
			t.Errorf("the second request goes at %s, want %s", at, want)
		}
	})
}

func TestAPlaceThatWasNotUsedIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, begin := newWindow(1), time.Now()
		mustAcquire(t, w, begin)
		time.AfterFunc(time.Second, w.giveBack)
		if at := mustAcquire(t, w, begin); at != time.Second {
			t.Errorf("the place is taken at %s, want 1s", at)
		}
	})
}

func TestAHeldWindowOpensAfterTheLatestHold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		used  int // places used before
		holds map[time.Duration]time.Duration
		want  time.Duration
	}{
		"with free places":      {0, map[time.Duration]time.Duration{0: 20 * time.Second}, 20 * time.Second},
		"longer than the wait":  {2, map[time.Duration]time.Duration{0: 90 * time.Second}, 90 * time.Second},
		"shorter than the wait": {2, map[time.Duration]time.Duration{0: 20 * time.Second}, windowSpan},
		"extended meanwhile":    {0, map[time.Duration]time.Duration{0: 20 * time.Second, 10 * time.Second: 30 * time.Second}, 40 * time.Second},
		"never shortened":       {0, map[time.Duration]time.Duration{0: 40 * time.Second, 10 * time.Second: time.Second}, 40 * time.Second},
		"held while it waits":   {2, map[time.Duration]time.Duration{30 * time.Second: 50 * time.Second}, 80 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, begin := newWindow(2), time.Now()
			for range test.used {
				mustAcquire(t, w, begin)
				w.release()
			}
			for at, pause := range test.holds {
				if at == 0 {
					w.hold(pause)
					continue
				}
				time.AfterFunc(at, func() { w.hold(pause) })
			}
			if at := mustAcquire(t, w, begin); at != test.want {
				t.Errorf("%s: a request goes at %s, want %s", name, at, test.want)
			}
		})
	}
}

func TestAfterAHoldOneGoesAndOneMoreWithEachThatIsLetThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, begin := newWindow(100), time.Now()
		var mu sync.Mutex
		starts := map[time.Duration]int{}
		var calls sync.WaitGroup
		mustAcquire(t, w, begin)
		w.hold(20 * time.Second)
		w.release()
		for range 30 {
			calls.Go(func() {
				at := mustAcquire(t, w, begin) - 20*time.Second
				mu.Lock()
				starts[at]++
				mu.Unlock()
				time.Sleep(time.Second)
				w.admitted()
				w.release()
			})
		}
		calls.Wait()

		want := map[time.Duration]int{0: 1, time.Second: 2, 2 * time.Second: 4, 3 * time.Second: 8, 4 * time.Second: 15}
		if !maps.Equal(starts, want) {
			t.Errorf("after the hold there went, by time: %v, want %v", starts, want)
		}
	})
}

func TestWhoeverWasRefusedMostOftenGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(1)
		mustAcquire(t, w, time.Now())
		var order []int
		var calls sync.WaitGroup
		for i, attempt := range []int{1, 3, 1, 2, 6, 3} {
			calls.Go(func() {
				if _, err := w.acquire(t.Context(), attempt); err != nil {
					t.Error(err)
				}
				order = append(order, 10*attempt+i)
				w.release()
			})
			synctest.Wait()
		}
		w.release()
		calls.Wait()

		if want := []int{64, 31, 35, 23, 10, 12}; !slices.Equal(order, want) {
			t.Errorf("attempts and arrival of those who went: %v, want %v", order, want)
		}
	})
}

func TestWhoeverLeavesTheQueueHindersNobody(t *testing.T) {
	t.Parallel()
	for leaving := range 5 { // the first of the queue, who waits for the place, or another
		synctest.Test(t, func(t *testing.T) {
			w, begin := newWindow(1), time.Now()
			mustAcquire(t, w, begin)
			var mu sync.Mutex
			var served []time.Duration
			var queue sync.WaitGroup
			for i := range 5 {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if i == leaving {
					time.AfterFunc(time.Second, cancel)
				}
				queue.Go(func() {
					if _, err := w.acquire(ctx, 1); err != nil {
						if at := time.Since(begin); i != leaving || at != time.Second {
							t.Errorf("%d of the queue left at %s: %v", i, at, err)
						}
						return
					}
					mu.Lock()
					served = append(served, time.Since(begin))
					mu.Unlock()
					w.release()
				})
				synctest.Wait()
			}
			time.AfterFunc(2*time.Second, w.release)
			queue.Wait()

			want := []time.Duration{2*time.Second + windowSpan, 2*time.Second + 2*windowSpan, 2*time.Second + 3*windowSpan, 2*time.Second + 4*windowSpan}
			if !slices.Equal(served, want) {
				t.Errorf("without %d the others were served at %v, want %v", leaving, served, want)
			}
		})
	}
}

func TestNobodyIsOvertakenForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const early = 10
		w, begin := newWindow(2), time.Now()
		var calls sync.WaitGroup
		for i := range 50 * early { // the early ones at once, then one every second
			calls.Go(func() {
				time.Sleep(time.Duration(max(0, i-early)) * time.Second)
				at := mustAcquire(t, w, begin)
				w.release()
				if most := (early + 2) / 2 * windowSpan; i < early && at > most {
					t.Errorf("one who came first was served at %s, want no later than %s", at, most)
				}
			})
		}
		calls.Wait()
	})
}

// The window is attacked at random, by those who come and leave, use a place or
// not, are refused or not; a lost wake-up or a deadlock ends the bubble.
func TestTheWindowHoldsUnderAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			limit := 1 + random.IntN(4)
			attack := &attack{limit: limit, window: newWindow(limit), begin: time.Now()}
			var calls sync.WaitGroup
			for range 1 + random.IntN(30) {
				own := rand.New(rand.NewPCG(random.Uint64(), 0))
				calls.Go(func() {
					for range 1 + own.IntN(6) {
						attack.call(t, own)
					}
				})
			}
			calls.Wait()
			attack.assertAllPlacesAreLeft(t)
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
	}
}

type attack struct {
	limit  int
	window *window
	begin  time.Time

	mu       sync.Mutex
	underWay int
	released []time.Time
	holds    []held
	atATime  int
}

type held struct{ from, until time.Time }

func (a *attack) call(t *testing.T, random *rand.Rand) {
	upTo := func(most time.Duration) time.Duration { return time.Duration(random.Int64N(int64(most))) }
	time.Sleep(upTo(20 * time.Second))
	ctx, cancel := context.WithTimeout(t.Context(), upTo(5*time.Minute))
	defer cancel()
	if _, err := a.window.acquire(ctx, 1); err != nil {
		if ctx.Err() == nil {
			t.Errorf("error %v without cause", err)
		}
		return
	}
	a.taken(t)
	time.Sleep(upTo(10 * time.Second))

	a.mu.Lock()
	defer a.mu.Unlock()
	a.underWay--
	switch random.IntN(12) {
	case 0:
		a.window.giveBack()
		return
	case 1, 2:
		pause := upTo(2 * time.Minute)
		a.window.hold(pause)
		a.atATime = 1
		a.holds = append(a.holds, held{time.Now(), time.Now().Add(pause)})
	default:
		a.window.admitted()
		if a.atATime > 0 {
			a.atATime++
		}
	}
	a.window.release()
	a.released = append(a.released, time.Now())
}

// taken checks that a place could be taken now.
func (a *attack) taken(t *testing.T) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	a.underWay++
	used := a.underWay
	for _, at := range a.released {
		if now.Sub(at) < windowSpan {
			used++
		}
	}
	heldNow := slices.ContainsFunc(a.holds, func(hold held) bool { return hold.from.Equal(now) })
	if a.atATime > 0 && a.underWay > a.atATime && !heldNow {
		t.Errorf("%s after the start %d are under way, want no more than %d", now.Sub(a.begin), a.underWay, a.atATime)
	}
	if used > a.limit {
		t.Errorf("%s after the start %d places are used of %d", now.Sub(a.begin), used, a.limit)
	}
	for _, hold := range a.holds {
		if now.After(hold.from) && now.Before(hold.until) {
			t.Errorf("a place was taken %s after the start, held until %s", now.Sub(a.begin), hold.until.Sub(a.begin))
		}
	}
}

func (a *attack) assertAllPlacesAreLeft(t *testing.T) {
	time.Sleep(10 * time.Minute)
	for range a.limit {
		if at := mustAcquire(t, a.window, time.Now()); at != 0 {
			t.Errorf("a place was free only after %s", at)
		}
		a.window.admitted()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if _, err := a.window.acquire(ctx, 1); err == nil {
		t.Error("there is a place too many")
	}
}
