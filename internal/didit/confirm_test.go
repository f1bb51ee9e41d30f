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

func confirming(confirm func(context.Context, bool) error) FeatureStatusUpdate {
	return FeatureStatusUpdate{NewStatus: StatusApproved, Confirm: confirm}
}

func TestAChangeIsConfirmedEachTimeBeforeItIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{with(429, "", "Retry-After", "40"), with(429, ""), success}}
		client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0))
		var asked []time.Time
		var waits []bool

		err := client.UpdateFeatureStatus(t.Context(), testSession, testNode, confirming(func(_ context.Context, waited bool) error {
			asked, waits = append(asked, time.Now()), append(waits, waited)
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}

		if !slices.Equal(asked, api.times) || !slices.Equal(waits, []bool{false, true, true}) {
			t.Errorf("confirmed at %v (after waits %v), sent at %v", asked, waits, api.times)
		}
	})
}

func TestAChangeThatIsNotConfirmedIsNotSentAndTakesNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{success}}
		client := newTestClient(t, "https://api.example.invalid", through(api), func(config *Config) { config.WritesPerMinute = 1 })
		overtaken := errors.New("overtaken")
		begin := time.Now()

		for range 3 {
			err := client.UpdateFeatureStatus(t.Context(), testSession, testNode, confirming(func(context.Context, bool) error { return overtaken }))
			if !errors.Is(err, overtaken) || AsError(err) != nil {
				t.Errorf("error %v, want the confirmation's own", err)
			}
		}
		if err := operations[http.MethodPatch](t.Context(), client); err != nil {
			t.Error(err)
		}

		if api.count() != 1 || time.Since(begin) != 0 {
			t.Errorf("sent %d times, the last %s after the start; want once, at once", api.count(), time.Since(begin))
		}
	})
}

func TestAWaitForAPlaceIsToldToTheConfirmation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, "https://api.example.invalid", through(&script{answers: []answerFunc{success}}), func(config *Config) { config.WritesPerMinute = 10 })
		var mu sync.Mutex
		told := map[bool]int{}

		var calls sync.WaitGroup
		for range 15 {
			calls.Go(func() {
				err := client.UpdateFeatureStatus(t.Context(), testSession, testNode, confirming(func(_ context.Context, waited bool) error {
					mu.Lock()
					defer mu.Unlock()
					told[waited]++
					return nil
				}))
				if err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()

		if told[false] != 10 || told[true] != 5 {
			t.Errorf("%d were told that they waited and %d that they did not, want 5 and 10", told[true], told[false])
		}
	})
}

func TestA429ThatComesDuringTheConfirmationHoldsTheChangeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answers: []answerFunc{with(429, "", "Retry-After", "60"), success}}
		client := newTestClient(t, "https://api.example.invalid", through(api), retrying(1, 0))
		begin := time.Now()
		var confirmed []time.Duration

		var calls sync.WaitGroup
		calls.Go(func() {
			err := client.UpdateFeatureStatus(t.Context(), testSession, testNode, confirming(func(context.Context, bool) error {
				time.Sleep(10 * time.Second)
				confirmed = append(confirmed, time.Since(begin))
				return nil
			}))
			if err != nil {
				t.Error(err)
			}
		})
		calls.Go(func() {
			time.Sleep(time.Second)
			if err := operations[http.MethodPatch](t.Context(), client); err != nil {
				t.Error(err)
			}
		})
		calls.Wait()

		if want := durations(t, "10s 71s"); !slices.Equal(confirmed, want) {
			t.Errorf("confirmed at %v, want %v", confirmed, want)
		}
		for _, came := range api.times[1:] {
			if after := came.Sub(begin); after < 61*time.Second {
				t.Errorf("a change came %s after the start, while a 429 held it back until 61s", after)
			}
		}
	})
}
