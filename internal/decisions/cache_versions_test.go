// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestCache_FreshReadReplacesTheCachedReport(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusDeclined)
		process := env.process(t)
		mustRead(t, process)
		env.mustDecide(t, nodeAML, didit.StatusDeclined)

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if got := statuses(process.CachedDecision(sampleID)); got != "Approved, Approved, Declined" {
			t.Errorf("cached is %s, want this change and the one in the console", got)
		}
	})
}

// statuses lists those of a decision's steps.
func statuses(decision *didit.Decision) (list string) {
	if decision == nil {
		return "nothing"
	}
	for i, feature := range decision.Features {
		if i > 0 {
			list += ", "
		}
		list += feature.Status
	}
	return list
}

func TestCache_UpdateDoesNotModifySharedReports(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusApproved)
		process := env.process(t)
		var earlier *didit.Decision
		env.beforeRequest(http.MethodPatch, 1, func() { earlier = process.CachedDecision(sampleID) })

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if before, after := statuses(earlier), statuses(process.CachedDecision(sampleID)); before != "In Review, Approved, In Review" || after != "Approved, Approved, In Review" {
			t.Errorf("the report of an earlier caller is %s, the cached one %s", before, after)
		}
	})
}

func TestCache_UpdateLeavesOtherStepsOfTheNodeAlone(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		for _, session := range simulator.Fixtures() {
			env.AddSession(session)
		}
		env.SetSessionStatus(simulator.SessionTwoTypes, didit.StatusApproved)
		process := env.process(t)
		step := decisions.FeatureRef{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, process, decisions.Change{Subject: step, To: didit.StatusDeclined})

		if got := statuses(process.CachedDecision(simulator.SessionTwoTypes)); got != "Declined, Approved" {
			t.Errorf("cached is %s, want the other step as it was", got)
		}
	})
}

// A change in a session without a decision can move the session and its steps on.
func TestCache_ChangeInAnOpenSessionInvalidates(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		didit.StatusApproved:     "Approved, Approved, In Review",
		didit.StatusDeclined:     "Approved, Approved, In Review",
		didit.StatusInReview:     "nothing",
		didit.StatusAwaitingUser: "nothing",
		didit.StatusInProgress:   "nothing",
		didit.StatusResubmitted:  "nothing",
		didit.StatusKycExpired:   "nothing",
	} {
		inEnv(t, func(t *testing.T, env *env) {
			env.SetSessionStatus(sampleID, status)
			process := env.process(t)

			mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

			if got := statuses(process.CachedDecision(sampleID)); got != want {
				t.Errorf("session %s: cached is %s, want %s", status, got, want)
			}
		})
	}
}

// The workflow waits on the step that is changed: the session gets its decision, and
// a sibling another status.
func TestCache_ReportAfterAChangeIsNeverAMixture(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusAwaitingUser)
		process := env.process(t)
		mustRead(t, process)
		env.beforeRequest(http.MethodPatch, 1, func() {
			env.SetSessionStatus(sampleID, didit.StatusInReview)
			env.mustSet(t, nodeLiveness, didit.StatusInReview)
		})

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		decision := mustRead(t, process)
		if got := decision.Status + ": " + statuses(decision); got != "In Review: Approved, In Review, In Review" {
			t.Errorf("a later read returns %s", got)
		}
		mustApply(t, process, change(nodeLiveness, didit.StatusInReview, didit.StatusApproved))
		env.assertStatus(t, nodeLiveness, didit.StatusApproved)
	})
}

// startApply applies a change in the background; its error comes through the channel.
func startApply(t *testing.T, process *decisions.Service, change decisions.Change) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() {
		_, err := process.Apply(t.Context(), change)
		result <- err
	}()
	synctest.Wait()
	return result
}

// stages lets a test stop every call of a fake API and respond when it wants to.
type stages struct {
	reads   map[int]chan *didit.Decision
	changes map[int]chan error
	backoff chan struct{}
}

func newStages() (*stages, *fakeAPI) {
	s := &stages{reads: map[int]chan *didit.Decision{}, changes: map[int]chan error{}, backoff: make(chan struct{})}
	for nth := 1; nth <= 5; nth++ {
		s.reads[nth], s.changes[nth] = make(chan *didit.Decision), make(chan error)
	}
	return s, &fakeAPI{
		onRead:   func(_ context.Context, nth int, _ string) (*didit.Decision, error) { return <-s.reads[nth], nil },
		onChange: func(_ context.Context, nth int) error { return <-s.changes[nth] },
		onBackoff: func(context.Context) error {
			<-s.backoff
			return nil
		},
	}
}

