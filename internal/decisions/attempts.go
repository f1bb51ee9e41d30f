// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"errors"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// attempts records the requests that were sent for one change.
type attempts struct{ didit.Attempts }

// canSend reports whether another request may be sent.
func (a *attempts) canSend(change Change, maxRetries int) bool {
	return a.CanSend(maxRetries) && (!change.Once || !a.OutcomeUnknown)
}

// explain returns the error of a change that ends without success. readErr is the failure
// of the last read or check; nil if the subject still has its former value.
func (a *attempts) explain(change Change, readErr error) error {
	if conflict, ok := errors.AsType[*ConflictError](readErr); ok {
		conflict.Sent = a.OutcomeUnknown
		return conflict
	}
	_, isMissing := errors.AsType[*NotFoundError](readErr)
	switch {
	case a.Last == nil:
		return readErr
	case a.OutcomeUnknown && (readErr != nil || a.Last.OutcomeUnknown):
		return &OutcomeUnknownError{Change: change, Attempts: a.Count, WriteErr: a.Last, ReadErr: readErr}
	case readErr == nil || !isMissing && a.Last.Kind != didit.KindRateLimit:
		// The change was refused. The reason is more useful than the read's failure.
		return a.Last
	}
	return readErr
}
