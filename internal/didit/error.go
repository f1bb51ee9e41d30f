// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind classifies failures by what the caller can do about them.
type Kind int

// The kinds of failure.
const (
	// KindAuthentication: the credential is missing, wrong, revoked or expired
	// (401, or a 403 whose message is about credentials).
	KindAuthentication Kind = iota + 1
	// KindPermission: any other 403. The credential lacks a privilege, or is wrong, expired
	// or another application's: Didit returns the same for all of them.
	KindPermission
	// KindSessionNotFound: the API's own 404 for a session that is unknown,
	// deleted, or outside the key's scope.
	KindSessionNotFound
	// KindSubjectNotFound: the API's own 404 for a node, an AML check or a hit
	// that the session does not have.
	KindSubjectNotFound
	// KindDestinationNotFound: the API's own 404 for a webhook destination that is
	// unknown or deleted.
	KindDestinationNotFound
	// KindNoDeferral: the API does not seem to know deferred changes.
	KindNoDeferral
	// KindAPISession: the 400 for a standalone API session, which can never be changed.
	KindAPISession
	// KindValidation: any other 400; Fields holds its messages.
	KindValidation
	// KindRejected: another 4xx, or a request that cannot be built.
	KindRejected
	// KindRateLimit: a 429.
	KindRateLimit
	// KindServer: a 5xx.
	KindServer
	// KindConnection: no response: refused, reset, timed out, TLS.
	KindConnection
	// KindMalformed: a response that is cut off or not valid JSON.
	KindMalformed
	// KindUnexpected: a response of Didit's API that this client cannot read, such as a
	// list with a row without its ID.
	KindUnexpected
	// KindNotAPI: a response that does not come from Didit's API: a proxy's, a login
	// page, a redirect, JSON of another shape, a report that is too large.
	KindNotAPI
)

// Error is a failure of an operation. Only the context's own error is returned as it
// is.
type Error struct {
	Kind         Kind
	Method, Path string
	// StatusCode is 0 if there was no response.
	StatusCode int
	// Detail is the API's message, or a sentence about what is wrong with its response.
	// It is bounded, on one line, and does not contain the credential.
	Detail string
	// Fields holds the messages of a validation error by field; those without a
	// field are under "".
	Fields map[string][]string
	// Attempts is the number of requests that were sent.
	Attempts int
	// RetryAfter is the wait that the API asked for; 0 for none.
	RetryAfter time.Duration
	// OutcomeUnknown: the request may have been carried out in spite of the failure. Another
	// attempt may succeed, but a change is not sent again after a 2xx.
	OutcomeUnknown bool
	// NotFromAPI: another service, such as a proxy, refused the request or replaced the
	// API's response. Another attempt does not help, but the request may have been carried
	// out.
	NotFromAPI bool
	// Refusal is set if Didit refused the credential or a privilege, also of an earlier
	// request: then nothing was sent.
	Refusal *Refusal
	// Err is the cause, if there is one. Its text is not for users.
	Err error
}

// Error returns the failure in one line, for logs and tests. Package provider builds
// the sentences for users.
func (e *Error) Error() string {
	if e.Method == "" { // nothing was sent
		return e.Detail
	}
	text := fmt.Sprintf("%s %s", e.Method, e.Path)
	if e.StatusCode != 0 {
		text += fmt.Sprintf(": %d", e.StatusCode)
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return text + ": " + e.Detail
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfterExceedsLimit reports whether the API asked for a longer wait than
// this client obeys.
func (e *Error) RetryAfterExceedsLimit() bool { return e.RetryAfter > maxRetryAfter }

// retryable reports whether another attempt of a read may succeed.
func (e *Error) retryable() bool {
	return (e.Kind == KindRateLimit || e.OutcomeUnknown) && !e.RetryAfterExceedsLimit()
}

// IsSuccess reports whether the response was a 2xx that could not be used.
func (e *Error) IsSuccess() bool { return e.StatusCode >= 200 && e.StatusCode < 300 }

// IsCreate reports whether the operation was to create something.
func (e *Error) IsCreate() bool { return e.Method == http.MethodPost }

// AsError returns the client's error in a chain, or nil.
func AsError(err error) *Error {
	found, _ := errors.AsType[*Error](err)
	return found
}

// IsKind reports whether err is, or wraps, a client error of that kind.
func IsKind(err error, kind Kind) bool {
	found := AsError(err)
	return found != nil && found.Kind == kind
}

// rejectGeneral404 is for endpoints without a session in their path. A 404 that does not
// name its object has the kind of a session's, but here it can come from any service behind
// a wrong route: the delete of a destination would succeed while events go on.
func rejectGeneral404(err error) error {
	if failure := AsError(err); failure != nil && failure.Kind == KindSessionNotFound {
		failure.Kind, failure.NotFromAPI = KindNotAPI, true
	}
	return err
}
