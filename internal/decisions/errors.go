// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"fmt"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// NotFoundReason is the reason why a subject was not found in its session.
type NotFoundReason int

// The reasons.
const (
	// Missing: the session does not have it.
	Missing NotFoundReason = iota + 1
	// Ambiguous: the address fits several; a more precise one may fit one.
	Ambiguous
	// NotAddressable: nothing in the API's paths and bodies tells several apart.
	NotAddressable
	// OtherType: the step at the node is of another type.
	OtherType
	// NoAMLCheck: the node has no AML screening, and so no hits.
	NoAMLCheck
)

// NotFoundError is a session that was read, and a subject that is not in it.
type NotFoundError struct {
	Reason  NotFoundReason
	Subject Subject
	// Decision is the session's, for what there is instead.
	Decision *didit.Decision
}

func (e *NotFoundError) Error() string {
	reason := map[NotFoundReason]string{
		Missing: "is not there", Ambiguous: "is ambiguous", NotAddressable: "cannot be addressed", OtherType: "is of another type", NoAMLCheck: "is at a node without an AML check",
	}[e.Reason]
	return fmt.Sprintf("%+v %s", e.Subject, reason)
}

// ConflictError is a subject that was changed after the change was planned, by a
// person or by the verification flow.
type ConflictError struct {
	Subject Subject
	// Expected is the value in the plan, Found the one now, Wanted the target.
	Expected, Found, Wanted string
	// Sent: a request whose outcome is unknown was sent before this was found.
	Sent bool
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%+v: expected %q, found %q, wanted %q", e.Subject, e.Expected, e.Found, e.Wanted)
}

// StandingError is a standing decision that a block without an import would
// overturn.
type StandingError struct {
	Subject       Subject
	Found, Wanted string
}

func (e *StandingError) Error() string {
	return fmt.Sprintf("%+v: stands %q, wanted %q", e.Subject, e.Found, e.Wanted)
}

// NotDecidableError is a subject that the API does not let be decided now.
type NotDecidableError struct {
	Subject       Subject
	Found, Wanted string
}

func (e *NotDecidableError) Error() string {
	return fmt.Sprintf("%+v: %q cannot become %q now", e.Subject, e.Found, e.Wanted)
}

// OutcomeUnknownError is a change that may have been made.
type OutcomeUnknownError struct {
	Change Change
	// Attempts is the number of requests that were sent.
	Attempts int
	// WriteErr is the failure of the last request. ReadErr is the reason why
	// reading did not reconcile it; nil if every read showed the former value.
	WriteErr, ReadErr error
}

func (e *OutcomeUnknownError) Error() string {
	if e.ReadErr != nil {
		return fmt.Sprintf("%d attempts: %v; then: %v", e.Attempts, e.WriteErr, e.ReadErr)
	}
	return fmt.Sprintf("%d attempts: %v", e.Attempts, e.WriteErr)
}

// Unwrap returns both causes.
func (e *OutcomeUnknownError) Unwrap() []error {
	if e.ReadErr != nil {
		return []error{e.WriteErr, e.ReadErr}
	}
	return []error{e.WriteErr}
}
