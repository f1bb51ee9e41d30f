// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	summarySuperseded = "Didit has another value than was decided"
	summaryGone       = "What was decided is no longer in Didit"
	summaryMadeBefore = "The decision was made before"
	summaryOverturned = "A decision would be overturned"
)

func TestOutcome_SupersededIsNoChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, value := range []string{kind.open, kind.other} {
			t.Run(value, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.made(env, "Forged.")
				kind.set(env, value)

				result := ws.RunJSON("plan", "-detailed-exitcode", "-out=tfplan").RequireSuccess()
				result.RequireWarning(summarySuperseded, kind.label[1:], simulator.SessionKYC, `from "`+kind.open+`" to "`+kind.wanted+`"`, `Didit has "`+value+`"`)
				planned := ws.Planned()[kind.at("one")]
				if planned.Actions() != "no-op" || planned.Change.After[kind.attribute] != value || planned.Change.After["outcome"] != "superseded" {
					t.Errorf("the plan is %+v", planned)
				}
				env.RequireRequests(1, 0)
				for _, command := range [][]string{{"apply", "tfplan"}, {"apply", "-auto-approve"}, {"apply", "-auto-approve", "-refresh=false"}, {"apply", "-auto-approve", "-refresh-only"}} {
					ws.MustRun(command...)
					requirePatches(env, 0)
				}
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, value, "Forged.", "superseded"))

				kind.set(env, kind.wanted)
				ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
				ws.MustRun("apply", "-auto-approve", "-refresh-only")
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "stands"))
			})
		}
	})
}

// A step leaves the report while it is open for resubmission, and a scoped key gets a 404
// for a session outside of its scope.
func TestOutcome_GoneSubjectThatComesBackIsNotDecidedAgain(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, remove := range map[string]func(*acctest.Env){
			"subject removed": kind.remove,
			"session deleted": func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) },
		} {
			if remove == nil {
				continue // the subject is the session
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.made(env, "Forged.")
				remove(env)

				result := ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess()
				result.RequireWarning(summaryGone, kind.label[1:], simulator.SessionKYC, `from "`+kind.open+`" to "`+kind.wanted+`"`)
				// Another case is not held up.
				another := decisionBlock{session: simulator.SessionSimple, status: "Declined"}
				ws.Write("another.tf", another.hcl("another"))
				acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "1 added, 0 changed, 0 destroyed")
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "gone"))
				requirePatches(env, 1)

				env.DeleteSession(simulator.SessionKYC)
				env.AddSession(fixture(simulator.SessionKYC))
				ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
				requirePatches(env, 0)
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.open, "Forged.", "superseded"))
			})
		}
	})
}

// fixture returns a session of simulator.Fixtures.
func fixture(id string) simulator.Session {
	fixtures := simulator.Fixtures()
	return fixtures[slices.IndexFunc(fixtures, func(session simulator.Session) bool { return session.ID == id })]
}

func TestOutcome_NewDecisionOnGoneSubjectFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		env.DeleteSession(simulator.SessionKYC)

		for _, block := range []string{kind.decided("one", kind.open, kind.wanted, "Another reason."), kind.decided("one", "", kind.wanted, "Forged.")} {
			ws.Write("main.tf", env.Config(block))
			ws.RunJSON("plan").RequireError("Session not found", simulator.SessionKYC)
		}
		requirePatches(env, 0)
	})
}

// The state of a gone decision has no value of today, and -refresh=false does not read it.
func TestOutcome_GoneSubjectThatIsBackCanBeDecidedWithoutRefresh(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		env.DeleteSession(simulator.SessionKYC)
		ws.MustRun("apply", "-auto-approve", "-refresh-only")
		env.AddSession(fixture(simulator.SessionKYC))

		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Another reason.")))
		ws.MustRun("apply", "-auto-approve", "-refresh=false")

		requirePatches(env, 1)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Another reason.", "stands"))
	})
}

func TestMadeOnce_DestroyOfGoneDecisionSendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		env.DeleteSession(simulator.SessionKYC)
		ws.MustRun("apply", "-auto-approve", "-refresh-only")

		ws.Write("main.tf", env.Config())
		for _, arguments := range [][]string{{"plan"}, {"plan", "-refresh=false"}} {
			result := ws.RunJSON(arguments...).RequireSuccess()
			result.RequireWarning(summaryGone, simulator.SessionKYC, kind.label[1:], "no longer in Didit", "sends nothing", "removed block")
			if warnings := result.WarningsOf("The decision stays in place"); len(warnings) > 0 {
				t.Errorf("%v: a decision that is gone does not stay: %v", arguments, warnings)
			}
		}
		ws.MustRun("apply", "-auto-approve", "-refresh=false")

		requirePatches(env, 0)
		ws.RequireNoState()
	})
}

