// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// maxConcurrentReads is how many sessions are read at the same time: as many as Terraform
// does by default.
const maxConcurrentReads = 10

// SessionError is the failure to read one of several sessions.
type SessionError struct {
	SessionID string
	// Err is an error of [Service.Decision], [Service.Gone] or [Service.Override].
	Err error
}

func (e *SessionError) Error() string { return e.SessionID + ": " + e.Err.Error() }

// Unwrap returns the error of the read.
func (e *SessionError) Unwrap() error { return e.Err }

// Decisions reads several sessions as [Service.Decision] does, and returns their
// decisions by session ID. A session that is gone, as [Service.Gone] determines it, is not
// in the map. After a failure, a [*SessionError], it starts no more reads.
func (s *Service) Decisions(ctx context.Context, sessionIDs []string) (map[string]*didit.Decision, error) {
	found, mu := map[string]*didit.Decision{}, sync.Mutex{}
	err := readEach(ctx, sessionIDs, func(ctx context.Context, id string) error {
		decision, err := s.Decision(ctx, id)
		gone, err := s.Gone(ctx, err)
		if err == nil && !gone {
			mu.Lock()
			defer mu.Unlock()
			found[id] = decision
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Waiting returns the steps of these sessions whose deferred change waits, with the status
// that Didit will set. It reads the sessions' lists of overrides like [Service.Decisions].
func (s *Service) Waiting(ctx context.Context, sessions map[string]*didit.Decision) (map[FeatureRef]string, error) {
	waiting, mu := map[FeatureRef]string{}, sync.Mutex{}
	err := readEach(ctx, slices.Collect(maps.Keys(sessions)), func(ctx context.Context, id string) error {
		list, err := s.cache.overrides.Find(ctx, id)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, feature := range sessions[id].Features {
			step := FeatureRef{id, feature.NodeID, feature.Type}
			isWaiting := func(override didit.FeatureOverride) bool {
				return step.isOf(override) && override.State == didit.OverridePending
			}
			if override, found := findOverride(*list, isWaiting); found {
				waiting[step] = override.NewStatus
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return waiting, nil
}

// readEach calls read for several sessions, some at the same time. After a failure, it
// returns a [*SessionError] and starts no more reads.
func readEach(ctx context.Context, sessionIDs []string, read func(ctx context.Context, id string) error) error {
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(maxConcurrentReads)
	for _, id := range sessionIDs {
		reads.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := read(ctx, id); err != nil {
				return &SessionError{id, err}
			}
			return nil
		})
	}
	return reads.Wait()
}
