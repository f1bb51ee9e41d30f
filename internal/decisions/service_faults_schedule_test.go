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

// schedule is an apply and its faults. The seed determines all of it.
type schedule struct {
	seed     uint64
	sessions []simulator.Session
	changes  []decisions.Change
	// refused are changes from a value that the subject does not have, such as one that
	// was superseded. They must never be sent.
	refused []decisions.Change
	// initial is the value of each subject at the beginning.
	initial map[decisions.Subject]string
	// deferred is the part of the changes of steps that are deferred, by session. It is 1 if
	// the person is in the flow: any other change of a step could end that.
	deferred map[string]float64
	parallel int
	// timeout is the client's request timeout. Faults are slower or faster.
	timeout time.Duration
	retries int
	// writesPerMinute is the limit of both the client and Didit.
	writesPerMinute int
	// repeatedStatusOK: setting a session's status again is a 200 that changes nothing.
	repeatedStatusOK bool
	faults           []simulator.Fault
	// dials are the outcomes of the first connections.
	dials []dialFault
	// delays are the times by which Didit delays the first changes, even after the client
	// has given them up.
	delays []time.Duration
	// siblings are the sessions that get another step when the nth read arrives.
	siblings map[int]string
	// closeConnections: every request opens a connection.
	closeConnections bool
	// interrupt is the time after which the apply is cancelled; 0: never.
	interrupt time.Duration
}

// dialFault is the outcome of a new connection.
type dialFault int

const (
	dialWorks dialFault = iota
	dialRefused
	// dialReset: the connection is opened, and reset before a request is read.
	dialReset
)

