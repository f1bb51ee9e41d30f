// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// fakeAPI is an API without HTTP that counts calls and can be stopped at any
// point. Its sessions are as the hooks say, or else as sampleDecision.
type fakeAPI struct {
	// The hooks, if set, respond to the nth call (from 1).
	onRead    func(ctx context.Context, nth int, sessionID string) (*didit.Decision, error)
	onChange  func(ctx context.Context, nth int) error
	onBackoff func(ctx context.Context) error

	mu      sync.Mutex
	reads   []string // the session IDs
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

func (f *fakeAPI) AcquireWrite(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error) {
	if f.onBackoff != nil && sent.Last != nil && sent.Last.OutcomeUnknown {
		if err := f.onBackoff(ctx); err != nil {
			return nil, err
		}
	}
	return new(didit.WritePermit), ctx.Err()
}

func (f *fakeAPI) UpdateFeatureStatus(ctx context.Context, _ *didit.WritePermit, _, _ string, update didit.FeatureStatusUpdate) error {
	return f.change(ctx, update)
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

// sampleDecision is the report of a decided session; the given statuses replace
// those of its steps, in their order.
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
