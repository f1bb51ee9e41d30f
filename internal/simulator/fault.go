// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Cut is a way to end a connection early.
type Cut int

const (
	// CutNone does not cut the connection.
	CutNone Cut = iota
	// CutReset closes the connection by a TCP reset without a response. Go's own client retries a
	// GET when this happens on a reused connection, so such a GET can be in the log twice.
	CutReset
	// CutBody sends the right headers with the full Content-Length, half of the body, and closes.
	CutBody
)

// Fault is a failure of one or several requests. Zero fields have no effect.
type Fault struct {
	// Name is shown in the log.
	Name string `json:"name"`
	// Method restricts the fault to one method; "": any.
	Method string `json:"method"`
	// Path restricts the fault to escaped paths with this substring; "": any.
	Path string `json:"path"`
	// Skip is the number of matching requests that pass first.
	Skip int `json:"skip"`
	// Times is the number of requests that fail; 0: one; negative: all.
	Times int `json:"times"`
	// Delay passes before anything else. If the client disconnects meanwhile, the request is not
	// executed.
	Delay time.Duration `json:"-"`
	// Status and Body replace those of the real response, and Header is added. If Status is 0 and
	// Body is not empty, the status is 200. If both are empty, Header is added to the real
	// response. The default Content-Type is application/json.
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	// After executes the request before the fault happens: a change is made, and its response is
	// lost. Without it the request is neither executed nor counted against a limit, unless the
	// fault needs the real response: one with delays and headers only, or a CutBody without a
	// Status and a Body.
	After bool `json:"after"`
	// Cut ends the connection early.
	Cut Cut `json:"-"`
	// DelayAfter passes between the execution and the response, unless the client disconnects.
	DelayAfter time.Duration `json:"-"`
}

// Inject adds a fault after the pending ones. The first that matches a request is used; a fault
// that still skips requests (Skip) is passed over.
func (s *Simulator) Inject(fault Fault) {
	fault.Times = cmp.Or(fault.Times, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fault)
}

// ClearFaults deletes every pending fault.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// nextFault returns the fault of a request; the zero Fault if there is none.
func (s *Simulator) nextFault(method, path string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		fault := &s.faults[i]
		switch {
		case fault.Method != "" && fault.Method != method || !strings.Contains(path, fault.Path):
		case fault.Skip > 0:
			fault.Skip--
		case fault.Times < 0:
			return *fault
		default:
			hit := *fault
			if fault.Times--; fault.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
			return hit
		}
	}
	return Fault{}
}

// hasResponse reports whether the fault brings its own response.
func (f *Fault) hasResponse() bool { return f.Status != 0 || f.Body != "" }

// executesRequest reports whether the API sees the request.
func (f *Fault) executesRequest() bool {
	return f.After || !f.hasResponse() && f.Cut != CutReset
}

// replace returns the response to send instead of the API's.
func (f *Fault) replace(r *response) *response {
	if f.hasResponse() || r == nil {
		r = rawResponse(cmp.Or(f.Status, http.StatusOK), jsonType, []byte(f.Body))
	}
	for name, values := range f.Header {
		r.header[http.CanonicalHeaderKey(name)] = values
	}
	return r
}

// wait returns false if the client disconnected before the time was over.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset closes the connection so that the client sees a TCP reset, not an orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes the close a reset
	}
	_ = conn.Close()
}
