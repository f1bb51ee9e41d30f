// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
)

// Change is a change that is made once, also if the response to a request is lost.
type Change struct {
	// Acquire waits for the permit of the next request, or for the next read if none may be
	// sent any more: [Client.AcquireWrite].
	Acquire func(ctx context.Context, sent Attempts) (*WritePermit, error)
	// Check is called before every request, and after the last one if it failed. If
	// isKnown is true, the change ends: it was made or needs no request if err is nil, and
	// it must not be made otherwise. Otherwise err is the failure of a read, and nil means
	// that the change was not made and may be sent.
	Check func(sent Attempts) (isKnown bool, err error)
	// Send sends one request with the permit. Errors are of type [*Error].
	Send func(permit *WritePermit) error
	// MaxRetries is the maximum number of requests after the first, and of reads after a 2xx,
	// which is followed by one at least.
	MaxRetries int
	// Once: do not send again after an unknown outcome, because Check cannot always find
	// out whether the change was made.
	Once bool
}

// Make acquires a permit, checks and sends, and repeats all three until the outcome is
// known. After a 2xx that does not confirm the change, it only checks: the change may have
// been made although reads do not show it yet. Errors: those of Check,
// [*OutcomeUnknownError], the client's, or the context's.
func (c Change) Make(ctx context.Context) error {
	var sent Attempts
	for {
		canRetry, permit := c.canRetry(sent), new(WritePermit) // a permit without a slot
		if canRetry {
			var err error
			if permit, err = c.Acquire(ctx, sent); err != nil {
				return sent.explain(err)
			}
		}
		isKnown, err := c.Check(sent)
		switch {
		case isKnown:
			permit.cancel()
			return err
		case err != nil || !canRetry:
			permit.cancel()
			return sent.explain(err)
		case sent.Accepted():
			permit.cancel()
			if sent.Reads++; !c.canRetry(sent) {
				return sent.explain(nil)
			}
			continue
		case permit.isPaused(): // by a 429 to another change, after the permit was acquired
			permit.cancel()
			continue
		}
		if err = c.Send(permit); err == nil {
			return nil
		}
		sent.add(err)
	}
}

// canRetry reports whether another round may follow: the first, or one of at most
// MaxRetries retries after a rate limit or an unknown outcome.
func (c Change) canRetry(sent Attempts) bool {
	return sent.Last == nil || sent.Last.retryable() && sent.rounds() <= c.MaxRetries && (!c.Once || !sent.OutcomeUnknown)
}

// Attempts records the requests that were sent for one change.
type Attempts struct {
	Count int
	// Reads is the number of reads after a 2xx that showed that the change was not made.
	Reads int
	// Last is the failure of the last request; nil before the first.
	Last *Error
	// OutcomeUnknown: one of the failed requests may have been carried out. Then a read
	// has to show whether it was.
	OutcomeUnknown bool
}

// Accepted reports whether the last response was a 2xx, which did not confirm the change.
// Such a change must not be sent again.
func (a *Attempts) Accepted() bool { return a.Last != nil && a.Last.IsSuccess() }

func (a *Attempts) rounds() int { return a.Count + a.Reads }

// add records a request that failed.
func (a *Attempts) add(err error) {
	a.Count++
	a.Last = AsError(err)
	if a.Last == nil {
		a.Last = &Error{Detail: err.Error(), OutcomeUnknown: true, Err: err}
	}
	a.OutcomeUnknown = a.OutcomeUnknown || a.Last.OutcomeUnknown || a.Last.NotFromAPI
}

// explain returns the error of a change that ends without a known success. readErr is the
// failure of the last read or wait; nil if the last read showed that the change was not
// made.
func (a *Attempts) explain(readErr error) error {
	switch {
	case a.Last == nil:
		return readErr
	case a.OutcomeUnknown && (readErr != nil || a.Last.OutcomeUnknown):
		return &OutcomeUnknownError{Attempts: a.Count, WriteErr: a.Last, ReadErr: readErr}
	case readErr == nil || a.Last.Kind != KindRateLimit:
		// The change was refused. The reason is more useful than the read's failure.
		return a.Last
	}
	return readErr
}

// OutcomeUnknownError reports that a change may have been made.
type OutcomeUnknownError struct {
	// Attempts is the number of requests that were sent.
	Attempts int
	// WriteErr is the failure of the last request. ReadErr is the failure of the read that
	// was to reconcile it; nil if every read showed that the change was not made.
	WriteErr, ReadErr error
	// Shown is the value that the last read showed; "" if the change is not of one value.
	Shown string
}

func (e *OutcomeUnknownError) Error() string {
	if e.ReadErr != nil {
		return fmt.Sprintf("%d attempts: %v; then: %v", e.Attempts, e.WriteErr, e.ReadErr)
	}
	return fmt.Sprintf("%d attempts: %v", e.Attempts, e.WriteErr)
}

// Unwrap returns the causes.
func (e *OutcomeUnknownError) Unwrap() []error {
	if e.ReadErr != nil {
		return []error{e.WriteErr, e.ReadErr}
	}
	return []error{e.WriteErr}
}
