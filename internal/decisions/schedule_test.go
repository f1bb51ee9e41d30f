// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// schedule is an apply and what goes wrong with it, all by chance but for the seed.
type schedule struct {
	seed     uint64
	sessions []simulator.Session
	blocks   []decisions.Change
	parallel int
	// timeout is the provider's for one request; faults are slower or faster than it.
	timeout time.Duration
	retries int
	// writesPerMinute is the limit, which provider and Didit agree on.
	writesPerMinute int
	faults          []simulator.Fault
	// dials are what becomes of new connections, in their order.
	dials []dialFault
	// lates are how much later than they arrived changes are carried out, in their
	// order, though the provider may have given them up long ago.
	lates []time.Duration
	// oneByOne: every request has a connection of its own.
	oneByOne bool
	// interrupt ends the apply after that long; 0: never.
	interrupt time.Duration
}

// dialFault is what becomes of a new connection.
type dialFault int

const (
	dialWorks dialFault = iota
	// dialRefused: nobody listens.
	dialRefused
	// dialReset: the connection is made, and reset before a request is read.
	dialReset
)

// newSchedule makes the schedule of a seed.
func newSchedule(seed uint64) *schedule {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &schedule{
		seed:            seed,
		parallel:        []int{1, 2, 10, 50}[random.IntN(4)],
		timeout:         didit.DefaultRequestTimeout,
		retries:         didit.DefaultMaxRetries,
		writesPerMinute: []int{didit.DefaultWritesPerMinute, 20}[random.IntN(2)],
		oneByOne:        random.IntN(3) == 0,
	}
	if random.IntN(5) == 0 {
		s.interrupt = time.Duration(1 + random.Int64N(int64(time.Minute)))
	}
	s.addSessions(random)
	s.addFaults(random, faultKinds)
	if random.IntN(5) == 0 && len(s.faults) > 0 {
		s.faults[0].Times = -1
	}
	return s
}

// newQuickSchedule makes one that takes a few seconds of real time, with faults
// of connections only.
func newQuickSchedule(seed uint64) *schedule {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &schedule{seed: seed, parallel: 10, timeout: 300 * time.Millisecond, retries: 2, writesPerMinute: didit.DefaultWritesPerMinute, oneByOne: random.IntN(3) == 0}
	s.addSessions(random)
	s.addFaults(random, faultKinds[:connectionFaults])
	return s
}

func (s *schedule) addFaults(random *rand.Rand, kinds []faultKind) {
	for range random.IntN(16) {
		s.faults = append(s.faults, s.newFault(random, kinds[random.IntN(len(kinds))]))
	}
	for range random.IntN(12) {
		s.dials = append(s.dials, dialFault(random.IntN(3)))
	}
	for range random.IntN(6) {
		s.lates = append(s.lates, time.Duration(random.IntN(2)*random.IntN(100))*s.timeout/30)
	}
}

// addSessions invents sessions whose steps stand anywhere, and blocks for some of
// the steps: taken over from a plan, new, and already in place.
func (s *schedule) addSessions(random *rand.Rand) {
	standings := []string{didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview, "Not Finished"}
	for n := range 1 + random.IntN(10) {
		session := simulator.Session{ID: fmt.Sprintf("44444444-2222-4333-8444-%012d", n), ReportBytes: 1500}
		arrays := []string{"id_verifications", "liveness_checks", "aml_screenings", "poa_verifications"}
		isGraph := random.IntN(4) > 0
		if isGraph {
			arrays = append(arrays, "voice_checks") // one that nobody knows, which only its node tells to be a step
		}
		for i, array := range arrays[:1+random.IntN(len(arrays))] {
			step := simulator.Feature{Array: array, Status: standings[random.IntN(len(standings))]}
			if isGraph {
				step.NodeID = fmt.Sprintf("feature_%d", i)
			}
			session.Features = append(session.Features, step)
			if random.IntN(5) > 0 {
				s.blocks = append(s.blocks, newBlock(random, session.ID, step))
			}
		}
		s.sessions = append(s.sessions, session)
	}
	random.Shuffle(len(s.blocks), func(i, j int) { s.blocks[i], s.blocks[j] = s.blocks[j], s.blocks[i] })
}

