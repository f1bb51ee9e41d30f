// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// unclearResponses leave open whether a change was made. Each is tried before and
// after the change is carried out, but cut bodies, which belong to real answers.
var unclearResponses = map[string]simulator.Fault{
	"reset":                 {Cut: simulator.CutReset},
	"timeout":               {DelayAfter: time.Hour, Status: http.StatusOK},
	"500":                   html(http.StatusInternalServerError),
	"502":                   html(http.StatusBadGateway),
	"503":                   html(http.StatusServiceUnavailable),
	"504":                   html(http.StatusGatewayTimeout),
	"200 of a login page":   html(http.StatusOK),
	"200 of another status": {Status: http.StatusOK, Body: `{"new_status": "Declined"}`},
	"200 of no status":      {Status: http.StatusOK, Body: `{}`},
	"200 of cut JSON":       {Status: http.StatusOK, Body: `{"new_sta`},
}

func html(status int) simulator.Fault {
	return simulator.Fault{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body>Sorry.</body></html>"}
}

// onChange is a fault of changes only.
func onChange(fault simulator.Fault) simulator.Fault {
	fault.Method = http.MethodPatch
	return fault
}

func TestReconcile_ChangeThatWasMadeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	answers := map[string]simulator.Fault{"cut body": {Cut: simulator.CutBody}}
	for name, fault := range unclearResponses {
		fault.After = true
		answers[name] = fault
	}
	for name, fault := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))

				mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				env.assertSent(t, 2, 1)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestReconcile_ChangeThatWasNotMadeIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range unclearResponses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))

				mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				env.assertSent(t, 2, 2)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

// The API refuses a change that has been made already; that is no failure.
func TestReconcile_SameStatusRefusalIsRead(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.beforeRequest(http.MethodPatch, 1, func() { env.mustDecide(t, nodeOCR, didit.StatusApproved) })

		mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 2, 1)
		env.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (in the console)")
	})
}

func TestReconcile_LateArrivalIsNotDoubled(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		// The first is given up, is still on its way while the session is read, and
		// arrives before the second does.
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		env.beforeRequest(http.MethodPatch, 2, func() {
			if err := env.DecideFeature(sampleID, nodeOCR, "", didit.StatusApproved, "seen by two"); err != nil {
				t.Error(err)
			}
		})

		mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 3, 2)
		env.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (seen by two)")
	})
}

// beforeRequest runs a hook once: when the nth request of a method has arrived,
// before it is carried out.
func (e *env) beforeRequest(method string, nth int, hook func()) {
	e.BeforeResponse(func(request simulator.Request) {
		if request.Method == method && e.Count(method) == nth {
			hook()
		}
	})
}

// Every refusal is followed by one read: a proxy can replace the response to a
// change that was made.
func TestReconcile_RefusalIsNotRetried(t *testing.T) {
	t.Parallel()
	apiSession := sampleSession()
	apiSession.API = true
	for name, test := range map[string]struct {
		session simulator.Session
		fault   simulator.Fault
		want    didit.Kind
	}{
		"API session":        {apiSession, simulator.Fault{Header: http.Header{"X-Nothing": {"1"}}}, didit.KindAPISession},
		"validation":         {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"comment": ["Too long."]}`}, didit.KindValidation},
		"same, but it lies":  {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": "The new status is the same as the current status."}`}, didit.KindValidation},
		"wrong credential":   {sampleSession(), simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail": "No."}`}, didit.KindAuthentication},
		"lacks a privilege":  {sampleSession(), simulator.Fault{Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`}, didit.KindPermission},
		"session is gone":    {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Session not found."}`}, didit.KindSessionNotFound},
		"step is gone":       {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "No feature found with node_id 'x' in this session."}`}, didit.KindSubjectNotFound},
		"404 of a proxy":     {sampleSession(), html(http.StatusNotFound), didit.KindNotAPI},
		"asks for too long":  {sampleSession(), simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "x"}`}, didit.KindRateLimit},
		"method not allowed": {sampleSession(), simulator.Fault{Status: http.StatusMethodNotAllowed, Body: `{"detail": "x"}`}, didit.KindRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.AddSession(test.session)
				env.Inject(onChange(test.fault))

				_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, test.want) || isOutcomeUnknown(err) {
					t.Errorf("got %v, want the refusal itself", err)
				}
				env.assertSent(t, 2, 1)
				env.assertStatus(t, nodeOCR, didit.StatusInReview)
			})
		})
	}
}

// A proxy between the provider and Didit replaces the response.
func TestReconcile_RefusalOfAChangeThatWasMadeIsASuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{304, 400, 401, 403, 404, 409, 421, 425} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				fault := onChange(html(status))
				fault.After = true
				env.Inject(fault)

				mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				env.assertSent(t, 2, 1)
				env.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func isOutcomeUnknown(err error) bool {
	var unknown *decisions.OutcomeUnknownError
	return errors.As(err, &unknown)
}

