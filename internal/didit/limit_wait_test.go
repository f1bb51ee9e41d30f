// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnLimitWait_ReportsLongWaits(t *testing.T) {
	t.Parallel()
	limited := func(retryAfter string) transportFunc { return returns(429, "", "Retry-After", retryAfter) }
	for name, test := range map[string]struct {
		method    string
		responses []transportFunc
		requests  int
		want      []LimitWait
		after     []time.Duration
	}{
		"reads":             {http.MethodGet, nil, 3, []LimitWait{{"reads", 1, false}, {"reads", 1, false}}, []time.Duration{longLimitWait, longLimitWait}},
		"writes":            {http.MethodPatch, nil, 2, []LimitWait{{"writes", 1, false}}, []time.Duration{longLimitWait}},
		"no wait":           {http.MethodGet, nil, 1, nil, nil},
		"429":               {http.MethodGet, []transportFunc{limited("20")}, 1, []LimitWait{{"reads", 2, true}}, []time.Duration{longLimitWait}},
		"429, a short wait": {http.MethodPatch, []transportFunc{limited("4")}, 1, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var got []LimitWait
				var after []time.Duration
				begin := time.Now()
				perMinute := 1 + len(test.responses) // a retry needs a slot too
				client := newTestClient(t, testURL, withTransport(&script{responses: append(test.responses, success)}), withRetries(1, 0), func(config *Config) {
					config.ReadsPerMinute, config.WritesPerMinute = perMinute, perMinute
					config.OnLimitWait = func(_ context.Context, wait LimitWait) {
						mu.Lock()
						defer mu.Unlock()
						got, after = append(got, wait), append(after, time.Since(begin))
					}
				})

				var calls sync.WaitGroup
				for range test.requests {
					calls.Go(func() {
						if err := operations[test.method](t.Context(), client); err != nil {
							t.Error(err)
						}
					})
				}
				calls.Wait()
				synctest.Wait() // for the last report

				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(got, test.want) || !slices.Equal(after, test.after) {
					t.Errorf("reported %+v after %v, want %+v after %v", got, after, test.want, test.after)
				}
			})
		})
	}
}