// read responds to the nth read, and waits until everything that follows has happened.
func (s *stages) read(nth int, statuses ...string) {
	s.reads[nth] <- sampleDecision(statuses...)
	synctest.Wait()
}

// change responds to the nth change.
func (s *stages) change(nth int, err error) {
	s.changes[nth] <- err
	synctest.Wait()
}

func (s *stages) endBackoff() {
	s.backoff <- struct{}{}
	synctest.Wait()
}

func TestCache_EarlierReadDoesNotReplaceALaterOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		plan := startFind(t.Context(), process)                                                    // read 1
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 2

		stages.read(2, didit.StatusInReview, didit.StatusDeclined) // liveness was overturned in the meantime
		stages.read(1)

		if got := statuses(process.CachedDecision(sampleID)); got != "In Review, Declined, In Review" {
			t.Errorf("cached is %s, want the result of the later read", got)
		}
		stages.change(1, nil)
		if err := <-ocr; err != nil || !plan.isDone() {
			t.Errorf("the apply ended with %v, the plan's read is done: %t", err, plan.isDone())
		}
		if got := statuses(process.CachedDecision(sampleID)); got != "Approved, Declined, In Review" {
			t.Errorf("cached is %s, want the change in it", got)
		}
	})
}

func TestCache_EarlierReadDoesNotReplaceAConfirmedChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		plan := startFind(t.Context(), process)                                                    // read 1
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 2
		stages.read(2)
		stages.change(1, nil)

		stages.read(1) // from before the change

		if got := statuses(process.CachedDecision(sampleID)); got != "Approved, Approved, In Review" {
			t.Errorf("cached is %s, want the change in it", got)
		}
		if err := <-ocr; err != nil || !plan.isDone() {
			t.Errorf("the apply ended with %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}

func TestCache_UnknownOutcomeInvalidates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 1)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		stages.read(1)

		stages.change(1, lostResponse())
		if cached := process.CachedDecision(sampleID); cached != nil {
			t.Errorf("cached is %s, want nothing until it is reconciled", statuses(cached))
		}
		later := startFind(t.Context(), process)
		stages.read(2, didit.StatusApproved)
		stages.endBackoff()
		stages.read(3, didit.StatusApproved)

		if err := <-ocr; err != nil || !later.isDone() || statuses(later.decision) != "Approved, Approved, In Review" {
			t.Errorf("a caller in between got %s, want a read of its own (%v)", statuses(later.decision), err)
		}
	})
}

func TestCache_EarlierReadIsNotCachedAfterAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 1)
		plan := startFind(t.Context(), process) // read 1
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		stages.read(2)

		stages.change(1, lostResponse())
		stages.read(1) // from before the change

		if cached := process.CachedDecision(sampleID); cached != nil {
			t.Errorf("cached is %s, want nothing until it is reconciled", statuses(cached))
		}
		stages.endBackoff()
		stages.read(3, didit.StatusApproved)
		if err := <-ocr; err != nil || !plan.isDone() {
			t.Errorf("the apply ended with %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}

func TestCache_CallerAfterAnInvalidationGetsAReadOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 1)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		stages.read(1)
		stages.change(1, lostResponse())
		early := startFind(t.Context(), process) // read 2
		stages.endBackoff()                      // read 3
		stages.read(3)
		stages.change(2, lostResponse()) // read 4, which reconciles
		late := startFind(t.Context(), process)

		if got := api.readCount(); got != 5 {
			t.Fatalf("%d reads, want one for each of the two callers", got)
		}
		stages.read(2) // from before the second attempt
		if !early.isDone() || late.isDone() {
			t.Error("the later caller got the earlier read")
		}
		stages.read(5, didit.StatusApproved)

		if !late.isDone() || statuses(late.decision) != "Approved, Approved, In Review" {
			t.Errorf("the later caller got %s", statuses(late.decision))
		}
		stages.read(4, didit.StatusApproved)
		if err := <-ocr; err != nil {
			t.Error(err)
		}
	})
}

func TestApply_ReadsAgainAfterASharedRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		plan := startFind(t.Context(), process) // read 1
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		stages.read(1)
		if len(api.updates) != 0 || api.readCount() != 2 {
			t.Fatalf("%d changes after %d reads, want a read that began with the apply", len(api.updates), api.readCount())
		}
		stages.read(2)
		stages.change(1, nil)

		if err := <-ocr; err != nil || !plan.isDone() {
			t.Errorf("the apply ended with %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}
