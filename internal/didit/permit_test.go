// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWritePermit_CancelledPermitsSendNothingAndTakeNoSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{success}}
		client := newTestClient(t, "https://api.example.invalid", through(api), func(config *Config) { config.WritesPerMinute = 1 })
		begin := time.Now()

		for range 3 {
			permit, err := client.AcquireWrite(t.Context(), Attempts{})
			if err != nil {
				t.Fatal(err)
			}
			permit.Cancel()
		}
		if err := operations[http.MethodPatch](t.Context(), client); err != nil {
			t.Error(err)
		}

		if api.count() != 1 || time.Since(begin) != 0 {
			t.Errorf("%d requests, the last %s after the start; want one, at once", api.count(), time.Since(begin))
		}
	})
}

func TestWritePermit_IsReturnedByAChangeThatCannotBeSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{success}}
		client := newTestClient(t, "https://api.example.invalid", through(api), func(config *Config) { config.WritesPerMinute = 1 })
		begin := time.Now()

		if err := update(t.Context(), client, testSession, "..", FeatureStatusUpdate{NewStatus: StatusApproved}); !IsKind(err, KindRejected) {
			t.Errorf("error %v, want it rejected", err)
		}
		if err := operations[http.MethodPatch](t.Context(), client); err != nil || time.Since(begin) != 0 {
			t.Errorf("the next change waited %s: %v", time.Since(begin), err)
		}
	})
}

func TestAcquireWrite_WaitsForTheWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, "https://api.example.invalid", through(&script{answers: []answerFunc{success}}), func(config *Config) { config.WritesPerMinute = 10 })
		begin := time.Now()
		var mu sync.Mutex
		var waits []time.Duration

		var calls sync.WaitGroup
		for range 15 {
			calls.Go(func() {
				if err := operations[http.MethodPatch](t.Context(), client); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, time.Since(begin))
			})
		}
		calls.Wait()

		slices.Sort(waits)
		if waits[9] != 0 || waits[10] != windowSpan || waits[14] != windowSpan {
			t.Errorf("changes were sent at %v, want ten at once and five a window later", waits)
		}
	})
}

func TestWritePermit_PausedAfterA429ToAnotherChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{with(429, "", "Retry-After", "60")}}
		client := newTestClient(t, "https://api.example.invalid", through(api), retrying(0, 0))
		permit, err := client.AcquireWrite(t.Context(), Attempts{})
		if err != nil || permit.Paused() {
			t.Fatalf("paused %t from the beginning: %v", permit.Paused(), err)
		}

		_ = mustFail(t, operations[http.MethodPatch](t.Context(), client))

		if !permit.Paused() {
			t.Error("the permit is valid in spite of the 429 to another change")
		}
		permit.Cancel()
		begin := time.Now()
		if _, err := client.AcquireWrite(t.Context(), Attempts{}); err != nil || time.Since(begin) != time.Minute {
			t.Errorf("the next permit came after %s, want a minute: %v", time.Since(begin), err)
		}
	})
}
