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

func TestCache_ReadsASessionOnce(t *testing.T) {
	t.Parallel()
	const sessions, callers = 20, 10
	for _, parallel := range []int{1, 10, 50} {
		t.Run(fmt.Sprintf("%d at a time", parallel), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{onRead: func(_ context.Context, nth int, sessionID string) (*didit.Decision, error) {
					time.Sleep(time.Duration(nth%7) * time.Second)
					return &didit.Decision{SessionID: sessionID}, nil
				}}
				process := decisions.New(api, 0)

				inParallel(parallel, rand.Perm(sessions*callers), func(n int) {
					id := fmt.Sprintf("session-%d", n%sessions)
					if decision, err := process.Decision(t.Context(), id); err != nil || decision.SessionID != id {
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

// inParallel does each of the items, so many at a time, in their order.
func inParallel[T any](parallel int, items []T, do func(T)) {
	next := make(chan T)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for item := range next {
				do(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	workers.Wait()
}

// call is a call of Decision in the background.
type call struct {
	decision *didit.Decision
	err      error
	done     chan struct{}
}

func startFind(ctx context.Context, process *decisions.Service) *call {
	started := &call{done: make(chan struct{})}
	go func() {
		defer close(started.done)
		started.decision, started.err = process.Decision(ctx, sampleID)
	}()
	synctest.Wait()
	return started
}

func (c *call) isDone() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// stopped responds to reads only when they are released, or their context ends.
type stopped struct{ responses chan error }

func newStopped() *stopped { return &stopped{responses: make(chan error)} }

func (s *stopped) read(ctx context.Context, _ int, _ string) (*didit.Decision, error) {
	select {
	case err := <-s.responses:
		if err != nil {
			return nil, err
		}
		return sampleDecision(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// release lets one read go on, and waits until all that follows has happened.
func (s *stopped) release(err error) {
	s.responses <- err
	synctest.Wait()
}

func TestCache_CallersShareAReadInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped := newStopped()
		api := &fakeAPI{onRead: stopped.read}
		process := decisions.New(api, 0)
		calls := []*call{startFind(t.Context(), process), startFind(t.Context(), process), startFind(t.Context(), process)}

		stopped.release(nil)

		for _, call := range calls {
			if !call.isDone() || call.decision != calls[0].decision || call.err != nil {
				t.Errorf("a caller got %v, %v, want what the first got", call.decision, call.err)
			}
		}
		if kept := process.CachedDecision(sampleID); kept == nil || kept != calls[0].decision {
			t.Errorf("cached is %v, want what was read", kept)
		}
		if len(api.reads) != 1 {
			t.Errorf("%d reads", len(api.reads))
		}
	})
}

func TestCache_ErrorsAreSharedAndNeverCached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped, failure := newStopped(), errors.New("no luck")
		api := &fakeAPI{onRead: stopped.read}
		process := decisions.New(api, 0)
		calls := []*call{startFind(t.Context(), process), startFind(t.Context(), process)}

		stopped.release(failure)
		later := startFind(t.Context(), process)
		stopped.release(nil)

		for _, call := range calls {
			if !call.isDone() || !errors.Is(call.err, failure) {
				t.Errorf("a caller that waited got %v, want the failure", call.err)
			}
		}
		if !later.isDone() || later.err != nil {
			t.Errorf("a later caller got %v, want a read of its own", later.err)
		}
		if len(api.reads) != 2 {
			t.Errorf("%d reads", len(api.reads))
		}
	})
}

func TestCache_ReadSurvivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped := newStopped()
		api := &fakeAPI{onRead: stopped.read}
		process := decisions.New(api, 0)
		ctx, leave := context.WithCancel(t.Context())
		first, second := startFind(ctx, process), startFind(t.Context(), process)

		leave()
		synctest.Wait()
		if !first.isDone() || !errors.Is(first.err, context.Canceled) || second.isDone() {
			t.Fatalf("the first got %v, the second %v; want only the first to leave", first.err, second.err)
		}
		stopped.release(nil)

		if !second.isDone() || second.err != nil || len(api.reads) != 1 {
			t.Errorf("the second got %v after %d reads, want the one read", second.err, len(api.reads))
		}
	})
}

func TestCache_WaitersLeaveOnTheirOwnContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped := newStopped()
		process := decisions.New(&fakeAPI{onRead: stopped.read}, 0)
		begin := time.Now()
		var calls sync.WaitGroup
		for _, patience := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			calls.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				_, err := process.Decision(ctx, sampleID)
				if waited := time.Since(begin); waited != patience || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("left after %s with %v, want after %s", waited, err, patience)
				}
			})
		}
		calls.Wait()
		stopped.release(nil) // the shared read outlives its callers
	})
}

func TestCache_SpellingsOfOneSessionIDShareARead(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	process := decisions.New(api, 0)
	const id = "aaaaaaaa-2222-4333-8444-00000000000f"

	for _, spelling := range []string{strings.ToUpper(id), id} {
		if _, err := process.Decision(t.Context(), spelling); err != nil {
			t.Error(err)
		}
	}

	// Didit knows lower case only: a read for all must not depend on who calls first.
	if len(api.reads) != 1 || api.reads[0] != id {
		t.Errorf("read %q, want %q once", api.reads, id)
	}
	if process.CachedDecision(strings.ToUpper(id)) == nil {
		t.Error("nothing is cached under the other spelling")
	}
}

func TestCachedDecision_ReadsNothing(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}

	if kept := decisions.New(api, 0).CachedDecision(sampleID); kept != nil || len(api.reads) != 0 {
		t.Errorf("got %v after %d reads", kept, len(api.reads))
	}
}
