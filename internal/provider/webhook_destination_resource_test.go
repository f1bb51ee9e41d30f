// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	hook    = "didit_webhook_destination.hook"
	hookURL = "https://hooks.example.com/didit"
)

// hookBlock returns a block of didit_webhook_destination. extra is HCL.
func hookBlock(extra ...string) string {
	return hookBlockFor(hookURL, extra...)
}

func hookBlockFor(url string, extra ...string) string {
	return fmt.Sprintf(`
resource "didit_webhook_destination" "hook" {
  label             = "Decisions"
  url               = %q
  subscribed_events = ["status.updated", "data.updated"]
  %s
}
`, url, strings.Join(extra, "\n  "))
}

// hookBlockOn returns a block that is subscribed to these events, in HCL.
func hookBlockOn(events ...string) string {
	return strings.Replace(hookBlock(), `"status.updated", "data.updated"`, strings.Join(events, ", "), 1)
}

// requireMethods checks how many requests of each method were sent since the last call.
func requireMethods(env *acctest.Env, want map[string]int) {
	env.T.Helper()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if got := env.Count(method); got != want[method] {
			env.T.Errorf("%d %s were sent, want %d: %v", got, method, want[method], env.RequestLines())
		}
	}
	env.ResetRequests()
}

func TestDestination_LifecycleCostsOneRequestPerChange(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))

	ws.MustRun("apply", "-auto-approve")
	requireMethods(env, map[string]int{"POST": 1})
	destinations := env.Destinations()
	if len(destinations) != 1 || destinations[0].URL != hookURL || !destinations[0].Enabled || destinations[0].WebhookVersion != "v3" ||
		!slices.Equal(slices.Sorted(slices.Values(destinations[0].SubscribedEvents)), []string{"data.updated", "status.updated"}) {
		t.Errorf("the destinations are %+v", destinations)
	}
	ws.RequireState(hook, map[string]any{"id": destinations[0].ID, "label": "Decisions", "url": hookURL, "enabled": true, "webhook_version": "v3"})

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	requireMethods(env, map[string]int{"GET": 1})

	ws.Write("main.tf", env.Config(strings.Replace(hookBlock("enabled = false", `webhook_version = "v2"`), "Decisions", "Decisions, all", 1)))
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 1 changed, 0 destroyed")
	requireMethods(env, map[string]int{"GET": 1, "PATCH": 1})
	if updated, _ := env.Destination(destinations[0].ID); updated.Label != "Decisions, all" || updated.Enabled || updated.WebhookVersion != "v2" || updated.Secret != destinations[0].Secret {
		t.Errorf("the destination is %+v", updated)
	}

	ws.MustRun("destroy", "-auto-approve")
	requireMethods(env, map[string]int{"GET": 1, "DELETE": 1})
	if destinations := env.Destinations(); len(destinations) != 0 {
		t.Errorf("the destinations are %+v", destinations)
	}
	ws.RequireNoState()
}

func TestDestination_UpdateSendsOnlyChangedSettings(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	bodies := recordBodies(env)
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")

	ws.Write("main.tf", env.Config(hookBlock("enabled = false")))
	ws.MustRun("apply", "-auto-approve")

	for path, body := range bodies() {
		if path != "/v3/webhook/destinations/" && fmt.Sprint(body) != "map[enabled:false]" {
			t.Errorf("%s was sent %v", path, body)
		}
	}
}

func TestDestination_OrderOfEventsIsNoDrift(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{ReordersEvents: true})
	ws := env.Workspace(env.Config(hookBlock()))

	ws.MustRun("apply", "-auto-approve")

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestDestination_ChangeInConsoleIsDrift(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")

	destination := env.Destinations()[0]
	destination.Enabled, destination.SubscribedEvents = false, []string{"status.updated"}
	env.SetDestination(destination)

	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "~ enabled = false -> true", `+ "data.updated"`, "0 added, 1 changed, 0 destroyed")
	if changed := env.Destinations()[0]; !changed.Enabled || len(changed.SubscribedEvents) != 2 {
		t.Errorf("the destination is %+v", changed)
	}
}

func TestDestination_DeletionInConsoleIsPlannedAsCreate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")
	id := env.Destinations()[0].ID

	env.DeleteDestination(id)

	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireWarning("No longer in Didit", id, "creates it again", "another signing secret")
	ws.MustRun("apply", "tfplan")
	if destinations := env.Destinations(); len(destinations) != 1 || destinations[0].ID == id {
		t.Errorf("the destinations are %+v", destinations)
	}
}

func TestDestination_DestroyAfterDeletionInConsoleSucceeds(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")

	env.DeleteDestination(env.Destinations()[0].ID)
	ws.MustRun("destroy", "-auto-approve", "-refresh=false")

	ws.RequireNoState()
}

