// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

// decline is the change of a step; declined is the step after it.
func decline(node, comment string) fields {
	return update(step(node, "In Review"), declined(node, comment))
}

func declined(node, comment string) fields { return step(node, "Declined").with("comment", comment) }

func TestCompare_ShowsWhatDiffers(t *testing.T) {
	t.Parallel()
	approved := func(node string) fields {
		return update(step(node, "In Review"), step(node, "Approved").with("comment", "Fine."))
	}
	difference := compare(t,
		planOf(decline("same", "Forged."), decline("status", "Forged."), decline("comment", "Forged."), approved("gone")),
		planOf(approved("new"), approved("status"), decline("comment", "Copied."), decline("same", "Forged.")))

	row := func(plan, node, to, comment string) string {
		return "| " + plan + " | `" + session1 + "` | step `" + node + "` `ID_VERIFICATION` | `In Review` | `" + to + "` | changed | `" + comment + "` |  |\n"
	}
	if difference.Result() != summary.Different {
		t.Errorf("the result is %v, want Different", difference.Result())
	}
	text := difference.Markdown(page)
	requireParts(t, text, "## The plan differs from the reviewed one\n", "**3** planned now but not reviewed like that, **3** reviewed but no longer planned like that, **0** done already.",
		row("now", "new", "Approved", "Fine."), row("reviewed", "gone", "Approved", "Fine."),
		row("reviewed", "status", "Declined", "Forged.")+row("now", "status", "Approved", "Fine."),
		row("reviewed", "comment", "Declined", "Forged.")+row("now", "comment", "Declined", "Copied."))
	requireNone(t, text, "`same`")
}

// The JSON of the reviewed plan does not hold whether a block is imported.
func TestCompare_ImportLooksLikeNoDifference(t *testing.T) {
	t.Parallel()
	difference := compare(t, planOf(decline("n", "Forged.").imported()), planOf(decline("n", "Copied.").imported()))

	text := difference.Markdown(page)
	requireParts(t, text, "| reviewed |", "| now |")
	requireNone(t, text, "imported")
}

func TestCompare_EveryFieldCounts(t *testing.T) {
	t.Parallel()
	another := summary.Text("another")
	base := parse(t, casePlan()).Decisions[0]
	for name, edit := range map[string]func(*summary.Decision){
		"effect":       func(d *summary.Decision) { d.Effect = summary.Adopted },
		"kind":         func(d *summary.Decision) { d.Kind = summary.Session },
		"session_id":   func(d *summary.Decision) { d.SessionID = another },
		"node_id":      func(d *summary.Decision) { d.NodeID = another },
		"feature_type": func(d *summary.Decision) { d.FeatureType = another },
		"hit_id":       func(d *summary.Decision) { d.HitID = another },
		"from":         func(d *summary.Decision) { d.From = another },
		"to":           func(d *summary.Decision) { d.To = another },
		"comment":      func(d *summary.Decision) { d.Comment = another },
		"instead_of":   func(d *summary.Decision) { d.InsteadOf = &summary.Subject{SessionID: another} },
	} {
		edited := base
		edit(&edited)
		difference, err := summary.Compare(summary.Summary{Decisions: []summary.Decision{base}}, summary.Summary{Decisions: []summary.Decision{edited}})
		if err != nil || difference.Result() != summary.Different {
			t.Errorf("another %s makes no difference", name)
		}
	}
}

