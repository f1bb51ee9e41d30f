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

// Two people at once: this change, reviewed as In Review -> Approved, and
// somebody in the console who declines.

const trailOCRDeclined = "console: feature_ocr_1 In Review -> Declined (in the console)"

func TestConflict_ConsoleDecisionBeforeTheRead(t *testing.T) {
	t.Parallel()
	// The plan is read 1 where the process has one; the apply reads again.
	for name, nth := range map[string]int{"no plan in this process": 1, "planned in this process": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				process := env.process(t)
				if nth == 2 {
					mustRead(t, process)
				}
				env.beforeRequest(http.MethodGet, nth, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

				_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
				env.assertSent(t, nth, 0)
				env.assertTrail(t, trailOCRDeclined)
			})
		})
	}
}

func TestConflict_ConsoleDecisionWhileTheOutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault simulator.Fault
		trail []string
	}{
		"not made":       {simulator.Fault{Cut: simulator.CutReset}, []string{trailOCRDeclined}},
		"made":           {simulator.Fault{Cut: simulator.CutReset, After: true}, []string{trailOCRApproved, "console: feature_ocr_1 Approved -> Declined (in the console)"}},
		"made, no words": {simulator.Fault{Cut: simulator.CutBody}, []string{trailOCRApproved, "console: feature_ocr_1 Approved -> Declined (in the console)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(test.fault))
				env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

				_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved, Sent: true})
				env.assertSent(t, 2, 1)
				env.assertTrail(t, test.trail...)
			})
		})
	}
}

// The last answer was a clear refusal, but an earlier one was lost: what the
// user reads must not say that nothing was sent.
func TestConflict_AfterALostResponseSaysThatAChangeWasSent(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		env.Inject(onChange(simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": "The new status is the same as the current status."}`}))
		env.beforeRequest(http.MethodGet, 3, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved, Sent: true})
	})
}

func TestConflict_AfterARefusalSaysThatNothingWasSent(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": ["No."]}`}))
		env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
	})
}

// At every point of a change of one step, a decision on another step of the same
// session stays, and the plan for that other step is refused.
func TestConflict_ConsoleDecisionOnAnotherStep(t *testing.T) {
	t.Parallel()
	const trailAMLDeclined = "console: feature_aml_1 In Review -> Declined (in the console)"
	for name, test := range map[string]struct {
		method string
		nth    int
	}{
		"before the plan was read":          {http.MethodGet, 1},
		"before the read before the change": {http.MethodGet, 2},
		"between the read and the change":   {http.MethodPatch, 1},
		"before the change is settled":      {http.MethodGet, 3},
		"before it is sent again":           {http.MethodPatch, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
				env.beforeRequest(test.method, test.nth, func() { env.mustDecide(t, nodeAML, didit.StatusDeclined) })
				process := env.process(t)
				mustRead(t, process)

				mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
				_, err := process.Apply(t.Context(), change(nodeAML, didit.StatusInReview, didit.StatusApproved))

				assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
				env.assertTrail(t, trailAMLDeclined, trailOCRApproved)
			})
		})
	}
}

// The same where both steps are changed at once and share the first read.
func TestConflict_ConsoleDecisionDuringAConcurrentChange(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		process := env.process(t)
		env.Inject(simulator.Fault{Method: http.MethodGet, Delay: time.Second})
		env.beforeRequest(http.MethodGet, 2, func() { env.mustDecide(t, nodeAML, didit.StatusDeclined) })
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		_, err := process.Apply(t.Context(), change(nodeAML, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
		if err := <-ocr; err != nil {
			t.Error(err)
		}
		env.assertSent(t, 2, 1)
	})
}

// What remains: Didit's API cannot make a change depend on a status, so a
// decision that falls between the last read and the change, which may have to
// wait for the limit, is overwritten. Both stand on the trail.
func TestConflict_OneRoundTripRemains(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.beforeRequest(http.MethodPatch, 1, func() { env.mustDecide(t, nodeOCR, didit.StatusDeclined) })

		mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertTrail(t, trailOCRDeclined, "API Client: feature_ocr_1 Declined -> Approved (seen by two)")
	})
}

// A wait for the limit is long enough for a person to decide.
func TestConflict_ConsoleDecisionWhileWaitingForTheLimit(t *testing.T) {
	t.Parallel()
	for name, makeBusy := range map[string]func(*testing.T, *env, *decisions.Service){
		"Didit says 429": func(_ *testing.T, env *env, _ *decisions.Service) {
			env.Inject(onChange(simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: `{"detail": "x"}`}))
		},
		"its own pace": func(t *testing.T, _ *env, process *decisions.Service) {
			t.Helper()
			mustApply(t, process, change(nodeAML, didit.StatusInReview, didit.StatusApproved))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				process := env.process(t, func(config *didit.Config) { config.WritesPerMinute = 1 })
				makeBusy(t, env, process)
				ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
				time.Sleep(30 * time.Second)
				env.mustDecide(t, nodeOCR, didit.StatusDeclined)

				assertConflict(t, <-ocr, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
				env.assertStatus(t, nodeOCR, didit.StatusDeclined)
			})
		})
	}
}
