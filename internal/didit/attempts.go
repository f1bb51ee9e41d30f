// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

// Attempts records the requests that were sent for one change.
type Attempts struct {
	Count int
	// Last is the failure of the last request; nil before the first.
	Last *Error
	// OutcomeUnknown: one of the failed requests may have been carried out. Then a read
	// has to show whether it was.
	OutcomeUnknown bool
}

// Add records a request that failed.
func (a *Attempts) Add(err error) {
	a.Count++
	a.Last = AsError(err)
	if a.Last == nil {
		a.Last = &Error{Detail: err.Error(), OutcomeUnknown: true, Err: err}
	}
	a.OutcomeUnknown = a.OutcomeUnknown || a.Last.OutcomeUnknown || a.Last.NotFromAPI
}

// CanSend reports whether another request may be sent: the first, or one of at most
// maxRetries retries after a rate limit or an unknown outcome.
func (a *Attempts) CanSend(maxRetries int) bool {
	return a.Last == nil || a.Last.retryable() && a.Count <= maxRetries
}
