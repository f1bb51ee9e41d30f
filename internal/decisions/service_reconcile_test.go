// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// lostResponses and unconfirmedSuccesses leave open whether a change was made. The tests
// send each of them without, and after, carrying out the change.
var (
	lostResponses = map[string]simulator.Fault{
		"reset":   {Cut: simulator.CutReset},
		"timeout": {DelayAfter: time.Hour, Status: http.StatusOK},
		"500":     html(http.StatusInternalServerError),
		"502":     html(http.StatusBadGateway),
		"503":     html(http.StatusServiceUnavailable),
		"504":     html(http.StatusGatewayTimeout),
	}
	unconfirmedSuccesses = map[string]simulator.Fault{
		"200 login page":    html(http.StatusOK),
		"200 other status":  {Status: http.StatusOK, Body: `{"new_status": "Declined"}`},
		"200 other session": {Status: http.StatusOK, Body: `{"session_id": "` + otherID + `", "node_id": "feature_ocr_1", "new_status": "Approved"}`},
		"200 no status":     {Status: http.StatusOK, Body: `{}`},
		"200 cut off JSON":  {Status: http.StatusOK, Body: `{"new_sta`},
		"202":               {Status: http.StatusAccepted, Body: `{"detail": "Accepted."}`},
		"204":               {Status: http.StatusNoContent},
	}
)

func TestReconcile_DoesNotRetryChangeThatWasMade(t *testing.T) {
	t.Parallel()
	responses := map[string]simulator.Fault{"cut off body": {Cut: simulator.CutBody}}
	for _, faults := range []map[string]simulator.Fault{lostResponses, unconfirmedSuccesses} {
		for name, fault := range faults {
			fault.After = true
			responses[name] = fault
		}
	}
	for name, fault := range responses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))

				result := mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !result.Changed {
					t.Error("Changed is false, although the trail has the change and its comment")
				}
				env.assertSent(t, 2, 1)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestReconcile_RetriesChangeThatWasNotMade(t *testing.T) {
	t.Parallel()
	for name, fault := range lostResponses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))

				mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				env.assertSent(t, 2, 2)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

// A 2xx is an outcome. If reads do not show the change, Didit may still make it: a second
// request could repeat it.
func TestReconcile_DoesNotRetryAfter2xx(t *testing.T) {
	t.Parallel()
	for name, fault := range unconfirmedSuccesses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				unknown, ok := errors.AsType[*didit.OutcomeUnknownError](err)
				if !ok || unknown.Attempts != 1 || unknown.ReadErr != nil || unknown.Shown != didit.StatusInReview {
					t.Errorf("error %v, want an unknown outcome after one attempt, with the value that reads showed", err)
				}
				env.assertSent(t, 1+didit.DefaultMaxRetries, 1)
				env.assertTrail(t)
			})
		})
	}
}

// Reads can be older than the response to a change.
func TestReconcile_ReadsUntilChangeIsShownAfter2xx(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Status: http.StatusOK, Body: `{}`}))
		env.beforeRequest(http.MethodGet, 4, func() {
			if err := env.DecideFeature(sampleID, nodeOCR, "", didit.StatusApproved, "reviewed"); err != nil {
				t.Error(err)
			}
		})

		result := mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if !result.Changed {
			t.Error("Changed is false, although the response was a 2xx")
		}
		env.assertSent(t, 4, 1)
	})
}

// The API refuses to set a status that is already set.
func TestReconcile_SameStatusRefusalIsSuccess(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.beforeRequest(http.MethodPatch, 1, func() { env.mustDecide(t, nodeOCR, didit.StatusApproved) })

		mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 2, 1)
		env.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (in the console)")
	})
}

func TestReconcile_LateArrivalIsNotDoubled(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		// The first request seems lost, but arrives after the read and before the second.
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		env.beforeRequest(http.MethodPatch, 2, func() {
			if err := env.DecideFeature(sampleID, nodeOCR, "", didit.StatusApproved, "reviewed"); err != nil {
				t.Error(err)
			}
		})

		mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 3, 2)
		env.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (reviewed)")
	})
}

