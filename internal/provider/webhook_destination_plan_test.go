// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const twoBlocks = "Two blocks for one webhook destination"

// namedHook returns hookBlock under another name.
func namedHook(name, url string, extra ...string) string {
	return strings.Replace(hookBlockFor(url, extra...), `"hook"`, fmt.Sprintf("%q", name), 1)
}

func TestDestinationPlan_TwoBlocksForOneDestinationFail(t *testing.T) {
	t.Parallel()
	const otherURL = hookURL + "/other"
	adopt := func(name, id string) string {
		return fmt.Sprintf("import {\n  to = didit_webhook_destination.%s\n  id = %q\n}\n", name, id)
	}
	for name, test := range map[string]struct {
		before, after []string // the blocks of an apply, and of the plan
		parts         []string // none: the plan succeeds
	}{
		"two new blocks, one URL":   {nil, []string{hookBlock(), namedHook("second", hookURL)}, []string{"URL", hookURL}},
		"a new block, one in state": {[]string{hookBlock()}, []string{hookBlock(), namedHook("second", hookURL)}, []string{"URL", hookURL}},
		"an update to another's":    {[]string{hookBlock(), namedHook("second", otherURL)}, []string{hookBlock(), namedHook("second", hookURL)}, []string{"URL", hookURL}},
		"two imports of one ID":     {nil, []string{adopt("hook", firstHookID), adopt("second", firstHookID), hookBlockFor("https://hooks.example.com/1"), namedHook("second", "https://hooks.example.com/2")}, []string{"ID", firstHookID}},
		"two instances":             {nil, []string{hookBlock("count = 2")}, []string{"URL", hookURL}},
		"two URLs":                  {nil, []string{hookBlock(), namedHook("second", otherURL)}, nil},
		"URLs swapped":              {[]string{hookBlock(), namedHook("second", otherURL)}, []string{namedHook("second", hookURL), hookBlockFor(otherURL)}, nil},
		"URL taken over":            {[]string{hookBlock()}, []string{hookBlockFor(otherURL), namedHook("second", hookURL)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(5, "import block")
			if strings.Contains(name, "imports") {
				env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated"}})
			}
			ws := env.Workspace(env.Config(test.before...))
			ws.MustRun("apply", "-auto-approve")
			ws.Write("main.tf", env.Config(test.after...))
			env.ResetRequests()

			result := ws.RunJSON("plan")

			if test.parts == nil {
				result.RequireSuccess().RequireNoWarnings()
				return
			}
			result.RequireError(twoBlocks, append(test.parts, "Keep one of the two")...)
			if len(result.Errors) != 1 {
				t.Errorf("errors: %v, want one", result.Errors)
			}
		})
	}
}

// The plan does not know the second URL. The apply plans the block again.
func TestDestinationPlan_SecondBlockWithUnknownURLFailsApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(4, "terraform_data")
	second := strings.Replace(namedHook("second", "unknown", "depends_on = ["+hook+"]"), `"unknown"`, "terraform_data.url.output", 1)
	source := fmt.Sprintf("resource \"terraform_data\" \"url\" {\n  input = %q\n}\n", hookURL)
	ws := env.Workspace(env.Config(hookBlock(), second, source))

	ws.RunJSON("apply", "-auto-approve").RequireError(twoBlocks, "URL", hookURL)

	requireMethods(env, map[string]int{"POST": 1})
	ws.RequireState(hook, map[string]any{"id": firstHookID})
	ws.Write("main.tf", env.Config(hookBlock(), source))
	acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
}

// The create would meet the URL of the destination that the same apply deletes a moment
// later, and the error advised to import that one.
func TestDestinationPlan_RenamedBlockFails(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")
	renamed := namedHook("renamed", hookURL)
	ws.Write("main.tf", env.Config(renamed))
	env.ResetRequests()

	ws.RunJSON("apply", "-auto-approve").RequireError("A webhook destination would be deleted and created at once", firstHookID, hookURL, "add a moved block", "delete it in one apply")

	if changes := env.Count(http.MethodPost) + env.Count(http.MethodDelete); changes != 0 {
		t.Errorf("%d changes were sent: %v", changes, env.RequestLines())
	}
	ws.Write("main.tf", env.Config(renamed, "moved {\n  from = "+hook+"\n  to   = didit_webhook_destination.renamed\n}\n"))
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
}

func TestDestinationPlan_ReplacementAndDestroySucceed(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve", "-replace="+hook), "1 added, 0 changed, 1 destroyed")

	// The same, with a change and a saved plan.
	ws.Write("main.tf", env.Config(hookBlock("enabled = false"), namedHook("second", hookURL+"/2")))
	ws.MustRun("plan", "-replace="+hook, "-out=tfplan")
	acctest.RequireText(t, ws.MustRun("apply", "tfplan"), "2 added, 0 changed, 1 destroyed")
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	acctest.RequireText(t, ws.MustRun("destroy", "-auto-approve"), "2 destroyed")
}

// With create_before_destroy, a replacement cannot work, because Didit takes each URL once.
func TestDestinationPlan_CreateBeforeDestroyIsNamed(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock("lifecycle {\n    create_before_destroy = true\n  }")))
	ws.MustRun("apply", "-auto-approve")

	ws.RunJSON("apply", "-auto-approve", "-replace="+hook).RequireError("Another webhook destination has this URL", firstHookID, "If this block replaces it, remove create_before_destroy")

	ws.RequireState(hook, map[string]any{"id": firstHookID})
}

func TestDestination_DeletionBetweenPlanAndApplyIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(hookBlock()))
	ws.MustRun("apply", "-auto-approve")
	ws.Write("main.tf", env.Config(hookBlock("enabled = false")))
	ws.MustRun("plan", "-out=tfplan")
	env.DeleteDestination(firstHookID)

	ws.RunJSON("apply", "tfplan").RequireError("Webhook destination not found", firstHookID, "deleted after the plan was made", "Plan again")

	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "1 added, 0 changed, 0 destroyed")
}

// After a lost create, the next plan shows a destination to add, whether it was created or
// not. Only the apply finds it.
func TestDestination_UnknownOutcomeOfCreateSaysWhatNextPlanShows(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.ConfigWith(withoutRetries, hookBlock()))
	env.Inject(simulator.Fault{Method: http.MethodPost, Cut: simulator.CutReset, After: true})
	env.Inject(simulator.Fault{Method: http.MethodGet, Times: -1, Status: http.StatusServiceUnavailable, Body: `{"detail": "down"}`})

	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", "the plan shows a destination to add in any case", "names its ID for import")

	env.ClearFaults()
	acctest.RequireText(t, ws.MustRun("plan"), "1 to add")
	ws.RunJSON("apply", "-auto-approve").RequireError("Another webhook destination has this URL", firstHookID)

	// An update is in the next plan only if it was not made.
	ws.MustRun("import", hook, firstHookID)
	ws.Write("main.tf", env.ConfigWith(withoutRetries, hookBlock("enabled = false")))
	env.Inject(simulator.Fault{Method: http.MethodPatch, Cut: simulator.CutReset, After: true})
	env.Inject(simulator.Fault{Method: http.MethodGet, Skip: 1, Times: -1, Status: http.StatusServiceUnavailable, Body: `{"detail": "down"}`})
	ws.RunJSON("apply", "-auto-approve").RequireError("The outcome of the change is unknown", "the next plan shows whether the change was made")
}
