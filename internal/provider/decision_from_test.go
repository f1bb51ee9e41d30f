// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	summaryOtherThanFrom = "Didit has another value than from"
	summaryAlready       = "Didit has the wanted value already"
	summaryComment       = "The comment will not be recorded"
)

// requirePatches checks how many changes were sent since the last call.
func requirePatches(env *acctest.Env, want int) {
	env.T.Helper()
	if got := env.Count(http.MethodPatch); got != want {
		env.T.Errorf("%d PATCHes were sent, want %d: %v", got, want, env.RequestLines())
	}
	env.ResetRequests()
}

func TestFrom_MakesOneChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))

		result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess()
		if kind.name != "session" { // ongoing monitoring changes
			result.RequireNoWarnings()
		}
		env.RequireRequests(1, 0)
		planned := ws.Planned()[kind.at("one")].Change.After
		if planned["from"] != kind.open || planned[kind.attribute] != kind.wanted || planned["outcome"] != "stands" {
			t.Errorf("the plan is %v", planned)
		}
		ws.RunJSON("apply", "tfplan").RequireSuccess()

		env.RequireRequests(2, 1)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "stands"))
		ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		ws.MustRun("apply", "-auto-approve")
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestFrom_OverturnsDecision(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		kind.decideInConsole(env, kind.other)
		ws := env.Workspace(env.Config(kind.decided("one", kind.other, kind.wanted, "Forged.")))

		ws.MustRun("apply", "-auto-approve")

		env.RequireRequests(3, 1)
		env.RequireTrail(kind.byConsole(kind.open, kind.other), kind.byTerraform(kind.other, kind.wanted, "Forged."))
	})
}

func TestFrom_ThirdValueFailsPlanAndApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))
		ws.MustRun("plan", "-out=tfplan")
		env.ResetRequests()
		kind.decideInConsole(env, kind.other)

		for _, command := range [][]string{{"plan"}, {"apply", "tfplan"}} {
			result := ws.RunJSON(command...)

			result.RequireError(summaryOtherThanFrom, kind.label[1:], simulator.SessionKYC, `is "`+kind.other+`"`,
				`from "`+kind.open+`" to "`+kind.wanted+`"`, "Nothing was sent", `from = "`+kind.other+`"`)
			result.Errors[0].RequireAttribute(t, kind.at("one"), "from")
			env.RequireRequests(1, 0)
			ws.RequireNoState()
		}
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
	})
}

// The plan of a new block cannot show that nothing is sent.
func TestFrom_WantedValueSendsNothingAndPlanSaysSo(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, comment := range map[string]string{"comment": "Forged.", "no comment": ""} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				kind.decideInConsole(env, kind.wanted)
				ws := env.Workspace(env.Config(kind.decided("one", kind.open, kind.wanted, comment)))
				summary := summaryAlready
				if comment != "" && kind.sendsComment {
					summary = summaryComment
				}

				ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireWarning(summary, kind.label[1:], `is already "`+kind.wanted+`"`, "nothing is sent")
				ws.RunJSON("apply", "tfplan").RequireSuccess()

				requirePatches(env, 0)
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, comment, "stands"))
				ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
			})
		}
	})
}

// The second of two blocks alike finds the value that the first one has set, with its comment.
func TestFrom_TwoBlocksAlikeSendOneChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.decided("one", kind.open, kind.wanted, "Forged."), kind.decided("two", kind.open, kind.wanted, "Forged.")))

		result := ws.RunJSON("apply", "-auto-approve").RequireSuccess()

		for _, warning := range result.Warnings {
			if warning.Summary == summaryComment {
				t.Errorf("the comment is recorded, but: %s", warning.Detail)
			}
		}
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestFrom_EqualToWantedValueIsNote(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		kind.decideInConsole(env, kind.wanted)
		ws := env.Workspace(env.Config(kind.decided("one", kind.wanted, kind.wanted, "Decided before.")))

		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
		ws.RequireState(kind.at("one"), kind.stateOf(kind.wanted, kind.wanted, "Decided before.", "stands"))
		ws.Write("main.tf", env.Config(kind.decided("one", kind.wanted, kind.wanted, "Decided before us.")))
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
		requirePatches(env, 0)

		kind.decideInConsole(env, kind.other)
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.wanted, kind.other, "Decided before us.", "superseded"))
		ws.Write("main.tf", env.Config(kind.decided("one", kind.wanted, kind.wanted, "Decided long before us.")))
		ws.RunJSON("plan").RequireError(summaryOtherThanFrom, `is "`+kind.wanted+`" already`)
	})
}

