// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// run applies the schedule's blocks under its faults, and once more without.
func (s *schedule) run(t *testing.T, network network) *tally {
	t.Helper()
	total := newTally()
	total.schedules, total.blocks = 1, len(s.blocks)
	env := newEnv(t, network, simulator.Options{WritesPerMinute: s.writesPerMinute})
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
	env.BeforeResponse(s.delayChanges(total))

	failures := s.apply(ctx, s.process(t, env, s.faultyDial(env, total)), s.blocks)

	for _, request := range env.Requests() {
		if request.Fault != "" {
			total.hit(request.Fault)
		}
	}
	for i, block := range s.blocks {
		s.checkFirst(t, env, block, failures[i], total)
	}
	s.finish(t, env, total)
	return total
}

// finish is the next plan and apply, by processes that know nothing of the first,
// while nothing goes wrong any more.
func (s *schedule) finish(t *testing.T, env *env, total *tally) {
	t.Helper()
	env.ClearFaults()
	var rest []decisions.Change
	plan := s.process(t, env, env.network.dial)
	for _, block := range s.blocks {
		found, err := plan.Find(t.Context(), block.Subject)
		if err != nil {
			t.Fatalf("FAULT_SEED=%d: the next plan: %v", s.seed, err)
		}
		if block.From != "" {
			block.From = found.Value
		}
		rest = append(rest, block)
	}
	for i, err := range s.apply(t.Context(), s.process(t, env, env.network.dial), rest) {
		if err != nil {
			t.Errorf("FAULT_SEED=%d: the next apply of %+v: %v", s.seed, rest[i], err)
		}
	}
	changes := 0
	for _, block := range s.blocks {
		s.check(t, env, block, total)
		if s.isChange(block) {
			changes++
		}
	}
	if trail := env.Trail(""); len(trail) != changes {
		t.Errorf("FAULT_SEED=%d: %d entries on the trail, want %d: a step was changed that nobody asked for: %+v", s.seed, len(trail), changes, trail)
	}
}

// apply applies the blocks, as many at a time as the schedule says, and gives
// their errors in the blocks' order.
func (s *schedule) apply(ctx context.Context, process *decisions.Service, blocks []decisions.Change) []error {
	failures := make([]error, len(blocks))
	indexes := make([]int, len(blocks))
	for i := range indexes {
		indexes[i] = i
	}
	inParallel(s.parallel, indexes, func(i int) {
		_, failures[i] = process.Apply(ctx, blocks[i])
	})
	return failures
}

func (s *schedule) process(t *testing.T, env *env, dial dialFunc) *decisions.Service {
	t.Helper()
	return env.process(t, func(config *didit.Config) {
		transport := env.transport(t, dial)
		transport.DisableKeepAlives = s.oneByOne
		config.Transport = transport
		config.RequestTimeout, config.MaxRetries, config.WritesPerMinute = s.timeout, s.retries, s.writesPerMinute
	})
}

// Faults that are not the simulator's own, as a tally names them.
const (
	hitLate    = "carried out late"
	hitRefused = "connection refused"
	hitReset   = "connection reset"
)

// faultyDial makes the schedule's connections, and counts those that it spoils.
func (s *schedule) faultyDial(env *env, total *tally) dialFunc {
	next := inTurn(s.dials)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		switch next() {
		case dialRefused:
			total.hit(hitRefused)
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		case dialReset:
			total.hit(hitReset)
			client, server := net.Pipe()
			_ = server.Close()
			return client, nil
		case dialWorks:
		}
		return env.network.dial(ctx, network, address)
	}
}

// delayChanges carries out changes late, even where their sender has left.
func (s *schedule) delayChanges(total *tally) func(simulator.Request) {
	next := inTurn(s.lates)
	return func(request simulator.Request) {
		if request.Method != http.MethodPatch {
			return
		}
		if late := next(); late > 0 {
			total.hit(hitLate)
			time.Sleep(late)
		}
	}
}

// inTurn gives the items one after the other, and then the zero value for ever.
func inTurn[T any](items []T) func() T {
	var taken atomic.Int64
	return func() (item T) {
		if n := int(taken.Add(1)) - 1; n < len(items) {
			item = items[n]
		}
		return item
	}
}
