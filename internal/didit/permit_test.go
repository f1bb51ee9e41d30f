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

func TestWritePermit_CancelReturnsSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{responses: []transportFunc{success}}
		client := newTestClient(t, testURL, withTransport(api), func(config *Config) { config.WritesPerMinute = 1 })
		begin := time.Now()

		for range 3 {
			permit, err := client.AcquireWrite(t.Context(), Attempts{})
			if err != nil {
				t.Fatal(err)
			}
			permit.cancel()
		}
		if err := operations[http.MethodPatch](t.Context(), client); err != nil {
			t.Error(err)
		}

		if api.count() != 1 || time.Since(begin) != 0 {
			t.Errorf("%d requests, the last after %s; want one, at once", api.count(), time.Since(begin))
		}
	})
}

func TestWritePermit_IsCancelledByChangeThatCannotBeSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{responses: []transportFunc{success}}
		client := newTestClient(t, testURL, withTransport(api), func(config *Config) { config.WritesPerMinute = 1 })
		begin := time.Now()

		if err := update(t.Context(), client, testSession, "..", FeatureStatusUpdate{NewStatus: StatusApproved}); !IsKind(err, KindRejected) {
			t.Errorf("error %v, want KindRejected", err)
		}
		if err := operations[http.MethodPatch](t.Context(), client); err != nil || time.Since(begin) != 0 {
			t.Errorf("the next change waited %s: %v", time.Since(begin), err)
		}
	})
}

func TestAcquireWrite_WaitsForWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, testURL, withTransport(transportFunc(success)), func(config *Config) { config.WritesPerMinute = 10 })
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
			t.Errorf("changes were sent after %v, want ten at once and five a window later", waits)
		}
	})
}

func TestWritePermit_PausedAfter429ToAnotherChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{responses: []transportFunc{returns(429, "", "Retry-After", "60")}}
		client := newTestClient(t, testURL, withTransport(api), withRetries(0, 0))
		permit, err := client.AcquireWrite(t.Context(), Attempts{})
		if err != nil || permit.isPaused() {
			t.Fatalf("a new permit: paused %t, %v", permit.isPaused(), err)
		}

		_ = requireError(t, operations[http.MethodPatch](t.Context(), client))

		if !permit.isPaused() {
			t.Error("the permit is not paused after a 429 to another change")
		}
		permit.cancel()
		begin := time.Now()
		if _, err := client.AcquireWrite(t.Context(), Attempts{}); err != nil || time.Since(begin) != time.Minute {
			t.Errorf("the next permit was acquired after %s, want a minute: %v", time.Since(begin), err)
		}
	})
}

// Only a read follows, which the limit of changes must not hold back.
func TestAcquireWrite_WaitsForNoSlotAfter2xx(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, testURL, withTransport(transportFunc(success)), func(config *Config) { config.WritesPerMinute = 1 })
		if err := operations[http.MethodPatch](t.Context(), client); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()

		permit, err := client.AcquireWrite(t.Context(), Attempts{Count: 1, OutcomeUnknown: true, Last: &Error{StatusCode: http.StatusAccepted, OutcomeUnknown: true}})

		if err != nil || permit.limiter != nil || time.Since(begin) > firstBackoff {
			t.Errorf("the permit was acquired after %s: %v", time.Since(begin), err)
		}
	})
}

func TestAcquireWrite_BacksOffAfterUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, testURL, withRetries(5, 0))
		sent := Attempts{Count: 2, Last: &Error{OutcomeUnknown: true, RetryAfter: time.Minute}, OutcomeUnknown: true}
		begin := time.Now()

		if _, err := client.AcquireWrite(t.Context(), sent); err != nil || time.Since(begin) != 60_500*time.Millisecond {
			t.Errorf("waited %s, want what the API asks for and half a second (%v)", time.Since(begin), err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		if _, err := client.AcquireWrite(ctx, sent); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("cancelled after %s: %v", time.Since(begin), err)
		}
	})
}
