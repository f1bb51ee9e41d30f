// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// This file tests the limiter through the client: against an API that counts
// requests, and after a 429.

// limitedAPI counts requests in a sliding window of 60 seconds, as Didit does. Each
// request takes a random time to arrive, and as long again to return.
type limitedAPI struct {
	limit    int
	maxDelay time.Duration // one way

	mu      sync.Mutex
	random  *rand.Rand
	counted []time.Time
	refused int
}

func (api *limitedAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(api.delay())
	retryAfter, ok := api.count()
	time.Sleep(api.delay())
	if !ok {
		return returns(http.StatusTooManyRequests, `{"detail": "Slow down."}`, "Retry-After", retryAfter)(r)
	}
	return success(r)
}

func (api *limitedAPI) delay() time.Duration {
	api.mu.Lock()
	defer api.mu.Unlock()
	return time.Duration(api.random.Int64N(int64(api.maxDelay)))
}

func (api *limitedAPI) count() (retryAfter string, ok bool) {
	api.mu.Lock()
	defer api.mu.Unlock()
	now := time.Now()
	for len(api.counted) > 0 && now.Sub(api.counted[0]) >= time.Minute {
		api.counted = api.counted[1:]
	}
	if len(api.counted) >= api.limit {
		api.refused++
		left := time.Minute - now.Sub(api.counted[0])
		return strconv.Itoa(int((left + time.Second - 1) / time.Second)), false
	}
	api.counted = append(api.counted, now)
	return "", true
}

// runCalls runs the operation calls times, up to parallel at once, and returns the
// time that it took.
func runCalls(t *testing.T, client *Client, method string, calls, parallel int) time.Duration {
	t.Helper()
	begin := time.Now()
	var left atomic.Int64
	left.Store(int64(calls))
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for left.Add(-1) >= 0 {
				if err := operations[method](t.Context(), client); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	return time.Since(begin)
}

func TestLimiter_AloneOnKeySeesNo429AtFullSpeed(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, 60, 600} {
		for _, parallel := range []int{1, 10, 50} {
			for _, maxDelay := range []time.Duration{time.Millisecond, 200 * time.Millisecond, 5 * time.Second} {
				t.Run(fmt.Sprintf("limit %d, parallel %d, delay %s", limit, parallel, maxDelay), func(t *testing.T) {
					t.Parallel()
					for method := range operations {
						synctest.Test(t, func(t *testing.T) {
							const windows = 4
							api := &limitedAPI{limit: limit, maxDelay: maxDelay, random: rand.New(rand.NewPCG(1, 2))}
							client := newTestClient(t, testURL, withTransport(api), withRetries(0, 0.5), withLimit(limit))

							took := runCalls(t, client, method, windows*limit, parallel)

							if api.refused > 0 {
								t.Errorf("%s: %d requests were refused", method, api.refused)
							}
							roundTrips := time.Duration(windows*limit/parallel+windows) * 2 * maxDelay
							if most := time.Duration(1.05*(windows-1)*float64(time.Minute)) + roundTrips; took > most {
								t.Errorf("%s: %d windows took %s, want at most %s", method, windows, took, most)
							}
							if least := (windows - 1) * time.Minute; took < least {
								t.Errorf("%s: %d windows took %s, which exceeds the limit", method, windows, took)
							}
						})
					}
				})
			}
		}
	}
}

// An apply follows its plan: another process has just used up the window.
func TestLimiter_WaitsOutWindowUsedByAnotherProcess(t *testing.T) {
	t.Parallel()
	for method := range operations {
		synctest.Test(t, func(t *testing.T) {
			api := &limitedAPI{limit: 60, maxDelay: 2 * time.Second, random: rand.New(rand.NewPCG(3, 4))}
			runCalls(t, newTestClient(t, testURL, withTransport(api), withLimit(60)), method, 60, 10)

			next := newTestClient(t, testURL, withTransport(api), withLimit(60), withRetries(DefaultMaxRetries, 0.5))
			if took := runCalls(t, next, method, 60, 10); took > 90*time.Second {
				t.Errorf("%s: the next process took %s, want at most the rest of the window and 30s", method, took)
			}
			if api.refused == 0 || api.refused > 20 {
				t.Errorf("%s: %d requests were refused, want 1 to 20", method, api.refused)
			}
		})
	}
}

