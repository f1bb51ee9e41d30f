// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The published limits of one credential; see Options.
const (
	PublishedReadsPerMinute  = 600
	PublishedWritesPerMinute = 300
	PublishedWindow          = 60 * time.Second
)

// maxRequestBody bounds what is read of a request, in bytes. The largest request that the API knows here is a comment.
const maxRequestBody = 1 << 20

// Options says who may ask and how often. The zero value is one credential, DefaultAPIKey, under the published limits.
type Options struct {
	// Credentials are the known ones. None: one, DefaultAPIKey, which has every privilege.
	Credentials []Credential
	// ReadsPerMinute is how many GETs each credential may send per Window. 0: 600, the published limit; negative: no limit.
	ReadsPerMinute int
	// WritesPerMinute is how many POST, PATCH and DELETE each credential may send per Window. 0: 300; negative: no limit.
	WritesPerMinute int
	// Window is the sliding window of both limits. 0: 60 seconds. A shorter one makes tests of limits quick.
	Window time.Duration
	// RepeatedStatusOK is the behavior of newer pages: setting a session's own status to Approved or Declined again is a
	// 200 that changes nothing. Default: a 400, as the OpenAPI document says.
	RepeatedStatusOK bool
	// RecomputesAML: a review of a hit recomputes the status of its AML step, by the highest risk among the hits that are
	// not False Positive. Default: the step stays as it is.
	RecomputesAML bool
	// ReordersEvents: responses list the subscribed events of a webhook destination in another order than they were sent.
	ReordersEvents bool
	// Traffic, from RecordTraffic, records what is asked and answered. nil: nothing is recorded.
	Traffic *Traffic
}

// Simulator is a stateful Didit API in memory, and an http.Handler. It is safe for concurrent use.
// Faults that cut connections need it to run behind a real server (Start, or httptest.NewServer).
type Simulator struct {
	credentials []Credential
	limits      *limits
	world       *world
	log         requestLog
	faults      faultQueue
	traffic     *Traffic

	repeatedStatusOK, reordersEvents bool

	before atomic.Pointer[func(Request)]
	after  atomic.Pointer[func(Request)]
}

// New makes a simulator without sessions; AddSession brings them in.
func New(options Options) *Simulator {
	if len(options.Credentials) == 0 {
		options.Credentials = []Credential{{APIKey: DefaultAPIKey, Read: true, Write: true, Webhooks: true}}
	}
	return &Simulator{
		credentials: withActors(options.Credentials),
		limits:      newLimits(options),
		world:       &world{sessions: map[string]*session{}, numbers: map[string]int{}, recomputesAML: options.RecomputesAML},
		traffic:     options.Traffic,

		repeatedStatusOK: options.RepeatedStatusOK, reordersEvents: options.ReordersEvents,
	}
}

// BeforeResponse sets a hook that runs for every /v3/ request, in the request's own goroutine and without locks held:
// after the request was read and any Fault.Delay is over, and before it is carried out. It sees the request as the log
// has it (Status still 0) and may call any method of the simulator, or block. nil removes it.
func (s *Simulator) BeforeResponse(hook func(Request)) {
	s.before.Store(&hook)
}

// AfterAnswer sets a hook that runs for every /v3/ request in the request's own goroutine, after the answer was sent
// or the connection was cut, without locks held. nil removes it.
func (s *Simulator) AfterAnswer(hook func(Request)) {
	s.after.Store(&hook)
}

// runHook calls what BeforeResponse or AfterAnswer has set, if anything.
func (s *Simulator) runHook(hook *atomic.Pointer[func(Request)], entry *Request) {
	if set := hook.Load(); set != nil && *set != nil {
		(*set)(s.log.read(entry))
	}
}

// ServeHTTP answers one request: under /v3/ as the Didit API would, under /simulator/ as the package comment says,
// anything else with the 404 page of a web framework.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if strings.HasPrefix(path, controlPrefix) {
		s.serveControl(w, r)
		return
	}
	w, r, end := s.traffic.begin(w, r)
	defer end()
	if strings.HasPrefix(path, "/v3/") {
		s.serveAPI(w, r)
	} else {
		notFoundPage().send(w)
	}
}

// serveAPI takes one request through the log, the pending faults, the hook and the API itself, in this order.
func (s *Simulator) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	caller := s.authenticate(r)
	entry := s.log.begin(r, caller.name())
	defer s.runHook(&s.after, entry)
	if err != nil {
		s.finish(w, entry, detail(http.StatusBadRequest, "The request body could not be read."))
		return
	}
	fault := s.faults.take(r.Method, entry.Path)
	s.log.setFault(entry, fault.Name)
	noteFault(r.Context(), &fault)
	if !wait(r.Context(), fault.Delay) {
		panic(http.ErrAbortHandler)
	}
	s.runHook(&s.before, entry)
	var answered answer
	if fault.carriesOut() {
		answered = s.route(r, body, caller)
	}
	answered = fault.replace(answered)
	if !wait(r.Context(), fault.DelayAfter) {
		panic(http.ErrAbortHandler)
	}
	switch fault.Cut {
	case CutReset:
		reset(w)
	case CutBody:
		s.log.setStatus(entry, answered.status)
		answered.sendHalf(w)
	case CutNone:
		s.finish(w, entry, answered)
	}
}

// finish records the status before it is sent, so that whoever has read the answer finds it in the log.
func (s *Simulator) finish(w http.ResponseWriter, entry *Request, a answer) {
	s.log.setStatus(entry, a.status)
	a.send(w)
}

// world is everything that the API remembers; every field is guarded by mu.
type world struct {
	mu            sync.Mutex
	sessions      map[string]*session
	destinations  []Destination
	trail         []TrailEntry
	emails        []EmailRequest
	numbers       map[string]int // the highest number so far, by kind: sessions of the two kinds are numbered apart
	recomputesAML bool
}
