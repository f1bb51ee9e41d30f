// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// unclearAnswers leave open whether a change was made. Each is tried before and
// after the change is carried out, but cut bodies, which belong to real answers.
var unclearAnswers = map[string]simulator.Fault{
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

func TestAnUnclearAnswerToAChangeThatWasMadeIsSettledByReading(t *testing.T) {
	t.Parallel()
	answers := map[string]simulator.Fault{"cut body": {Cut: simulator.CutBody}}
	for name, fault := range unclearAnswers {
		fault.After = true
		answers[name] = fault
	}
	for name, fault := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.Inject(onChange(fault))

				mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				world.assertSent(t, 2, 1)
				world.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestAnUnclearAnswerToAChangeThatWasNotMadeIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range unclearAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.Inject(onChange(fault))

				mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				world.assertSent(t, 2, 2)
				world.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

// The API refuses a change that has been made already; that is no failure.
func TestARefusalOfTheSameStatusIsSettledByReading(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		world.beforeRequest(http.MethodPatch, 1, func() { world.mustDecide(t, nodeOCR, didit.StatusApproved) })

		mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		world.assertSent(t, 2, 1)
		world.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (in the console)")
	})
}

func TestAChangeThatArrivesLateIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		// The first is given up, is still on its way while the session is read, and
		// arrives before the second does.
		world.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
		world.beforeRequest(http.MethodPatch, 2, func() {
			if err := world.Decide(sampleID, nodeOCR, "", didit.StatusApproved, "seen by two"); err != nil {
				t.Error(err)
			}
		})

		mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		world.assertSent(t, 3, 2)
		world.assertTrail(t, "console: feature_ocr_1 In Review -> Approved (seen by two)")
	})
}

// beforeRequest runs a hook once: when the nth request of a method has arrived,
// before it is carried out.
func (w *world) beforeRequest(method string, nth int, hook func()) {
	w.BeforeResponse(func(request simulator.Request) {
		if request.Method == method && w.Count(method) == nth {
			hook()
		}
	})
}

func TestARefusalIsNotSentAgain(t *testing.T) {
	t.Parallel()
	apiSession := sampleSession()
	apiSession.API = true
	for name, test := range map[string]struct {
		session simulator.Session
		fault   simulator.Fault
		want    didit.Kind
		reads   int
	}{
		"API session":        {apiSession, simulator.Fault{Header: http.Header{"X-Nothing": {"1"}}}, didit.KindAPISession, 2},
		"validation":         {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"comment": ["Too long."]}`}, didit.KindValidation, 2},
		"same, but it lies":  {sampleSession(), simulator.Fault{Status: http.StatusBadRequest, Body: `{"new_status": "The new status is the same as the current status."}`}, didit.KindValidation, 2},
		"wrong credential":   {sampleSession(), simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail": "No."}`}, didit.KindAuthentication, 1},
		"lacks a privilege":  {sampleSession(), simulator.Fault{Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`}, didit.KindPermission, 1},
		"session is gone":    {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Session not found."}`}, didit.KindSessionNotFound, 1},
		"step is gone":       {sampleSession(), simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "No feature found with node_id 'x' in this session."}`}, didit.KindFeatureNotFound, 1},
		"404 of a proxy":     {sampleSession(), html(http.StatusNotFound), didit.KindNotAPI, 1},
		"asks for too long":  {sampleSession(), simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{"detail": "x"}`}, didit.KindLimit, 1},
		"method not allowed": {sampleSession(), simulator.Fault{Status: http.StatusMethodNotAllowed, Body: `{"detail": "x"}`}, didit.KindRejected, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.AddSession(test.session)
				world.Inject(onChange(test.fault))

				_, err := world.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, test.want) || isUnsettled(err) {
					t.Errorf("got %v, want the refusal itself", err)
				}
				world.assertSent(t, test.reads, 1)
				world.assertStatus(t, nodeOCR, didit.StatusInReview)
			})
		})
	}
}

func isUnsettled(err error) bool {
	var unsettled *decisions.UnsettledError
	return errors.As(err, &unsettled)
}

func TestAfterARefusalNothingIsKeptOfAStepThatIsGone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		world.beforeRequest(http.MethodPatch, 1, func() { world.RemoveFeature(sampleID, nodeOCR, "") })

		_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if !didit.IsKind(err, didit.KindFeatureNotFound) {
			t.Errorf("got %v, want that the step is not found", err)
		}
		if got := statuses(mustRead(t, process)); got != "Approved, In Review" {
			t.Errorf("a later read gives %s, want the session without the step", got)
		}
	})
}

func TestALimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{"Retry-After": {"Retry-After": {"40"}}, "no Retry-After": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.Inject(onChange(simulator.Fault{Times: didit.DefaultMaxRetries, Status: http.StatusTooManyRequests, Header: header, Body: `{"detail": "x"}`}))

				mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				// Read anew after each wait: it is long enough for a person to decide.
				world.assertSent(t, 1+didit.DefaultMaxRetries, 1+didit.DefaultMaxRetries)
				world.assertTrail(t, trailOCRApproved)
			})
		})
	}
}

func TestAChangeIsSentAgainAsOftenAsAllowedAndThenIsUnsettled(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 5} {
		inWorld(t, func(t *testing.T, world *world) {
			fault := onChange(html(http.StatusServiceUnavailable))
			fault.Times = -1
			world.Inject(fault)
			process := world.process(t, func(config *didit.Config) { config.MaxRetries = retries })

			_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

			var unsettled *decisions.UnsettledError
			if !errors.As(err, &unsettled) || unsettled.Attempts != retries+1 || unsettled.Read != nil || !didit.IsKind(unsettled.Sent, didit.KindServer) {
				t.Errorf("got %v, want that it is unsettled after %d attempts", err, retries+1)
			}
			world.assertSent(t, retries+2, retries+1)
			world.assertTrail(t)
		})
	}
}

func TestAChangeIsUnsettledWhereReadingFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile func(*world)
		isIt      func(error) bool
	}{
		"fault": {
			func(world *world) {
				world.Inject(simulator.Fault{Method: http.MethodGet, Times: -1, Status: http.StatusBadGateway})
			},
			func(err error) bool { return didit.IsKind(err, didit.KindServer) },
		},
		"session is gone": {
			func(world *world) { world.DeleteSession(sampleID) },
			func(err error) bool { return didit.IsKind(err, didit.KindSessionNotFound) },
		},
		"step is gone": {
			func(world *world) { world.RemoveFeature(sampleID, nodeOCR, "") },
			func(err error) bool {
				var missing *decisions.StepError
				return errors.As(err, &missing) && missing.Problem == decisions.StepMissing
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))
				world.beforeRequest(http.MethodPatch, 1, func() { test.meanwhile(world) })

				_, err := world.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				var unsettled *decisions.UnsettledError
				if !errors.As(err, &unsettled) || !didit.IsKind(unsettled.Sent, didit.KindConnection) || !test.isIt(unsettled.Read) {
					t.Errorf("got %v, want what was sent and why reading does not settle it", err)
				}
			})
		})
	}
}

// Cancelling interrupts at once, and tells whether something is left in doubt.
func TestACancelledApplyEndsAtOnce(t *testing.T) {
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
			inWorld(t, func(t *testing.T, world *world) {
				for _, fault := range test.faults {
					world.Inject(fault)
				}
				process := world.process(t)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				begin := time.Now()

				_, err := process.Apply(ctx, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if waited := time.Since(begin); waited != 10*time.Second || !errors.Is(err, context.DeadlineExceeded) || isUnsettled(err) != test.inDoubt {
					t.Errorf("ended after %s with %v, want at once, in doubt: %t", waited, err, test.inDoubt)
				}
			})
		})
	}
}

func TestACancelledPauseLeavesTheChangeUnsettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		api := &fakeAPI{
			onChange: func(context.Context, int, didit.FeatureStatusUpdate) error { return lostAnswer() },
			onPause: func(ctx context.Context) error {
				cancel()
				return ctx.Err()
			},
		}

		_, err := decisions.New(api, 5).Apply(ctx, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if !isUnsettled(err) || !errors.Is(err, context.Canceled) || !slices.Equal(api.reads, []string{sampleID}) {
			t.Errorf("got %v after reads of %v, want to leave without another", err, api.reads)
		}
	})
}

// A server that is overloaded says how long to leave it alone; a change obeys as a read does.
func TestTheWaitThatAFailingServerAsksForIsObeyedBeforeAChangeIsSentAgain(t *testing.T) {
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
			inWorld(t, func(t *testing.T, world *world) {
				world.Inject(onChange(simulator.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {test.asked}}, Body: "<html>"}))
				began := time.Now()

				_, err := world.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if sends := world.Count(http.MethodPatch); sends != test.sends {
					t.Errorf("%d changes were sent, want %d", sends, test.sends)
				}
				if waited := time.Since(began); waited < test.waitAtLeast || test.waitAtLeast == 0 && waited > time.Minute {
					t.Errorf("waited %s, want at least %s", waited, test.waitAtLeast)
				}
				var unsettled *decisions.UnsettledError
				if failed := errors.As(err, &unsettled); failed != (test.sends == 1) {
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}
