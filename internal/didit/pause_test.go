// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// refusingFirst answers 429 to the first request of a method and success to all
// others, a second after each came; it keeps when they came, by method.
type refusingFirst struct {
	method, retryAfter string

	mu    sync.Mutex
	times map[string][]time.Time
}

func (api *refusingFirst) RoundTrip(r *http.Request) (*http.Response, error) {
	api.mu.Lock()
	if api.times == nil {
		api.times = map[string][]time.Time{}
	}
	api.times[r.Method] = append(api.times[r.Method], time.Now())
	first := len(api.times[r.Method]) == 1
	api.mu.Unlock()
	time.Sleep(time.Second)
	if first && r.Method == api.method {
		return with(429, "", "Retry-After", api.retryAfter)(r)
	}
	return success(r)
}

func TestRateLimit_PausesOnlyItsOwnLimit(t *testing.T) {
	t.Parallel()
	for refused, other := range map[string]string{http.MethodGet: http.MethodPatch, http.MethodPatch: http.MethodGet} {
		for _, retries := range []int{0, 5} {
			synctest.Test(t, func(t *testing.T) {
				api := &refusingFirst{method: refused, retryAfter: "20"}
				client := newTestClient(t, "https://api.example.invalid", through(api), retrying(retries, 0))
				begin := time.Now()

				var calls sync.WaitGroup
				for i := range 20 { // two at a time, half a second apart
					for _, operation := range operations {
						calls.Go(func() {
							time.Sleep(time.Duration(i) * 500 * time.Millisecond)
							_ = operation(t.Context(), client)
						})
					}
				}
				calls.Wait()

				for _, came := range api.times[refused] {
					if after := came.Sub(begin); after > time.Second && after < 21*time.Second {
						t.Errorf("a %s came %s after the start, while a %s held it back until 21s", refused, after, refused)
					}
				}
				if n, want := len(api.times[refused]), 20+min(retries, 1); n != want {
					t.Errorf("%d requests %s, want %d", n, refused, want)
				}
				for i, came := range sorted(api.times[other]) {
					if after := came.Sub(begin); after != time.Duration(i)*500*time.Millisecond {
						t.Errorf("%s %d came %s after the start: the other limit held it back", other, i, after)
					}
				}
			})
		}
	}
}

func sorted(times []time.Time) []time.Time {
	return slices.SortedFunc(slices.Values(times), time.Time.Compare)
}

func TestRateLimit_ResumesAfterTheLatestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits := map[int]string{1: "30", 2: "5", 3: "10"}
		var mu sync.Mutex
		var times []time.Time
		api := transportFunc(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			times = append(times, time.Now())
			wait, refused := waits[len(times)]
			mu.Unlock()
			time.Sleep(time.Second) // so that all three are under way at once
			if refused {
				return with(429, "", "Retry-After", wait)(r)
			}
			return success(r)
		})
		client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0))
		begin := time.Now()

		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				if err := operations[http.MethodGet](t.Context(), client); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()

		if len(times) != 6 || times[3].Sub(begin) != 31*time.Second {
			t.Errorf("requests came at %v", times)
		}
	})
}

func TestCancel_EndsAnyWaitAtOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]answerFunc{
		"an answer":        never,
		"the answer's end": neverEnds,
		"the limit":        with(429, "", "Retry-After", "300"),
		"the next attempt": with(503, "", "Retry-After", "300"),
	} {
		for method, operation := range operations {
			synctest.Test(t, func(t *testing.T) {
				api := &script{answers: []answerFunc{answer}}
				client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0))
				ctx, cancel := context.WithCancelCause(t.Context())
				begin := time.Now()
				time.AfterFunc(7*time.Second, func() { cancel(http.ErrServerClosed) })

				err := operation(ctx, client)

				if took := time.Since(begin); err == nil || took > 7*time.Second {
					t.Errorf("%s while it waits for %s: ended after %s with %v", method, name, took, err)
				}
				if failure := AsError(err); failure != nil && failure.Kind == KindConnection && failure.Detail != "The request was interrupted." {
					t.Errorf("%s while it waits for %s: %v", method, name, err)
				}
				if api.count() != 1 {
					t.Errorf("%s while it waits for %s: sent %d times", method, name, api.count())
				}
			})
		}
	}
}

func TestCancel_OfAChangeInFlightIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, "https://api.example.invalid", through(&script{answers: []answerFunc{never}}))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)

		failure := mustFail(t, operations[http.MethodPatch](ctx, client))

		if !failure.OutcomeUnknown || failure.StatusCode != 0 {
			t.Errorf("%+v", failure)
		}
	})
}

func TestCancel_WhileWaitingForASlotSendsNothing(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		synctest.Test(t, func(t *testing.T) {
			api := &script{answers: []answerFunc{success}}
			one := func(config *Config) { config.ReadsPerMinute, config.WritesPerMinute = 1, 1 }
			client := newTestClient(t, "https://api.example.invalid", through(api), one)
			if err := operation(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			soon, cancelSoon := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancelSoon()

			for _, ctx := range []context.Context{gone, soon} {
				if err := operation(ctx, client); AsError(err) != nil || !errors.Is(err, ctx.Err()) {
					t.Errorf("%s: %v, want the context's own error", method, err)
				}
			}
			if api.count() != 1 {
				t.Errorf("%s: sent %d times, want once", method, api.count())
			}
		})
	}
}

func TestBackoff_DoublesAndEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, "https://api.example.invalid", retrying(5, 0))
		for attempt, want := range durations(t, "250ms 500ms 1s 2s 4s 8s 15s 15s 15s 15s 15s 15s") {
			begin := time.Now()
			if err := client.backoff(t.Context(), attempt+1, 0); err != nil || time.Since(begin) != want {
				t.Errorf("pause %d took %s, want %s (%v)", attempt+1, time.Since(begin), want, err)
			}
		}
		begin := time.Now()
		if err := client.backoff(t.Context(), 2, time.Minute); err != nil || time.Since(begin) != 60_500*time.Millisecond {
			t.Errorf("a pause that the API asks for took %s, want a minute and half a second (%v)", time.Since(begin), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		if err := client.backoff(ctx, 20, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("an interrupted pause took %s: %v", time.Since(begin), err)
		}
	})
}
