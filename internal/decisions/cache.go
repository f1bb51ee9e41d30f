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

// cache holds one decision report per session for the lifetime of a provider
// process, which is one Terraform command. Sharing only reads in flight would save
// little, because Terraform reads the subjects of a session at the same time only by
// chance.
//
// Every session has a version. An invalidation, a change and the beginning of a fresh
// read raise it. The result of a read is cached only if the version is still the one
// with which the read began. Errors are never cached.
type cache struct {
	retrieve func(ctx context.Context, sessionID string) (*didit.Decision, error)
	reads    singleflight.Group // of shared reads, by session and version

	mu        sync.Mutex
	decisions map[string]*didit.Decision // by normalized session ID
	versions  map[string]uint64
	epoch     uint64 // part of every session's version
}

func newCache(api API) *cache {
	return &cache{retrieve: api.RetrieveDecision, decisions: map[string]*didit.Decision{}, versions: map[string]uint64{}}
}

// normalize returns a session ID in lower case, as Didit writes it, so that all spellings
// share one read.
func normalize(sessionID string) string { return strings.ToLower(sessionID) }

// Find returns the cached report. If there is none, it joins the read in flight, or
// starts one. The result is shared: do not change it.
func (c *cache) Find(ctx context.Context, sessionID string) (*didit.Decision, error) {
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
		decision, _ := result.Val.(*didit.Decision)
		return decision, result.Err
	}
}

// FindFresh reads the session, and joins no read in flight. Reads that began earlier do
// not replace its result in the cache.
func (c *cache) FindFresh(ctx context.Context, sessionID string) (*didit.Decision, error) {
	sessionID = normalize(sessionID)
	version := c.raiseVersion(sessionID)
	decision, err := c.retrieve(ctx, sessionID)
	if err != nil {
		return nil, err
	}
	c.store(sessionID, version, decision)
	return decision, nil
}

// Cached returns the cached report, or nil. It reads nothing.
func (c *cache) Cached(sessionID string) *didit.Decision {
	decision, _ := c.lookup(normalize(sessionID))
	return decision
}

// Update replaces the cached report, if there is one, by a changed copy.
func (c *cache) Update(sessionID string, change func(*didit.Decision)) {
	sessionID = normalize(sessionID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	if cached := c.decisions[sessionID]; cached != nil {
		updated := *cached
		change(&updated)
		c.decisions[sessionID] = &updated
	}
}

// Invalidate drops the cached report of a session.
func (c *cache) Invalidate(sessionID string) {
	sessionID = normalize(sessionID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	delete(c.decisions, sessionID)
}

// InvalidateAll drops every cached report.
func (c *cache) InvalidateAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	clear(c.decisions)
}

func (c *cache) lookup(sessionID string) (*didit.Decision, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.decisions[sessionID], c.versions[sessionID] + c.epoch
}

func (c *cache) raiseVersion(sessionID string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[sessionID]++
	return c.versions[sessionID] + c.epoch
}

func (c *cache) store(sessionID string, version uint64, decision *didit.Decision) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version == c.versions[sessionID]+c.epoch {
		c.decisions[sessionID] = decision
	}
}
