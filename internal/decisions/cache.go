// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// cache holds the decision reports of sessions, and the overrides of those that have a
// deferred change.
type cache struct {
	*sessionCache[didit.Decision]
	overrides *sessionCache[[]didit.FeatureOverride]
}

func newCache(api API) *cache {
	listOverrides := func(ctx context.Context, sessionID string) (*[]didit.FeatureOverride, error) {
		list, err := api.ListFeatureOverrides(ctx, sessionID)
		return &list, err
	}
	return &cache{newSessionCache(api.RetrieveDecision), newSessionCache(listOverrides)}
}

// Update replaces the cached report, if there is one, by a changed copy. It drops the
// overrides, because the change is one.
func (c *cache) Update(sessionID string, change func(*didit.Decision)) {
	c.sessionCache.Update(sessionID, change)
	c.overrides.Invalidate(sessionID)
}

// Invalidate drops what is cached of a session.
func (c *cache) Invalidate(sessionID string) {
	c.sessionCache.Invalidate(sessionID)
	c.overrides.Invalidate(sessionID)
}

// InvalidateAll drops what is cached of all sessions.
func (c *cache) InvalidateAll() {
	c.sessionCache.InvalidateAll()
	c.overrides.InvalidateAll()
}

// sessionCache holds one response per session for the lifetime of a provider
// process, which is one Terraform command. Sharing only reads in flight would save
// little, because Terraform reads the subjects of a session at the same time only by
// chance.
//
// Every session has a version. An invalidation, a change and the beginning of a fresh
// read raise it. The result of a read is cached only if the version is still the one
// with which the read began. Errors are never cached.
type sessionCache[T any] struct {
	retrieve func(ctx context.Context, sessionID string) (*T, error)
	reads    singleflight.Group // of shared reads, by session and version

	mu       sync.Mutex
	found    map[string]*T // by normalized session ID
	versions map[string]uint64
	epoch    uint64 // part of every session's version
}

func newSessionCache[T any](retrieve func(ctx context.Context, sessionID string) (*T, error)) *sessionCache[T] {
	return &sessionCache[T]{retrieve: retrieve, found: map[string]*T{}, versions: map[string]uint64{}}
}

// normalize returns a session ID in lower case, as Didit writes it, so that all spellings
// share one read.
func normalize(sessionID string) string { return strings.ToLower(sessionID) }

// Find returns the cached response. If there is none, it joins the read in flight, or
// starts one. The result is shared: do not change it.
func (c *sessionCache[T]) Find(ctx context.Context, sessionID string) (*T, error) {
	sessionID = normalize(sessionID)
	decision, version := c.lookup(sessionID)
	if decision != nil {
		return decision, nil
	}
	// The version is part of the key, so that callers after an invalidation start a new
	// read.
	read := c.reads.DoChan(fmt.Sprint(sessionID, "/", version), func() (any, error) {
		// Another read may have ended since the lookup.
		if decision := c.Cached(sessionID); decision != nil {
			return decision, nil
		}
		// The waiting callers share the read, so it must not end with the first caller's
		// context.
		decision, err := c.retrieve(context.WithoutCancel(ctx), sessionID)
		if err == nil {
			c.store(sessionID, version, decision)
		}
		return decision, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-read:
		decision, _ := result.Val.(*T)
		return decision, result.Err
	}
}

// FindFresh reads the session, and joins no read in flight. Reads that began earlier do
// not replace its result in the cache.
func (c *sessionCache[T]) FindFresh(ctx context.Context, sessionID string) (*T, error) {
	sessionID = normalize(sessionID)
	version := c.raiseVersion(sessionID)
	decision, err := c.retrieve(ctx, sessionID)
	if err != nil {
		return nil, err
	}
	c.store(sessionID, version, decision)
	return decision, nil
}

// Cached returns the cached response, or nil. It reads nothing.
func (c *sessionCache[T]) Cached(sessionID string) *T {
	decision, _ := c.lookup(normalize(sessionID))
	return decision
}

// Update replaces the cached response, if there is one, by a changed copy.
func (c *sessionCache[T]) Update(sessionID string, change func(*T)) {
	sessionID = normalize(sessionID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	if cached := c.found[sessionID]; cached != nil {
		updated := *cached
		change(&updated)
		c.found[sessionID] = &updated
	}
}

// Invalidate drops the cached response of a session.
func (c *sessionCache[T]) Invalidate(sessionID string) {
	sessionID = normalize(sessionID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	delete(c.found, sessionID)
}

// InvalidateAll drops every cached response.
func (c *sessionCache[T]) InvalidateAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	clear(c.found)
}

func (c *sessionCache[T]) lookup(sessionID string) (*T, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found[sessionID], c.versions[sessionID] + c.epoch
}

func (c *sessionCache[T]) raiseVersion(sessionID string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	return c.versions[sessionID] + c.epoch
}

func (c *sessionCache[T]) store(sessionID string, version uint64, decision *T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version == c.versions[sessionID]+c.epoch {
		c.found[sessionID] = decision
	}
}