// Another process uses most of the limit all the time, and ignores Retry-After.
func TestLimiter_FinishesOnSharedKey(t *testing.T) {
	t.Parallel()
	for _, others := range []int{30, 50, 55} { // of 60 a minute
		for _, parallel := range []int{1, 5, 10, 20, 50} {
			for method := range operations {
				t.Run(fmt.Sprintf("others %d, parallel %d, %s", others, parallel, method), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						api := &limitedAPI{limit: 60, maxDelay: 100 * time.Millisecond, random: rand.New(rand.NewPCG(5, 6))}
						ctx, cancel := context.WithCancel(t.Context())
						var other sync.WaitGroup
						other.Go(func() {
							for ctx.Err() == nil {
								_, _ = api.count()
								time.Sleep(time.Minute / time.Duration(others))
							}
						})
						time.Sleep(2 * time.Minute)
						client := newTestClient(t, testURL, withTransport(api), withRetries(DefaultMaxRetries, 0.5), withLimit(60))

						runCalls(t, client, method, 100, parallel)

						cancel()
						other.Wait()
						if api.refused == 0 {
							t.Error("no request was refused: the key was not shared")
						}
					})
				})
			}
		}
	}
}

// refusingFirst returns 429 for the first request of a method and success for all
// others, each after a second. It records the times of the requests by method.
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
	isFirst := len(api.times[r.Method]) == 1
	api.mu.Unlock()
	time.Sleep(time.Second)
	if isFirst && r.Method == api.method {
		return returns(429, "", "Retry-After", api.retryAfter)(r)
	}
	return success(r)
}

func TestRateLimit_PausesOnlyItsOwnLimit(t *testing.T) {
	t.Parallel()
	for refused, other := range map[string]string{http.MethodGet: http.MethodPatch, http.MethodPatch: http.MethodGet} {
		for _, retries := range []int{0, 5} {
			synctest.Test(t, func(t *testing.T) {
				api := &refusingFirst{method: refused, retryAfter: "20"}
				client := newTestClient(t, testURL, withTransport(api), withRetries(retries, 0))
				begin := time.Now()

				var calls sync.WaitGroup
				for i := range 20 { // a read and a change every half second
					for _, operation := range operations {
						calls.Go(func() {
							time.Sleep(time.Duration(i) * 500 * time.Millisecond)
							_ = operation(t.Context(), client)
						})
					}
				}
				calls.Wait()

				for _, arrived := range api.times[refused] {
					if after := arrived.Sub(begin); after > time.Second && after < 21*time.Second {
						t.Errorf("a %s was sent after %s, although its limit was paused until 21s", refused, after)
					}
				}
				if n, want := len(api.times[refused]), 20+min(retries, 1); n != want {
					t.Errorf("%d requests %s, want %d", n, refused, want)
				}
				for i, arrived := range sorted(api.times[other]) {
					if after := arrived.Sub(begin); after != time.Duration(i)*500*time.Millisecond {
						t.Errorf("%s %d was sent after %s: the other limit paused it", other, i, after)
					}
				}
			})
		}
	}
}

func sorted(times []time.Time) []time.Time {
	return slices.SortedFunc(slices.Values(times), time.Time.Compare)
}

func TestRateLimit_ResumesAfterLatestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		retryAfter := map[int]string{1: "30", 2: "5", 3: "10"}
		var mu sync.Mutex
		var times []time.Time
		api := transportFunc(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			times = append(times, time.Now())
			wait, isRefused := retryAfter[len(times)]
			mu.Unlock()
			time.Sleep(time.Second) // so that the first three are in flight at once
			if isRefused {
				return returns(429, "", "Retry-After", wait)(r)
			}
			return success(r)
		})
		client := newTestClient(t, testURL, withTransport(api), withRetries(5, 0))
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
			t.Errorf("requests were sent at %v, want the fourth of six after 31s", times)
		}
	})
}
