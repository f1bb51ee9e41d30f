// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"sync"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// fakeAPI is an API without HTTP, which counts and can be held up at any point.
// Its sessions are as the hooks say, or else as sampleDecision.
type fakeAPI struct {
	// onRead and onChange, when set, answer the nth call of all (from 1).
	onRead   func(ctx context.Context, nth int, sessionID string) (*didit.Decision, error)
	onChange func(ctx context.Context, nth int, update didit.FeatureStatusUpdate) error
	onPause  func(ctx context.Context) error

	mu      sync.Mutex
	reads   []string // the session IDs asked for
	updates []didit.FeatureStatusUpdate
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

func (f *fakeAPI) UpdateFeatureStatus(ctx context.Context, _, _ string, update didit.FeatureStatusUpdate) error {
	if update.Confirm != nil {
		if err := update.Confirm(ctx, false); err != nil {
			return err
		}
	}
	update.Confirm = nil
	f.mu.Lock()
	f.updates = append(f.updates, update)
	nth := len(f.updates)
	f.mu.Unlock()
	if f.onChange != nil {
		return f.onChange(ctx, nth, update)
	}
	return nil
}

func (f *fakeAPI) Pause(ctx context.Context, _ int, _ time.Duration) error {
	if f.onPause != nil {
		return f.onPause(ctx)
	}
	return nil
}

func (f *fakeAPI) readCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.reads)
}

// sampleDecision is what a read of sampleSession brings; the given statuses
// replace those of its steps, in their order.
func sampleDecision(statuses ...string) *didit.Decision {
	decision := &didit.Decision{SessionID: sampleID, Status: didit.StatusInReview, Features: []didit.Feature{
		{NodeID: nodeOCR, Type: "ID_VERIFICATION", Status: didit.StatusInReview},
		{NodeID: nodeLiveness, Type: "LIVENESS", Status: didit.StatusApproved},
		{NodeID: nodeAML, Type: "AML", Status: didit.StatusInReview},
	}}
	for i, status := range statuses {
		decision.Features[i].Status = status
	}
	return decision
}

// lostAnswer is a change of which nobody knows whether it was made.
func lostAnswer() error {
	return &didit.Error{Kind: didit.KindConnection, Detail: "The connection broke off.", Unclear: true}
}