func TestReconcile_StepRemovedBeforeTheChange(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		process := env.process(t)
		env.beforeRequest(http.MethodPatch, 1, func() { env.RemoveFeature(sampleID, nodeOCR, "") })

		_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertNotFound(t, err, decisions.Missing)
		if got := statuses(mustRead(t, process)); got != "Approved, In Review" {
			t.Errorf("a later read gives %s, want the session without the step", got)
		}
	})
}

func TestReconcile_RateLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{"Retry-After": {"Retry-After": {"40"}}, "no Retry-After": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Times: didit.DefaultMaxRetries, Status: http.StatusTooManyRequests, Header: header, Body: `{"detail": "x"}`}))

				mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				// Read anew after each wait: it is long enough for a person to decide.
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
			process := env.process(t, func(config *didit.Config) { config.MaxRetries = retries })

			_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

			var unknown *decisions.OutcomeUnknownError
			if !errors.As(err, &unknown) || unknown.Attempts != retries+1 || unknown.ReadErr != nil || !didit.IsKind(unknown.WriteErr, didit.KindServer) {
				t.Errorf("got %v, want that it is unknown after %d attempts", err, retries+1)
			}
			env.assertSent(t, retries+2, retries+1)
			env.assertTrail(t)
		})
	}
}

func TestReconcile_FailedReadIsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile func(*env)
		isIt      func(error) bool
	}{
		"fault": {
			func(env *env) {
				env.Inject(simulator.Fault{Method: http.MethodGet, Times: -1, Status: http.StatusBadGateway})
			},
			func(err error) bool { return didit.IsKind(err, didit.KindServer) },
		},
		"session is gone": {
			func(env *env) { env.DeleteSession(sampleID) },
			func(err error) bool { return didit.IsKind(err, didit.KindSessionNotFound) },
		},
		"step is gone": {
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
				env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
				env.beforeRequest(http.MethodPatch, 1, func() { test.meanwhile(env) })

				_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				var unknown *decisions.OutcomeUnknownError
				if !errors.As(err, &unknown) || !didit.IsKind(unknown.WriteErr, didit.KindConnection) || !test.isIt(unknown.ReadErr) {
					t.Errorf("got %v, want what was sent and why reading does not settle it", err)
				}
			})
		})
	}
}

// Cancelling interrupts at once, and tells whether something is left in doubt.
func TestApply_CancelEndsAnyWaitAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults  []simulator.Fault
		inDoubt bool
	}{
		"while it reads":                {[]simulator.Fault{{Method: http.MethodGet, Delay: 20 * time.Second}}, false},
		"while it waits on the limit":   {[]simulator.Fault{{Method: http.MethodPatch, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}}}, false},
		"while the change is under way": {[]simulator.Fault{{Method: http.MethodPatch, Delay: 20 * time.Second}}, true},
		"while its answer is":           {[]simulator.Fault{{Method: http.MethodPatch, DelayAfter: 20 * time.Second}}, true},
		"while it settles": {[]simulator.Fault{
			{Method: http.MethodPatch, Cut: simulator.CutReset},
			{Method: http.MethodGet, Skip: 1, Delay: 20 * time.Second},
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				for _, fault := range test.faults {
					env.Inject(fault)
				}
				process := env.process(t)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				begin := time.Now()

				_, err := process.Apply(ctx, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if waited := time.Since(begin); waited != 10*time.Second || !errors.Is(err, context.DeadlineExceeded) || isOutcomeUnknown(err) != test.inDoubt {
					t.Errorf("ended after %s with %v, want at once, in doubt: %t", waited, err, test.inDoubt)
				}
			})
		})
	}
}

func TestReconcile_CancelledBackoffIsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		api := &fakeAPI{
			onChange: func(context.Context, int) error { return lostResponse() },
			onBackoff: func(ctx context.Context) error {
				cancel()
				return ctx.Err()
			},
		}

		_, err := decisions.New(api, 5).Apply(ctx, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if !isOutcomeUnknown(err) || !errors.Is(err, context.Canceled) || !slices.Equal(api.reads, []string{sampleID}) {
			t.Errorf("got %v after reads of %v, want to leave without another", err, api.reads)
		}
	})
}

// A server that is overloaded says how long to leave it alone; a change obeys as a read does.
func TestReconcile_ObeysRetryAfterOfAFailingServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		asked       string
		sends       int
		waitAtLeast time.Duration
	}{
		"two minutes": {"120", 2, 2 * time.Minute},
		"too long":    {"301", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.Inject(onChange(simulator.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {test.asked}}, Body: "<html>"}))
				began := time.Now()

				_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if sends := env.Count(http.MethodPatch); sends != test.sends {
					t.Errorf("%d changes were sent, want %d", sends, test.sends)
				}
				if waited := time.Since(began); waited < test.waitAtLeast || test.waitAtLeast == 0 && waited > time.Minute {
					t.Errorf("waited %s, want at least %s", waited, test.waitAtLeast)
				}
				var unknown *decisions.OutcomeUnknownError
				if failed := errors.As(err, &unknown); failed != (test.sends == 1) {
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}
