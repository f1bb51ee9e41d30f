// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// made is an instance of a decision in the state, with this outcome.
func made(instance fields, outcome string) fields {
	return instance.with("from", "In Review", "outcome", outcome)
}

func TestChange_WithFrom(t *testing.T) {
	t.Parallel()
	const subject = "| step `feature_ocr_1` `ID_VERIFICATION` "
	wanted := decide(step("feature_ocr_1", "Approved"), "In Review", "Seen.")
	for name, test := range map[string]struct {
		plan fields
		want string
	}{
		"new": {
			planOf(change("create", nil, wanted)),
			subject + "| `In Review` | `Approved` | `Seen.` |  |",
		},
		"new decision of a block": {
			planOf(update(made(step("feature_ocr_1", "Approved"), "stands"), decide(step("feature_ocr_1", "Declined"), "Approved", "Forged."))),
			subject + "| `Approved` | `Declined` | `Forged.` | ⚠️ overturns a decision |",
		},
		"from the wanted value": {
			planOf(change("create", nil, wanted.with("from", "Approved"))),
			subject + "| `Approved` | `Approved` | `Seen.` | as before |",
		},
		"another text": {
			planOf(update(wanted.with("comment", "Sen."), wanted)),
			subject + "| `In Review` | `Approved` | `Seen.` | ⚠️ already so |",
		},
		"another text, and superseded": {
			planOf(update(made(step("feature_ocr_1", "In Review"), "superseded").with("comment", "Sen."), wanted)),
			subject + "| `In Review` | `Approved` | `Seen.` | ⚠️ decides again, as its text is new |",
		},
		"decided anew from Didit's value": {
			planOf(update(made(step("feature_ocr_1", "Declined"), "superseded"), decide(step("feature_ocr_1", "In Review"), "Declined", "To be seen again."))),
			subject + "| `Declined` | `In Review` | `To be seen again.` | ⚠️ overturns a decision |",
		},
		"superseded by the wanted value of now": {
			planOf(update(made(step("feature_ocr_1", "Declined"), "superseded"), decide(step("feature_ocr_1", "Declined"), "Approved", "Forged."))),
			subject + "| `Approved` | `Declined` | `Forged.` | ⚠️ already so |",
		},
		"superseded": {
			planOf(unchanged(made(step("feature_ocr_1", "Declined"), "superseded"))),
			subject + "| `In Review` | — | — | ⚠️ superseded: Didit has `Declined` |",
		},
		"gone": {
			planOf(unchanged(made(step("feature_ocr_1", "Approved"), "gone"))),
			subject + "| `In Review` | `Approved` | — | ⚠️ gone |",
		},
		"waiting": {
			planOf(unchanged(made(step("feature_ocr_1", "Approved"), "waiting"))),
			subject + "| `In Review` | `Approved` | — | ⚠️ waits for the person |",
		},
		"another argument while it waits": {
			planOf(update(made(step("feature_ocr_1", "Approved"), "waiting").with("defer_until_flow_finishes", true), made(step("feature_ocr_1", "Approved"), "waiting"))),
			subject + "| `In Review` | `Approved` | — | ⚠️ waits for the person |",
		},
		"no longer managed after it was deleted in Didit": {
			planOf(change("forget", made(step("feature_ocr_1", "Approved"), "gone"), nil)),
			subject + "| `Approved` | — | — | ⚠️ gone; no longer managed |",
		},
		"no longer managed while it waits": { // The state has the wanted value already.
			planOf(change("delete", made(step("feature_ocr_1", "Approved"), "waiting"), nil)),
			subject + "| `In Review` | `Approved` | — | ⚠️ not withdrawn: Didit still makes it; no longer managed |",
		},
		"new and waiting": {
			planOf(change("create", nil, made(step("feature_ocr_1", "Approved"), "waiting"))),
			subject + "| `In Review` | `Approved` | — | ⚠️ waits for the person |",
		},
		"deferred": {
			planOf(change("create", nil, wanted.with("comment", nil, "defer_until_flow_finishes", true)).marked("after_unknown", fields{"outcome": true, "override_id": true})),
			subject + "| `In Review` | `Approved` | — | ⚠️ waits if the person has not finished |",
		},
		"deferred, and there already": {
			planOf(update(wanted, wanted.with("defer_until_flow_finishes", true))),
			subject + "| `In Review` | `Approved` | `Seen.` | ⚠️ already so |",
		},
		"superseded, seen by the refresh only": {
			planOf().drift(update(made(step("feature_ocr_1", "Approved"), "stands"), made(step("feature_ocr_1", "Declined"), "superseded"))),
			subject + "| `In Review` | — | — | ⚠️ superseded: Didit has `Declined` |",
		},
		"superseded, seen by the refresh and the plan": {
			planOf(unchanged(made(step("feature_ocr_1", "Declined"), "superseded"))).drift(update(made(step("feature_ocr_1", "Approved"), "stands"), made(step("feature_ocr_1", "Declined"), "superseded"))),
			subject + "| `In Review` | — | — | ⚠️ superseded: Didit has `Declined` |",
		},
		"no longer managed": {
			planOf(change("delete", wanted, nil)),
			subject + "| `Approved` | _stays_ | — | no longer managed |",
		},
		"unknown comment": {
			planOf(change("create", nil, wanted.with("comment", nil)).marked("after_unknown", fields{"comment": true})),
			subject + "| `In Review` | `Approved` | _known after apply_ | ⚠️ not known before the apply; `didit_session_feature_status.it` |",
		},
		"sensitive comment": {
			planOf(change("create", nil, wanted).marked("after_sensitive", fields{"comment": true})),
			subject + "| `In Review` | `Approved` | _sensitive_ | ⚠️ not shown (sensitive) |",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRow(t, test.plan, test.want)
		})
	}
}

