// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests which reports a change updates or invalidates, and that a read which
// began before a change is never cached after it.

func TestCache_FreshReadReplacesCachedReport(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusDeclined)
		service := env.newService(t)
		mustRead(t, service)
		env.mustDecide(t, nodeAML, didit.StatusDeclined)

		mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if got := statuses(service.CachedDecision(sampleID)); got != "Approved, Approved, Declined" {
			t.Errorf("cached is %s, want this change and the one in the console", got)
		}
	})
}

func TestCache_UpdateDoesNotModifySharedReports(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusApproved)
		service := env.newService(t)
		var earlier *didit.Decision
		env.beforeRequest(http.MethodPatch, 1, func() { earlier = service.CachedDecision(sampleID) })

		mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if before, after := statuses(earlier), statuses(service.CachedDecision(sampleID)); before != "In Review, Approved, In Review" || after != "Approved, Approved, In Review" {
			t.Errorf("an earlier caller's report is %s, the cached one %s", before, after)
		}
	})
}

func TestCache_UpdateDoesNotModifyOtherStepsOfNode(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		for _, session := range simulator.Fixtures() {
			env.AddSession(session)
		}
		env.SetSessionStatus(simulator.SessionTwoTypes, didit.StatusApproved)
		service := env.newService(t)
		step := decisions.FeatureRef{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, service, decisions.Change{Subject: step, To: didit.StatusDeclined})

		if got := statuses(service.CachedDecision(simulator.SessionTwoTypes)); got != "Declined, Approved" {
			t.Errorf("cached is %s, want the other step unchanged", got)
		}
	})
}

// A step of a session that has no decision yet can move the session and its steps on.
func TestCache_ChangeInOpenSessionInvalidates(t *testing.T) {
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
			service := env.newService(t)

			mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

			if got := statuses(service.CachedDecision(sampleID)); got != want {
				t.Errorf("session %s: cached is %s, want %s", status, got, want)
			}
		})
	}
}

// The change moves the session on: it gets another status, and so does a sibling step.
func TestCache_ReportAfterChangeIsConsistent(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusAwaitingUser)
		service := env.newService(t)
		mustRead(t, service)
		env.beforeRequest(http.MethodPatch, 1, func() {
			env.SetSessionStatus(sampleID, didit.StatusInReview)
			env.mustSet(t, nodeLiveness, didit.StatusInReview)
		})

		mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		decision := mustRead(t, service)
		if got := decision.Status + ": " + statuses(decision); got != "In Review: Approved, In Review, In Review" {
			t.Errorf("a later read returns %s", got)
		}
		mustApply(t, service, change(nodeLiveness, didit.StatusInReview, didit.StatusApproved))
		env.assertStatus(t, nodeLiveness, didit.StatusApproved)
	})
}

func TestCache_EarlierReadDoesNotReplaceLaterOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		plan := startRead(t.Context(), service)                                                      // read 1
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 2

		api.endRead(2, didit.StatusInReview, didit.StatusDeclined) // liveness was changed in the meantime
		api.endRead(1)

		if got := statuses(service.CachedDecision(sampleID)); got != "In Review, Declined, In Review" {
			t.Errorf("cached is %s, want the result of the later read", got)
		}
		api.endChange(1, nil)
		if err := <-apply; err != nil || !plan.isDone() {
			t.Errorf("Apply returned %v, the plan's read is done: %t", err, plan.isDone())
		}
		if got := statuses(service.CachedDecision(sampleID)); got != "Approved, Declined, In Review" {
			t.Errorf("cached is %s, want the change in it", got)
		}
	})
}

func TestCache_EarlierReadDoesNotReplaceConfirmedChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		plan := startRead(t.Context(), service)                                                      // read 1
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 2
		api.endRead(2)
		api.endChange(1, nil)

		api.endRead(1) // began before the change

		if got := statuses(service.CachedDecision(sampleID)); got != "Approved, Approved, In Review" {
			t.Errorf("cached is %s, want the change in it", got)
		}
		if err := <-apply; err != nil || !plan.isDone() {
			t.Errorf("Apply returned %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}

func TestCache_UnknownOutcomeInvalidates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 1)
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		api.endRead(1)

		api.endChange(1, lostResponse())
		if cached := service.CachedDecision(sampleID); cached != nil {
			t.Errorf("cached is %s, want nothing until the change is reconciled", statuses(cached))
		}
		later := startRead(t.Context(), service)
		api.endRead(2, didit.StatusApproved)
		api.endBackoff()
		api.endRead(3, didit.StatusApproved)

		if err := <-apply; err != nil || !later.isDone() || statuses(later.decision) != "Approved, Approved, In Review" {
			t.Errorf("a caller in the meantime got %s, want a read of its own (%v)", statuses(later.decision), err)
		}
	})
}

func TestCache_EarlierReadIsNotCachedAfterUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 1)
		plan := startRead(t.Context(), service) // read 1
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		api.endRead(2)

		api.endChange(1, lostResponse())
		api.endRead(1) // began before the change

		if cached := service.CachedDecision(sampleID); cached != nil {
			t.Errorf("cached is %s, want nothing until the change is reconciled", statuses(cached))
		}
		api.endBackoff()
		api.endRead(3, didit.StatusApproved)
		if err := <-apply; err != nil || !plan.isDone() {
			t.Errorf("Apply returned %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}

func TestCache_CallerAfterInvalidationStartsNewRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 1)
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		api.endRead(1)
		api.endChange(1, lostResponse())
		early := startRead(t.Context(), service) // read 2
		api.endBackoff()                         // starts read 3
		api.endRead(3)
		api.endChange(2, lostResponse()) // starts read 4, which reconciles
		late := startRead(t.Context(), service)

		if got := api.readCount(); got != 5 {
			t.Fatalf("%d reads, want one for each of the two callers", got)
		}
		api.endRead(2) // began before the second attempt
		if !early.isDone() || late.isDone() {
			t.Error("the later caller got the result of the earlier read")
		}
		api.endRead(5, didit.StatusApproved)

		if !late.isDone() || statuses(late.decision) != "Approved, Approved, In Review" {
			t.Errorf("the later caller got %s", statuses(late.decision))
		}
		api.endRead(4, didit.StatusApproved)
		if err := <-apply; err != nil {
			t.Error(err)
		}
	})
}
