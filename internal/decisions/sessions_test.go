// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func manyIDs(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprintf("22222222-2222-4333-8444-%012d", i)
	}
	return ids
}

func TestDecisions_ReadsTenAtATimeAndOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var inFlight atomic.Int32
		api := &fakeAPI{onRead: func(context.Context, int, string) (*didit.Decision, error) {
			if now := inFlight.Add(1); now > 10 {
				t.Errorf("%d reads at a time", now)
			}
			defer inFlight.Add(-1)
			time.Sleep(time.Second)
			return sampleDecision(), nil
		}}
		service, ids, start := decisions.New(api, 0), manyIDs(40), time.Now()

		for range 2 {
			found, err := service.Decisions(t.Context(), ids)
			if err != nil || len(found) != 40 || found[ids[7]].Status != didit.StatusApproved {
				t.Fatalf("%d sessions, %v", len(found), err)
			}
		}

		if api.readCount() != 40 || api.lists != 0 || time.Since(start) != 4*time.Second {
			t.Errorf("%d reads and %d lists in %s; want 40 and none in 4s", api.readCount(), api.lists, time.Since(start))
		}
	})
}

func TestDecisions_LeavesOutGoneSessions(t *testing.T) {
	t.Parallel()
	ids := manyIDs(5)
	api := &fakeAPI{onRead: func(_ context.Context, _ int, id string) (*didit.Decision, error) {
		if id == ids[1] || id == ids[3] {
			return nil, notFound()
		}
		return sampleDecision(), nil
	}}

	found, err := decisions.New(api, 0).Decisions(t.Context(), ids)

	if got, want := slices.Sorted(maps.Keys(found)), []string{ids[0], ids[2], ids[4]}; err != nil || !slices.Equal(got, want) {
		t.Errorf("found %v, %v; want %v", got, err, want)
	}
	if api.lists != 1 {
		t.Errorf("%d lists, want the one that proves that the API is Didit's", api.lists)
	}
}

func TestDecisions_WithoutProofNoSessionIsGone(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{
		onRead: func(context.Context, int, string) (*didit.Decision, error) { return nil, notFound() },
		onList: func(context.Context, int) error { return &didit.Error{Kind: didit.KindNotAPI, StatusCode: 404} },
	}

	found, err := decisions.New(api, 0).Decisions(t.Context(), manyIDs(3))

	if _, ok := errors.AsType[*decisions.NotProvenError](err); !ok || found != nil {
		t.Errorf("found %v, %v; want a NotProvenError", found, err)
	}
}

func TestDecisions_FirstFailureStartsNoMoreReads(t *testing.T) {
	t.Parallel()
	ids := manyIDs(100)
	refused := &didit.Error{Kind: didit.KindAuthentication, StatusCode: 401}
	synctest.Test(t, func(t *testing.T) {
		api := &fakeAPI{onRead: func(_ context.Context, nth int, id string) (*didit.Decision, error) {
			time.Sleep(time.Duration(nth) * time.Millisecond)
			if id == ids[2] {
				return nil, refused
			}
			return sampleDecision(), nil
		}}

		found, err := decisions.New(api, 0).Decisions(t.Context(), ids)

		failure, ok := errors.AsType[*decisions.SessionError](err)
		if !ok || failure.SessionID != ids[2] || !errors.Is(err, refused) || found != nil {
			t.Errorf("found %v, %v; want the failure of %s", found, err, ids[2])
		}
		synctest.Wait()
		if api.readCount() > 25 {
			t.Errorf("%d reads were started", api.readCount())
		}
		time.Sleep(time.Second) // The reads in flight are detached from the call, and end.
	})
}

func TestDecisions_StopsWhenInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		api := &fakeAPI{onRead: func(context.Context, int, string) (*didit.Decision, error) {
			time.Sleep(time.Minute)
			return sampleDecision(), nil
		}}
		time.AfterFunc(time.Second, cancel)
		start := time.Now()

		_, err := decisions.New(api, 0).Decisions(ctx, manyIDs(100))

		if !errors.Is(err, context.Canceled) || time.Since(start) != time.Second || api.readCount() != 10 {
			t.Errorf("%v after %s and %d reads, want the interruption at once", err, time.Since(start), api.readCount())
		}
		time.Sleep(time.Minute)
	})
}
