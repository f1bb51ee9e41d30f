// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// In this file, a change from In Review to Approved meets a decision in the console.

const trailOCRDeclined = "console: feature_ocr_1 In Review -> Declined (in the console)"

var declinedInConsole = decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved}

func TestConflict_ConsoleDecisionBeforeRead(t *testing.T) {
	t.Parallel()
	// The apply reads again if the plan, in the same process, has read the session.
	for name, nth := range map[string]int{"first read": 1, "read after the plan's": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				service := env.newService(t)
				if nth == 2 {
					mustRead(t, service)
				}
				env.beforeRequest(http.MethodGet, nth, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

				_, err := service.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				assertConflict(t, err, declinedInConsole)
				env.assertSent(t, nth, 0)
				env.assertTrail(t, trailOCRDeclined)
			})
		})
	}
}

func TestConflict_ConsoleDecisionAfterUnknownOutcome(t *testing.T) {
	t.Parallel()
	const trailOverturned = "console: feature_ocr_1 Approved -> Declined (in the console)"
	for name, test := range map[string]struct {
		fault simulator.Fault
		trail []string
	}{
		"change not made":           {simulator.Fault{Cut: simulator.CutReset}, []string{trailOCRDeclined}},
		"change made, no response":  {simulator.Fault{Cut: simulator.CutReset, After: true}, []string{trailOCRApproved, trailOverturned}},
		"change made, response cut": {simulator.Fault{Cut: simulator.CutBody}, []string{trailOCRApproved, trailOverturned}},
		"change made, proxy's 409":  {after(html(http.StatusConflict)), []string{trailOCRApproved, trailOverturned}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(test.fault))
				env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				want := declinedInConsole
				want.Sent = true
				assertConflict(t, err, want)
				env.assertSent(t, 2, 1)
				env.assertTrail(t, test.trail...)
			})
		})
	}
}

// A block without from knows no status from a review, but after its own request, every status
// other than the one before and the wanted one is a conflict.
func TestConflict_BlockWithoutFromAfterUnknownOutcome(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		env.beforeRequest(http.MethodGet, 2, func() { env.mustSet(t, nodeOCR, "Not Finished") })

		_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, "", didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: "Not Finished", Wanted: didit.StatusApproved, Sent: true})
		env.assertSent(t, 2, 1)
	})
}

// Sent is true although the last request was refused, because the response to an
// earlier one was lost.
func TestConflict_AfterLostResponseAndRefusalIsSent(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		env.Inject(onChange(simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": "The new status is the same as the current status."}`}))
		env.beforeRequest(http.MethodGet, 3, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		want := declinedInConsole
		want.Sent = true
		assertConflict(t, err, want)
	})
}

func TestConflict_AfterRefusalIsNotSent(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": ["No."]}`}))
		env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, declinedInConsole)
	})
}

// At every moment of a change of one step, a decision on another step of the session
// is kept, and the planned change of that other step fails.
func TestConflict_ConsoleDecisionOnAnotherStep(t *testing.T) {
	t.Parallel()
	const trailAMLDeclined = "console: feature_aml_1 In Review -> Declined (in the console)"
	for name, test := range map[string]struct {
		method string
		nth    int
	}{
		"before the plan's read":             {http.MethodGet, 1},
		"before the read before the change":  {http.MethodGet, 2},
		"between the read and the change":    {http.MethodPatch, 1},
		"before the read that reconciles":    {http.MethodGet, 3},
		"between that read and the 2nd send": {http.MethodPatch, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
				env.beforeRequest(test.method, test.nth, func() { env.mustDecide(t, nodeAML, didit.StatusDeclined) })
				service := env.newService(t)
				mustRead(t, service)

				mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
				_, err := service.Apply(t.Context(), change(nodeAML, didit.StatusInReview, didit.StatusApproved))

				assertConflict(t, err, declinedInConsole)
				env.assertTrail(t, trailAMLDeclined, trailOCRApproved)
			})
		})
	}
}

// The same while both steps are changed at once.
func TestConflict_ConsoleDecisionDuringConcurrentChanges(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		env.Inject(simulator.Fault{Method: http.MethodGet, Delay: time.Second})
		env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeAML, didit.StatusDeclined) })
		ocr := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		_, err := service.Apply(t.Context(), change(nodeAML, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, declinedInConsole)
		if err := <-ocr; err != nil {
			t.Error(err)
		}
		env.assertSent(t, 2, 1)
	})
}

// The known limitation: the API cannot make a change depend on the current status, so
// a decision between the last read and the change is overwritten. The trail has both.
func TestConflict_DecisionBetweenReadAndChangeIsOverwritten(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.beforeRequest(http.MethodPatch, 1, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertTrail(t, trailOCRDeclined, "API Client: feature_ocr_1 Declined -> Approved (reviewed)")
	})
}

// A wait for the limit is long enough for a person to decide.
func TestConflict_ConsoleDecisionDuringWaitForLimit(t *testing.T) {
	t.Parallel()
	for name, exhaust := range map[string]func(*testing.T, *env, *decisions.Service){
		"429 from Didit": func(_ *testing.T, env *env, _ *decisions.Service) {
			env.Inject(onChange(simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: `{"detail": "x"}`}))
		},
		"the client's own limit": func(t *testing.T, _ *env, service *decisions.Service) {
			t.Helper()
			mustApply(t, service, change(nodeAML, didit.StatusInReview, didit.StatusApproved))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				service := env.newService(t, func(config *didit.Config) { config.WritesPerMinute = 1 })
				exhaust(t, env, service)
				ocr := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
				time.Sleep(30 * time.Second)
				env.mustDecide(t, nodeOCR, didit.StatusDeclined)

				assertConflict(t, <-ocr, declinedInConsole)
				env.assertStatus(t, nodeOCR, didit.StatusDeclined)
			})
		})
	}
}
