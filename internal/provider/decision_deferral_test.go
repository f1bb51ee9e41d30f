// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	summaryWaits      = "A deferred change of this step waits"
	summaryNoDeferral = "Didit does not seem to defer changes"
	summaryStillWaits = "The deferred change is not withdrawn"
	summaryOpen       = "The session is not decided yet"
	deferral          = "  defer_until_flow_finishes = true"
	overridesPath     = "/features/overrides/"
)

// deferredStep is a step of a session whose person is in the flow.
var deferredStep = func() decisionKind {
	step := kinds[0]
	step.address = []argument{{"session_id", simulator.SessionInProgress}, {"node_id", "feature_liveness_1"}}
	step.id, step.label = simulator.SessionInProgress+"/feature_liveness_1", `step "feature_liveness_1"`
	return step
}()

// deferredBlock returns the block "one" with a deferred change.
func deferredBlock(comment string) string {
	return deferredStep.decided("one", "In Review", "Declined", comment, deferral)
}

// waiting returns a workspace whose block "one" has sent a deferred change, which waits. Its
// ID is the second result.
func waiting(env *acctest.Env) (*acctest.Workspace, string) {
	env.T.Helper()
	ws := env.Workspace(env.Config(deferredBlock("Forged.")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()
	return ws, override(env).ID
}

// override returns the only override of the session.
func override(env *acctest.Env) simulator.Override {
	env.T.Helper()
	overrides := env.Overrides(simulator.SessionInProgress)
	if len(overrides) != 1 {
		env.T.Fatalf("the overrides are %+v, want one", overrides)
	}
	return overrides[0]
}

// stateOfDeferred is stateOf for a deferred change.
func stateOfDeferred(value, outcome, id, overrideState string) map[string]any {
	attributes := deferredStep.stateOf("In Review", value, "Forged.", outcome)
	attributes["feature_type"], attributes["defer_until_flow_finishes"] = "LIVENESS", true
	attributes["override_id"], attributes["override_state"] = id, overrideState
	return attributes
}

func finishFlow(env *acctest.Env) {
	env.T.Helper()
	if err := env.FinishFlow(simulator.SessionInProgress); err != nil {
		env.T.Error(err)
	}
}

func cancelOverride(env *acctest.Env) {
	env.T.Helper()
	if err := env.CancelOverride(simulator.SessionInProgress, override(env).ID); err != nil {
		env.T.Error(err)
	}
}

// requireLists checks how many lists of overrides were read since the last reset.
func requireLists(env *acctest.Env, want int) {
	env.T.Helper()
	got := 0
	for _, line := range env.RequestLines() {
		if strings.Contains(line, "GET ") && strings.Contains(line, overridesPath) {
			got++
		}
	}
	if got != want {
		env.T.Errorf("%d lists of overrides were read, want %d: %v", got, want, env.RequestLines())
	}
}

func TestDeferral_WaitsWithOnePatchThenStands(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(deferredBlock("Forged.")))

	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
	env.RequireRequests(1, 0)
	planned := ws.Planned()[deferredStep.at("one")]
	for _, attribute := range []string{"outcome", "override_id", "override_state"} {
		if !planned.IsUnknown(attribute) {
			t.Errorf("%s is planned as %v", attribute, planned.Change.After[attribute])
		}
	}
	ws.MustRun("apply", "tfplan")
	requireLists(env, 2)
	env.RequireRequests(4, 1)
	id := override(env).ID
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "waiting", id, "pending_until_flow_finishes"))
	env.RequireTrail()

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	requireLists(env, 1)
	env.RequireRequests(2, 0)
	ws.MustRun("apply", "-auto-approve")
	requirePatches(env, 0)

	finishFlow(env)
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	ws.MustRun("apply", "-auto-approve", "-refresh-only")
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "stands", id, "applied"))
	requirePatches(env, 0)
	env.RequireTrail(acctest.ByTerraform("feature_liveness_1", "In Review", "Declined", "Forged."))

	ws.MustRun("apply", "-auto-approve")
	requireLists(env, 0)
	env.RequireRequests(1, 0)
}

