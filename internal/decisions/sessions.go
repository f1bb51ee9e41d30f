// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// maxConcurrentReads is how many sessions [Service.Decisions] reads at the same time: as
// many as Terraform does by default.
const maxConcurrentReads = 10

// SessionError is the failure to read one of several sessions.
type SessionError struct {
	SessionID string
	// Err is an error of [Service.Decision] or [Service.Gone].
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
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(maxConcurrentReads)
	for _, id := range sessionIDs {
		reads.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			decision, err := s.Decision(ctx, id)
			gone, err := s.Gone(ctx, err)
			switch {
			case err != nil:
				return &SessionError{id, err}
			case !gone:
				mu.Lock()
				defer mu.Unlock()
				found[id] = decision
			}
			return nil
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	return found, nil
}
