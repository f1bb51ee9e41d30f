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

// Cut is a way to break a connection off.
type Cut int

const (
	// CutNone leaves the connection alone.
	CutNone Cut = iota
	// CutReset closes the connection by a TCP reset without a response. Go's own client repeats a GET when this happens
	// on a connection that it had used before, so such a GET can be in the log twice.
	CutReset
	// CutBody sends the right headers with the full Content-Length, half of the body, and closes.
	CutBody
)

// Fault is something that goes wrong with one request, or with several. What is not set stays as usual.
type Fault struct {
	// Name is shown in the log.
	Name string `json:"name"`
	// Method is the one that is hit; "" any.
	Method string `json:"method"`
	// Path is a substring of the escaped path of what is hit; "" any.
	Path string `json:"path"`
	// Skip is how many matching requests pass first.
	Skip int `json:"skip"`
	// Times is how many requests are hit; 0: once; negative: all.
	Times int `json:"times"`
	// Delay passes before anything else. If the client leaves meanwhile, nothing is carried out.
	Delay time.Duration `json:"-"`
	// Status replaces the real one, with Header added, and Body the real body. If Status is 0 and Body is not empty, the
	// status is 200. If both are empty, the real response is kept and Header is added to it. The default Content-Type is
	// application/json.
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	// After: the request is carried out, and then the fault happens (a change is made, and its response is lost).
	// Else nothing is carried out, nor counted against a limit, unless the fault needs the real response: one with
	// delays and headers only, or a CutBody without a Status and a Body.
	After bool `json:"after"`
	// Cut breaks the connection off.
	Cut Cut `json:"-"`
	// DelayAfter passes between carrying out and responding, unless the client leaves.
	DelayAfter time.Duration `json:"-"`
}

// Inject adds a fault behind those that are pending. The first that matches a request is used; one that still lets
// requests pass (Skip) leaves them to those behind it.
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

// nextFault returns the fault that hits a request; the zero Fault if none does.
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

func (f *Fault) carriesOut() bool {
	return f.After || !f.hasResponse() && f.Cut != CutReset
}

// replace returns the response to send in the place of the API's.
func (f *Fault) replace(r *response) *response {
	if f.hasResponse() || r == nil {
		r = raw(cmp.Or(f.Status, http.StatusOK), jsonType, []byte(f.Body))
	}
	for name, values := range f.Header {
		r.header[http.CanonicalHeaderKey(name)] = values
	}
	return r
}

// wait returns false if the client left before the time was over.
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
