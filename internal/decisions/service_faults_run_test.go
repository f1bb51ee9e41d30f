// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// run applies the schedule's changes with its faults, and then again without them.
func (s *schedule) run(t *testing.T, network network) *tally {
	t.Helper()
	total := newTally()
	total.schedules, total.subjects = 1, len(s.changes)
	env := newEnv(t, network, simulator.Options{WritesPerMinute: s.writesPerMinute, RepeatedStatusOK: s.repeatedStatusOK})
	for _, session := range s.sessions {
		env.AddSession(session)
	}
	for _, fault := range s.faults {
		env.Inject(fault)
	}
	ctx := t.Context()
	if s.interrupt > 0 {
		limited, cancel := context.WithTimeout(ctx, s.interrupt)
		defer cancel()
		ctx = limited
		total.interrupted++
	}
	env.BeforeResponse(s.disturb(env, total))

	failures := s.apply(ctx, s.newService(t, env, s.faultyDial(env, total)), slices.Concat(s.changes, s.refused))

	for _, request := range env.Requests() {
		if request.Fault != "" {
			total.hit(request.Fault)
		}
	}
	for i, change := range s.changes {
		s.checkUnderFaults(t, env, change, failures[i], total)
	}
	for i, change := range s.refused {
		s.checkRefused(t, change, failures[len(s.changes)+i], total)
	}
	s.finish(t, env, total)
	return total
}

// finish plans and applies the changes again, before and after the persons have finished,
// with new services and without faults.
func (s *schedule) finish(t *testing.T, env *env, total *tally) {
	t.Helper()
	env.ClearFaults()
	s.again(t, env, true)
	for _, change := range s.changes {
		if s.waits(change) {
			s.checkWaiting(t, env, change, total)
		}
	}
	for session, part := range s.deferred {
		if part < 1 {
			continue
		}
		if err := env.FinishFlow(session); err != nil {
			t.Errorf("FAULT_SEED=%d: %v", s.seed, err)
		}
	}
	s.again(t, env, false)
	changes := 0
	for _, change := range s.changes {
		s.check(t, env, change, total)
		if s.isChange(change) {
			changes++
		}
	}
	if trail := env.Trail(""); len(trail) != changes {
		t.Errorf("FAULT_SEED=%d: %d entries on the trail, want %d: a subject was changed without a change in the schedule: %+v", s.seed, len(trail), changes, trail)
	}
}

// again plans and applies the changes again. A change that the former apply has deferred
// must be refused then.
func (s *schedule) again(t *testing.T, env *env, isInFlow bool) {
	t.Helper()
	var rest []decisions.Change
	plan := s.newService(t, env, env.network.dial)
	for _, change := range s.changes {
		found, err := plan.Find(t.Context(), change.Subject)
		if err != nil {
			t.Fatalf("FAULT_SEED=%d: the next plan: %v", s.seed, err)
		}
		if change.From != "" {
			change.From = found.Value
		}
		rest = append(rest, change)
	}
	for i, err := range s.apply(t.Context(), s.newService(t, env, env.network.dial), slices.Concat(rest, s.refused)) {
		if i >= len(rest) {
			s.checkRefusedAgain(t, s.refused[i-len(rest)], err)
			continue
		}
		if _, isWaiting := errors.AsType[*decisions.WaitingError](err); isWaiting && isInFlow && s.waits(rest[i]) {
			continue
		}
		if err != nil {
			t.Errorf("FAULT_SEED=%d: the next apply of %+v: %v", s.seed, rest[i], err)
		}
	}
}

// apply applies changes in parallel, and returns their errors in the same order.
func (s *schedule) apply(ctx context.Context, service *decisions.Service, changes []decisions.Change) []error {
	failures := make([]error, len(changes))
	indexes := make([]int, len(changes))
	for i := range indexes {
		indexes[i] = i
	}
	inParallel(s.parallel, indexes, func(i int) {
		_, failures[i] = service.Apply(ctx, changes[i])
	})
	return failures
}

func (s *schedule) newService(t *testing.T, env *env, dial dialFunc) *decisions.Service {
	t.Helper()
	return env.newService(t, func(config *didit.Config) {
		transport := env.transport(t, dial)
		transport.DisableKeepAlives = s.closeConnections
		config.Transport = transport
		config.RequestTimeout, config.MaxRetries, config.WritesPerMinute = s.timeout, s.retries, s.writesPerMinute
	})
}

// Names of the faults that are not the simulator's, for the tally.
const (
	faultLate    = "carried out late"
	faultRefused = "connection refused"
	faultReset   = "connection reset"
	faultSibling = "step appeared"
)

// faultyDial opens connections with the schedule's outcomes.
func (s *schedule) faultyDial(env *env, total *tally) dialFunc {
	next := inTurn(s.dials)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		switch next() {
		case dialRefused:
			total.hit(faultRefused)
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		case dialReset:
			total.hit(faultReset)
			client, server := net.Pipe()
			_ = server.Close()
			return client, nil
		case dialWorks:
		}
		return env.network.dial(ctx, network, address)
	}
}

// disturb returns a hook that delays changes, even after the client has given them up,
// and adds steps to sessions that are being read.
func (s *schedule) disturb(env *env, total *tally) func(simulator.Request) {
	next := inTurn(s.delays)
	var reads atomic.Int64
	return func(request simulator.Request) {
		if request.Method == http.MethodGet {
			if id, found := s.siblings[int(reads.Add(1))]; found {
				total.hit(faultSibling)
				s.addSibling(env, id)
			}
			return
		}
		if delay := next(); delay > 0 {
			total.hit(faultLate)
			time.Sleep(delay)
		}
	}
}

// addSibling adds a step of another type: at node default, or at a node of its own.
func (s *schedule) addSibling(env *env, sessionID string) {
	sibling := simulator.Feature{Array: "phone_verifications", Status: didit.StatusInReview}
	if session, _ := env.Session(sessionID); len(session.Features) > 0 && session.Features[0].NodeID != "" {
		sibling.NodeID = "feature_phone"
	}
	env.AddFeature(sessionID, sibling)
}

// inTurn returns the items one after the other, then zero values.
func inTurn[T any](items []T) func() T {
	var taken atomic.Int64
	return func() (item T) {
		if n := int(taken.Add(1)) - 1; n < len(items) {
			item = items[n]
		}
		return item
	}
}
