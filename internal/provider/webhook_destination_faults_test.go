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

// firstHookID is the ID of the first destination that the simulator creates.
const firstHookID = "55555555-2222-4333-8444-000000000001"

// returnsHook is a response of an API that has made the change, and stores settings in
// another form.
func returnsHook(method, settings string) simulator.Fault {
	return simulator.Fault{Method: method, After: true, Body: fmt.Sprintf(`{"uuid": %q, %s}`, firstHookID, settings)}
}

// A 2xx is an outcome, whatever its body is: reads show that the change was not made, and it
// is not sent again.
func TestDestination_UnconfirmedSuccessIsErrorIfNotMade(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"login page": {Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader},
		"accepted":   {Status: http.StatusAccepted, Body: `{"detail":"Accepted."}`},
	} {
		for method, blocks := range map[string][]string{
			http.MethodPost:   {hookBlock()},
			http.MethodPatch:  {hookBlock(), hookBlock("enabled = false")},
			http.MethodDelete: {hookBlock(), ""},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace("")
				last := len(blocks) - 1
				for i, block := range blocks {
					ws.Write("main.tf", env.ConfigWith(fmt.Sprintf("api_key = %q\n  max_retries = 1", simulator.DefaultAPIKey), block))
					if i < last {
						ws.MustRun("apply", "-auto-approve")
					}
				}
				before := fmt.Sprint(env.Destinations())
				fault := fault
				fault.Name, fault.Method = name, method
				env.Inject(fault)
				env.ResetRequests()

				result := ws.RunJSON("apply", "-auto-approve")

				result.RequireError("The outcome of the change is unknown", fmt.Sprintf("returned %d", fault.Status), "Reads do not show the change", "not sent again")
				if sent := env.Count(method); sent != 1 || fmt.Sprint(env.Destinations()) != before {
					t.Errorf("%d %s were sent, the destinations were %s, are %+v", sent, method, before, env.Destinations())
				}

				ws.MustRun("apply", "-auto-approve")
				acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
			})
		}
	}
}