func TestCompare_ResultTellsFinishedWorkFromDifferences(t *testing.T) {
	t.Parallel()
	ocr, aml := decline("feature_ocr_1", "Forged."), update(hit("h", "Unreviewed"), hit("h", "False Positive"))
	ocrDone, amlDone := unchanged(declined("feature_ocr_1", "Forged.")), unchanged(hit("h", "False Positive"))
	poa := step("feature_poa_1", "Approved")
	adopted, set := unchanged(poa).imported(), change("create", nil, poa)
	released, replaced := change("delete", poa, nil), change("delete/create", poa, declined("feature_ocr_1", "Forged."))
	sensitive := func(planned fields) fields { return planned.marked("after_sensitive", fields{"status": true}) }
	hidden := func(planned fields) fields { return planned.marked("after_sensitive", fields{"session_id": true}) }
	unknown := func(planned fields) fields { return planned.marked("after_unknown", fields{"status": true}) }
	create, destroy, forget := other("terraform_data.x", "create"), other("terraform_data.x", "delete"), other("terraform_data.x", "forget")
	read := other("data.http.y", "read").with("mode", "data")
	reopened := planOf().with("action_invocations", []fields{resubmission("feature_ocr_1")})
	reopenedHidden := planOf().with("action_invocations", []fields{resubmission("feature_ocr_1").with("config_sensitive", fields{"nodes": true})})
	provisioner := planOf().withConfiguration(nil, nil, block("terraform_data.x", "managed", "terraform", "local-exec"))
	external := planOf().withConfiguration(nil, nil, block("data.external.x", "data", "external"))
	baseURL := planOf().with("configuration", fields{"root_module": fields{}, "provider_config": fields{"didit": fields{"full_name": didit, "expressions": expressions("base_url")}}})
	for name, test := range map[string]struct {
		reviewed, now fields
		want          summary.Result
	}{
		"the same":                           {planOf(ocr, aml), planOf(aml, ocr), summary.Same},
		"the same again and again":           {planOf(ocr, ocr), planOf(ocr, ocr), summary.Same},
		"nothing":                            {planOf(), planOf(ocrDone), summary.Same},
		"one block more":                     {planOf(ocr), planOf(ocr, ocr), summary.Different},
		"one block less":                     {planOf(ocr, ocr), planOf(ocr), summary.Different},
		"one of two decisions is done":       {planOf(ocr, aml), planOf(ocrDone, aml), summary.PartlyDone},
		"everything is done":                 {planOf(ocr, aml), planOf(ocrDone, amlDone), summary.PartlyDone},
		"done, and something else planned":   {planOf(ocr, aml), planOf(ocrDone, aml, update(session("In Review"), session("Declined"))), summary.Different},
		"the block is gone":                  {planOf(ocr, aml), planOf(aml), summary.Different},
		"another value by now":               {planOf(ocr, aml), planOf(unchanged(step("feature_ocr_1", "Approved").with("comment", "Forged.")), aml), summary.Different},
		"another comment by now":             {planOf(ocr, aml), planOf(unchanged(declined("feature_ocr_1", "Copied.")), aml), summary.Different},
		"moved before it was changed":        {planOf(ocr), planOf(update(step("feature_ocr_1", "Approved"), declined("feature_ocr_1", "Forged."))), summary.Different},
		"only the comment is left":           {planOf(ocr), planOf(update(step("feature_ocr_1", "Declined"), declined("feature_ocr_1", "Forged."))), summary.Different},
		"decided in the console meanwhile":   {planOf(aml), planOf(amlDone).drift(aml), summary.PartlyDone},
		"the done value is sensitive":        {planOf(sensitive(ocr)), planOf(sensitive(ocrDone)), summary.Different},
		"the done subject is sensitive":      {planOf(hidden(aml)), planOf(hidden(amlDone)), summary.Different},
		"the released subject is sensitive":  {planOf(hidden(released)), planOf(), summary.Different},
		"done in the state of another step":  {planOf(ocr), planOf(unchanged(declined("feature_poa_1", "Forged."))), summary.Different},
		"sensitive value may be sent":        {planOf(sensitive(ocr)), planOf(sensitive(ocr)), summary.Different},
		"sensitive subject may be sent":      {planOf(hidden(aml)), planOf(hidden(aml)), summary.Different},
		"sensitive value, partly done":       {planOf(sensitive(ocr), aml), planOf(sensitive(ocr), amlDone), summary.Different},
		"unknown value may be sent":          {planOf(unknown(ocr)), planOf(unknown(ocr)), summary.Different},
		"unknown value in a plain block":     {planOf(unknown(set)), planOf(unknown(set)), summary.Different},
		"sensitive steps are re-opened":      {reopenedHidden, reopenedHidden, summary.Different},
		"sensitive value stays":              {planOf(sensitive(adopted)), planOf(sensitive(adopted)), summary.Same},
		"sensitive value is released":        {planOf(sensitive(released)), planOf(sensitive(released)), summary.Same},
		"import is done":                     {planOf(adopted, aml), planOf(unchanged(poa), aml), summary.PartlyDone},
		"import with a change is done":       {planOf(ocr.imported(), aml), planOf(ocrDone, aml), summary.PartlyDone},
		"import is done, its change is not":  {planOf(ocr.imported(), aml), planOf(ocr, aml), summary.Same},
		"plain block is done":                {planOf(set, aml), planOf(unchanged(poa), aml), summary.PartlyDone},
		"release is done":                    {planOf(released, aml), planOf(aml), summary.PartlyDone},
		"release is done, block is back":     {planOf(released, aml), planOf(aml, unchanged(poa)).state(inState(poa)), summary.Different},
		"release is not planned, in state":   {planOf(released, aml), planOf(aml).state(inState(poa)), summary.Different},
		"replacement is done":                {planOf(replaced), planOf(ocrDone), summary.PartlyDone},
		"replacement is half done":           {planOf(replaced), planOf(change("create", nil, declined("feature_ocr_1", "Forged."))), summary.Different},
		"replaced step is still managed":     {planOf(replaced), planOf(ocrDone, unchanged(poa)).state(inState(poa)), summary.Different},
		"re-opening is gone":                 {reopened, planOf(), summary.Different},
		"re-opening of another step":         {reopened, planOf().with("action_invocations", []fields{resubmission("feature_nfc_1")}), summary.Different},
		"re-opening as reviewed":             {reopened, reopened, summary.Same},
		"other change is done":               {planOf(create, aml), planOf(other("terraform_data.x", "no-op"), aml), summary.PartlyDone},
		"other change is gone":               {planOf(create, aml), planOf(aml), summary.Different},
		"another action on the same address": {planOf(create), planOf(destroy), summary.Different},
		"other destroy is done":              {planOf(destroy, aml), planOf(aml), summary.PartlyDone},
		"other destroy is not done":          {planOf(destroy, aml), planOf(other("terraform_data.x", "no-op"), aml), summary.Different},
		"other release is done":              {planOf(forget, aml), planOf(aml), summary.PartlyDone},
		"other release is not done":          {planOf(forget, aml), planOf(other("terraform_data.x", "no-op"), aml), summary.Different},
		"other import is done":               {planOf(other("terraform_data.x", "no-op").imported()), planOf(other("terraform_data.x", "no-op")), summary.PartlyDone},
		"data source is read by now":         {planOf(read, aml), planOf(aml), summary.PartlyDone},
		"data source to read appeared":       {planOf(aml), planOf(read, aml), summary.Different},
		"provisioner appeared":               {planOf(), provisioner, summary.Different},
		"provisioner is gone":                {provisioner, planOf(other("terraform_data.x", "no-op")), summary.Different},
		"data source appeared":               {planOf(), external, summary.Different},
		"data source as reviewed":            {external, external, summary.Same},
		"data source is gone":                {external, planOf(), summary.Different},
		"provider is configured":             {planOf(), baseURL, summary.Different},
		"provider is no longer configured":   {baseURL, planOf(), summary.Different},
		"block of a destroy is gone":         {planOf(destroy), planOf(destroy).configured(), summary.Different},
		"block of a release is gone":         {planOf(released), planOf(released).configured(), summary.Different},
		"destroy without a block is done":    {planOf(destroy, aml).configured(), planOf(aml), summary.PartlyDone},
		"action is gone":                     {planOf().with("action_invocations", []fields{{"address": "action.a.b", "type": "a"}}), planOf(), summary.Different},
		"new warning":                        {planOf(aml), planOf(aml).state(report("Approved", hit("new", "Unreviewed"))), summary.Different},
		"warning is gone":                    {planOf(aml).state(report("Approved", hit("new", "Unreviewed"))), planOf(aml).state(report("Approved")), summary.Same},
		"errors now":                         {planOf(aml), planOf(aml).with("errored", true), summary.Different},
		"errors then":                        {planOf(aml).with("errored", true), planOf(aml), summary.Different},
		"done, with errors":                  {planOf(ocr, aml), planOf(ocrDone, aml).with("errored", true), summary.Different},
		"incomplete now":                     {planOf(aml), planOf(aml).with("complete", false), summary.Different},
		"incomplete both":                    {planOf(aml).with("complete", false), planOf(aml).with("complete", false), summary.Same},
		"incomplete both, partly done":       {planOf(ocr, aml).with("complete", false), planOf(ocrDone, aml).with("complete", false), summary.Different},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			difference := compare(t, test.reviewed, test.now)

			if got := difference.Result(); got != test.want {
				t.Errorf("the result is %d, want %d:\n%s", got, test.want, difference.Markdown(page))
			}
		})
	}
}