func TestMadeOnce_OldCommitAndRevertAreErrors(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		commits := []string{
			env.Config(kind.decided("one", kind.open, kind.wanted, "First.")),
			env.Config(kind.decided("one", kind.wanted, kind.other, "Second.")),
			env.Config(kind.decided("one", kind.other, kind.wanted, "Third.")),
		}
		ws := env.Workspace("")
		for _, commit := range commits {
			ws.Write("main.tf", commit)
			ws.MustRun("apply", "-auto-approve")
			requirePatches(env, 1)
		}

		// The pipeline of the second commit runs again: its from fits.
		ws.Write("main.tf", commits[1])
		ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeBefore, kind.label[1:], `from "`+kind.wanted+`" to "`+kind.other+`"`, "write a new comment")
		// Somebody reverts to the first commit, after its from fits again.
		kind.set(env, kind.open)
		ws.Write("main.tf", commits[0])
		ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeBefore)
		requirePatches(env, 0)
		// The last commit is no change.
		ws.Write("main.tf", commits[2])
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
		requirePatches(env, 0)

		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Fourth.")))
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 1)
	})
}

func TestMadeOnce_ValueFoundInPlaceCountsAsMade(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, prepare := range map[string]func(*acctest.Env) *acctest.Workspace{
			"new block": func(env *acctest.Env) *acctest.Workspace {
				kind.set(env, kind.other)
				return env.Workspace("")
			},
			// Only status differs, and it is the value that Didit has.
			"superseded block": func(env *acctest.Env) *acctest.Workspace {
				ws := kind.made(env, "Forged.")
				kind.set(env, kind.other)
				return ws
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := prepare(env)
				env.ResetRequests()
				ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.other, "Forged.")))
				ws.MustRun("apply", "-auto-approve")
				ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.other, "Forged.", "stands"))

				kind.set(env, kind.open)
				ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)

				requirePatches(env, 0)
			})
		}
	})
}

func TestMadeOnce_NewCommentDecidesAgainAndPlanSaysSo(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "CASE-7")
		kind.set(env, kind.open)

		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "COMPL-7")))
		result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess()
		if len(result.WarningsOf("Only the comment is new")) != 1 {
			t.Errorf("the warnings are %v", result.Warnings)
		}
		env.ResetRequests()
		ws.MustRun("apply", "tfplan")
		env.RequireRequests(1, 1)

		kind.set(env, kind.other)
		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "COMPL-8")))
		ws.RunJSON("plan").RequireError(summaryOtherThanFrom, `is "`+kind.other+`"`)
	})
}

func TestMadeOnce_NewCommentOnDecisionInPlaceSendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "CASE-7")

		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "COMPL-7")))
		if result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess(); len(result.Warnings) != 1 {
			t.Errorf("the warnings are %v", result.Warnings)
		}
		ws.MustRun("apply", "tfplan")
		requirePatches(env, 0)

		// The old comment is one that was made before.
		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "CASE-7")))
		ws.RunJSON("plan").RequireError(summaryMadeBefore)
	})
}

func TestMadeOnce_TakingFromAwayOverturnsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		kind.set(env, kind.other)

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.RunJSON("plan").RequireError(summaryOverturned, `is "`+kind.other+`"`, `from = "`+kind.other+`"`)
		requirePatches(env, 0)

		kind.set(env, kind.wanted)
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
		// The line comes back: the decision was made once.
		kind.set(env, kind.open)
		ws.Write("main.tf", env.Config(kind.decided("one", kind.open, kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.open, "Forged.", "superseded"))
	})
}

// The plan has to choose between the wanted and Didit's value before it knows whether the
// decision was made.
func TestMadeOnce_UnknownComment(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		ws := kind.made(env, "Forged.")
		unknown := env.Config(terraformData("later", "Forged."), kind.decided("one", kind.open, kind.wanted, "=terraform_data.later.output"))

		kind.set(env, kind.other)
		ws.Write("main.tf", unknown)
		ws.RunJSON("plan").RequireError("The comment is not known yet", kind.label[1:], `is "`+kind.other+`"`)

		kind.set(env, kind.wanted)
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.wanted, "Forged.", "stands"))
	})
}

func TestMadeOnce_UnknownValue(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		ws := kind.made(env, "Forged.")
		kind.set(env, kind.open)
		ws.Write("main.tf", env.Config(terraformData("later", kind.wanted), kind.decided("one", kind.open, "=terraform_data.later.output", "Forged.")))

		ws.RunJSON("apply", "-auto-approve").RequireSuccess()

		requirePatches(env, 0)
		ws.RequireState(kind.at("one"), kind.stateOf(kind.open, kind.open, "Forged.", "superseded"))
	})
}