// After a refusal the session is read once, because a proxy can replace the response
// to a change that was made.
func TestReconcile_DoesNotRetryRefusedChange(t *testing.T) {
	t.Parallel()
	apiSession := sampleSession()
	apiSession.API = true
	for name, test := range map[string]struct {
		session simulator.Session
		fault   simulator.Fault
		want    didit.Kind
	}{
		"API session":          {apiSession, simulator.Fault{Header: http.Header{"X-Nothing": {"1"}}}, didit.KindAPISession},
		"validation":           {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"comment": ["Too long."]}`}, didit.KindValidation},
		"same status, wrongly": {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": "The new status is the same as the current status."}`}, didit.KindValidation},
		"wrong credential":     {sampleSession(), simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail": "No."}`}, didit.KindAuthentication},
		"missing permission":   {sampleSession(), simulator.Fault{Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`}, didit.KindPermission},
		"session not found":    {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Session not found."}`}, didit.KindSessionNotFound},
		"step not found":       {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "No feature found with node_id 'x' in this session."}`}, didit.KindSubjectNotFound},
		"404 of a proxy":       {sampleSession(), html(http.StatusNotFound), didit.KindNotAPI},
		"too long Retry-After": {sampleSession(), simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "x"}`}, didit.KindRateLimit},
		"method not allowed":   {sampleSession(), simulator.Fault{Status: http.StatusMethodNotAllowed, Body: `{"detail": "x"}`}, didit.KindRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.AddSession(test.session)
				env.Inject(onChange(test.fault))

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, test.want) || isOutcomeUnknown(err) {
					t.Errorf("error %v, want the refusal", err)
				}
				reads := 2
				if test.want == didit.KindAuthentication {
					reads = 1 // Didit would refuse another read too
				}
				env.assertSent(t, reads, 1)
				env.assertStatus(t, nodeOCR, didit.StatusInReview)
			})
		})
	}
}

// A proxy can replace the response to a change that was made.
func TestReconcile_RefusalOfChangeThatWasMadeIsSuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{304, 400, 401, 403, 404, 409, 421, 425} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(after(html(status))))

				mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				env.assertSent(t, 2, 1)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestReconcile_StepRemovedBeforeChangeIsNotFound(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		env.beforeRequest(http.MethodPatch, 1, func() { env.RemoveFeature(sampleID, nodeOCR, "") })

		_, err := service.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertNotFound(t, err, decisions.Missing)
		if got := statuses(mustRead(t, service)); got != "Approved, In Review" {
			t.Errorf("a later read returns %s, want the session without the step", got)
		}
	})
}

func TestReconcile_RetriesAfterRateLimit(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{"Retry-After": {"Retry-After": {"40"}}, "no Retry-After": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Times: didit.DefaultMaxRetries, Status: http.StatusTooManyRequests, Header: header, Body: `{"detail": "x"}`}))

				mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				// It reads again after each wait, which is long enough for a person to decide.
				env.assertSent(t, 1+didit.DefaultMaxRetries, 1+didit.DefaultMaxRetries)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestReconcile_EndsAfterMaxRetries(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 5} {
		inEnv(t, func(t *testing.T, env *env) {
			fault := onChange(html(http.StatusServiceUnavailable))
			fault.Times = -1
			env.Inject(fault)
			service := env.newService(t, func(config *didit.Config) { config.MaxRetries = retries })

			_, err := service.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

			var unknown *didit.OutcomeUnknownError
			if !errors.As(err, &unknown) || unknown.Attempts != retries+1 || unknown.ReadErr != nil || !didit.IsKind(unknown.WriteErr, didit.KindServer) {
				t.Errorf("error %v, want an unknown outcome after %d attempts", err, retries+1)
			}
			env.assertSent(t, retries+2, retries+1)
			env.assertTrail(t)
		})
	}
}

func TestReconcile_FailedReadIsUnknownOutcome(t *testing.T) {
	t.Parallel()
	reset := simulator.Fault{Cut: simulator.CutReset}
	for name, test := range map[string]struct {
		fault      simulator.Fault
		prepare    func(*env)
		isExpected func(error) bool
	}{
		"502": {
			reset,
			func(env *env) {
				env.Inject(simulator.Fault{Method: http.MethodGet, Times: -1, Status: http.StatusBadGateway})
			},
			func(err error) bool { return didit.IsKind(err, didit.KindServer) },
		},
		"502 after a proxy's 403": {
			html(http.StatusForbidden),
			func(env *env) {
				env.Inject(simulator.Fault{Method: http.MethodGet, Times: -1, Status: http.StatusBadGateway})
			},
			func(err error) bool { return didit.IsKind(err, didit.KindServer) },
		},
		"session not found": {
			reset,
			func(env *env) { env.DeleteSession(sampleID) },
			func(err error) bool { return didit.IsKind(err, didit.KindSessionNotFound) },
		},
		"step not found": {
			reset,
			func(env *env) { env.RemoveFeature(sampleID, nodeOCR, "") },
			func(err error) bool {
				var missing *decisions.NotFoundError
				return errors.As(err, &missing) && missing.Reason == decisions.Missing
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(test.fault))
				env.beforeRequest(http.MethodPatch, 1, func() { test.prepare(env) })

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				var unknown *didit.OutcomeUnknownError
				if !errors.As(err, &unknown) || didit.AsError(unknown.WriteErr) == nil || !test.isExpected(unknown.ReadErr) {
					t.Errorf("error %v, want the failures of the change and of the read", err)
				}
			})
		})
	}
}

