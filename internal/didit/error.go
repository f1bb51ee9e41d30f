// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind tells failures apart by what the caller can do about them.
type Kind int

// The kinds of failure.
const (
	// KindAuthentication: the credential is missing, wrong, revoked or expired
	// (401, or a 403 that says so).
	KindAuthentication Kind = iota + 1
	// KindPermission: the credential lacks a privilege (403).
	KindPermission
	// KindSessionNotFound: the API's own 404 for a session that is unknown,
	// deleted, or outside the key's scope.
	KindSessionNotFound
	// KindFeatureNotFound: the API's own 404 for a node that the session lacks.
	KindFeatureNotFound
	// KindAPISession: the 400 for a standalone API session, which can never be changed.
	KindAPISession
	// KindValidation: any other 400; Fields holds its messages.
	KindValidation
	// KindRejected: another 4xx, or a request that cannot be sent as it is.
	KindRejected
	// KindLimit: 429 to the end, or a Retry-After that is too long to wait for.
	KindLimit
	// KindServer: a 5xx.
	KindServer
	// KindConnection: no answer: refused, reset, timed out, TLS.
	KindConnection
	// KindBroken: an answer that is cut or garbled.
	KindBroken
	// KindNotAPI: something answers that is not Didit's API: a proxy, a login
	// page, a redirect, JSON of another shape, a report that is too large.
	KindNotAPI
)

// Error is every failure of the client but the context's own.
type Error struct {
	Kind         Kind
	Method, Path string
	// StatusCode is 0 where no answer came.
	StatusCode int
	// Detail is what the API said or what was wrong with its answer: a
	// sentence, bounded and free of the credential.
	Detail string
	// Fields holds the messages of a validation error by field; "" for those
	// of none.
	Fields map[string][]string
	// Attempts is how often the request was sent.
	Attempts int
	// RetryAfter is the wait that the API asked for; 0: none.
	RetryAfter time.Duration
	// Unclear: the request may have been carried out all the same.
	Unclear bool
	// Err is the cause, where there is one; its text is not for users.
	Err error
}

// Error is the failure in one line, for logs and tests; sentences for users are
// made where the user is.
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

// IsTooLongAWait tells whether the API asked for a longer wait than is obeyed.
func (e *Error) IsTooLongAWait() bool { return e.RetryAfter > longestRetryAfter }

// IsBadRequest tells whether the answer was a 400, whoever gave it and in whatever
// words: the API also gives one to a change that an earlier attempt has made.
func (e *Error) IsBadRequest() bool { return e.StatusCode == http.StatusBadRequest }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError finds the client's error in a chain; nil where there is none.
func AsError(err error) *Error {
	found, _ := errors.AsType[*Error](err)
	return found
}

// IsKind tells whether err is, or wraps, a client error of that kind.
func IsKind(err error, kind Kind) bool {
	found := AsError(err)
	return found != nil && found.Kind == kind
}