func TestCompare_ShowsWhatIsDone(t *testing.T) {
	t.Parallel()
	reviewed := planOf(decline("feature_ocr_1", "Forged."), decline("feature_poa_1", "Old."), other("terraform_data.x", "create"))
	now := planOf(unchanged(declined("feature_ocr_1", "Forged.")), decline("feature_poa_1", "Old."), other("terraform_data.x", "no-op"))

	requireParts(t, compare(t, reviewed, now).Markdown(page), "## The plan is the rest of the reviewed one\n",
		"**1 decision** and **1 other change** are done already, as reviewed. What is planned now was reviewed exactly like that: **1 decision**.",
		"| done | `terraform_data.x` | `create` |",
		"### Done already\n", "| done | `"+session1+"` | step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Declined` | changed | `Forged.` |  |")
}

func TestCompare_ShowsNewWarnings(t *testing.T) {
	t.Parallel()
	plan := planOf(update(session("In Review"), session("Approved")))

	requireParts(t, compare(t, plan, plan.state(report("In Review", hit("h", "Unreviewed")))).Markdown(page),
		"### New warnings\n", "| `"+session1+"` | ⚠️ Unreviewed hit in an Approved session | AML hit `h` of `feature_aml_1` |")
}

func TestCompare_ShowsOtherChangesThatDiffer(t *testing.T) {
	t.Parallel()
	requireParts(t, compare(t, planOf(other("terraform_data.x", "create")), planOf(other("terraform_data.x", "delete"))).Markdown(page),
		"differs", "| reviewed | `terraform_data.x` | `create` |", "| now | `terraform_data.x` | `delete` |")
}

