// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDestination_LostResponsesAreReconciled(t *testing.T) {
	t.Parallel()
	faults := map[string]simulator.Fault{
		"reset after":      {Cut: simulator.CutReset, After: true},
		"reset before":     {Cut: simulator.CutReset},
		"response cut off": {Cut: simulator.CutBody, After: true},
		"502 after":        {Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader, After: true},
		"502 before":       {Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader},
		"timeout after":    {DelayAfter: 5 * time.Second, After: true},
		"login page":       {Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader, After: true},
		"302 of a proxy":   {Status: http.StatusFound, Body: "<html>log in</html>", Header: htmlHeader, After: true},
		"401 of a proxy":   {Status: http.StatusUnauthorized, Body: "<html>log in</html>", Header: htmlHeader, After: true},
		"404 of a proxy":   {Status: http.StatusNotFound, Body: "<html>no</html>", Header: htmlHeader, After: true},
		"429":              {Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"1"}}},
	}
	for name, fault := range faults {
		for method, change := range map[string]func(env *acctest.Env, ws *acctest.Workspace){
			http.MethodPost: func(_ *acctest.Env, ws *acctest.Workspace) { ws.MustRun("apply", "-auto-approve") },
			http.MethodPatch: func(env *acctest.Env, ws *acctest.Workspace) {
				ws.MustRun("apply", "-auto-approve")
				ws.Write("main.tf", env.ConfigWith(shortTimeout, hookBlock("enabled = false")))
				ws.MustRun("apply", "-auto-approve")
			},
			http.MethodDelete: func(env *acctest.Env, ws *acctest.Workspace) {
				ws.MustRun("apply", "-auto-approve")
				ws.Write("main.tf", env.ConfigWith(shortTimeout))
				ws.MustRun("apply", "-auto-approve")
			},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace(env.ConfigWith(shortTimeout, hookBlock()))
				fault := fault
				fault.Name, fault.Method = name, method
				env.Inject(fault)

				change(env, ws)

				destinations := env.Destinations()
				switch {
				case method == http.MethodDelete && len(destinations) != 0, method != http.MethodDelete && len(destinations) != 1:
					t.Errorf("the destinations are %+v", destinations)
				case method == http.MethodPatch && destinations[0].Enabled:
					t.Errorf("the destination was not updated")
				}
				if method != http.MethodDelete {
					ws.RequireState(hook, map[string]any{"id": destinations[0].ID})
				}
				acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
			})
		}
	}
}

var shortTimeout = fmt.Sprintf("api_key = %q\n  request_timeout = \"2s\"", simulator.DefaultAPIKey)

// The API responds with success, but has not made the change.
func TestDestination_SuccessWithoutChangeIsNotBelieved(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.ConfigWith(withoutRetries, hookBlock()))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.ConfigWith(withoutRetries, hookBlock("enabled = false")))
	env.Inject(simulator.Fault{Method: http.MethodPatch, Body: fmt.Sprintf(`{"uuid": %q, "label": "Decisions", "url": %q, "enabled": true, "webhook_version": "v3", "subscribed_events": ["data.updated", "status.updated"]}`, env.Destinations()[0].ID, hookURL)})
	env.ResetRequests()

	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", "sent once", "does not confirm it", "a read showed that it was not made", "Plan again")

	requireMethods(env, map[string]int{"GET": 2, "PATCH": 1})
	ws.RequireState(hook, map[string]any{"enabled": true})
	ws.MustRun("apply", "-auto-approve")
	if env.Destinations()[0].Enabled {
		t.Error("the second apply did not make the change")
	}
}

// Another team has an equal destination, and the request is not carried out.
func TestDestination_CreateDoesNotAdoptExisting(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"data.updated", "status.updated"}})
	ws := env.Workspace(env.Config(hookBlock()))
	env.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable, Body: `{"detail": "down"}`})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Another webhook destination has this URL", existing.ID, "import block")
	requireMethods(env, map[string]int{"POST": 1, "GET": 1})
	ws.RequireNoState()
}

func TestDestination_TwoEqualBlocksDoNotShareOne(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	second := strings.Replace(hookBlock("depends_on = ["+hook+"]"), `"hook"`, `"second"`, 1)
	ws := env.Workspace(env.Config(hookBlock(), second))
	env.Inject(simulator.Fault{Method: http.MethodPost, Skip: 1, Status: http.StatusServiceUnavailable, Body: `{"detail": "down"}`})

	result := ws.RunJSON("apply", "-auto-approve")

	destinations := env.Destinations()
	if len(destinations) != 1 || len(ws.State()) != 1 {
		t.Fatalf("the destinations are %+v, the state is %v", destinations, ws.State())
	}
	result.RequireError("Another webhook destination has this URL", destinations[0].ID, "If another block manages it, remove one of the two")
	requireMethods(env, map[string]int{"POST": 2, "GET": 1})
	ws.RequireState(hook, map[string]any{"id": destinations[0].ID})

	// The remaining block keeps its destination.
	ws.Write("main.tf", env.Config(hookBlock()))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

// Didit's general text names no object.
func TestDestination_General404IsItsOwn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")
	id := env.Destinations()[0].ID
	env.Inject(simulator.Fault{Times: -1, Status: http.StatusNotFound, Body: `{"detail": "Not found."}`})

	ws.RunJSON("plan").RequireSuccess().RequireWarning("No longer in Didit", "Webhook destination "+id)
	ws.MustRun("destroy", "-auto-approve", "-refresh=false")

	ws.RequireNoState()
}

// Neither the request nor the reads reach Didit, as with a wrong base URL.
func TestDestination_ResponseOfOtherServiceNamesBaseURL(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	env.Inject(simulator.Fault{Times: -1, Status: http.StatusNotFound, Body: "<html>no</html>", Header: htmlHeader})

	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", hookURL, "sent once", "404", "not Didit's JSON", "Reading to find out failed", "Check base_url")

	requireMethods(env, map[string]int{"POST": 1, "GET": 1})
	ws.RequireNoState()
}

func TestDestination_UnknownOutcomeIsFoundByNextApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.ConfigWith(withoutRetries, hookBlock()))
	env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPost, Cut: simulator.CutReset, After: true})
	env.Inject(simulator.Fault{Name: "down", Method: http.MethodGet, Times: -1, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", hookURL, "Reading to find out failed", "503", "Plan again")
	ws.RequireNoState()

	env.ClearFaults()
	ws.RunJSON("apply", "-auto-approve").RequireError("Another webhook destination has this URL", env.Destinations()[0].ID, "import block")
	if got := len(env.Destinations()); got != 1 {
		t.Errorf("there are %d destinations, want 1", got)
	}
}
