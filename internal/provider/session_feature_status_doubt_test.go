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

var htmlHeader = http.Header{"Content-Type": {"text/html"}}

func TestLostOrUnclearAnswerToAChangeIsSettledByReading(t *testing.T) {
	t.Parallel()
	for name, doubt := range map[string]struct {
		fault   simulator.Fault
		patches int
	}{
		"reset after the change":                 {simulator.Fault{Cut: simulator.CutReset, After: true}, 1},
		"reset before the change":                {simulator.Fault{Cut: simulator.CutReset}, 2},
		"answer cut in the middle":               {simulator.Fault{Cut: simulator.CutBody, After: true}, 1},
		"timeout after the change":               {simulator.Fault{DelayAfter: 5 * time.Second, After: true}, 1},
		"gateway error after the change":         {simulator.Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader, After: true}, 1},
		"gateway error before the change":        {simulator.Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader}, 2},
		"2xx of another status after the change": {simulator.Fault{Status: http.StatusOK, Body: `{"new_status":"In Review"}`, After: true}, 1},
		"2xx of another status, nothing changed": {simulator.Fault{Status: http.StatusOK, Body: `{"new_status":"In Review"}`}, 2},
		"2xx without a body after the change":    {simulator.Fault{Status: http.StatusNoContent, After: true}, 1},
		"login page after the change":            {simulator.Fault{Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader, After: true}, 1},
		// By its text, this 400 would be an error; the step stands as wanted.
		"400 of any text after the change": {simulator.Fault{Status: http.StatusBadRequest, Body: `{"detail":"Something is odd."}`, After: true}, 1},
		"429 before the change":            {simulator.Fault{Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"1"}}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			timeout := "1m"
			if doubt.fault.DelayAfter > 0 {
				timeout = "2s"
			}
			ws := env.Workspace(env.ConfigWith(fmt.Sprintf("api_key = %q\n  request_timeout = %q", simulator.DefaultAPIKey, timeout),
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}.hcl("ocr")))
			fault := doubt.fault
			fault.Name, fault.Method = name, http.MethodPatch
			env.Inject(fault)

			ws.MustRun("apply", "-auto-approve")

			if got := env.Count(http.MethodPatch); got != doubt.patches {
				t.Errorf("%d PATCHes were sent, want %d: %v", got, doubt.patches, env.RequestLines())
			}
			env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
			ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged."})
			acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
		})
	}
}

func TestRefusedChangeIsAnErrorOnceReadingShowsThatItWasNotMade(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))
	// By its text, this 400 would be a success.
	env.Inject(simulator.Fault{Name: "refused", Method: http.MethodPatch, Status: http.StatusBadRequest, Body: `{"new_status":"The new status is the same as the current status."}`})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit refused the request", simulator.SessionKYC, "feature_ocr_1", "400", "new_status: The new status is the same")
	// The refresh, the read before the change, the one after it.
	env.RequireRequests(3, 1)
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review"})
	env.RequireTrail()
}

func TestLimitOnAChangeThatLastsTooLongIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))
	env.Inject(simulator.Fault{Name: "limit", Method: http.MethodPatch, Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"301"}}})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit's rate limit is used up", simulator.SessionKYC, "feature_ocr_1", "429", "5m1s", "longer than this provider waits")
	env.RequireRequests(2, 1)
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review"})
	env.RequireTrail()
}

func TestLostChangeThatSomebodyOverturnsIsAConflict(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPatch, Cut: simulator.CutReset, After: true})
	// A person in the console answers before the provider looks again.
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodGet && env.Count(http.MethodPatch) == 1 {
			once.Do(func() { env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved") })
		}
	})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("The decision has changed since the plan", simulator.SessionKYC, "feature_ocr_1",
		`was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "its answer was lost", "review trail", "plan again")
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."), acctest.ByConsole("feature_ocr_1", "Declined", "Approved"))
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review", "comment": nil})
}

func TestChangeThatIsNeverAnsweredSaysHowOftenItWasTriedAndTheNextApplyFinishes(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.ConfigWith(fmt.Sprintf("api_key = %q\n  max_retries = 2", simulator.DefaultAPIKey), ocrAndAML("Declined", "Forged.", "In Review", "")))
	env.Inject(simulator.Fault{Name: "down", Method: http.MethodPatch, Times: -1, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, "feature_ocr_1", "3 times", "503", "still had its former status", "Plan again")
	if got := env.Count(http.MethodPatch); got != 3 {
		t.Errorf("%d PATCHes were sent, want 3: %v", got, env.RequestLines())
	}
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review", "comment": nil})

	env.ClearFaults()
	ws.MustRun("apply", "-auto-approve")
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
}

func TestChangeWhoseFateCannotBeReadIsAnErrorAndTheNextApplyFinds(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.ConfigWith(withoutRetries, ocrAndAML("Declined", "Forged.", "In Review", "")))
	ws.MustRun("plan", "-out=tfplan")
	// The answer is lost, and then the API is down.
	env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPatch, Cut: simulator.CutReset, After: true})
	env.Inject(simulator.Fault{Name: "down", Method: http.MethodGet, Skip: 1, Times: -1, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, "feature_ocr_1", "did not settle it", "503", "Plan again", "nothing is sent twice")
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review", "comment": nil})

	env.ClearFaults()
	env.ResetRequests()
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged."})
}
