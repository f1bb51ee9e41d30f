// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func changeOf(node, to, comment string) map[string]any {
	return at("didit_session_feature_status."+node, planned("update", step("In Review").with("node_id", node), step(to).with("node_id", node, "comment", comment)))
}

func TestDifferenceSaysWhatAppearedDisappearedAndChanged(t *testing.T) {
	t.Parallel()
	reviewed := planOf(changeOf("same", "Declined", "Forged."), changeOf("status", "Declined", "Forged."), changeOf("comment", "Declined", "Forged."), changeOf("gone", "Approved", "Fine."))
	now := planOf(changeOf("new", "Approved", "Fine."), changeOf("status", "Approved", "Forged."), changeOf("comment", "Declined", "Copied."), changeOf("same", "Declined", "Forged."))

	difference := summary.Compare(reviewed.parse(t), now.parse(t))
	markdown := difference.Markdown(summary.DefaultSize)

	if difference.IsEmpty() {
		t.Error("it is said to be empty")
	}
	expectParts(t, markdown,
		"## The plan differs from the reviewed one", "**1** appeared, **1** disappeared, **2** changed.",
		"| now | `"+session+"` | `new` | `ID_VERIFICATION` | Changed | `In Review` | `Approved` | `Fine.` |",
		"| reviewed | `"+session+"` | `gone` | `ID_VERIFICATION` | Changed | `In Review` | `Approved` | `Fine.` |",
		"| reviewed | `"+session+"` | `status` | `ID_VERIFICATION` | Changed | `In Review` | `Declined` | `Forged.` |  |\n"+
			"| now | `"+session+"` | `status` | `ID_VERIFICATION` | Changed | `In Review` | `Approved` | `Forged.` |",
		"| `Forged.` |  |\n| now | `"+session+"` | `comment` | `ID_VERIFICATION` | Changed | `In Review` | `Declined` | `Copied.` |")
	expectNone(t, markdown, "`same`")
}

func TestStepThatMovedBeforeTheSecondPlanMakesADifference(t *testing.T) {
	t.Parallel()
	reviewed := planOf(planned("update", step("In Review"), step("Declined")))
	for name, now := range map[string]plan{
		"another status in the console": planOf(planned("update", step("Approved"), step("Declined"))),
		"the wanted one in the console": planOf(planned("no-op", step("Declined"), step("Declined"))).drift(planned("update", step("In Review"), step("Declined"))),
		"it is to be let go":            planOf(planned("delete", step("In Review"), nil)),
		"it is gone":                    planOf(),
	} {
		if summary.Compare(reviewed.parse(t), now.parse(t)).IsEmpty() {
			t.Errorf("%s: no difference is found", name)
		}
	}
}

func TestEveryFieldOfADecisionIsCompared(t *testing.T) {
	t.Parallel()
	base := func() summary.Decision { return fixture(t).parse(t).Decisions[0] }
	other := summary.Text("another")
	for name, change := range map[string]func(*summary.Decision){
		"group":        func(d *summary.Decision) { d.Group = summary.Adopted },
		"session_id":   func(d *summary.Decision) { d.SessionID = other },
		"node_id":      func(d *summary.Decision) { d.NodeID = other },
		"feature_type": func(d *summary.Decision) { d.FeatureType = other },
		"from":         func(d *summary.Decision) { d.From = other },
		"to":           func(d *summary.Decision) { d.To = other },
		"comment":      func(d *summary.Decision) { d.Comment = other },
		"instead_of":   func(d *summary.Decision) { d.InsteadOf = &summary.Step{SessionID: other} },
	} {
		changed := base()
		change(&changed)
		if summary.Compare(summary.Summary{Decisions: []summary.Decision{base()}}, summary.Summary{Decisions: []summary.Decision{changed}}).IsEmpty() {
			t.Errorf("another %s is no difference", name)
		}
	}
}