func TestDestination_ImportAcceptsIDAndIdentity(t *testing.T) {
	t.Parallel()
	for _, byIdentity := range []bool{false, true} {
		t.Run(fmt.Sprintf("identity %t", byIdentity), func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(5, "import block")
			if byIdentity {
				env.RequireCLI(12, "resource identity")
			}
			existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"data.updated", "status.updated"}})
			address := fmt.Sprintf("id = %q", existing.ID)
			if byIdentity {
				address = fmt.Sprintf("identity = { id = %q }", existing.ID)
			}
			ws := env.Workspace(env.Config("import {\n  to = "+hook+"\n  "+address+"\n}\n", hookBlock()))

			acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "1 imported, 0 added, 0 changed, 0 destroyed")

			ws.RequireState(hook, map[string]any{"id": existing.ID})
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

func TestDestination_FailedImportHasProvidersError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	for id, parts := range map[string][]string{
		"hook":                                 {"Invalid import ID", "UUID of a webhook destination"},
		"AAAAAAAA-2222-4333-8444-000000000001": {"Invalid import ID", "in lower case"},
		unknownSession:                         {"Webhook destination not found", unknownSession, "404"},
	} {
		acctest.RequireText(t, ws.MustFail("import", hook, id), parts...)
	}
	ws.RequireNoState()
}

func TestDestination_HasIdentityAndMatchesImport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(12, "resource identity")
	isID := knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f-]{36}$`))
	identity := []statecheck.StateCheck{statecheck.ExpectIdentity(hook, map[string]knownvalue.Check{"id": isID})}
	runSteps(env,
		resource.TestStep{Config: env.Config(hookBlock()), ConfigStateChecks: identity},
		resource.TestStep{Config: env.Config(hookBlock("enabled = false")), ConfigStateChecks: identity},
		resource.TestStep{ResourceName: hook, ImportState: true, ImportStateVerify: true},
		resource.TestStep{
			ResourceName: hook, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
			ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(hook, plancheck.ResourceActionNoop)}},
		},
	)
}

func TestDestination_InvalidConfigurationFailsPlan(t *testing.T) {
	t.Parallel()
	const notURL, notEvent, notLabel = "Invalid webhook URL", "Invalid webhook event", "Invalid webhook label"
	for name, test := range map[string]struct {
		config, summary, argument string
		parts                     []string
	}{
		"plain http":          {hookBlockFor("http://hooks.example.com"), notURL, "url", []string{"must begin with https://"}},
		"no scheme":           {hookBlockFor("hooks.example.com"), notURL, "url", []string{"must begin with https://"}},
		"no host":             {hookBlockFor("https:///didit"), notURL, "url", []string{"has no host"}},
		"user information":    {hookBlockFor("https://didit:hush-hush@hooks.example.com"), notURL, "resource", []string{"must not contain a user name or password"}},
		"user, no scheme":     {hookBlockFor("didit:hush-hush@hooks.example.com/x"), notURL, "resource", []string{"must begin with https://"}},
		"user, one slash":     {hookBlockFor("https:/didit:hush-hush@hooks.example.com"), notURL, "resource", []string{"must begin with https://"}},
		"user, unparsable":    {hookBlockFor("https://didit:hush-hush%zz@hooks.example.com"), notURL, "resource", []string{"cannot be read as a URL"}},
		"space in URL":        {hookBlockFor(hookURL + "/a b"), notURL, "url", []string{"without spaces"}},
		"invisible character": {hookBlockFor(hookURL + "\u202e"), notURL, "url", []string{"visible ASCII characters"}},
		"fragment":            {hookBlockFor(hookURL + "#part"), notURL, "url", []string{"must not contain a fragment"}},
		"host in upper case":  {hookBlockFor("https://Example.COM:443/hook"), notURL, "url", []string{"not in its normal form", `"https://example.com/hook"`}},
		"no path":             {hookBlockFor("https://hooks.example.com"), notURL, "url", []string{`"https://hooks.example.com/"`}},
		"dot segments":        {hookBlockFor("https://hooks.example.com/a/../b"), notURL, "url", []string{`"https://hooks.example.com/b"`}},
		"no events":           {hookBlockOn(), notEvent, "subscribed_events", []string{"subscribed_events is empty", "choose from status.updated, data.updated,"}},
		"null":                {hookBlockOn("null", `"data.updated"`), notEvent, "subscribed_events", []string{"subscribed_events contains null"}},
		"wildcard":            {hookBlockOn(`"status.updated"`, `"*"`), notEvent, "subscribed_events", []string{`subscribed_events contains "*", which is not an event; Didit has no wildcards: choose from status.updated, data.updated,`, "travel_rule.status.updated."}},
		"wildcard at end":     {hookBlockOn(`"user.*"`), notEvent, "subscribed_events", []string{`contains "user.*"`}},
		"event in upper case": {hookBlockOn(`"Data.Updated"`), notEvent, "subscribed_events", []string{`contains "Data.Updated"`}},
		"empty label":         {strings.Replace(hookBlock(), `"Decisions"`, `""`, 1), notLabel, "label", []string{"must not be blank"}},
		"padded label":        {strings.Replace(hookBlock(), `"Decisions"`, `"Decisions "`, 1), notLabel, "label", []string{"must not begin or end with a space"}},
		"long label":          {strings.Replace(hookBlock(), "Decisions", strings.Repeat("ü", 256), 1), notLabel, "label", []string{"at most 255 characters"}},
		"unknown version":     {hookBlock(`webhook_version = "v4"`), "Invalid webhook version", "webhook_version", []string{`must be "v1", "v2" or "v3", not "v4"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(test.config))

			result := ws.RunJSON("plan")

			result.RequireError(test.summary, test.parts...)
			result.Errors[0].RequireAttribute(t, hook, test.argument)
			if strings.Contains(result.Output, "hush-hush") {
				t.Errorf("the password is printed:\n%s", result.Output)
			}
			env.RequireRequests(0, 0)
		})
	}
}