// After a refusal, its reason is more useful than what the read shows; after a 429, which
// has no reason, it is not.
func TestReconcile_ErrorAfterRefusal(t *testing.T) {
	t.Parallel()
	refusal := simulator.Fault{Status: http.StatusBadRequest, Body: `{"comment": ["Too long."]}`}
	limited := simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}, Body: `{"detail": "x"}`}
	isRefusal := func(err error) bool { return didit.IsKind(err, didit.KindValidation) }
	isRateLimit := func(err error) bool { return didit.IsKind(err, didit.KindRateLimit) }
	isCancelled := func(err error) bool { return errors.Is(err, context.DeadlineExceeded) && !isRateLimit(err) }
	isNotDecidable := func(err error) bool {
		_, ok := errors.AsType[*decisions.NotDecidableError](err)
		return ok
	}
	reopen := func(env *env) { env.SetSessionStatus(sampleID, "In Progress") }
	delay := func(env *env) { env.Inject(simulator.Fault{Method: http.MethodGet, Delay: time.Hour}) }
	deny := func(env *env) {
		env.Inject(simulator.Fault{Method: http.MethodGet, Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`})
	}
	for name, test := range map[string]struct {
		fault      simulator.Fault
		prepare    func(*env) // of the read after the refusal
		retries    int
		isExpected func(error) bool
	}{
		"refused, not decidable":         {refusal, reopen, 5, isRefusal},
		"refused, read cancelled":        {refusal, delay, 5, isRefusal},
		"refused, read denied":           {refusal, deny, 5, isRefusal},
		"429, not decidable":             {limited, reopen, 5, isNotDecidable},
		"429, read cancelled":            {limited, delay, 5, isCancelled},
		"429 without retries":            {limited, func(*env) {}, 0, isRateLimit},
		"429 without retries, cancelled": {limited, delay, 0, isCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				session := sampleSession()
				session.Status = didit.StatusInReview
				env.AddSession(session)
				env.Inject(onChange(test.fault))
				env.beforeRequest(http.MethodPatch, 1, func() { test.prepare(env) })
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				service := env.newService(t, func(config *didit.Config) { config.MaxRetries = test.retries })

				_, err := service.Apply(ctx, decisions.Change{Subject: decisions.SessionRef{SessionID: sampleID}, To: didit.StatusApproved})

				if !test.isExpected(err) || isOutcomeUnknown(err) {
					t.Errorf("error %v", err)
				}
				env.assertSent(t, 2, 1)
			})
		})
	}
}

func TestReconcile_ObeysRetryAfterOf503(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		retryAfter string
		sends      int
		minWait    time.Duration
	}{
		"two minutes": {"120", 2, 2 * time.Minute},
		"too long":    {"301", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {test.retryAfter}}, Body: "<html>"}))
				begin := time.Now()

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if sends := env.Count(http.MethodPatch); sends != test.sends {
					t.Errorf("%d changes were sent, want %d", sends, test.sends)
				}
				if waited := time.Since(begin); waited < test.minWait || test.minWait == 0 && waited > time.Minute {
					t.Errorf("waited %s, want at least %s", waited, test.minWait)
				}
				if isOutcomeUnknown(err) != (test.sends == 1) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// While a change waits for its read, a 429 to another change can pause the limit.
func TestReconcile_ChangeWaitsForPauseThatBeganDuringItsRead(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		other := sampleSession()
		other.ID = otherID
		env.AddSession(other)
		env.Inject(onChange(simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"20"}}, Body: `{"detail": "Slow down."}`}))
		service, begin := env.newService(t), time.Now()
		var group sync.WaitGroup
		var mu sync.Mutex
		var sent []time.Duration
		env.BeforeResponse(func(request simulator.Request) {
			switch {
			case request.Method == http.MethodPatch:
				mu.Lock()
				sent = append(sent, time.Since(begin).Truncate(time.Second))
				mu.Unlock()
			case env.Count(http.MethodGet) == 1:
				group.Go(func() {
					mustApply(t, service, decisions.Change{Subject: decisions.FeatureRef{SessionID: otherID, NodeID: nodeOCR}, To: didit.StatusApproved})
				})
				time.Sleep(time.Second)
			}
		})

		mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		group.Wait()
		if len(sent) != 3 || sent[0] != 0 || sent[1] < 20*time.Second || sent[2] < 20*time.Second {
			t.Errorf("changes were sent after %v, want one at once, which gets the 429, and two after 20s", sent)
		}
	})
}
