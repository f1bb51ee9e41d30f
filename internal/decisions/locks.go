// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"sync"
)

// locks are locks by session. Waiting for one ends with the caller's context. Each is a
// channel in this process, and a file for other processes.
type locks struct {
	files fileLocks

	mu     sync.Mutex
	byName map[string]chan struct{} // full while the lock is held
}

// lock waits for the lock of a session. The error is the context's.
func (l *locks) lock(ctx context.Context, sessionID string) (unlock func(), err error) {
	name := l.files.name(sessionID)
	lock := l.of(name)
	select {
	case lock <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	unlockFile, err := l.files.lock(ctx, name)
	if err != nil {
		<-lock
		return nil, err
	}
	return func() {
		unlockFile()
		<-lock
	}, nil
}

func (l *locks) of(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]chan struct{}{}
	}
	if l.byName[name] == nil {
		l.byName[name] = make(chan struct{}, 1)
	}
	return l.byName[name]
}
