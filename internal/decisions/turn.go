// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// turns makes changes of one step follow each other: two at once would each read
// the status before the other's, and overturn each other unseen.
type turns struct {
	mu    sync.Mutex
	steps map[stepKey]chan struct{} // full while somebody changes the step
}

// stepKey tells steps apart as the API does.
type stepKey struct{ sessionID, nodeID, featureType string }

// take waits until nobody else changes the step, and tells whether it had to wait;
// it returns early with the context's error.
func (t *turns) take(ctx context.Context, sessionID string, feature didit.Feature) (end func(), waited bool, err error) {
	turn := t.of(stepKey{sessionID, feature.NodeID, feature.Type})
	end = func() { <-turn }
	select {
	case turn <- struct{}{}:
		return end, false, nil
	default:
	}
	select {
	case turn <- struct{}{}:
		return end, true, nil
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
}

func (t *turns) of(step stepKey) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.steps == nil {
		t.steps = map[stepKey]chan struct{}{}
	}
	if t.steps[step] == nil {
		t.steps[step] = make(chan struct{}, 1)
	}
	return t.steps[step]
}
