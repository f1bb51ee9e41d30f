// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Refusal is the refusal of a credential, or of a privilege. It is shared by the errors
// of all requests that fail for this reason. With hundreds of decisions, one long error
// for each would hide the cause.
type Refusal struct {
	// Cause is the error of the first request that Didit refused.
	Cause *Error
	// Privilege is what the request needed, such as read:sessions.
	Privilege string

	reported atomic.Bool
}

// Report returns true for the first caller, which reports the cause at length.
func (r *Refusal) Report() bool { return !r.reported.Swap(true) }

// refusals remembers what Didit has refused, so that later requests that need the same
// fail at once.
type refusals struct {
	mu         sync.Mutex
	credential *Refusal
	privileges map[string]*Refusal // by privilege
	classes    map[string]*Refusal // by class of requests
}

// privilegeOf returns the privilege that a request needs. Its object is that of the path,
// such as sessions for /v3/session/….
func privilegeOf(call call) string {
	access := "write"
	if call.method == http.MethodGet {
		access = "read"
	}
	object, _, _ := strings.Cut(strings.TrimPrefix(call.path, "/v3/"), "/")
	return access + ":" + strings.TrimSuffix(object, "s") + "s"
}

// classOf returns the class of requests that Didit allows or refuses together. A key can
// be limited to decisions, without the list of sessions.
func classOf(call call) string {
	class := privilegeOf(call)
	if strings.HasPrefix(call.path, "/v3/sessions/") {
		class += ", list"
	}
	return class
}

// find returns the error for a request that Didit would refuse; nil if it may accept it.
func (r *refusals) find(call call) *Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	refusal := r.credential
	if refusal == nil {
		refusal = r.classes[classOf(call)]
	}
	if refusal == nil {
		return nil
	}
	return &Error{Kind: refusal.Cause.Kind, Detail: "Nothing was sent, because Didit has refused the credential before.", Refusal: refusal}
}

// add records an error if it refuses the credential or a privilege, and adds the refusal
// to the error.
func (r *refusals) add(call call, failure *Error) {
	isRefusal := failure.Kind == KindAuthentication || failure.Kind == KindPermission
	// A proxy can replace the response to a change that was made. The read that finds out
	// has to be sent.
	mayBeMade := failure.NotFromAPI && call.method != http.MethodGet
	if !isRefusal || mayBeMade {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	privilege := privilegeOf(call)
	refusal := r.credential
	if failure.Kind == KindPermission {
		refusal = r.privileges[privilege]
	}
	if refusal == nil {
		cause := *failure
		refusal = &Refusal{Cause: &cause, Privilege: privilege}
	}
	failure.Refusal = refusal
	if failure.Kind == KindAuthentication {
		r.credential = refusal
		return
	}
	if r.privileges == nil {
		r.privileges, r.classes = map[string]*Refusal{}, map[string]*Refusal{}
	}
	r.privileges[privilege], r.classes[classOf(call)] = refusal, refusal
}