func newSchedule(seed uint64) *schedule {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &schedule{
		seed:             seed,
		parallel:         []int{1, 2, 10, 50}[random.IntN(4)],
		timeout:          didit.DefaultRequestTimeout,
		retries:          didit.DefaultMaxRetries,
		writesPerMinute:  []int{didit.DefaultWritesPerMinute, 20}[random.IntN(2)],
		repeatedStatusOK: random.IntN(2) == 0,
		closeConnections: random.IntN(3) == 0,
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

// newQuickSchedule returns a schedule that takes a few seconds of real time: its faults
// affect connections only.
func newQuickSchedule(seed uint64) *schedule {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &schedule{seed: seed, parallel: 10, timeout: 300 * time.Millisecond, retries: 2, writesPerMinute: didit.DefaultWritesPerMinute, closeConnections: random.IntN(3) == 0}
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
		s.delays = append(s.delays, time.Duration(random.IntN(2)*random.IntN(100))*s.timeout/30)
	}
	s.siblings = map[int]string{}
	for range random.IntN(4) {
		s.siblings[1+random.IntN(30)] = s.sessions[random.IntN(len(s.sessions))].ID
	}
}

// addSessions adds sessions with steps and hits, all with random statuses, and changes of
// some of them.
func (s *schedule) addSessions(random *rand.Rand) {
	s.initial, s.deferred = map[decisions.Subject]string{}, map[string]float64{}
	for n := range 1 + random.IntN(10) {
		session := simulator.Session{
			ID: fmt.Sprintf("44444444-2222-4333-8444-%012d", n), ReportBytes: 1500,
			Status: pick(random, didit.StatusInReview, didit.StatusApproved, didit.StatusDeclined, didit.StatusKycExpired, didit.StatusInProgress),
		}
		switch {
		case session.Status != didit.StatusInProgress:
			s.deferred[session.ID] = 0.25
		case random.IntN(3) > 0:
			s.deferred[session.ID] = 1
		}
		arrays := []string{"id_verifications", "liveness_checks", "aml_screenings", "poa_verifications"}
		isGraph := random.IntN(4) > 0
		if isGraph {
			arrays = append(arrays, "voice_checks") // an unknown array, whose items are steps if they have a node ID
		}
		for i, array := range arrays[:1+random.IntN(len(arrays))] {
			nodeID := ""
			if isGraph {
				nodeID = fmt.Sprintf("feature_%d", i)
			}
			session.Features = append(session.Features, s.newFeature(random, session.ID, array, nodeID))
		}
		if session.Status != didit.StatusInProgress { // which cannot be decided
			s.addChange(random, decisions.SessionRef{SessionID: session.ID}, session.Status, pick(random, didit.StatusApproved, didit.StatusDeclined))
		}
		s.sessions = append(s.sessions, session)
	}
	random.Shuffle(len(s.changes), func(i, j int) { s.changes[i], s.changes[j] = s.changes[j], s.changes[i] })
}

// newFeature returns a step, with hits if it is an AML screening, and adds changes.
func (s *schedule) newFeature(random *rand.Rand, sessionID, array, nodeID string) simulator.Feature {
	statuses := []string{didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview}
	step := simulator.Feature{Array: array, NodeID: nodeID, Status: pick(random, append(statuses, "Not Finished")...)}
	ref := decisions.FeatureRef{SessionID: sessionID, NodeID: step.Node()}
	if nodeID == "" {
		ref.FeatureType = step.FeatureType()
	}
	s.addChange(random, ref, step.Status, pick(random, statuses...))
	if array != "aml_screenings" {
		return step
	}
	for n := range random.IntN(4) {
		hit := simulator.Hit{ID: fmt.Sprintf("hit_%d", n), ReviewStatus: pick(random, reviewStatuses...)}
		step.Hits = append(step.Hits, hit)
		s.addChange(random, decisions.HitRef{SessionID: sessionID, NodeID: step.Node(), HitID: hit.ID}, hit.ReviewStatus, pick(random, reviewStatuses...))
	}
	return step
}

func pick(random *rand.Rand, values ...string) string { return values[random.IntN(len(values))] }

var reviewStatuses = []string{didit.ReviewUnreviewed, didit.ReviewConfirmedMatch, didit.ReviewFalsePositive, didit.ReviewInconclusive}

// addChange adds a change of a subject in four of five cases: of a block with from or in
// the state, or of one without if it overturns no decision. Some of the others are changes
// that must be refused.
func (s *schedule) addChange(random *rand.Rand, subject decisions.Subject, from, to string) {
	s.initial[subject] = from
	isDeferred := kindOf(subject) == simulator.DecidedFeature && random.Float64() < s.deferred[subject.Session()]
	if random.IntN(5) == 0 {
		if stale := pick(random, didit.StatusInReview, didit.StatusKycExpired, didit.ReviewUnreviewed, to); stale != from && to != from {
			s.refused = append(s.refused, decisions.Change{Subject: subject, From: stale, To: to, Deferred: isDeferred})
		}
		return
	}
	change := decisions.Change{Subject: subject, From: from, To: to, Deferred: isDeferred}
	if plain := change; random.IntN(3) == 0 && !isDeferred {
		plain.From = ""
		if plain.Check(from) == nil {
			change = plain
		}
	}
	if kindOf(subject) != simulator.DecidedHit {
		change.Comment = fmt.Sprintf("reviewed: %+v", subject)
	}
	s.changes = append(s.changes, change)
}

// faultKind is a kind of fault.
type faultKind struct {
	name string
	make func(s *schedule, random *rand.Rand) simulator.Fault
}

// connectionFaults is the number of kinds, from the first, that affect connections only.
const connectionFaults = 6

var faultKinds = []faultKind{
	{"reset before", func(*schedule, *rand.Rand) simulator.Fault { return simulator.Fault{Cut: simulator.CutReset} }},
	{"reset after", func(*schedule, *rand.Rand) simulator.Fault {
		return simulator.Fault{Cut: simulator.CutReset, After: true}
	}},
	{"timeout before", func(s *schedule, _ *rand.Rand) simulator.Fault { return simulator.Fault{Delay: 2 * s.timeout} }},
	{"timeout after", func(s *schedule, _ *rand.Rand) simulator.Fault { return simulator.Fault{DelayAfter: 2 * s.timeout} }},
	{"response cut", func(*schedule, *rand.Rand) simulator.Fault { return simulator.Fault{Cut: simulator.CutBody} }},
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
	{"200 of a proxy", func(_ *schedule, random *rand.Rand) simulator.Fault {
		fault := html(http.StatusOK)
		fault.After = random.IntN(2) == 0
		return fault
	}},
	{"200 of another status", func(_ *schedule, random *rand.Rand) simulator.Fault {
		return simulator.Fault{Status: http.StatusOK, Body: `{"new_status": "Expired"}`, After: random.IntN(2) == 0}
	}},
	{"200 of another session", func(_ *schedule, random *rand.Rand) simulator.Fault {
		body := `{"session_id": "55555555-2222-4333-8444-000000000001", "node_id": "feature_0", "new_status": "Approved", "hit_id": "hit_9", "review_status": "False Positive"}`
		return simulator.Fault{Status: http.StatusOK, Body: body, After: random.IntN(2) == 0}
	}},
}

// part returns a random time, so short that two in a row are below the timeout.
func (s *schedule) part(random *rand.Rand) time.Duration {
	return time.Duration(random.Int64N(int64(s.timeout / 3)))
}

// newFault returns a fault for all sessions or for one, and more often for changes than
// for reads.
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
