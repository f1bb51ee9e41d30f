// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests what only sessions have: statuses from which they cannot be decided, the
// two documented responses to a status that is already set, and ongoing AML monitoring.

var sessionKind = kinds[1]

func TestSession_UndecidableStatusFailsPlan(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"Not Started", "In Progress", "Awaiting User", "Expired"} {
		for name, config := range map[string]string{
			"new":     sessionKind.block("one", "Approved", ""),
			"from":    sessionKind.decided("one", "In Review", "Approved", ""),
			"adopted": sessionKind.adopted("Approved", ""),
		} {
			t.Run(status+", "+name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				env.RequireCLI(5, "import block")
				env.SetSessionStatus(simulator.SessionKYC, status)
				ws := env.Workspace(env.Config(config))

				result := ws.RunJSON("plan")

				result.RequireError("The session cannot be decided now", simulator.SessionKYC, `is "`+status+`"`, "Approved, Declined, In Review, Kyc Expired, Abandoned or Resubmitted")
				result.Errors[0].RequireAttribute(t, sessionKind.at("one"), "status")
				env.RequireRequests(1, 0)
			})
		}
	}
}

func TestSession_IsDecidedFromEveryUndecidedStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"In Review", "Kyc Expired", "Abandoned", "Resubmitted"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.SetSessionStatus(simulator.SessionKYC, status)
			ws := env.Workspace(env.Config(sessionKind.block("one", "Approved", "All checks passed.")))

			ws.MustRun("apply", "-auto-approve")

			env.RequireRequests(3, 1)
			env.RequireTrail(sessionKind.byTerraform(status, "Approved", "All checks passed."))
		})
	}
}

func TestSession_UndecidableStatusAfterPlanFailsApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(sessionKind.block("one", "Approved", "")))
	ws.MustRun("plan", "-out=tfplan")

	env.SetSessionStatus(simulator.SessionKYC, "Awaiting User")

	ws.RunJSON("apply", "tfplan").RequireError("The session cannot be decided now", simulator.SessionKYC, `is "Awaiting User"`)
	ws.RequireNoState()
}

// The OpenAPI document describes a 400, Didit's newer pages a 200 that changes nothing.
func TestSession_StatusSetBetweenReadAndWriteIsSuccess(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]simulator.Options{"400": {}, "200": {RepeatedStatusOK: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, options)
			ws := env.Workspace(env.Config(sessionKind.block("one", "Approved", "All checks passed.")))
			var once sync.Once
			env.BeforeResponse(func(request simulator.Request) {
				if request.Method == http.MethodPatch {
					once.Do(func() { sessionKind.decideInConsole(env, "Approved") })
				}
			})

			ws.MustRun("apply", "-auto-approve")

			if got := env.Count(http.MethodPatch); got != 1 {
				t.Errorf("%d PATCHes were sent, want 1", got)
			}
			env.RequireTrail(sessionKind.byConsole("In Review", "Approved"))
			ws.RequireState(sessionKind.at("one"), map[string]any{"status": "Approved"})
			acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
		})
	}
}

func TestSession_NeverSendsEmail(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	bodies := recordBodies(env)
	ws := env.Workspace(env.Config(sessionKind.block("one", "Declined", "A specimen.")))

	ws.MustRun("apply", "-auto-approve")

	for path, body := range bodies() {
		for field := range body {
			if field != "new_status" && field != "comment" {
				t.Errorf("%s was sent %s", path, field)
			}
		}
	}
}

func TestSession_PlanWarnsThatAMLMonitoringChanges(t *testing.T) {
	t.Parallel()
	const off, on = "switches its ongoing AML monitoring off", "switches its ongoing AML monitoring on"
	for name, test := range map[string]struct {
		session, from, to, effect string
	}{
		"declining":                       {simulator.SessionKYC, "In Review", "Declined", off},
		"declining an approved session":   {simulator.SessionKYC, "Approved", "Declined", off},
		"approving a declined session":    {simulator.SessionKYC, "Declined", "Approved", on},
		"approving a resubmitted session": {simulator.SessionKYC, "Resubmitted", "Approved", on},
		"approving an expired KYC":        {simulator.SessionKYC, "Kyc Expired", "Approved", on},
		"approving a session in review":   {simulator.SessionKYC, "In Review", "Approved", ""},
		"declining without an AML step":   {simulator.SessionSimple, "In Review", "Declined", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(5, "import block")
			env.SetSessionStatus(test.session, test.from)
			kind := sessionKind.with("session_id", test.session)
			kind.id = test.session
			ws := env.Workspace(env.Config(kind.adopted(test.to, "")))

			result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

			// The apply has not read the session, and does not warn again.
			ws.RunJSON("apply", "tfplan").RequireSuccess().RequireNoWarnings()
			if test.effect == "" {
				result.RequireNoWarnings()
				return
			}
			result.RequireWarning("Ongoing AML monitoring changes", test.effect, test.session, `from "`+test.from+`" to "`+test.to+`"`)
			result.Warnings[0].RequireAttribute(t, kind.at("one"), "status")
		})
	}
}

// After a change of a person's session, Didit recomputes the company's.
func TestSession_ChangeOfPersonInvalidatesCompany(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	company := sessionKind.with("session_id", simulator.SessionKYB)
	ws := env.Workspace(env.Config(
		sessionKind.block("person", "Approved", ""),
		company.block("company", "Approved", "", "  depends_on = ["+sessionKind.at("person")+"]")))
	ws.MustRun("plan", "-out=tfplan")
	env.AfterResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			env.SetSessionStatus(simulator.SessionKYB, "Approved")
		}
	})

	ws.MustRun("apply", "tfplan")

	// Didit has approved the company, so nothing is sent for it.
	env.RequireTrail(sessionKind.byTerraform("In Review", "Approved", ""))
	ws.RequireState(sessionKind.at("company"), map[string]any{"status": "Approved"})
}
