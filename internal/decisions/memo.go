// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// memo keeps one decision a session, and the read under way that several may
// wait for. Sharing alone would save little: Terraform asks for siblings at the
// same time only by chance.
//
// Everything that happens is numbered, so that what a read brings is kept only
// if nothing newer is known: a read counts from its beginning, a change from the
// moment it was confirmed.
type memo struct {
	mu       sync.Mutex
	clock    uint64
	sessions map[string]*entry // by session ID, as normal spells it
}

type entry struct {
	decision *didit.Decision // nil: nothing is known
	asOf     uint64          // what decision counts from
	flight   *flight         // the read under way that others may join; nil: none
}

// flight is a read that several may wait for.
type flight struct {
	began    uint64
	waiters  int
	leave    context.CancelFunc // called when the last waiter has gone
	done     chan struct{}      // closed when the fields below are set
	decision *didit.Decision
	err      error
}

// normal is a session ID as Didit writes it: what a read brings for one spelling
// serves all of them, and so has to be asked for in the one that Didit knows.
func normal(sessionID string) string { return strings.ToLower(sessionID) }

// read gives what is kept, or joins or begins a read; fresh tells that the read
// began for this very call.
func (d *Decisions) read(ctx context.Context, sessionID string) (_ *didit.Decision, fresh bool, _ error) {
	for {
		kept, joined, began := d.board(ctx, sessionID)
		if kept != nil {
			return kept, false, nil
		}
		decision, outranked, err := d.memo.wait(ctx, sessionID, joined)
		if !outranked || err != nil {
			return decision, began, err
		}
		// Something newer than this read happened meanwhile: look again.
	}
}

// board finds what is kept or the flight to wait for, which it begins if need be.
func (d *Decisions) board(ctx context.Context, sessionID string) (kept *didit.Decision, joined *flight, began bool) {
	d.memo.mu.Lock()
	defer d.memo.mu.Unlock()
	entry := d.memo.entry(sessionID)
	if entry.decision != nil {
		return entry.decision, nil, false
	}
	if entry.flight != nil && entry.flight.began > entry.asOf {
		entry.flight.waiters++
		return nil, entry.flight, false
	}
	// The read belongs to all who wait for it: who asked first may leave.
	shared, leave := context.WithCancel(context.WithoutCancel(ctx))
	begun := &flight{began: d.memo.tick(), waiters: 1, leave: leave, done: make(chan struct{})}
	entry.flight = begun
	go func() {
		defer leave()
		decision, err := d.api.RetrieveDecision(shared, sessionID)
		d.memo.land(sessionID, begun, decision, err)
	}()
	return nil, begun, true
}

// readNow reads the session now, whatever is kept, and for nobody else: it is
// the read before a change, and one that began earlier would not do.
func (d *Decisions) readNow(ctx context.Context, sessionID string) (*didit.Decision, error) {
	began := d.memo.begin()
	decision, err := d.api.RetrieveDecision(ctx, sessionID)
	if err != nil {
		return nil, err
	}
	d.memo.keep(sessionID, began, decision)
	return decision, nil
}

func (m *memo) entry(sessionID string) *entry {
	if m.sessions[sessionID] == nil {
		m.sessions[sessionID] = &entry{}
	}
	return m.sessions[sessionID]
}

func (m *memo) tick() uint64 {
	m.clock++
	return m.clock
}

func (m *memo) begin() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tick()
}

func (m *memo) kept(sessionID string) *didit.Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	if entry := m.sessions[sessionID]; entry != nil {
		return entry.decision
	}
	return nil
}

// keep keeps what a read brought, unless something newer is known.
func (m *memo) keep(sessionID string, began uint64, decision *didit.Decision) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if entry := m.entry(sessionID); began > entry.asOf {
		entry.decision, entry.asOf = decision, began
	}
}

// land ends a flight. Its error is for those who wait, and is not kept.
func (m *memo) land(sessionID string, landed *flight, decision *didit.Decision, err error) {
	if err == nil {
		m.keep(sessionID, landed.began, decision)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if entry := m.entry(sessionID); entry.flight == landed {
		entry.flight = nil
	}
	landed.decision, landed.err = decision, err
	close(landed.done)
}

// wait waits for a flight, or until the waiter's own context ends; the last one
// to leave takes the read along.
func (m *memo) wait(ctx context.Context, sessionID string, joined *flight) (decision *didit.Decision, outranked bool, err error) {
	select {
	case <-joined.done:
		m.mu.Lock()
		defer m.mu.Unlock()
		return joined.decision, m.entry(sessionID).asOf > joined.began, joined.err
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if joined.waiters--; joined.waiters == 0 {
		joined.leave()
		if entry := m.entry(sessionID); entry.flight == joined {
			entry.flight = nil
		}
	}
	return nil, false, ctx.Err()
}

// changed notes a confirmed change of one step in what is kept.
func (m *memo) changed(sessionID string, changed didit.Feature) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := m.entry(sessionID)
	entry.asOf = m.tick()
	if entry.decision == nil {
		return
	}
	// Others hold the old one.
	decision := *entry.decision
	decision.Features = slices.Clone(decision.Features)
	for i, feature := range decision.Features {
		if feature.NodeID == changed.NodeID && feature.Type == changed.Type {
			decision.Features[i] = changed
		}
	}
	entry.decision = &decision
}

// outdate forgets what is kept, because a change may have been made.
func (m *memo) outdate(sessionID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := m.entry(sessionID)
	entry.decision, entry.asOf = nil, m.tick()
}