func TestDeferral_FlowIsOverSoChangeIsImmediate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	step := kinds[0]
	ws := env.Workspace(env.Config(step.decided("one", step.open, step.wanted, "Forged.", deferral)))

	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 1)
	env.RequireTrail(step.byTerraform(step.open, step.wanted, "Forged."))
	state := ws.State()[step.at("one")].Attributes
	if state["outcome"] != "stands" || state["override_state"] != "applied" || state["override_id"] != env.Overrides(simulator.SessionKYC)[0].ID {
		t.Errorf("the state is %v", state)
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	requireLists(env, 0)
}

func TestDeferral_WithoutItPlanWarnsAndNamesArgument(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for _, status := range []string{"Not Started", "In Progress", "Resubmitted"} {
		for _, extra := range []string{"", "  defer_until_flow_finishes = false"} {
			env.SetSessionStatus(simulator.SessionInProgress, status)
			ws := env.Workspace(env.Config(deferredStep.decided("one", "In Review", "Declined", "Forged.", extra)))
			ws.RunJSON("plan").RequireSuccess().RequireWarning(summaryOpen, "defer_until_flow_finishes = true")
		}
		env.Workspace(env.Config(deferredBlock("Forged."))).RunJSON("plan").RequireSuccess().RequireNoWarnings()
	}
	// Nobody is in the flow, so Didit would make the change at once.
	env.SetSessionStatus(simulator.SessionInProgress, "Awaiting User")
	result := env.Workspace(env.Config(deferredBlock("Forged."))).RunJSON("plan").RequireSuccess()
	result.RequireWarning(summaryOpen)
	if strings.Contains(result.Warnings[0].Detail, "defer") {
		t.Errorf("the warning is %v", result.Warnings)
	}
}

func TestDeferral_WithoutItSendsAndReadsAsBefore(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(deferredStep.decided("one", "In Review", "Declined", "Forged.", "  defer_until_flow_finishes = false")))
	ws.MustRun("apply", "-auto-approve")
	requireLists(env, 0)
	env.RequireRequests(3, 1)
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
	if state := ws.State()[deferredStep.at("one")].Attributes; state["outcome"] != "stands" || state["override_id"] != nil || state["override_state"] != nil {
		t.Errorf("the state is %v", state)
	}
}

func TestDeferral_NeedsFrom(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	result := env.Workspace(env.Config(deferredStep.block("one", "Declined", "Forged.", deferral))).RunJSON("plan")
	result.RequireError("A deferred change needs from", "defer_until_flow_finishes", "from =")
	result.Errors[0].RequireAttribute(t, deferredStep.at("one"), "defer_until_flow_finishes")
	env.RequireRequests(0, 0)

	env.Workspace(env.Config(deferredStep.block("one", "Declined", "Forged.", "  defer_until_flow_finishes = false"))).RunJSON("plan").RequireSuccess()
}

func TestDeferral_WithdrawnIsSupersededAndSendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	cancelOverride(env)

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireWarning(summarySuperseded, id, "withdrawn", `Didit has "In Review"`)
	ws.MustRun("apply", "-auto-approve")
	ws.MustRun("apply", "-auto-approve", "-refresh-only")
	requirePatches(env, 0)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("In Review", "superseded", id, "cancelled"))
	env.RequireTrail()

	finishFlow(env)
	ws.MustRun("apply", "-auto-approve")
	requireLists(env, 0)
	requirePatches(env, 0)

	// A new comment decides again.
	ws.Write("main.tf", env.Config(deferredBlock("Forged, CASE-7.")))
	ws.MustRun("apply", "-auto-approve")
	requirePatches(env, 1)
}

func TestDeferral_AppliedThenOverturnedIsSuperseded(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	finishFlow(env)
	env.MustDecide(simulator.SessionInProgress, "feature_liveness_1", "Approved")

	ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded, `Didit has "Approved"`)
	ws.MustRun("apply", "-auto-approve", "-refresh-only")

	requirePatches(env, 0)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Approved", "superseded", id, "applied"))
}

