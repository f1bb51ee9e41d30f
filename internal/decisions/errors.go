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
	// Missing: the session does not have the subject.
	Missing NotFoundReason = iota + 1
	// Ambiguous: several subjects match the address; a more precise one may match one.
	Ambiguous
	// NotAddressable: several subjects match, and the API has no way to distinguish them.
	NotAddressable
	// OtherType: the step at the node is of another type.
	OtherType
	// NoAMLCheck: the node has no AML screening, and so no hits.
	NoAMLCheck
	// Unusable: the report has an item that is or may be the subject, but without a status
	// or without an ID; or it hides the hits of an AML check. The subject is not gone.
	Unusable
)

// NotFoundError reports that a session was read and does not have the subject.
type NotFoundError struct {
	Reason  NotFoundReason
	Subject Subject
	// Decision is the session's decision, to list the subjects that it has.
	Decision *didit.Decision
	// Item is the item if the reason is Unusable.
	Item didit.UnusableItem
}

func (e *NotFoundError) Error() string {
	reason := map[NotFoundReason]string{
		Missing: "is missing", Ambiguous: "is ambiguous", NotAddressable: "cannot be addressed", OtherType: "is of another type", NoAMLCheck: "is at a node without an AML check", Unusable: "is not usable: " + e.Item.Problem,
	}[e.Reason]
	return fmt.Sprintf("%+v %s", e.Subject, reason)
}

// ConflictError reports that a person or the verification flow has changed the subject
// since the change was planned.
type ConflictError struct {
	Subject Subject
	// Expected is the value in the plan, Found the one now, Wanted the target.
	Expected, Found, Wanted string
	// Sent: before that, a request was sent whose outcome is unknown.
	Sent bool
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%+v: expected %q, found %q, wanted %q", e.Subject, e.Expected, e.Found, e.Wanted)
}

// StandingError reports that a change which does not say from which value it is made
// would overturn a decision.
type StandingError struct {
	Subject       Subject
	Found, Wanted string
}

func (e *StandingError) Error() string {
	return fmt.Sprintf("%+v: decided %q, wanted %q", e.Subject, e.Found, e.Wanted)
}

// NotDecidableError reports that the API accepts no change from the current value.
type NotDecidableError struct {
	Subject       Subject
	Found, Wanted string
}

func (e *NotDecidableError) Error() string {
	return fmt.Sprintf("%+v: %q cannot become %q now", e.Subject, e.Found, e.Wanted)
}

// WaitingError reports that a change of the step may wait already. What Didit does with a
// second one is not published.
type WaitingError struct {
	Step     FeatureRef
	Override didit.FeatureOverride
	// Sent: this change was sent before, and no response confirmed it.
	Sent bool
}

func (e *WaitingError) Error() string {
	return fmt.Sprintf("%+v: override %s to %q is %q", e.Step, e.Override.ID, e.Override.NewStatus, e.Override.State)
}
