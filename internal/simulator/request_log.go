// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"time"
)

// Request is one entry of the request log. It contains no key, no header but User-Agent, and no
// body.
type Request struct {
	// Time is when the request arrived.
	Time time.Time `json:"time"`
	// Method, Path and Query are as received; Path and Query are still escaped.
	Method    string `json:"method"`
	Path      string `json:"path"`
	Query     string `json:"query"`
	UserAgent string `json:"user_agent"`
	// Credential is the Actor of the credential, never the key; "" if it is unknown.
	Credential string `json:"credential"`
	// Status is the response's. 0: there is none yet, or the connection ended before one.
	Status int `json:"status"`
	// Fault is the Name of the request's fault; "" without one.
	Fault string `json:"fault"`
}

// Requests returns the log, oldest first, of /v3/ requests only; rejected, redirected and faulted
// ones are in it.
func (s *Simulator) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := make([]Request, len(s.requests))
	for i, entry := range s.requests {
		requests[i] = *entry
	}
	return requests
}

// Count returns the number of entries of the log with this method.
func (s *Simulator) Count(method string) (n int) {
	for _, entry := range s.Requests() {
		if entry.Method == method {
			n++
		}
	}
	return n
}

// ResetRequests empties the log. A request in flight is not added to it later.
func (s *Simulator) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// logRequest adds a request to the log.
func (s *Simulator) logRequest(r *http.Request, credential *Credential) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry := &Request{
		Time: time.Now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		UserAgent: r.UserAgent(), Credential: credential.name(),
	}
	s.requests = append(s.requests, entry)
	return entry
}

// updateRequest changes an entry of the log.
func (s *Simulator) updateRequest(update func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	update()
}