func TestDestination_UnknownEventIsWarnedAndSentToAPI(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlockOn(`"event.of_tomorrow"`)))
	ws.RunJSON("plan").RequireSuccess().RequireWarning("Unknown webhook event", `"event.of_tomorrow"`, "Published events: status.updated,")

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Didit refused the request", hookURL, "returned 400", "Unsupported webhook events", "event.of_tomorrow")
	result.Errors[0].RequireAttribute(t, hook, "subscribed_events")
	ws.RequireNoState()
}

func TestDestination_DuplicateURLErrorNamesIDForImport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	existing := env.SetDestination(simulator.Destination{Label: "By hand", URL: hookURL, SubscribedEvents: []string{"status.updated"}})
	ws := env.Workspace(env.Config(hookBlock()))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError("Another webhook destination has this URL", existing.ID, `"By hand"`, "import block")
	result.Errors[0].RequireAttribute(t, hook, "url")
	requireMethods(env, map[string]int{"POST": 1, "GET": 1})
	ws.RequireNoState()

	// An update to a URL that exists has the same error.
	ws.Write("main.tf", env.Config(hookBlockFor(hookURL+"/2")))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.Config(hookBlock()))
	ws.RunJSON("apply", "-auto-approve").RequireError("Another webhook destination has this URL", existing.ID)
	ws.RequireState(hook, map[string]any{"url": hookURL + "/2"})
}

func TestDestination_KeyWithoutPermissionIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{{APIKey: simulator.DefaultAPIKey, Read: true, Write: true}}})
	ws := env.Workspace(env.Config(hookBlock()))

	ws.RunJSON("apply", "-auto-approve").RequireError("The credential may not do this", hookURL, "returned 403", "permission webhooks")

	ws.RequireNoState()
}

func TestDestination_SecretIsNotInLogPlanStateOrOutput(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := newTracedWorkspace(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "", hookBlock())

	ws.mustRun("apply -auto-approve", "plan -out=tfplan", "show -json")
	secrets := []string{env.Destinations()[0].Secret, simulator.DefaultAPIKey}
	secrets = append(secrets, env.RotateSecret(env.Destinations()[0].ID, time.Hour))
	env.Inject(simulator.Fault{Method: http.MethodGet, Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"detail": "%s is wrong"}`, simulator.DefaultAPIKey)})
	ws.run("plan")
	ws.mustRun("plan", "apply -refresh-only -auto-approve", "destroy -auto-approve")

	ws.requireNone(secrets...)
	ws.requireNoHeaderOrBodyLogged()
	ws.requireEveryRequestLogged(env)
}

// A destination of the console can have settings that the plan refuses in a new one.
func TestDestination_ExistingOneIsAdoptedAsItIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ label, url, event string }{
		"label with a space at its end": {"Decisions ", hookURL, "status.updated"},
		"label with a line break":       {"Decisions\nand more", hookURL, "status.updated"},
		"fragment":                      {"Decisions", hookURL + "#part", "status.updated"},
		"no path":                       {"Decisions", "https://hooks.example.com", "status.updated"},
		"host in upper case":            {"Decisions", "https://HOOKS.example.com:443/x", "status.updated"},
		"user name":                     {"Decisions", "https://didit@hooks.example.com/x", "status.updated"},
		"unpublished event":             {"Decisions", hookURL, "event.of_yesterday"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(5, "import block")
			existing := env.SetDestination(simulator.Destination{Label: test.label, URL: test.url, Enabled: true, SubscribedEvents: []string{test.event}})
			adoption := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", hook, existing.ID)
			block := func(enabled bool) string {
				return fmt.Sprintf("resource \"didit_webhook_destination\" \"hook\" {\n  label = %q\n  url = %q\n  subscribed_events = [%q]\n  enabled = %t\n}\n", test.label, test.url, test.event, enabled)
			}
			ws := env.Workspace(env.Config(adoption, block(true)))

			ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()

			// Other settings can be changed.
			ws.Write("main.tf", env.Config(block(false)))
			acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 1 changed, 0 destroyed")
			if updated, _ := env.Destination(existing.ID); updated.Enabled || updated.URL != test.url || updated.Label != test.label {
				t.Errorf("the destination is %+v", updated)
			}
		})
	}
}