// The state keeps the configured value. The console's decision is overturned when the person
// finishes: that is Didit's rule.
func TestDeferral_OtherValueWhileItWaits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	env.MustSetFeatureStatus(simulator.SessionInProgress, "feature_liveness_1", "Approved")

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
	finishFlow(env)
	ws.MustRun("apply", "-auto-approve", "-refresh-only")

	requirePatches(env, 0)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "stands", id, "applied"))
}

func TestDeferral_ListIsSharedByStepsOfSession(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	other := decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Declined", extra: "  from = \"Approved\"\n" + deferral}
	ws := env.Workspace(env.Config(deferredBlock("Forged."), other.hcl("two")))
	ws.MustRun("apply", "-auto-approve", "-parallelism=1")
	if len(env.Overrides(simulator.SessionInProgress)) != 2 {
		t.Errorf("the overrides are %+v", env.Overrides(simulator.SessionInProgress))
	}
	env.ResetRequests()

	ws.MustRun("plan", "-detailed-exitcode")

	requireLists(env, 1)
	env.RequireRequests(2, 0)
}

func TestDeferral_OneThatWaitsAlreadyIsError(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]string{
		"same value":  deferredBlock("Forged."),
		"other value": deferredStep.decided("one", "In Review", "Approved", "Genuine.", deferral),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			_, id := waiting(env)
			ws := env.Workspace(env.Config(block))

			result := ws.RunJSON("apply", "-auto-approve")

			result.RequireError(summaryWaits, simulator.SessionInProgress, "feature_liveness_1", `"Declined"`, id, "not documented", "nothing is sent", id+"/cancel/")
			requirePatches(env, 0)
			ws.RequireNoState()
			// Afterwards, it is found or refused as any other decision.
			finishFlow(env)
			if result := ws.RunJSON("apply", "-auto-approve"); (len(result.Errors) == 0) != (name == "same value") {
				t.Errorf("the errors are %v", result.Errors)
			}
			requirePatches(env, 0)
		})
	}
}

// Another decision, or a block without from, would be made while the first one waits.
func TestDeferral_NewDecisionWhileOneWaitsFailsPlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	for name, block := range map[string]string{
		"new comment":  deferredBlock("Forged, CASE-7."),
		"immediate":    deferredStep.decided("one", "In Review", "Declined", "At once."),
		"other value":  deferredStep.decided("one", "In Review", "Approved", "Forged.", deferral),
		"without from": deferredStep.block("one", "Declined", "Forged."),
	} {
		ws.Write("main.tf", env.Config(block))
		for _, command := range [][]string{{"plan"}, {"plan", "-refresh=false"}} {
			result := ws.RunJSON(command...)
			if len(result.Errors) != 1 {
				t.Errorf("%s: %v", name, result.Errors)
				continue
			}
			result.RequireError(summaryWaits, simulator.SessionInProgress, `"Declined"`, id+"/cancel/")
		}
	}
	requirePatches(env, 0)
	// After a withdrawal, another decision can be made.
	cancelOverride(env)
	ws.Write("main.tf", env.Config(deferredStep.decided("one", "In Review", "Approved", "Genuine.", deferral)))
	ws.MustRun("apply", "-auto-approve")
	requirePatches(env, 1)
}

func TestDeferral_ArgumentAloneSendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)

	ws.Write("main.tf", env.Config(deferredStep.decided("one", "In Review", "Declined", "Forged.")))
	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 0)
	want := stateOfDeferred("Declined", "waiting", id, "pending_until_flow_finishes")
	want["defer_until_flow_finishes"] = nil
	ws.RequireState(deferredStep.at("one"), want)
	if override(env).State != simulator.OverridePending {
		t.Errorf("the override is %+v", override(env))
	}
}