func TestSecondBlockOfTheSameDecisionIsCounted(t *testing.T) {
	t.Parallel()
	one := changeOf("ocr", "Declined", "Forged.")
	more, fewer := summary.Compare(planOf(one).parse(t), planOf(one, one).parse(t)), summary.Compare(planOf(one, one).parse(t), planOf(one).parse(t))

	if len(more.Appeared) != 1 || len(more.Changed)+len(more.Disappeared) != 0 {
		t.Errorf("got %+v, want one that appeared", more)
	}
	if len(fewer.Disappeared) != 1 || len(fewer.Changed)+len(fewer.Appeared) != 0 {
		t.Errorf("got %+v, want one that disappeared", fewer)
	}
}

func TestPlanWithErrorsIsNeverTheReviewedOne(t *testing.T) {
	t.Parallel()
	errored := planOf(changeOf("ocr", "Declined", "Forged."))
	errored["errored"] = true

	difference := summary.Compare(errored.parse(t), errored.parse(t))

	if difference.IsEmpty() {
		t.Error("it is said to be the reviewed one")
	}
	expectParts(t, difference.Markdown(summary.DefaultSize), "**The plan has errors.**", "**The reviewed plan had errors.**")
}

func TestIncompletePlanIsNotTheWholeOne(t *testing.T) {
	t.Parallel()
	whole, part := planOf(changeOf("ocr", "Declined", "Forged.")), planOf(changeOf("ocr", "Declined", "Forged."))
	part["complete"] = false

	expectParts(t, summary.Compare(whole.parse(t), part.parse(t)).Markdown(summary.DefaultSize), "differs", "**The plan was incomplete**")
	expectParts(t, summary.Compare(part.parse(t), whole.parse(t)).Markdown(summary.DefaultSize), "differs", "**The reviewed plan was incomplete**")
}

func TestChangeOfAnotherTypeMakesADifference(t *testing.T) {
	t.Parallel()
	other := func(action string) plan {
		return planOf(map[string]any{"address": "terraform_data.x", "type": "terraform_data", "mode": "managed", "change": map[string]any{"actions": []string{action}}})
	}

	expectParts(t, summary.Compare(other("create").parse(t), other("delete").parse(t)).Markdown(summary.DefaultSize),
		"differs", "| now | `terraform_data.x` | `delete` |", "| reviewed | `terraform_data.x` | `create` |")
}

func TestDifferenceBeyondTheCutIsSaid(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 200)
	difference := summary.Compare(planOf(changeOf("ocr", "Declined", long+"a")).parse(t), planOf(changeOf("ocr", "Declined", long+"b")).parse(t))

	expectParts(t, difference.Markdown(summary.DefaultSize), "_differs where it is cut_")
}

func TestWhatCannotBeComparedIsSaid(t *testing.T) {
	t.Parallel()
	sensitive := planOf(put(changeOf("ocr", "Declined", "Secret"), "after_sensitive", map[string]any{"comment": true}), changeOf("aml", "Declined", "Hit."))
	difference := summary.Compare(sensitive.parse(t), sensitive.parse(t))

	if !difference.IsEmpty() {
		t.Error("the plan differs from itself")
	}
	expectParts(t, difference.Markdown(summary.DefaultSize), "It holds the same 2 decisions.", "In **1 decision** something is sensitive")
}

func TestReviewedFileCannotBreakThePage(t *testing.T) {
	t.Parallel()
	reviewed, err := summary.ParseJSON([]byte(`{"format":1,"errored":false,"incomplete":false,"decisions":[{"group":"changed","session_id":"@octocat","node_id":"|","feature_type":"<b>","from":"\n","to":"` + "`" + `","comment":null}],"others":[{"address":"@octocat","action":"| <b> _"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	markdown := summary.Compare(reviewed, planOf().parse(t)).Markdown(summary.DefaultSize)

	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(line, "| reviewed") {
			for _, cell := range cellsOf(t, line) {
				if strings.ContainsAny(withoutCode(cell), "@<>|`") {
					t.Errorf("the cell %q of %q is more than code", cell, line)
				}
			}
		}
	}
	expectNone(t, markdown, "@octocat")
}