func TestFrom_AddedToManagedBlockIsChecked(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)

		ws.Write("main.tf", env.Config(kind.decided("one", kind.other, kind.wanted, "Forged.")))
		ws.RunJSON("plan").RequireError(summaryOtherThanFrom, `is "`+kind.open+`"`)
		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), kind.transition(kind.open, kind.wanted), "0 added, 1 changed, 0 destroyed")

		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "stands"))
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestFrom_AddedToDecisionInPlaceSendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.applied(env, "Forged.")

		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))
		ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireWarning(summaryAlready)
		ws.MustRun("apply", "tfplan")
		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "stands"))

		// From now on, it is made once.
		kind.set(env, kind.open)
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 0)
	})
}

func TestFrom_SavedPlanDetectsConflictOfManagedBlock(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct{ planned, found string }{
			"planned change":   {kind.open, kind.other},
			"planned as there": {kind.wanted, kind.open},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				if test.planned != kind.open {
					kind.set(env, test.planned)
				}
				ws := kind.managed(env)
				ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))
				ws.MustRun("plan", "-out=tfplan")
				kind.set(env, test.found)

				result := ws.RunJSON("apply", "tfplan")

				if len(result.Errors) != 1 || result.Errors[0].Summary != summaryOtherThanFrom && result.Errors[0].Summary != "The decision has changed since the plan" {
					t.Errorf("the errors are %v", result.Errors)
				}
				requirePatches(env, 0)
			})
		}
	})
}

func TestFrom_HasToBeKnownInPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		ws := env.Workspace(env.Config(terraformData("later", kind.open), kind.decided("one", "=terraform_data.later.output", kind.wanted, "Forged.")))

		result := ws.RunJSON("plan")

		result.RequireError("from is not known yet")
		result.Errors[0].RequireAttribute(t, kind.at("one"), "from")
		env.RequireRequests(0, 0)
	})
}

func TestFrom_TakesEveryValueInDiditsSpelling(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for from, problem := range map[string]string{
			"in review":    `must be written "In Review", not "in review"`,
			"KYC_EXPIRED":  `must be written "Kyc Expired"`,
			"NOT FINISHED": `must be written "Not Finished"`,
			"unreviewed":   `must be written "Unreviewed"`,
			" Odd":         "must not begin or end with a space",
			" ":            "must not be empty",
			"Not Finished": "",
			"Kyc Expired":  "",
			"Inconclusive": "",
			"A New Status": "",
		} {
			t.Run(from, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				result := env.Workspace(env.Config(kind.decided("one", from, kind.wanted, ""))).RunJSON("plan")
				if problem == "" {
					result.RequireError(summaryOtherThanFrom, `from "`+from+`" to`)
					return
				}
				result.RequireError("Invalid from", problem)
			})
		}
	})
}

// Statuses that can be from, but not wanted.
func TestFrom_ChangesStatusThatCannotBeSet(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "Not Finished")
	env.SetSessionStatus(simulator.SessionKYC, "Kyc Expired")
	step, session := kinds[0], kinds[1]
	ws := env.Workspace(env.Config(step.decided("one", "Not Finished", "Declined", ""), session.decided("one", "Kyc Expired", "Declined", "", "  depends_on = ["+step.at("one")+"]")))

	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 2)
	ws.RequireState(step.at("one"), step.stateOf("Not Finished", "Declined", "", "stands"))
	ws.RequireState(session.at("one"), session.stateOf("Kyc Expired", "Declined", "", "stands"))
}

func TestTwoBlocks_DifferentFromFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, other := range []string{kind.wanted, ""} {
			t.Run(other, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				kind.decideInConsole(env, kind.wanted)
				ws := env.Workspace(env.Config(kind.decided("one", kind.open, kind.wanted, ""), kind.decided("two", other, kind.wanted, "")))

				ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", "different from", "Keep one block")
			})
		}
	})
}

// Terraform does not plan the unchanged block again in the apply, so only the plan can
// find out.
func TestTwoBlocks_UnknownValueFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, isSecondUnknown := range map[string]bool{"new block": true, "managed block": false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				requireUnknowns(env)
				ws := kind.applied(env, "")
				one, two := kind.wanted, "=terraform_data.later.output"
				if !isSecondUnknown {
					one, two = two, one
				}
				ws.Write("main.tf", env.Config(terraformData("later", kind.other), kind.block("one", one, ""), kind.block("two", two, "")))

				ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", "known only after an apply", "Keep one block")
			})
		}
	})
}