func TestCompare_ReportsErrorsAndIncompletePlans(t *testing.T) {
	t.Parallel()
	whole := planOf(decline("feature_ocr_1", "Forged."))
	errored, part := whole.with("errored", true), whole.with("complete", false)

	requireParts(t, compare(t, errored, errored).Markdown(page), "**The plan has errors.**", "**The reviewed plan has errors.**")
	requireParts(t, compare(t, whole, part).Markdown(page), "**The plan is incomplete**")
	requireParts(t, compare(t, part, whole).Markdown(page), "**The reviewed plan is incomplete**")
}

func TestCompare_ReportsDifferenceBeyondTheCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 200)

	requireParts(t, compare(t, planOf(decline("n", long+"a")), planOf(decline("n", long+"b"))).Markdown(page), "_differs where it is cut_")
}

func TestCompare_ShowsWhatCannotBeCompared(t *testing.T) {
	t.Parallel()
	sensitive := func(planned fields) fields { return planned.marked("after_sensitive", fields{"comment": true}) }
	ocr, poa := sensitive(decline("feature_ocr_1", "Secret")), step("feature_poa_1", "Approved")
	commented := sensitive(update(poa, poa.with("comment", "Secret")))
	text := compare(t, planOf(ocr, commented, decline("feature_aml_1", "Match.")), planOf(ocr, commented, decline("feature_aml_1", "Match."))).Markdown(page)

	requireParts(t, text, "## The plan differs from the reviewed one\n", "In **2 decisions**, a value is sensitive or known only after the apply.",
		"**1 decision** may send such a value. What that does cannot be compared, so the plan counts as different. Use values that",
		"### Decisions that cannot be compared\n", "| both | `"+session1+"` | step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Declined` | changed | _sensitive_ | ⚠️ not shown (sensitive) |")
	requireNone(t, text, "feature_poa_1", "feature_aml_1", "Secret")

	onlyComment := compare(t, planOf(commented), planOf(commented)).Markdown(page)
	requireParts(t, onlyComment, "It has the same 1 decision.", "In **1 decision**, a value is sensitive")
	requireNone(t, onlyComment, "may send")
}

