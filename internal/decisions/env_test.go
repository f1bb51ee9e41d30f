// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// env is a simulated Didit and a network through which services reach it.
type env struct {
	*simulator.Simulator
	network network
}

// inEnv runs a test with a fake clock, in an env that has the sample session.
func inEnv(t *testing.T, test func(t *testing.T, env *env)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		env := newEnv(t, newPipes(), simulator.Options{})
		env.AddSession(sampleSession())
		test(t, env)
	})
}

func newEnv(t *testing.T, network network, options simulator.Options) *env {
	t.Helper()
	env := &env{Simulator: simulator.New(options), network: network}
	server := &http.Server{Handler: env, ReadHeaderTimeout: time.Minute}
	ended := make(chan error)
	go func() { ended <- server.Serve(network) }()
	t.Cleanup(func() {
		// Requests that a client has given up are still carried out.
		if err := server.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return env
}

// newService returns the service of another provider process: it shares no cache with
// other services.
func (e *env) newService(t *testing.T, adjust ...func(*didit.Config)) *decisions.Service {
	t.Helper()
	config := didit.Config{
		BaseURL:         &url.URL{Scheme: "http", Host: "didit.invalid"},
		APIKey:          simulator.DefaultAPIKey,
		UserAgent:       "test",
		RequestTimeout:  didit.DefaultRequestTimeout,
		MaxRetries:      didit.DefaultMaxRetries,
		ReadsPerMinute:  didit.DefaultReadsPerMinute,
		WritesPerMinute: didit.DefaultWritesPerMinute,
		Transport:       e.transport(t, e.network.dial),
	}
	for _, adjust := range adjust {
		adjust(&config)
	}
	return decisions.New(didit.New(config), config.MaxRetries)
}

// transport returns a transport that dials this way.
func (e *env) transport(t *testing.T, dial dialFunc) *http.Transport {
	t.Helper()
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// The sample session and its steps.
const (
	sampleID     = "22222222-2222-4333-8444-000000000001"
	nodeOCR      = "feature_ocr_1"
	nodeLiveness = "feature_liveness_1"
	nodeAML      = "feature_aml_1"
)

// sampleSession has the OCR and AML steps In Review and the liveness step Approved.
func sampleSession() simulator.Session {
	return simulator.Session{ID: sampleID, ReportBytes: 2000, Features: []simulator.Feature{
		{Array: "id_verifications", NodeID: nodeOCR, Status: didit.StatusInReview},
		{Array: "liveness_checks", NodeID: nodeLiveness, Status: didit.StatusApproved},
		{Array: "aml_screenings", NodeID: nodeAML, Status: didit.StatusInReview},
	}}
}

// change returns a change of one of the sample session's steps.
func change(nodeID, from, to string) decisions.Change {
	return decisions.Change{Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeID}, From: from, To: to, Comment: "reviewed"}
}

// trailOCRApproved is the entry of change(nodeOCR, In Review, Approved) on the trail.
const trailOCRApproved = "API Client: feature_ocr_1 In Review -> Approved (reviewed)"

// mustRead reads the sample session into the service's cache, as a plan or refresh does.
func mustRead(t *testing.T, service *decisions.Service) *didit.Decision {
	t.Helper()
	decision, err := service.Decision(t.Context(), sampleID)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

// mustApply applies a change that must succeed.
func mustApply(t *testing.T, service *decisions.Service, change decisions.Change) decisions.Result {
	t.Helper()
	result, err := service.Apply(t.Context(), change)
	if err != nil {
		t.Fatal(err)
	}
	if result.Value != change.To {
		t.Errorf("Apply returned %q, want %q", result.Value, change.To)
	}
	return result
}

// startApply applies a change in the background. The channel receives its error.
func startApply(t *testing.T, service *decisions.Service, change decisions.Change) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() {
		_, err := service.Apply(t.Context(), change)
		result <- err
	}()
	synctest.Wait()
	return result
}

// read is a call of Decision in the background.
type read struct {
	decision *didit.Decision
	err      error
	done     chan struct{}
}

func startRead(ctx context.Context, service *decisions.Service) *read {
	started := &read{done: make(chan struct{})}
	go func() {
		defer close(started.done)
		started.decision, started.err = service.Decision(ctx, sampleID)
	}()
	synctest.Wait()
	return started
}

func (r *read) isDone() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// inParallel calls do for the items in their order, for up to parallel items at once.
func inParallel[T any](parallel int, items []T, do func(T)) {
	next := make(chan T)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for item := range next {
				do(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	workers.Wait()
}

// mustDecide sets a step's status as a reviewer in the console does.
func (e *env) mustDecide(t *testing.T, nodeID, status string) {
	t.Helper()
	if err := e.DecideFeature(sampleID, nodeID, "", status, "in the console"); err != nil {
		t.Error(err)
	}
}

// mustSet sets a step's status as the verification flow does, without an entry on the
// trail.
func (e *env) mustSet(t *testing.T, nodeID, status string) {
	t.Helper()
	if err := e.SetFeatureStatus(sampleID, nodeID, "", status); err != nil {
		t.Fatal(err)
	}
}

// beforeRequest calls hook once: when the nth request of a method (counted from 1) has
// arrived, before it is carried out.
func (e *env) beforeRequest(method string, nth int, hook func()) {
	e.BeforeResponse(func(request simulator.Request) {
		if request.Method == method && e.Count(method) == nth {
			hook()
		}
	})
}

// onChange restricts a fault to changes.
func onChange(fault simulator.Fault) simulator.Fault {
	fault.Method = http.MethodPatch
	return fault
}

// after lets a fault replace the response to a request that is carried out.
func after(fault simulator.Fault) simulator.Fault {
	fault.After = true
	return fault
}

func html(status int) simulator.Fault {
	return simulator.Fault{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body>Sorry.</body></html>"}
}

// assertSent asserts how many requests of each kind Didit has received.
func (e *env) assertSent(t *testing.T, reads, changes int) {
	t.Helper()
	if r, c := e.Count(http.MethodGet), e.Count(http.MethodPatch); r != reads || c != changes {
		t.Errorf("Didit received %d GET and %d PATCH, want %d and %d:\n%v", r, c, reads, changes, e.Requests())
	}
}

// assertTrail asserts the audit trail, each entry as "actor: node from -> to (comment)".
func (e *env) assertTrail(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, entry := range e.Trail("") {
		got = append(got, fmt.Sprintf("%s: %s %s -> %s (%s)", entry.Actor, entry.NodeID, entry.From, entry.To, entry.Comment))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail is\n%q, want\n%q", got, want)
	}
}

func (e *env) assertStatus(t *testing.T, nodeID, want string) {
	t.Helper()
	if got := e.FeatureStatus(sampleID, nodeID, ""); got != want {
		t.Errorf("step %s is %q, want %q", nodeID, got, want)
	}
}

// statuses lists the statuses of a decision's steps.
func statuses(decision *didit.Decision) string {
	if decision == nil {
		return "nothing"
	}
	var list []string
	for _, feature := range decision.Features {
		list = append(list, feature.Status)
	}
	return strings.Join(list, ", ")
}

func assertConflict(t *testing.T, err error, want decisions.ConflictError) {
	t.Helper()
	conflict := requireError[*decisions.ConflictError](t, err)
	want.Subject = conflict.Subject
	if *conflict != want {
		t.Errorf("error %+v, want %+v", *conflict, want)
	}
	for _, status := range []string{want.Expected, want.Found, want.Wanted} {
		if !strings.Contains(conflict.Error(), status) {
			t.Errorf("%q does not name %q", conflict, status)
		}
	}
}

func assertStanding(t *testing.T, err error, found, wanted string) {
	t.Helper()
	if standing := requireError[*decisions.StandingError](t, err); standing.Found != found || standing.Wanted != wanted {
		t.Fatalf("error %v, want a standing decision: found %q, wanted %q", err, found, wanted)
	}
	for _, want := range []string{sampleID, nodeOCR, found, wanted} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}

func assertNotFound(t *testing.T, err error, want decisions.NotFoundReason) {
	t.Helper()
	if missing := requireError[*decisions.NotFoundError](t, err); missing.Reason != want {
		t.Errorf("error %v, want reason %d", err, want)
	}
}

// requireError returns an error of type E. An [didit.OutcomeUnknownError] that wraps one
// fails the test: errors.As alone did not notice that a conflict was reported as an
// unknown outcome.
func requireError[E error](t *testing.T, err error) E {
	t.Helper()
	found, ok := errors.AsType[E](err)
	if !ok || isOutcomeUnknown(err) {
		t.Fatalf("error %v (%T), want a %T that is not wrapped in an unknown outcome", err, err, found)
	}
	return found
}

func isOutcomeUnknown(err error) bool {
	var unknown *didit.OutcomeUnknownError
	return errors.As(err, &unknown)
}
