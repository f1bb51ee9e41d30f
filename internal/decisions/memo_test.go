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

func TestASessionIsReadOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	const sessions, asks = 20, 10
	for _, parallel := range []int{1, 10, 50} {
		t.Run(fmt.Sprintf("%d at a time", parallel), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{onRead: func(_ context.Context, nth int, sessionID string) (*didit.Decision, error) {
					time.Sleep(time.Duration(nth%7) * time.Second)
					return &didit.Decision{SessionID: sessionID}, nil
				}}
				process := decisions.New(api, 0)

				inParallel(parallel, rand.Perm(sessions*asks), func(n int) {
					id := fmt.Sprintf("session-%d", n%sessions)
					if decision, err := process.Read(t.Context(), id); err != nil || decision.SessionID != id {
						t.Errorf("asked for %s, got %v, %v", id, decision, err)
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

// ask is a call of Read in the background.
type ask struct {
	decision *didit.Decision
	err      error
	done     chan struct{}
}

func startAsk(ctx context.Context, process *decisions.Decisions) *ask {
	asked := &ask{done: make(chan struct{})}
	go func() {
		defer close(asked.done)
		asked.decision, asked.err = process.Read(ctx, sampleID)
	}()
	synctest.Wait()
	return asked
}

func (a *ask) isDone() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// held answers reads only when they are released, or their context ends.
type held struct{ answers chan error }

func newHeld() *held { return &held{answers: make(chan error)} }

func (h *held) read(ctx context.Context, _ int, _ string) (*didit.Decision, error) {
	select {
	case err := <-h.answers:
		if err != nil {
			return nil, err
		}
		return sampleDecision(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// release lets one read go on, and waits until all that follows has happened.
func (h *held) release(err error) {
	h.answers <- err
	synctest.Wait()
}

func TestAsksWhileAReadIsUnderWayShareIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := newHeld()
		api := &fakeAPI{onRead: held.read}
		process := decisions.New(api, 0)
		asks := []*ask{startAsk(t.Context(), process), startAsk(t.Context(), process), startAsk(t.Context(), process)}

		held.release(nil)

		for _, asked := range asks {
			if !asked.isDone() || asked.decision != asks[0].decision || asked.err != nil {
				t.Errorf("an ask got %v, %v, want what the first got", asked.decision, asked.err)
			}
		}
		if kept := process.Kept(sampleID); kept == nil || kept != asks[0].decision {
			t.Errorf("kept is %v, want what was read", kept)
		}
		if len(api.reads) != 1 {
			t.Errorf("%d reads", len(api.reads))
		}
	})
}

func TestAFailedReadFailsThoseWhoWaitedAndIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held, failure := newHeld(), errors.New("no luck")
		api := &fakeAPI{onRead: held.read}
		process := decisions.New(api, 0)
		asks := []*ask{startAsk(t.Context(), process), startAsk(t.Context(), process)}

		held.release(failure)
		later := startAsk(t.Context(), process)
		held.release(nil)

		for _, asked := range asks {
			if !asked.isDone() || !errors.Is(asked.err, failure) {
				t.Errorf("one who waited got %v, want the failure", asked.err)
			}
		}
		if !later.isDone() || later.err != nil {
			t.Errorf("one who asked later got %v, want a read of its own", later.err)
		}
		if len(api.reads) != 2 {
			t.Errorf("%d reads", len(api.reads))
		}
	})
}

func TestTheFirstAskerMayLeaveWithoutHarmToTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := newHeld()
		api := &fakeAPI{onRead: held.read}
		process := decisions.New(api, 0)
		ctx, leave := context.WithCancel(t.Context())
		first, second := startAsk(ctx, process), startAsk(t.Context(), process)

		leave()
		synctest.Wait()
		if !first.isDone() || !errors.Is(first.err, context.Canceled) || second.isDone() {
			t.Fatalf("the first got %v, the second %v; want only the first to leave", first.err, second.err)
		}
		held.release(nil)

		if !second.isDone() || second.err != nil || len(api.reads) != 1 {
			t.Errorf("the second got %v after %d reads, want the one read", second.err, len(api.reads))
		}
	})
}

func TestTheLastToLeaveTakesTheReadAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := newHeld()
		var cancelled error
		api := &fakeAPI{onRead: func(ctx context.Context, nth int, sessionID string) (*didit.Decision, error) {
			decision, err := held.read(ctx, nth, sessionID)
			cancelled = err
			return decision, err
		}}
		process := decisions.New(api, 0)
		ctx, leave := context.WithCancel(t.Context())
		startAsk(ctx, process)
		startAsk(ctx, process)

		leave()
		synctest.Wait()
		if !errors.Is(cancelled, context.Canceled) {
			t.Errorf("the read ended with %v, want that nobody waits for it any more", cancelled)
		}
		later := startAsk(t.Context(), process)
		held.release(nil)

		if !later.isDone() || later.err != nil || len(api.reads) != 2 {
			t.Errorf("one who asked later got %v after %d reads, want a read of its own", later.err, len(api.reads))
		}
	})
}

func TestAReadThatEverybodyHasLeftIsNotJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := newHeld()
		api := &fakeAPI{onRead: func(_ context.Context, nth int, sessionID string) (*didit.Decision, error) {
			// Slow to notice that nobody waits any more.
			return held.read(context.Background(), nth, sessionID)
		}}
		process := decisions.New(api, 0)
		ctx, leave := context.WithCancel(t.Context())
		startAsk(ctx, process)

		leave()
		synctest.Wait()
		later := startAsk(t.Context(), process)

		if len(api.reads) != 2 {
			t.Errorf("%d reads, want one for who asked later", len(api.reads))
		}
		held.release(nil)
		held.release(nil)
		if !later.isDone() || later.err != nil {
			t.Errorf("who asked later got %v", later.err)
		}
	})
}

func TestEachWaiterLeavesOnItsOwnContextAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := newHeld()
		process := decisions.New(&fakeAPI{onRead: held.read}, 0)
		begin := time.Now()
		var asks sync.WaitGroup
		for _, patience := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			asks.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				_, err := process.Read(ctx, sampleID)
				if waited := time.Since(begin); waited != patience || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("left after %s with %v, want after %s", waited, err, patience)
				}
			})
		}
		asks.Wait()
	})
}

func TestSpellingsOfOneSessionIDShareARead(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	process := decisions.New(api, 0)
	const id = "aaaaaaaa-2222-4333-8444-00000000000f"

	for _, spelling := range []string{strings.ToUpper(id), id} {
		if _, err := process.Read(t.Context(), spelling); err != nil {
			t.Error(err)
		}
	}

	// Didit knows lower case only: a read for all must not depend on who asks first.
	if len(api.reads) != 1 || api.reads[0] != id {
		t.Errorf("read %q, want %q once", api.reads, id)
	}
	if process.Kept(strings.ToUpper(id)) == nil {
		t.Error("nothing is kept under the other spelling")
	}
}

func TestKeptReadsNothing(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}

	if kept := decisions.New(api, 0).Kept(sampleID); kept != nil || len(api.reads) != 0 {
		t.Errorf("got %v after %d reads", kept, len(api.reads))
	}
}
