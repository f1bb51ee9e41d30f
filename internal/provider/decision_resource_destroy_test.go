// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDestroy_SendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			before    func(*acctest.Env)
			arguments []string
			reads     int
		}{
			"with refresh":                     {func(*acctest.Env) {}, nil, 1},
			"without refresh":                  {func(*acctest.Env) {}, []string{"-refresh=false"}, 0},
			"session deleted, without refresh": {func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) }, []string{"-refresh=false"}, 0},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.applied(env, "")
				test.before(env)

				ws.MustRun(append([]string{"destroy", "-auto-approve"}, test.arguments...)...)

				env.RequireRequests(test.reads, 0)
				ws.RequireNoState()
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, ""))
			})
		}
	})
}

func TestDestroy_PlanWarnsThatDecisionStays(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(3, "warning in the plan of a destroy")
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")
		env.ResetRequests()

		ws.RunJSON("plan", "-destroy", "-out=tfplan").RequireSuccess().RequireWarning("The decision stays in place",
			simulator.SessionKYC, kind.label[1:], `stays "`+kind.wanted+`"`, "sends nothing")
		env.RequireRequests(1, 0)
		ws.RunJSON("apply", "tfplan").RequireSuccess()

		env.RequireRequests(0, 0)
		ws.RequireNoState()
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

// Terraform plans the configuration before it destroys, and a provider cannot distinguish
// that plan from others.
func TestDestroy_AdvisesRefreshOptionIfSessionIsMissing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.applied(env, "")
		env.DeleteSession(simulator.SessionKYC)

		result := ws.RunJSON("destroy", "-auto-approve")

		result.RequireError("Session not found", simulator.SessionKYC)
		result.RequireWarning("No longer in Didit", simulator.SessionKYC, "To destroy while its block is still there, use -refresh=false")
		ws.MustRun("destroy", "-auto-approve", "-refresh=false")
		ws.RequireNoState()
	})
}

func TestReplaceOption_AdoptsSubjectAgain(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, lifecycle := range map[string]string{
			"destroy first": "",
			"create first":  "lifecycle {\n  create_before_destroy = true\n}",
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.", lifecycle)))
				ws.MustRun("apply", "-auto-approve")
				env.ResetRequests()

				output := ws.MustRun("apply", "-auto-approve", "-replace="+kind.at("one"))

				acctest.RequireText(t, output, "1 added, 0 changed, 1 destroyed")
				if got := env.Count(http.MethodPatch); got != 0 {
					t.Errorf("%d PATCHes were sent, want 0", got)
				}
				ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
			})
		}
	})
}

func TestRenamedForEachKey_AdoptsSubjectAgain(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		config := func(key string) string {
			return env.Config(kind.block("one", kind.wanted, "", fmt.Sprintf("  for_each = toset([%q])", key)))
		}
		ws := env.Workspace(config("before"))
		ws.MustRun("apply", "-auto-approve")
		env.ResetRequests()

		ws.Write("main.tf", config("after"))
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "1 added, 0 changed, 1 destroyed")

		if got := env.Count(http.MethodPatch); got != 0 {
			t.Errorf("%d PATCHes were sent, want 0", got)
		}
		ws.RequireState(kind.at("one")+`["after"]`, kind.state(kind.wanted, ""))
		if _, found := ws.State()[kind.at("one")+`["before"]`]; found {
			t.Error("the old key is still in the state")
		}
	})
}

func TestMovedBlock_SendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(1, "moved block")
		ws := kind.applied(env, "")

		ws.Write("main.tf", env.Config(kind.block("two", kind.wanted, ""), fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", kind.at("one"), kind.at("two"))))
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")

		env.RequireRequests(1, 0)
		ws.RequireState(kind.at("two"), kind.state(kind.wanted, ""))
	})
}

func TestRemovedBlock_SendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(7, "removed block")
		ws := kind.applied(env, "")

		ws.Write("main.tf", env.Config(fmt.Sprintf("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", kind.at("one"))))
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")

		ws.RequireNoState()
		if got := env.Count(http.MethodPatch); got != 0 {
			t.Errorf("%d PATCHes were sent, want 0", got)
		}
	})
}
