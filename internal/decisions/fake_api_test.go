// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"iter"
	"sync"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// fakeAPI is an API without HTTP that records its calls.
type fakeAPI struct {
	// The hooks, if set, respond to the nth call (counted from 1). Without them, reads
	// return sampleDecision, and changes succeed.
	onRead    func(ctx context.Context, nth int, sessionID string) (*didit.Decision, error)
	onChange  func(ctx context.Context, nth int) error
	onBackoff func(ctx context.Context) error
	// onList, if set, returns the error of the nth list of sessions.
	onList func(ctx context.Context, nth int) error

	mu      sync.Mutex
	reads   []string // the session IDs
	lists   int      // the number of lists
	updates []any    // the bodies
}

func (f *fakeAPI) RetrieveDecision(ctx context.Context, sessionID string) (*didit.Decision, error) {
	f.mu.Lock()
	f.reads = append(f.reads, sessionID)
	nth := len(f.reads)
	f.mu.Unlock()
	if f.onRead != nil {
		return f.onRead(ctx, nth, sessionID)
	}
	return sampleDecision(), nil
}

// ListSessions returns an empty list.
func (f *fakeAPI) ListSessions(ctx context.Context, _ didit.SessionQuery) iter.Seq2[didit.SessionSummary, error] {
	return func(yield func(didit.SessionSummary, error) bool) {
		f.mu.Lock()
		f.lists++
		nth := f.lists
		f.mu.Unlock()
		if f.onList == nil {
			return
		}
		if err := f.onList(ctx, nth); err != nil {
			yield(didit.SessionSummary{}, err)
		}
	}
}

func (f *fakeAPI) AcquireWrite(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error) {
	if f.onBackoff != nil && sent.Last != nil && sent.Last.OutcomeUnknown {
		if err := f.onBackoff(ctx); err != nil {
			return nil, err
		}
	}
	return new(didit.WritePermit), ctx.Err()
}

func (f *fakeAPI) UpdateFeatureStatus(ctx context.Context, _ *didit.WritePermit, _, _ string, update didit.FeatureStatusUpdate) (didit.FeatureOverride, error) {
	return didit.FeatureOverride{}, f.change(ctx, update)
}

func (f *fakeAPI) ListFeatureOverrides(context.Context, string) ([]didit.FeatureOverride, error) {
	panic("no test of a deferred change uses the fake")
}

func (f *fakeAPI) UpdateStatus(ctx context.Context, _ *didit.WritePermit, _ string, update didit.StatusUpdate) error {
	return f.change(ctx, update)
}

func (f *fakeAPI) UpdateAMLHitStatus(ctx context.Context, _ *didit.WritePermit, _ string, update didit.AMLHitStatusUpdate) error {
	return f.change(ctx, update)
}

func (f *fakeAPI) change(ctx context.Context, update any) error {
	f.mu.Lock()
	f.updates = append(f.updates, update)
	nth := len(f.updates)
	f.mu.Unlock()
	if f.onChange != nil {
		return f.onChange(ctx, nth)
	}
	return nil
}

func (f *fakeAPI) readCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.reads)
}

// sampleDecision returns the report of an approved session. The given statuses replace
// those of its first steps.
func sampleDecision(statuses ...string) *didit.Decision {
	decision := &didit.Decision{SessionID: sampleID, Status: didit.StatusApproved, Features: []didit.Feature{
		{NodeID: nodeOCR, Type: "ID_VERIFICATION", Status: didit.StatusInReview},
		{NodeID: nodeLiveness, Type: "LIVENESS", Status: didit.StatusApproved},
		{NodeID: nodeAML, Type: "AML", Status: didit.StatusInReview},
	}}
	for i, status := range statuses {
		decision.Features[i].Status = status
	}
	return decision
}

// lostResponse is the failure of a change that may have been made.
func lostResponse() error {
	return &didit.Error{Kind: didit.KindConnection, Detail: "The connection broke off.", OutcomeUnknown: true}
}

// blockingAPI is a fakeAPI in which every read, change and backoff blocks until the
// test ends it. Its methods return when everything that follows has happened.
type blockingAPI struct {
	fakeAPI
	readResponses   [6]chan readResponse // by number of the read
	changeResponses [6]chan error        // by number of the change
	backoff         chan struct{}
}

type readResponse struct {
	decision *didit.Decision
	err      error
}

func newBlockingAPI() *blockingAPI {
	api := &blockingAPI{backoff: make(chan struct{})}
	for nth := range api.readResponses {
		api.readResponses[nth], api.changeResponses[nth] = make(chan readResponse), make(chan error)
	}
	api.onRead = func(ctx context.Context, nth int, _ string) (*didit.Decision, error) {
		select {
		case response := <-api.readResponses[nth]:
			return response.decision, response.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	api.onChange = func(_ context.Context, nth int) error { return <-api.changeResponses[nth] }
	api.onBackoff = func(context.Context) error {
		<-api.backoff
		return nil
	}
	return api
}

// endRead lets the nth read return sampleDecision with these statuses.
func (api *blockingAPI) endRead(nth int, statuses ...string) {
	api.readResponses[nth] <- readResponse{decision: sampleDecision(statuses...)}
	synctest.Wait()
}

// failRead lets the nth read fail.
func (api *blockingAPI) failRead(nth int, err error) {
	api.readResponses[nth] <- readResponse{err: err}
	synctest.Wait()
}

// endChange lets the nth change return err.
func (api *blockingAPI) endChange(nth int, err error) {
	api.changeResponses[nth] <- err
	synctest.Wait()
}

func (api *blockingAPI) endBackoff() {
	api.backoff <- struct{}{}
	synctest.Wait()
}
