// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Gone reports whether the error of [Service.Find] or [Service.Decision] shows that the
// subject no longer exists: the API returned its own 404, or a complete report does not
// contain the subject. If Gone returns false, err is the error to report; nil if the read
// has succeeded. Read uses it before it removes a decision from the state, or stores that
// it is gone:
//
//	found, readErr := service.Find(ctx, subject)
//	gone, err := service.Gone(ctx, readErr)
//	switch {
//	case gone: // readErr is the reason
//	case err != nil: // the state is kept
//	default: // found
//	}
//
// Any Django service behind a wrong base URL returns the same 404 as the API, and emptied
// a state. So before the first 404 counts, one list of sessions has to succeed. The
// request is sent once per process. Its failure is a [*NotProvenError].
//
// Endpoint: GET /v3/sessions/.
func (s *Service) Gone(ctx context.Context, readErr error) (gone bool, err error) {
	if missing, ok := errors.AsType[*NotFoundError](readErr); ok {
		if missing.Reason == Missing || missing.Reason == NoAMLCheck {
			return true, nil // the report itself shows that it is from Didit
		}
		return false, readErr
	}
	if !didit.IsKind(readErr, didit.KindSessionNotFound) {
		return false, readErr
	}
	if err := s.proof.wait(ctx, s.listSessions); err != nil {
		if ctx.Err() != nil {
			return false, err
		}
		return false, &NotProvenError{NotFound: readErr, Err: err}
	}
	return true, nil
}

// listSessions requests the first page of a list.
func (s *Service) listSessions(ctx context.Context) error {
	for _, err := range s.api.ListSessions(ctx, didit.SessionQuery{Kind: didit.KindUser}) {
		return err
	}
	return nil
}

// NotProvenError reports that a session seems to be gone, but that the list of sessions
// could not be read, so that the base URL may be wrong.
type NotProvenError struct {
	// NotFound is the 404, Err the failure of the list.
	NotFound, Err error
}

func (e *NotProvenError) Error() string { return fmt.Sprintf("%v; then: %v", e.NotFound, e.Err) }

// Unwrap returns the failure of the list. The 404 is not part of the chain, because it
// proves nothing.
func (e *NotProvenError) Unwrap() error { return e.Err }

// proof is a request whose result all callers share.
type proof struct {
	once  sync.Once
	ended chan struct{}
	err   error
}

// wait sends the request, unless an earlier call has, and returns its result. The
// callers share the request, so it must not end with the first caller's context.
func (p *proof) wait(ctx context.Context, request func(context.Context) error) error {
	p.once.Do(func() {
		p.ended = make(chan struct{})
		go func() {
			defer close(p.ended)
			p.err = request(context.WithoutCancel(ctx))
		}()
	})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ended:
		return p.err
	}
}