// Nothing in the rows is cut: they are two steps whose node IDs are sensitive.
func TestCompare_EqualRowsOfOnePlanDoNotDiffer(t *testing.T) {
	t.Parallel()
	hidden := func(node string) fields {
		return decline(node, "Forged.").marked("after_sensitive", fields{"node_id": true})
	}
	plan := planOf(hidden("feature_ocr_1"), hidden("feature_poa_1"))

	requireNone(t, compare(t, plan, plan).Markdown(page), "_differs where it is cut_")
}

func TestCompare_RefusesTwoGroups(t *testing.T) {
	t.Parallel()
	for _, groups := range [][]string{{"2026-q3", "2026-q4"}, {"2026-q3", ""}, {"", "2026-q4"}} {
		_, err := summary.Compare(summary.Summary{Group: groups[0]}, summary.Summary{Group: groups[1]})

		if err == nil || !strings.Contains(err.Error(), `it is of group "`+groups[0]+`", but this plan is of group "`+groups[1]+`"; pass`) {
			t.Errorf("%q: the error is %v", groups, err)
		}
	}
	if _, err := summary.Compare(summary.Summary{Group: "2026-q3"}, summary.Summary{Group: "2026-q3"}); err != nil {
		t.Error(err)
	}
}

func TestCompare_ReviewedFileCannotBreakThePage(t *testing.T) {
	t.Parallel()
	reviewed, err := summary.ParseJSON([]byte(`{"format":3,"decisions":[{"kind":"<b>","effect":"| <b>","session_id":"@octocat","node_id":"|","feature_type":"<b>","from":"\n","to":"` + "`" +
		`","comment":null}],"warnings":[{"warning":"<b>","kind":"aml_hit","session_id":"@octocat","hit_id":"|"}],"others":[{"address":"@octocat","action":"| <b> _"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	difference, err := summary.Compare(reviewed, parse(t, planOf()))
	if err != nil {
		t.Fatal(err)
	}
	text := difference.Markdown(page)

	rows := slices.DeleteFunc(tableRows(text), func(row string) bool { return !strings.HasPrefix(row, "| reviewed") })
	if len(rows) != 2 {
		t.Errorf("there are %d rows, want 2:\n%s", len(rows), text)
	}
	for _, row := range rows {
		for _, cell := range cellsOf(t, row) {
			if strings.ContainsAny(withoutCode(cell), "@<>|`") {
				t.Errorf("the cell %q of %q is more than code", cell, row)
			}
		}
	}
	requireNone(t, text, "@octocat")
}