func TestChange_WithoutFrom(t *testing.T) {
	t.Parallel()
	const subject = "| step `feature_ocr_1` `ID_VERIFICATION` "
	is := func(status string) fields { return step("feature_ocr_1", status) }
	for name, test := range map[string]struct {
		plan fields
		want string
	}{
		"new": {
			planOf(change("create", nil, is("Approved"))),
			subject + "| ? | `Approved` | — | set without from |",
		},
		"changed": {
			planOf(update(is("In Review"), is("Declined").with("comment", "Forged."))),
			subject + "| `In Review` | `Declined` | `Forged.` |  |",
		},
		"imported and changed": {
			planOf(update(is("In Review"), is("Declined")).imported()),
			subject + "| `In Review` | `Declined` | — |  |",
		},
		"imported as it is": {
			planOf(unchanged(is("Approved")).imported()),
			subject + "| `Approved` | `Approved` | — | ⚠️ already so |",
		},
		"only the comment": {
			planOf(update(is("Approved"), is("Approved").with("comment", "Seen."))),
			subject + "| `Approved` | `Approved` | `Seen.` | ⚠️ already so |",
		},
		"changed back": {
			planOf(update(is("Approved"), is("Declined"))).drift(update(is("Declined"), is("Approved"))),
			subject + "| `Approved` | `Declined` | — | ⚠️ overturns a decision, undoes a change made in Didit |",
		},
		"changed in Didit, and to a third value": {
			planOf(update(is("In Review"), is("Declined"))).drift(update(is("Approved"), is("In Review"))),
			subject + "| `Approved` | `Declined` | — | ⚠️ overturns a decision, changed in Didit since: Didit has `In Review` |",
		},
		"changed in Didit, as wanted": {
			planOf(unchanged(is("Approved"))).drift(update(is("In Review"), is("Approved"))),
			subject + "| `In Review` | `Approved` | — | ⚠️ changed in Didit since |",
		},
		"gone": {
			planOf().drift(change("delete", is("Approved"), nil)),
			subject + "| `Approved` | `Approved` | — | ⚠️ gone |",
		},
		"replaced": {
			planOf(change("delete/create", is("Approved"), is("Approved"))),
			subject + "| `Approved` | `Approved` | — | replaced |",
		},
		"forgotten and created": {
			planOf(change("create/forget", is("Approved"), is("Approved"))),
			subject + "| `Approved` | `Approved` | — | replaced |",
		},
		"forgotten": {
			planOf(change("forget", is("Approved"), nil)),
			subject + "| `Approved` | _stays_ | — | no longer managed |",
		},
		"destroyed without a block": {
			planOf(change("delete", is("Approved"), nil)).configured(),
			subject + "| `Approved` | _stays_ | — | ⚠️ may run a program; no longer managed |",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRow(t, test.plan, test.want)
		})
	}
}

