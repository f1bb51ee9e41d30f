// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"sync"
)

// locks are mutexes by key. Waiting for one ends with the caller's context.
type locks struct {
	mu    sync.Mutex
	byKey map[string]chan struct{} // full while the lock is held
}

// lock waits for the lock of a key. The error is the context's.
func (l *locks) lock(ctx context.Context, key string) (unlock func(), err error) {
	lock := l.of(key)
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *locks) of(key string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey == nil {
		l.byKey = map[string]chan struct{}{}
	}
	if l.byKey[key] == nil {
		l.byKey[key] = make(chan struct{}, 1)
	}
	return l.byKey[key]
}
