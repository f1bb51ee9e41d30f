// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestCache_ReadsEachSessionOnce(t *testing.T) {
	t.Parallel()
	const sessions, callers = 20, 10
	for _, parallel := range []int{1, 10, 50} {
		t.Run(fmt.Sprintf("parallel %d", parallel), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{onRead: func(_ context.Context, nth int, sessionID string) (*didit.Decision, error) {
					time.Sleep(time.Duration(nth%7) * time.Second)
					return &didit.Decision{SessionID: sessionID}, nil
				}}
				service := decisions.New(api, 0)

				inParallel(parallel, rand.Perm(sessions*callers), func(n int) {
					id := fmt.Sprintf("session-%d", n%sessions)
					if decision, err := service.Decision(t.Context(), id); err != nil || decision.SessionID != id {
						t.Errorf("Decision(%s) returned %v, %v", id, decision, err)
					}
				})

				if len(api.reads) != sessions {
					t.Errorf("%d reads for %d sessions", len(api.reads), sessions)
				}
			})
		})
	}
}

// A caller can find nothing in the cache and only then, when the read in flight has
// just ended, ask to join it.
func TestCache_CallersAtTheEndOfReadStartNoOther(t *testing.T) {
	t.Parallel()
	const sessions, callers = 10_000, 8
	api := &fakeAPI{onRead: func(_ context.Context, _ int, sessionID string) (*didit.Decision, error) {
		return &didit.Decision{SessionID: sessionID}, nil
	}}
	service := decisions.New(api, 0)

	for n := range sessions {
		inParallel(callers, make([]int, callers), func(int) {
			if _, err := service.Decision(t.Context(), fmt.Sprintf("session-%d", n)); err != nil {
				t.Error(err)
			}
		})
	}

	if len(api.reads) != sessions {
		t.Errorf("%d reads for %d sessions", len(api.reads), sessions)
	}
}

func TestCache_CallersShareReadInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		reads := []*read{startRead(t.Context(), service), startRead(t.Context(), service), startRead(t.Context(), service)}

		api.endRead(1)

		for _, read := range reads {
			if !read.isDone() || read.decision != reads[0].decision || read.err != nil {
				t.Errorf("a caller got %v, %v, want the decision that the first got", read.decision, read.err)
			}
		}
		if cached := service.CachedDecision(sampleID); cached == nil || cached != reads[0].decision {
			t.Errorf("cached is %v, want the decision that the callers got", cached)
		}
		if api.readCount() != 1 {
			t.Errorf("%d reads, want 1", api.readCount())
		}
	})
}

func TestCache_ErrorsAreSharedAndNeverCached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, failure := newBlockingAPI(), errors.New("invented failure")
		service := decisions.New(api, 0)
		reads := []*read{startRead(t.Context(), service), startRead(t.Context(), service)}

		api.failRead(1, failure)
		later := startRead(t.Context(), service)
		api.endRead(2)

		for _, read := range reads {
			if !read.isDone() || !errors.Is(read.err, failure) {
				t.Errorf("a waiting caller got %v, want the failure", read.err)
			}
		}
		if !later.isDone() || later.err != nil {
			t.Errorf("a later caller got %v, want a read of its own", later.err)
		}
		if api.readCount() != 2 {
			t.Errorf("%d reads, want 2", api.readCount())
		}
	})
}

func TestCache_ReadOutlivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := startRead(ctx, service), startRead(t.Context(), service)

		cancel()
		synctest.Wait()
		if !first.isDone() || !errors.Is(first.err, context.Canceled) || second.isDone() {
			t.Fatalf("the first caller got %v, the second %v; want only the first cancelled", first.err, second.err)
		}
		api.endRead(1)

		if !second.isDone() || second.err != nil || api.readCount() != 1 {
			t.Errorf("the second caller got %v after %d reads, want the result of one read", second.err, api.readCount())
		}
	})
}

func TestCache_WaitersLeaveOnTheirOwnContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		begin := time.Now()
		var calls sync.WaitGroup
		for _, timeout := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			calls.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				_, err := service.Decision(ctx, sampleID)
				if waited := time.Since(begin); waited != timeout || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("returned %v after %s, want the timeout after %s", err, waited, timeout)
				}
			})
		}
		calls.Wait()
		api.endRead(1) // the shared read is still in flight
	})
}

func TestCache_SpellingsOfSessionIDShareRead(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	service := decisions.New(api, 0)
	const id = "aaaaaaaa-2222-4333-8444-00000000000f"

	for _, spelling := range []string{strings.ToUpper(id), id} {
		if _, err := service.Decision(t.Context(), spelling); err != nil {
			t.Error(err)
		}
	}

	// The API knows IDs in lower case only, so the first caller's spelling must not matter.
	if len(api.reads) != 1 || api.reads[0] != id {
		t.Errorf("read %q, want %q once", api.reads, id)
	}
	if service.CachedDecision(strings.ToUpper(id)) == nil {
		t.Error("nothing is cached for the other spelling")
	}
}

func TestCachedDecision_ReadsNothing(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}

	if cached := decisions.New(api, 0).CachedDecision(sampleID); cached != nil || len(api.reads) != 0 {
		t.Errorf("got %v after %d reads", cached, len(api.reads))
	}
}
