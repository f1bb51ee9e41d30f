// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
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

// maxRequestBody bounds a request's body, in bytes.
const maxRequestBody = 1 << 20

// Options are the credentials, the limits, and the choices that the API's pages leave open. The
// zero value is one credential, DefaultAPIKey, under the published limits.
type Options struct {
	// Credentials are the known ones. None: one, DefaultAPIKey, which has every privilege.
	Credentials []Credential
	// ReadsPerMinute is how many GETs each credential may send per Window. 0: 600, the published
	// limit; negative: no limit.
	ReadsPerMinute int
	// WritesPerMinute is how many POST, PATCH and DELETE each credential may send per Window. 0:
	// 300; negative: no limit.
	WritesPerMinute int
	// Window is the sliding window of both limits. 0: 60 seconds. A shorter one makes tests of
	// limits quick.
	Window time.Duration
	// RepeatedStatusOK is the behaviour of newer pages: setting a session's own status to Approved
	// or Declined again is a 200 that changes nothing. Default: a 400, as the OpenAPI document
	// says.
	RepeatedStatusOK bool
	// WithoutOverrides is an API older than deferred changes: it ignores defer_until_flow_finishes
	// and makes the change at once, its responses have no override, and the paths of overrides are
	// a 404 page.
	WithoutOverrides bool
	// CapitalStatuses writes every status of a decision report as some pages do: IN_REVIEW,
	// FALSE_POSITIVE.
	CapitalStatuses bool
	// RecomputesAML: a review of a hit recomputes the status of its AML step, by the highest risk
	// among the hits that are not False Positive. Default: the step stays as it is.
	RecomputesAML bool
	// ReordersEvents: responses list the subscribed events of a webhook destination in another
	// order than they were sent.
	ReordersEvents bool
	// Traffic, from RecordTraffic, records requests and responses. nil: nothing is recorded.
	Traffic *TrafficRecorder
}

// Simulator is a stateful Didit API in memory, and an http.Handler. It is safe for concurrent use.
// Faults that cut connections need it to run behind a real server (Start, or httptest.NewServer).
type Simulator struct {
	options       Options
	limits        *limits
	before, after atomic.Pointer[func(Request)]

	mu           sync.Mutex // guards everything below
	requests     []*Request
	faults       []Fault
	sessions     map[string]*session
	destinations []Destination
	trail        []TrailEntry
	emails       []EmailRequest
	stopped      time.Time      // by SetTime; zero: the clock runs
	changeTime   time.Time      // that of the change being made, if it has its own
	numbers      map[string]int // the highest number so far of each session kind, and of destinations
}

// New returns a simulator without sessions; see AddSession.
func New(options Options) *Simulator {
	options.Credentials = slices.Clone(options.Credentials)
	if len(options.Credentials) == 0 {
		options.Credentials = []Credential{{APIKey: DefaultAPIKey, Read: true, Write: true, Webhooks: true}}
	}
	for i := range options.Credentials {
		options.Credentials[i].Actor = cmp.Or(options.Credentials[i].Actor, "API Client")
	}
	return &Simulator{options: options, limits: newLimits(options), sessions: map[string]*session{}, numbers: map[string]int{}}
}

// BeforeResponse sets a hook that runs for every /v3/ request, in the request's own goroutine and
// without locks held: after the request was read and any Fault.Delay is over, and before it is
// executed. It receives the entry of the request log (Status is still 0) and may call any method of
// the simulator, or block. nil removes it.
func (s *Simulator) BeforeResponse(hook func(Request)) {
	s.before.Store(&hook)
}

// AfterResponse sets a hook that runs for every /v3/ request in the request's own goroutine, after
// the response was sent or the connection was cut, without locks held. nil removes it.
func (s *Simulator) AfterResponse(hook func(Request)) {
	s.after.Store(&hook)
}

func (s *Simulator) runHook(hook *atomic.Pointer[func(Request)], entry *Request) {
	if set := hook.Load(); set != nil && *set != nil {
		var read Request
		s.updateRequest(func() { read = *entry })
		(*set)(read)
	}
}

// ServeHTTP responds to one request: under /v3/ as the Didit API, under /simulator/ as the package
// comment says, else with a 404 page.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.EscapedPath(); {
	case strings.HasPrefix(path, "/simulator/"):
		s.serveControl(w, r)
	case strings.HasPrefix(path, "/v3/"):
		s.serveAPI(w, r)
	default:
		page := notFoundPage()
		s.options.Traffic.write(newExchange(r, nil, &Fault{}), page)
		page.send(w, false)
	}
}

// serveAPI passes one request to the log, the pending faults, the hook and the API, in this order.
func (s *Simulator) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	credential := s.authenticate(r)
	entry := s.logRequest(r, credential)
	defer s.runHook(&s.after, entry)
	if err != nil {
		s.updateRequest(func() { entry.Status = http.StatusBadRequest })
		detailResponse(http.StatusBadRequest, "The request body could not be read.").send(w, false)
		return
	}
	fault := s.nextFault(r.Method, entry.Path)
	s.updateRequest(func() { entry.Fault = fault.Name })
	exchange := newExchange(r, body, &fault)
	waitOrAbort := func(d time.Duration) {
		if !wait(r.Context(), d) {
			s.options.Traffic.write(exchange, nil)
			panic(http.ErrAbortHandler)
		}
	}
	waitOrAbort(fault.Delay)
	s.runHook(&s.before, entry)
	var result *response
	if fault.executesRequest() {
		result = s.route(r, body, credential)
	}
	result = fault.replace(result)
	waitOrAbort(fault.DelayAfter)
	if fault.Cut == CutReset {
		s.options.Traffic.write(exchange, nil)
		reset(w)
		return
	}
	// Log and traffic come first: a client that has its response finds them complete.
	s.options.Traffic.write(exchange, result)
	s.updateRequest(func() { entry.Status = result.status })
	result.send(w, fault.Cut == CutBody)
}

// Server is a simulator that listens on a loopback address.
type Server struct {
	*Simulator
	// URL is the base address, without a trailing slash.
	URL string

	http *http.Server
}

// Start serves a new simulator on a free port of 127.0.0.1. The error is the network's.
func Start(options Options) (*Server, error) {
	return Listen("127.0.0.1:0", New(options))
}

// ErrNotLoopback is Listen's error for an address that other machines could reach.
var ErrNotLoopback = errors.New("the simulator listens on a loopback address only")

// Listen serves a simulator on an address such as "127.0.0.1:8080"; port 0 is a free one. The host
// must be a loopback address or "localhost": the error is ErrNotLoopback, or the network's.
func Listen(address string, simulator *Simulator) (*Server, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listening on %q: %w", address, ErrNotLoopback)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	server := &Server{
		Simulator: simulator,
		URL:       "http://" + listener.Addr().String(),
		http:      &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { _ = server.http.Serve(listener) }() // ends when Close closes the listener
	return server, nil
}

// Close stops listening and closes all connections. It may be called more than once.
func (s *Server) Close() {
	_ = s.http.Close()
}
