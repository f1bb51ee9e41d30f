// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestImportBlock_PlansUpdateInPlaceThenNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		config := env.Config(kind.adopted(kind.wanted, "Forged."))
		runSteps(env,
			resource.TestStep{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(kind.at("one"), plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New(kind.attribute), knownvalue.StringExact(kind.wanted)),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New("id"), knownvalue.StringExact(kind.id)),
					statecheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New(kind.attribute), knownvalue.StringExact(kind.wanted)),
				},
			},
			resource.TestStep{
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		)
		if got := env.Count(http.MethodPatch); got != 1 {
			t.Errorf("%d PATCHes were sent, want 1: %v", got, env.RequestLines())
		}
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestImportBlock_PlanShowsTransition(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		kind.decideInConsole(env, kind.other) // an import block may overturn a decision
		ws := env.Workspace(env.Config(kind.adopted(kind.wanted, "Forged.")))

		output := ws.MustRun("plan", "-out=tfplan")

		acctest.RequireText(t, output, kind.transition(kind.other, kind.wanted), "Plan: 1 to import, 0 to add, 1 to change, 0 to destroy.")
		acctest.RequireText(t, output, `+ comment = "Forged."`)
		env.RequireRequests(1, 0)
		ws.MustRun("apply", "tfplan")
		env.RequireRequests(1, 1)
		env.RequireTrail(kind.byConsole(kind.open, kind.other), kind.byTerraform(kind.other, kind.wanted, "Forged."))
	})
}

func TestImportBlock_SendsNothingIfValueIsSet(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		kind.decideInConsole(env, kind.wanted)
		ws := env.Workspace(env.Config(kind.adopted(kind.wanted, "")))

		ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
		if actions := ws.Planned()[kind.at("one")].Actions(); actions != "no-op" {
			t.Errorf("the plan is to %s, want no-op", actions)
		}
		env.RequireRequests(1, 0)
		ws.MustRun("apply", "tfplan")

		env.RequireRequests(0, 0)
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, ""))
		env.RequireTrail(kind.byConsole(kind.open, kind.wanted))
	})
}

func TestImportBlock_DetectsConflictWithPlannedValue(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		ws := env.Workspace(env.Config(kind.adopted(kind.wanted, "")))
		ws.MustRun("plan", "-out=tfplan")

		kind.decideInConsole(env, kind.other)

		ws.RunJSON("apply", "tfplan").RequireError("The decision has changed since the plan", simulator.SessionKYC, kind.label[1:],
			`was "`+kind.open+`" in the plan`, `is "`+kind.other+`" now`, `"`+kind.wanted+`" is wanted`, "Nothing was sent")
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
	})
}

func TestPlainBlock_SendsNothingIfValueIsSet(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		kind.decideInConsole(env, kind.wanted)
		config := env.Config(kind.block("one", kind.wanted, ""))
		runSteps(env,
			resource.TestStep{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(kind.at("one"), plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New("id"), knownvalue.StringExact(kind.id)),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New("id"), knownvalue.StringExact(kind.id)),
					statecheck.ExpectKnownValue(kind.at("one"), tfjsonpath.New(kind.attribute), knownvalue.StringExact(kind.wanted)),
				},
			},
			resource.TestStep{
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		)
		if got := env.Count(http.MethodPatch); got != 0 {
			t.Errorf("%d PATCHes were sent, want 0", got)
		}
	})
}

func TestPlainBlock_MakesOneChangeFromUndecidedValue(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.")))

		ws.MustRun("apply", "-auto-approve")

		// One read for the plan, one for the apply's plan, one before the change.
		env.RequireRequests(3, 1)
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
		ws.MustRun("apply", "-auto-approve")
		env.RequireRequests(1, 0)
	})
}

func TestPlainBlock_PlanRefusesToOverturnDecision(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))
		kind.decideInConsole(env, kind.other)

		result := ws.RunJSON("plan")

		result.RequireError("A decision would be overturned", simulator.SessionKYC, kind.label[1:],
			`is "`+kind.other+`"`, `sets "`+kind.wanted+`"`, `from = "`+kind.other+`"`, "Nothing was sent")
		result.Errors[0].RequireAttribute(t, kind.at("one"), kind.attribute)
		env.RequireRequests(1, 0)
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
	})
}

func TestPlainBlock_ApplyRefusesToOverturnDecisionMadeAfterPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))
		ws.MustRun("plan", "-out=tfplan")

		kind.decideInConsole(env, kind.other)
		env.ResetRequests()
		result := ws.RunJSON("apply", "tfplan")

		result.RequireError("A decision would be overturned", simulator.SessionKYC, kind.label[1:], `is "`+kind.other+`"`, `sets "`+kind.wanted+`"`, `from = "`+kind.other+`"`)
		env.RequireRequests(1, 0)
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
		ws.RequireNoState()
	})
}

// The apply of a new block reads twice: once to plan it, and again before the change.
func TestPlainBlock_ApplyRefusesToOverturnDecisionMadeDuringApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))
		ws.MustRun("plan", "-out=tfplan")

		env.ResetRequests()
		env.BeforeResponse(func(simulator.Request) {
			if env.Count(http.MethodGet) == 2 {
				kind.decideInConsole(env, kind.other)
			}
		})
		result := ws.RunJSON("apply", "tfplan")

		result.RequireError("A decision would be overturned", simulator.SessionKYC, kind.label[1:], `is "`+kind.other+`"`, `sets "`+kind.wanted+`"`)
		env.RequireRequests(2, 0)
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
		ws.RequireNoState()
	})
}

func TestPlainBlock_FailedCreateStoresNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.ConfigWith(withoutRetries, kind.block("one", kind.wanted, "Forged.")))
		env.Inject(simulator.Fault{Name: "down", Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Body: "<html>down</html>", Header: htmlHeader})

		result := ws.RunJSON("apply", "-auto-approve")

		result.RequireError("The outcome of the change is unknown", simulator.SessionKYC, kind.label[1:], "503", "Plan again")
		ws.RequireNoState()
		env.RequireTrail()

		ws.MustRun("plan", "-out=tfplan")
		if actions := ws.Planned()[kind.at("one")].Actions(); actions != "create" {
			t.Errorf("the next plan is to %s, want create", actions)
		}
		ws.MustRun("apply", "tfplan")
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}
