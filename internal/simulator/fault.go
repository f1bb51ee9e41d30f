// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Cut is a way to break a connection off.
type Cut int

const (
	// CutNone leaves the connection alone.
	CutNone Cut = iota
	// CutReset closes the connection by a TCP reset without an answer. Go's own client sends a GET again by itself when
	// this happens on a connection that it had used before, so such a GET can be in the log twice.
	CutReset
	// CutBody sends the right headers with the full Content-Length, half of the body, and closes.
	CutBody
)

// Fault is something that goes wrong with a request, or with several. The zero value of everything but Name answers as
// usual; a fault is made of what is set.
type Fault struct {
	// Name is shown in the log.
	Name string
	// Method is the one that is hit; "" any.
	Method string
	// Path is a substring of the escaped path of what is hit; "" any.
	Path string
	// Skip lets that many matching requests pass first.
	Skip int
	// Times is how many requests are hit; 0: once; negative: all.
	Times int
	// Delay is waited before anything else. A client that leaves ends it, and nothing is carried out.
	Delay time.Duration
	// Status is answered instead of the real one, with Header added, and with Body instead of the real body.
	// Where Status is 0 and Body is not empty, the status is 200. Where both are empty, the real answer is kept and
	// Header is added to it. The default Content-Type is application/json.
	Status int
	Header http.Header
	Body   string
	// After: the request is carried out, and then the fault happens (a change is made, and its answer is lost).
	// Else nothing is carried out, neither counted against a limit, unless the fault needs the real answer: one with
	// delays and headers only, or a CutBody without a Status and a Body.
	After bool
	// Cut breaks the connection off.
	Cut Cut
	// DelayAfter is waited between carrying out and answering. A client that leaves ends it.
	DelayAfter time.Duration
}

// Inject adds a fault behind those that are pending. The first that matches a request is used; one that still lets
// requests pass (Skip) leaves them to those behind it.
func (s *Simulator) Inject(fault Fault) {
	fault.Times = cmp.Or(fault.Times, 1)
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.pending = append(s.faults.pending, fault)
}

// ClearFaults forgets every pending fault.
func (s *Simulator) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.pending = nil
}

type faultQueue struct {
	mu      sync.Mutex
	pending []Fault
}

// take finds the fault that hits a request; the zero Fault where none does.
func (q *faultQueue) take(method, path string) Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.pending {
		fault := &q.pending[i]
		switch {
		case !fault.matches(method, path):
		case fault.Skip > 0:
			fault.Skip--
		case fault.Times < 0:
			return *fault
		default:
			hit := *fault
			if fault.Times--; fault.Times == 0 {
				q.pending = append(q.pending[:i:i], q.pending[i+1:]...)
			}
			return hit
		}
	}
	return Fault{}
}

func (f *Fault) matches(method, path string) bool {
	return (f.Method == "" || f.Method == method) && strings.Contains(path, f.Path)
}

// invents is whether the fault brings its own answer.
func (f *Fault) invents() bool { return f.Status != 0 || f.Body != "" }

func (f *Fault) carriesOut() bool {
	return f.After || !f.invents() && f.Cut != CutReset
}

// replace makes the answer that is sent out of the one that the API gave.
func (f *Fault) replace(a answer) answer {
	if f.invents() {
		a = raw(cmp.Or(f.Status, http.StatusOK), jsonType, []byte(f.Body))
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	for name, values := range f.Header {
		a.header[http.CanonicalHeaderKey(name)] = values
	}
	return a
}

// wait is false when the client left before the time was over.
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
	plain := conn
	if secured, ok := conn.(*tls.Conn); ok {
		plain = secured.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes the close a reset; where that fails the close alone has to do
	}
	_ = plain.Close()
}
