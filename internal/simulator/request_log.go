// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"sync"
	"time"
)

// Request is one entry of the request log. It holds no key, no header but User-Agent, and no body.
type Request struct {
	// Time is when the request arrived.
	Time time.Time `json:"time"`
	// Method, Path and Query as they came; Path and Query are still escaped.
	Method    string `json:"method"`
	Path      string `json:"path"`
	Query     string `json:"query"`
	UserAgent string `json:"user_agent"`
	// Credential is the Actor of the credential, never the key; empty where it was unknown.
	Credential string `json:"credential"`
	// Status is what was answered. 0: no answer yet, or the connection was cut (or left by the client) before one.
	Status int `json:"status"`
	// Fault is the Name of the fault that hit the request, else "".
	Fault string `json:"fault"`
}

// requestLog is the log of /v3/ requests in the order of their arrival.
type requestLog struct {
	mu      sync.Mutex
	entries []*Request
}

func (l *requestLog) begin(r *http.Request, credential string) *Request {
	entry := &Request{
		Time: time.Now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		UserAgent: r.UserAgent(), Credential: credential,
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, entry)
	return entry
}

func (l *requestLog) setStatus(entry *Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry.Status = status
}

func (l *requestLog) setFault(entry *Request, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry.Fault = name
}

func (l *requestLog) read(entry *Request) Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *entry
}

// Requests is the log, oldest first, of /v3/ requests only; refused, redirected and faulted ones are in it.
func (s *Simulator) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	requests := make([]Request, len(s.log.entries))
	for i, entry := range s.log.entries {
		requests[i] = *entry
	}
	return requests
}

// Count is how many entries of the log have this method.
func (s *Simulator) Count(method string) int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	n := 0
	for _, entry := range s.log.entries {
		if entry.Method == method {
			n++
		}
	}
	return n
}

// ResetRequests empties the log. A request that is under way stays out of it.
func (s *Simulator) ResetRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries = nil
}