func TestChange_MarksWhatNeedsAttention(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after fields
		from  string
		want  string
	}{
		"cleared hit":             {hit("h", "False Positive"), "Unreviewed", "⚠️ clears a hit"},
		"confirmed hit":           {hit("h", "Confirmed Match"), "Unreviewed", ""},
		"reversed hit":            {hit("h", "Unreviewed"), "Confirmed Match", "⚠️ reverses a hit"},
		"reversed and cleared":    {hit("h", "False Positive"), "Confirmed Match", "⚠️ clears a hit, reverses a hit"},
		"hit as before":           {hit("h", "False Positive"), "False Positive", "as before"},
		"declined, then approved": {step("n", "Approved"), "Declined", "⚠️ Declined → Approved"},
		"approved session":        {session("Approved"), "In Review", ""},
		"overturned session":      {session("Declined"), "Approved", "⚠️ overturns a decision"},
		"approved AML step":       {step("n", "Approved").with("feature_type", "AML"), "In Review", "⚠️ approves an AML step"},
		"future AML label":        {step("n", "Approved").with("feature_type", "AML_MONITORING"), "In Review", "⚠️ approves an AML step"},
		"declined AML step":       {step("n", "Declined").with("feature_type", "AML"), "In Review", ""},
		"AML by its node":         {step("feature_aml_1", "Approved").with("feature_type", nil), "In Review", "⚠️ approves an AML step"},
		"another type":            {step("feature_aml_1", "Approved").with("feature_type", "LIVENESS"), "In Review", ""},
		"approved, as before":     {step("n", "Approved").with("feature_type", "AML"), "Approved", "as before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := tableRows(markdown(t, planOf(change("create", nil, decide(test.after, test.from, "Why.")))))
			requireParts(t, row[0], "| `Why.` | "+test.want+" |\n")
		})
	}
}

func TestChange_TypeThatIsUnknownIsNoLoss(t *testing.T) {
	t.Parallel()
	plan := func(node string) fields {
		after := decide(step(node, "Declined"), "In Review", "Forged.").with("feature_type", nil)
		return planOf(change("create", nil, after).marked("after_unknown", fields{"feature_type": true, "outcome": true}))
	}
	requireRow(t, plan("feature_ocr_1"), "| step `feature_ocr_1` | `In Review` | `Declined` | `Forged.` |  |")
	requireRow(t, plan("default"), "| step `default` _known after apply_ | `In Review` | `Declined` | `Forged.` | ⚠️ not known before the apply; `didit_session_feature_status.it` |")
}

// A later release can have another type for an attribute.
func TestChange_ShowsValuesThatAreNoText(t *testing.T) {
	t.Parallel()
	requireRow(t, planOf(change("create", nil, decide(step("feature_ocr_1", "Declined"), "In Review", "").with("comment", 5))), "| step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Declined` | `5` |  |")
}

func TestChange_DeposedInstanceIsADecisionOfItsOwn(t *testing.T) {
	t.Parallel()
	deposed := change("delete", step("feature_old_1", "Declined"), nil).with("deposed", "a1b2c3d4")
	text := markdown(t, planOf(unchanged(step("feature_ocr_1", "Approved")), deposed))

	requireParts(t, text, "**1 decision in 1 case:** 1 step.", "| step `feature_old_1` `ID_VERIFICATION` | `Declined` | _stays_ |", "Unchanged: step `feature_ocr_1` `ID_VERIFICATION` `Approved`.")
}

func TestChange_RejectsWhatThisVersionDoesNotKnow(t *testing.T) {
	t.Parallel()
	const it = "didit_session_feature_status.it"
	for name, test := range map[string]struct {
		change fields
		want   string
	}{
		"another action":  {change("frobnicate", step("n", "Approved"), step("n", "Approved")), it + `: this version of didit-decisions does not know the action "frobnicate"; use a newer one`},
		"no change in it": {change("create", nil, step("n", "Approved")).with("change", nil), it + " has no change in it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.New(summary.Input{Plan: parsePlan(t, planOf(test.change))})
			if err == nil || err.Error() != test.want {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}

// The order of a plan's JSON differs between versions of Terraform.
func TestChange_OrderInThePlanDoesNotMatter(t *testing.T) {
	t.Parallel()
	plan, again := casePlan(), casePlan()
	changes := again["resource_changes"].([]fields)
	for i := range len(changes) / 2 {
		changes[i], changes[len(changes)-1-i] = changes[len(changes)-1-i], changes[i]
	}
	if a, b := markdown(t, plan), markdown(t, again); a != b {
		t.Errorf("one order makes\n%s\nanother one\n%s", a, b)
	}
}
