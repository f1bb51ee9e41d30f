// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// limitedAPI counts requests in a sliding window of 60 seconds, as Didit does; each
// is on its way, there and back, for a time that nobody can foresee.
type limitedAPI struct {
	limit   int
	longest time.Duration // of one way

	mu      sync.Mutex
	random  *rand.Rand
	counted []time.Time
	refused int
}

func (api *limitedAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(api.way())
	retryAfter, ok := api.count()
	time.Sleep(api.way())
	if !ok {
		return with(http.StatusTooManyRequests, `{"detail": "Slow down."}`, "Retry-After", retryAfter)(r)
	}
	return success(r)
}

func (api *limitedAPI) way() time.Duration {
	api.mu.Lock()
	defer api.mu.Unlock()
	return time.Duration(api.random.Int64N(int64(api.longest)))
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

// job makes so many calls, so many at a time, and gives how long they took.
func job(t *testing.T, client *Client, method string, calls, parallel int) time.Duration {
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

// One process alone on a key: no 429, and no more time than the windows take.
func TestLimit_AloneOnAKeySeesNo429AndWastesNoTime(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, 60, 600} {
		for _, parallel := range []int{1, 10, 50} {
			for _, longest := range []time.Duration{time.Millisecond, 200 * time.Millisecond, 5 * time.Second} {
				t.Run(fmt.Sprintf("%d a minute, %d at a time, %s", limit, parallel, longest), func(t *testing.T) {
					t.Parallel()
					for method := range operations {
						synctest.Test(t, func(t *testing.T) {
							const windows = 4
							api := &limitedAPI{limit: limit, longest: longest, random: rand.New(rand.NewPCG(1, 2))}
							client := newTestClient(t, "https://api.example.invalid", through(api), retrying(0, 0.5), func(config *Config) {
								config.ReadsPerMinute, config.WritesPerMinute = limit, limit
							})

							took := job(t, client, method, windows*limit, parallel)

							if api.refused > 0 {
								t.Errorf("%s: %d were refused", method, api.refused)
							}
							oneAfterTheOther := time.Duration(windows*limit/parallel+windows) * 2 * longest
							if most := time.Duration(1.05*(windows-1)*float64(time.Minute)) + oneAfterTheOther; took > most {
								t.Errorf("%s: %d windows took %s, want at most %s", method, windows, took, most)
							}
							if least := (windows - 1) * time.Minute; took < least {
								t.Errorf("%s: %d windows took %s, which the limit does not allow", method, windows, took)
							}
						})
					}
				})
			}
		}
	}
}

// The second process of a plan and its apply finds its window used up by the first.
func TestLimit_WaitsOutAWindowUsedByAnotherProcess(t *testing.T) {
	t.Parallel()
	for method := range operations {
		synctest.Test(t, func(t *testing.T) {
			api := &limitedAPI{limit: 60, longest: 2 * time.Second, random: rand.New(rand.NewPCG(3, 4))}
			sixty := func(config *Config) { config.ReadsPerMinute, config.WritesPerMinute = 60, 60 }
			job(t, newTestClient(t, "https://api.example.invalid", through(api), sixty), method, 60, 10)

			next := newTestClient(t, "https://api.example.invalid", through(api), sixty, retrying(DefaultMaxRetries, 0.5))
			if took := job(t, next, method, 60, 10); took > 90*time.Second {
				t.Errorf("%s: the next process took %s, want a window and the work of half a minute", method, took)
			}
			if api.refused == 0 || api.refused > 20 {
				t.Errorf("%s: %d were refused; want some, and no storm of them", method, api.refused)
			}
		})
	}
}

// Somebody else uses most of the key all the time, and is quicker than Retry-After.
func TestLimit_FinishesOnASharedKey(t *testing.T) {
	t.Parallel()
	for _, others := range []int{30, 50, 55} { // of 60 a minute
		for _, parallel := range []int{1, 5, 10, 20, 50} {
			for method := range operations {
				t.Run(fmt.Sprintf("%d others, %d at a time, %s", others, parallel, method), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						api := &limitedAPI{limit: 60, longest: 100 * time.Millisecond, random: rand.New(rand.NewPCG(5, 6))}
						ctx, cancel := context.WithCancel(t.Context())
						var other sync.WaitGroup
						other.Go(func() {
							for ctx.Err() == nil {
								_, _ = api.count()
								time.Sleep(time.Minute / time.Duration(others))
							}
						})
						time.Sleep(2 * time.Minute)
						client := newTestClient(t, "https://api.example.invalid", through(api), retrying(DefaultMaxRetries, 0.5), func(config *Config) {
							config.ReadsPerMinute, config.WritesPerMinute = 60, 60
						})

						job(t, client, method, 100, parallel)

						cancel()
						other.Wait()
						if api.refused == 0 {
							t.Error("nobody was refused: the key was not shared")
						}
					})
				})
			}
		}
	}
}
