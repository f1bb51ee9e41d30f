// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"errors"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// attempts is what is known of the requests that were sent for one change.
type attempts struct {
	count int
	// last is the failure of the last request; nil before the first.
	last *didit.Error
	// outcomeUnknown: one of them may have been carried out.
	outcomeUnknown bool
}

func (a *attempts) add(err error) {
	a.count++
	a.last = didit.AsError(err)
	if a.last == nil {
		a.last = &didit.Error{Detail: err.Error(), OutcomeUnknown: true, Err: err}
	}
	a.outcomeUnknown = a.outcomeUnknown || a.last.OutcomeUnknown
}

// canSend reports whether another request may be sent: the first, or a retry after
// a rate limit or an unknown outcome.
func (a *attempts) canSend(change Change, maxRetries int) bool {
	if a.last == nil {
		return true
	}
	if change.Once && a.outcomeUnknown {
		return false
	}
	isTransient := a.last.Kind == didit.KindRateLimit || a.last.OutcomeUnknown
	return isTransient && a.count <= maxRetries && !a.last.RetryAfterExceedsLimit()
}

// explain returns the error of a change that ends here: for readErr, or, if that is
// nil, for the last failure, because the subject still has its former value.
func (a *attempts) explain(change Change, readErr error) error {
	if conflict, ok := errors.AsType[*ConflictError](readErr); ok {
		conflict.Sent = a.outcomeUnknown
		return conflict
	}
	_, isMissing := errors.AsType[*NotFoundError](readErr)
	switch {
	case a.last == nil:
		return readErr
	case a.outcomeUnknown:
		return &OutcomeUnknownError{Change: change, Attempts: a.count, WriteErr: a.last, ReadErr: readErr}
	case readErr == nil || !isMissing && a.last.Kind != didit.KindRateLimit:
		// Didit refused the change: its own reason says more than a failed read.
		return a.last
	}
	return readErr
}
