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
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// env is a simulated Didit and a network on which providers reach it.
type env struct {
	*simulator.Simulator
	network network
}

// inEnv runs a test in a bubble where time costs none, in a env that holds
// one session, the graph's own steps in it.
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
		// Also what a provider has given up is still carried out.
		if err := server.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return env
}

// process is one provider process: it knows nothing of what others have read.
func (e *env) process(t *testing.T, adjust ...func(*didit.Config)) *decisions.Service {
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

// transport is the connection to the network, which the test's end closes.
func (e *env) transport(t *testing.T, dial dialFunc) *http.Transport {
	t.Helper()
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// The session that tests begin with, and its steps.
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

// change is a reviewed change of one of the sample's steps.
func change(nodeID, from, to string) decisions.Change {
	return decisions.Change{Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeID}, From: from, To: to, Comment: "seen by two"}
}

// assertSent compares how many requests of each kind have reached Didit.
func (e *env) assertSent(t *testing.T, reads, changes int) {
	t.Helper()
	if r, c := e.Count(http.MethodGet), e.Count(http.MethodPatch); r != reads || c != changes {
		t.Errorf("Didit got %d GET and %d PATCH, want %d and %d:\n%v", r, c, reads, changes, e.Requests())
	}
}

// assertTrail compares the audit trail, each entry as "actor: node from -> to (comment)".
func (e *env) assertTrail(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, entry := range e.Trail("") {
		got = append(got, fmt.Sprintf("%s: %s %s -> %s (%s)", entry.Actor, entry.NodeID, entry.From, entry.To, entry.Comment))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail holds\n%q, want\n%q", got, want)
	}
}

func (e *env) assertStatus(t *testing.T, nodeID, want string) {
	t.Helper()
	if got := e.FeatureStatus(sampleID, nodeID, ""); got != want {
		t.Errorf("step %s stands %q, want %q", nodeID, got, want)
	}
}

// mustRead keeps a session's decision, as a plan or refresh of the process does.
func mustRead(t *testing.T, process *decisions.Service) *didit.Decision {
	t.Helper()
	decision, err := process.Decision(t.Context(), sampleID)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

// mustApply applies a change that must succeed.
func mustApply(t *testing.T, process *decisions.Service, change decisions.Change) decisions.Result {
	t.Helper()
	result, err := process.Apply(t.Context(), change)
	if err != nil {
		t.Fatal(err)
	}
	if result.Value != change.To {
		t.Errorf("Apply returned %q, want %q", result.Value, change.To)
	}
	return result
}

// mustDecide is a person in the console.
func (e *env) mustDecide(t *testing.T, nodeID, status string) {
	t.Helper()
	if err := e.DecideFeature(sampleID, nodeID, "", status, "in the console"); err != nil {
		t.Error(err)
	}
}
