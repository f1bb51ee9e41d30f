// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// otherSubject is the response to a change of another subject.
const otherSubject = `{"session_id":"` + simulator.SessionKYB + `","node_id":"feature_ocr_1","new_status":"Declined","hit_id":"hit_other","review_status":"Confirmed Match"}`

func TestLostResponse_IsReconciledByReading(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			fault   simulator.Fault
			patches int
		}{
			"reset after the change":                    {simulator.Fault{Cut: simulator.CutReset, After: true}, 1},
			"reset before the change":                   {simulator.Fault{Cut: simulator.CutReset}, 2},
			"response cut off":                          {simulator.Fault{Cut: simulator.CutBody, After: true}, 1},
			"timeout after the change":                  {simulator.Fault{DelayAfter: 5 * time.Second, After: true}, 1},
			"gateway error after the change":            {simulator.Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader, After: true}, 1},
			"gateway error before the change":           {simulator.Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader}, 2},
			"2xx for another subject, after the change": {simulator.Fault{Status: http.StatusOK, Body: otherSubject, After: true}, 1},
			"2xx without a body, after the change":      {simulator.Fault{Status: http.StatusNoContent, After: true}, 1},
			"proxy's 404 after the change":              {simulator.Fault{Status: http.StatusNotFound, Body: "<html>not found</html>", Header: htmlHeader, After: true}, 1},
			"login page after the change":               {simulator.Fault{Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader, After: true}, 1},
			// Its text does not show that the change was made.
			"400 after the change":  {simulator.Fault{Status: http.StatusBadRequest, Body: `{"detail":"Something is odd."}`, After: true}, 1},
			"429 before the change": {simulator.Fault{Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"1"}}}, 2},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				timeout := "1m"
				if test.fault.DelayAfter > 0 {
					timeout = "2s"
				}
				ws := env.Workspace(env.ConfigWith(fmt.Sprintf("api_key = %q\n  request_timeout = %q", simulator.DefaultAPIKey, timeout),
					kind.block("one", kind.wanted, "Forged.")))
				test.fault.Name, test.fault.Method = name, http.MethodPatch
				env.Inject(test.fault)

				result := ws.RunJSON("apply", "-auto-approve").RequireSuccess()

				if warnings := result.WarningsOf("The comment will not be recorded"); len(warnings) > 0 && test.fault.Status != http.StatusBadRequest {
					t.Errorf("a warning says that the comment was not sent: %v", warnings)
				}
				if got := env.Count(http.MethodPatch); got != test.patches {
					t.Errorf("%d PATCHes were sent, want %d: %v", got, test.patches, env.RequestLines())
				}
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
				ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
				acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
			})
		}
	})
}

// A 2xx is an outcome, whatever its body is: the change is never sent again. Reads decide
// whether it was made.
func TestUnconfirmedSuccess_IsErrorIfNotMade(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, fault := range map[string]simulator.Fault{
			"another subject": {Status: http.StatusOK, Body: otherSubject},
			"another form":    {Status: http.StatusAccepted, Body: `{"detail":"Accepted."}`},
			"no body":         {Status: http.StatusNoContent},
			"login page":      {Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader},
			"cut off":         {Status: http.StatusOK, Body: otherSubject[:20], Cut: simulator.CutBody},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.managed(env)
				ws.Write("main.tf", env.ConfigWith(fmt.Sprintf("api_key = %q\n  max_retries = 2", simulator.DefaultAPIKey), kind.block("one", kind.wanted, "Forged.")))
				fault.Name, fault.Method = name, http.MethodPatch
				env.Inject(fault)

				result := ws.RunJSON("apply", "-auto-approve")

				result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, kind.label[1:],
					fmt.Sprintf("returned %d", fault.Status), `Didit still has "`+kind.open+`"`, "not sent again", "audit trail", "plan again")
				// One read to refresh, one before the change, two after it.
				env.RequireRequests(4, 1)
				ws.RequireState(kind.at("one"), kind.state(kind.open, ""))

				ws.MustRun("apply", "-auto-approve")
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
			})
		}
	})
}

func TestRefusedChange_IsErrorIfNotMade(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))
		// Its text suggests that the change was made.
		env.Inject(simulator.Fault{Name: "refused", Method: http.MethodPatch, Status: http.StatusBadRequest, Body: `["The new status is the same as the current status."]`})

		result := ws.RunJSON("apply", "-auto-approve")

		result.RequireError("Didit refused the request", simulator.SessionKYC, kind.label[1:], "returned 400", "The new status is the same")
		// One read to refresh, one before the change, one after it.
		env.RequireRequests(3, 1)
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
		env.RequireTrail()
	})
}

func TestRateLimit_RetryAfterBeyondFiveMinutesIsError(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))
		env.Inject(simulator.Fault{Name: "limit", Method: http.MethodPatch, Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"301"}}})

		result := ws.RunJSON("apply", "-auto-approve")

		result.RequireError("Didit's rate limit is used up", simulator.SessionKYC, kind.label[1:], "429", "5m1s", "longer than this provider waits")
		if got := env.Count(http.MethodPatch); got != 1 {
			t.Errorf("%d PATCHes were sent, want 1: %v", got, env.RequestLines())
		}
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
		env.RequireTrail()
	})
}

func TestLostResponse_ThenConsoleDecisionIsConflict(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
		env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPatch, Cut: simulator.CutReset, After: true})
		// A reviewer decides before the provider reads again.
		var once sync.Once
		env.BeforeResponse(func(request simulator.Request) {
			if request.Method == http.MethodGet && env.Count(http.MethodPatch) == 1 {
				once.Do(func() { kind.decideInConsole(env, kind.other) })
			}
		})

		result := ws.RunJSON("apply", "-auto-approve")

		result.RequireError("The decision has changed since the plan", simulator.SessionKYC, kind.label[1:],
			`was "`+kind.open+`"`, `is "`+kind.other+`" now`, `"`+kind.wanted+`" is wanted`, "no response confirmed it", "audit trail", "plan again")
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."), kind.byConsole(kind.wanted, kind.other))
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
	})
}

func TestUnknownOutcome_ErrorNamesAttemptsAndNextApplyFinishes(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.ConfigWith(fmt.Sprintf("api_key = %q\n  max_retries = 2", simulator.DefaultAPIKey), kind.block("one", kind.wanted, "Forged.")))
		env.Inject(simulator.Fault{Name: "down", Method: http.MethodPatch, Times: -1, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

		result := ws.RunJSON("apply", "-auto-approve")

		result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, kind.label[1:], "3 times", "503", "Didit still has \""+kind.open+`"`, "Plan again")
		if got := env.Count(http.MethodPatch); got != 3 {
			t.Errorf("%d PATCHes were sent, want 3: %v", got, env.RequestLines())
		}
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))

		env.ClearFaults()
		ws.MustRun("apply", "-auto-approve")
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestUnknownOutcome_AfterFailedReadNextApplyFindsChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.ConfigWith(withoutRetries, kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("plan", "-out=tfplan")
		// The response is lost, and then reads fail.
		env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPatch, Cut: simulator.CutReset, After: true})
		env.Inject(simulator.Fault{Name: "down", Method: http.MethodGet, Skip: 1, Times: -1, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

		result := ws.RunJSON("apply", "tfplan")

		result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, kind.label[1:], "Reading the session to find out failed", "503", "Plan again")
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))

		env.ClearFaults()
		env.ResetRequests()
		ws.MustRun("apply", "-auto-approve")
		env.RequireRequests(1, 0)
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
	})
}