// newBlock wants a step decided; a block that is new to Terraform wants nothing
// that would overturn a decision.
func newBlock(random *rand.Rand, sessionID string, step simulator.Feature) decisions.Change {
	wanted := []string{didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview}
	ref := decisions.FeatureRef{SessionID: sessionID, NodeID: step.Node()}
	if ref.NodeID == didit.DefaultNodeID {
		ref.FeatureType = step.FeatureType()
	}
	block := decisions.Change{Subject: ref, From: step.Status, To: wanted[random.IntN(len(wanted))]}
	if asNew := block; random.IntN(3) == 0 {
		asNew.From = ""
		if asNew.Check(step.Status) == nil {
			block = asNew
		}
	}
	block.Comment = "reviewed: " + sessionID[len(sessionID)-4:] + " " + ref.NodeID + " " + ref.FeatureType
	return block
}

// faultKind makes one fault of its kind.
type faultKind struct {
	name string
	make func(s *schedule, random *rand.Rand) simulator.Fault
}

// connectionFaults is how many of faultKinds, from the first on, are matters of
// connections and time alone.
const connectionFaults = 6

var faultKinds = []faultKind{
	{"reset before", func(*schedule, *rand.Rand) simulator.Fault { return simulator.Fault{Cut: simulator.CutReset} }},
	{"reset after", func(*schedule, *rand.Rand) simulator.Fault {
		return simulator.Fault{Cut: simulator.CutReset, After: true}
	}},
	{"timeout before", func(s *schedule, _ *rand.Rand) simulator.Fault { return simulator.Fault{Delay: 2 * s.timeout} }},
	{"timeout after", func(s *schedule, _ *rand.Rand) simulator.Fault { return simulator.Fault{DelayAfter: 2 * s.timeout} }},
	{"cut answer", func(*schedule, *rand.Rand) simulator.Fault { return simulator.Fault{Cut: simulator.CutBody} }},
	{"slow", func(s *schedule, random *rand.Rand) simulator.Fault {
		return simulator.Fault{Delay: s.part(random), DelayAfter: s.part(random)}
	}},
	{"429 with Retry-After", func(_ *schedule, random *rand.Rand) simulator.Fault {
		wait := strconv.Itoa(1 + random.IntN(60))
		return simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {wait}}, Body: `{"detail": "Slow down."}`}
	}},
	{"429", func(*schedule, *rand.Rand) simulator.Fault {
		return simulator.Fault{Status: http.StatusTooManyRequests, Body: `{"detail": "Slow down."}`}
	}},
	{"5xx before", func(_ *schedule, random *rand.Rand) simulator.Fault {
		return html(500 + []int{0, 2, 3, 4}[random.IntN(4)])
	}},
	{"5xx after", func(_ *schedule, random *rand.Rand) simulator.Fault {
		fault := html(500 + []int{0, 2, 3, 4}[random.IntN(4)])
		fault.After = true
		return fault
	}},
	{"another 200", func(_ *schedule, random *rand.Rand) simulator.Fault {
		return simulator.Fault{Status: http.StatusOK, Body: `{"new_status": "Expired"}`, After: random.IntN(2) == 0}
	}},
}

// part is a time that is shorter than the timeout, even where two follow each other.
func (s *schedule) part(random *rand.Rand) time.Duration {
	return time.Duration(random.Int64N(int64(s.timeout / 3)))
}

// newFault aims a fault at all, at a session or at a step; and at changes more often
// than not.
func (s *schedule) newFault(random *rand.Rand, kind faultKind) simulator.Fault {
	fault := kind.make(s, random)
	fault.Name = kind.name
	fault.Method = []string{http.MethodPatch, http.MethodPatch, http.MethodGet, ""}[random.IntN(4)]
	fault.Skip = random.IntN(4)
	fault.Times = 1 + random.IntN(4)
	if session := s.sessions[random.IntN(len(s.sessions))]; random.IntN(2) == 0 {
		fault.Path = session.ID
	}
	return fault
}