func TestDeferral_GoneWhileItWaits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	env.RemoveFeature(simulator.SessionInProgress, "feature_liveness_1", "")

	ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summaryGone)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "gone", id, "pending_until_flow_finishes"))
	env.AddFeature(simulator.SessionInProgress, simulator.Feature{Array: "liveness_checks", NodeID: "feature_liveness_1", Status: "In Review"})
	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 0)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "waiting", id, "pending_until_flow_finishes"))
}

func TestDeferral_DestroyWarnsThatItStillWaits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	ws.Write("main.tf", env.Config())

	result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess()
	result.RequireWarning(summaryStillWaits, simulator.SessionInProgress, "feature_liveness_1", `"Declined"`, id, "Didit console", "POST /v3/session/"+simulator.SessionInProgress+"/features/overrides/"+id+"/cancel/")
	ws.MustRun("apply", "tfplan")

	if isOther := func(r simulator.Request) bool { return r.Method != http.MethodGet }; slices.ContainsFunc(env.Requests(), isOther) || override(env).State != simulator.OverridePending {
		t.Errorf("%v, %+v", env.RequestLines(), override(env))
	}
	ws.RequireNoState()
}

func TestDeferral_ReplacementAndRenamedBlockAreErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)

	ws.RunJSON("plan", "-replace="+deferredStep.at("one")).RequireError("A decision cannot be replaced")
	ws.Write("main.tf", env.Config(strings.Replace(deferredBlock("Forged."), `"one"`, `"renamed"`, 1)))
	ws.RunJSON("apply", "-auto-approve").RequireError("Another block has made this decision")
	requirePatches(env, 0)
	ws.Write("moved.tf", "moved {\n  from = "+deferredStep.at("one")+"\n  to   = "+deferredStep.at("renamed")+"\n}\n")
	ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
	requirePatches(env, 0)
	ws.RequireState(deferredStep.at("renamed"), stateOfDeferred("Declined", "waiting", id, "pending_until_flow_finishes"))
}

func TestDeferral_TwoBlocks(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	second := strings.Replace(deferredBlock("Forged."), `"one"`, `"two"`, 1)
	immediate := deferredStep.decided("two", "In Review", "Declined", "Forged.")
	env.Workspace(env.Config(deferredBlock("Forged."), immediate)).RunJSON("plan").
		RequireError("Two blocks disagree about one decision", "only one of them defers", "Keep one block")
	env.ResetRequests()

	ws := env.Workspace(env.Config(deferredBlock("Forged."), second))
	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 1)
	for _, name := range []string{"one", "two"} {
		ws.RequireState(deferredStep.at(name), stateOfDeferred("Declined", "waiting", override(env).ID, "pending_until_flow_finishes"))
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

// Values that are known only in the apply.
func TestDeferral_Unknowns(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]string{
		"argument": deferredStep.decided("one", "In Review", "Declined", "Forged.", "  defer_until_flow_finishes = terraform_data.later.output == \"x\""),
		"value":    deferredStep.decided("one", "In Review", "=terraform_data.later.output == \"x\" ? \"Declined\" : \"Approved\"", "Forged.", deferral),
		"comment":  deferredStep.decided("one", "In Review", "Declined", "=terraform_data.later.output == \"x\" ? \"Forged.\" : \"\"", deferral),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			requireUnknowns(env)
			ws := env.Workspace(env.Config(terraformData("later", "x"), block))

			ws.MustRun("apply", "-auto-approve")

			requirePatches(env, 1)
			ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "waiting", override(env).ID, "pending_until_flow_finishes"))
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}

// The former value is there already, or from is the wanted one: nothing is sent.
func TestDeferral_WantedValueSendsNothing(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"In Review", "Declined"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.MustSetFeatureStatus(simulator.SessionInProgress, "feature_liveness_1", "Declined")
			ws := env.Workspace(env.Config(deferredStep.decided("one", from, "Declined", "Forged.", deferral)))

			ws.MustRun("apply", "-auto-approve")

			requireLists(env, 0)
			requirePatches(env, 0)
			if state := ws.State()[deferredStep.at("one")].Attributes; state["outcome"] != "stands" || state["override_id"] != nil {
				t.Errorf("the state is %v", state)
			}
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		})
	}
}