// A 2xx is an outcome. Sent again, a create made six destinations, none of them in the
// state.
func TestDestination_OtherSettingsInResponseAreWarning(t *testing.T) {
	t.Parallel()
	const label, version, events = `"label": "Decisions"`, `"webhook_version": "v3"`, `"subscribed_events": ["data.updated", "status.updated"]`
	for name, test := range map[string]struct {
		settings string
		parts    []string // none: there is no warning
	}{
		"label":          {`"label": "DECISIONS", ` + version, []string{`label: sent "Decisions", returned "DECISIONS"`}},
		"URL":            {label + `, "url": "https://hooks.example.com/didit/"`, []string{`url: sent "https://hooks.example.com/didit", returned "https://hooks.example.com/didit/"`}},
		"enabled":        {label + `, "enabled": false`, []string{`enabled: sent "true", returned "false"`}},
		"version":        {`"webhook_version": "v2"`, []string{`webhook_version: sent "v3", returned "v2"`}},
		"events":         {`"subscribed_events": ["data.updated"]`, []string{`subscribed_events: sent "data.updated, status.updated", returned "data.updated"`}},
		"several":        {`"label": "x", "enabled": false, ` + events, []string{"label: sent", "enabled: sent"}},
		"events doubled": {`"subscribed_events": ["status.updated", "data.updated", "status.updated"]`, nil},
		"nothing":        {`"unknown": true`, nil},
		"other types":    {`"label": 7, "url": null, "enabled": "false", "subscribed_events": {}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(hookBlock()))
			env.Inject(returnsHook(http.MethodPost, test.settings))

			created := ws.RunJSON("apply", "-auto-approve").RequireSuccess()

			requireMethods(env, map[string]int{"POST": 1})
			ws.RequireState(hook, map[string]any{"id": firstHookID, "label": "Decisions", "enabled": true})

			ws.Write("main.tf", env.Config(hookBlock("enabled = false")))
			ws.MustRun("apply", "-auto-approve")
			ws.Write("main.tf", env.Config(hookBlock()))
			env.ResetRequests()
			// The update sends enabled only.
			env.Inject(returnsHook(http.MethodPatch, test.settings))
			updated := ws.RunJSON("apply", "-auto-approve").RequireSuccess()
			requireMethods(env, map[string]int{"GET": 1, "PATCH": 1})

			if test.parts == nil {
				created.RequireNoWarnings()
				updated.RequireNoWarnings()
				return
			}
			created.RequireWarning("Didit returned other settings", append(test.parts, firstHookID+" was created", "the next plan shows the difference")...)
			if strings.Contains(test.settings, "enabled") {
				updated.RequireWarning("Didit returned other settings", firstHookID+" was updated", `enabled: sent "true", returned "false"`)
			} else {
				updated.RequireNoWarnings()
			}
		})
	}
}

// Another team has an equal destination, and the request is not carried out.
func TestDestination_CreateDoesNotAdoptExisting(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"data.updated", "status.updated"}, CreatedAt: time.Now().Add(-time.Minute)})
	ws := env.Workspace(env.Config(hookBlock()))
	env.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable, Body: `{"detail": "down"}`})

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Another webhook destination has this URL", existing.ID, "import block")
	requireMethods(env, map[string]int{"POST": 1, "GET": 1})
	ws.RequireNoState()
}

// Any service behind a wrong route returns the general texts: a destroy must not forget a
// destination that goes on receiving events.
func TestDestination_General404IsNotDeletion(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Not found.", "Session not found."} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(hookBlock()))
			ws.MustRun("apply", "-auto-approve")
			env.Inject(simulator.Fault{Times: -1, Status: http.StatusNotFound, Body: fmt.Sprintf(`{"detail": %q}`, text)})

			ws.RunJSON("plan").RequireError("The response is not from Didit's API", firstHookID, "404", "base_url")
			ws.RunJSON("destroy", "-auto-approve", "-refresh=false").RequireError("The outcome of the change is unknown", firstHookID, "404", "base_url")
			ws.RequireState(hook, map[string]any{"id": firstHookID})

			env.ClearFaults()
			env.DeleteDestination(firstHookID)
			ws.RunJSON("plan").RequireSuccess().RequireWarning("No longer in Didit", "Webhook destination "+firstHookID)
			ws.MustRun("destroy", "-auto-approve", "-refresh=false")
			ws.RequireNoState()
		})
	}
}

// A response that lacks settings is no evidence that they changed.
func TestDestination_RefreshKeepsSettingsThatResponseLacks(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]string{
		"all":         `"unknown": 1`,
		"some":        `"label": "Decisions", "enabled": true`,
		"null":        `"label": null, "url": null, "enabled": null, "webhook_version": null, "subscribed_events": null`,
		"other types": `"label": 1, "url": [], "enabled": "no", "webhook_version": 3, "subscribed_events": "data.updated"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(hookBlock()))
			ws.MustRun("apply", "-auto-approve")
			fault := returnsHook(http.MethodGet, settings)
			fault.Times = -1
			env.Inject(fault)

			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

// An event that a destination had twice was an error of the framework.
func TestDestination_DuplicateEventsAreOne(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"data.updated", "status.updated", "data.updated"}})
	ws := env.Workspace(env.Config(hookBlock(), fmt.Sprintf("data \"didit_webhook_destination\" \"hook\" {\n  id = %q\n}\n", existing.ID)))
	ws.MustRun("import", hook, existing.ID)

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
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

	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", hookURL, "Reading to find out failed", "503", "Apply again")
	ws.RequireNoState()

	env.ClearFaults()
	ws.RunJSON("apply", "-auto-approve").RequireError("Another webhook destination has this URL", env.Destinations()[0].ID, "import block")
	if got := len(env.Destinations()); got != 1 {
		t.Errorf("there are %d destinations, want 1", got)
	}
}
