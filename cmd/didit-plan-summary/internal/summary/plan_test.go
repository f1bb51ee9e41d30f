// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

func TestParse_EffectOfEachChange(t *testing.T) {
	t.Parallel()
	ocr := func(status string) fields { return step("feature_ocr_1", status) }
	aml := step("feature_aml_1", "Declined")
	moved := func(from, to string) fields { return update(ocr(from), ocr(to)) }
	for name, test := range map[string]struct {
		plan     fields
		want     summary.Effect
		from, to string
	}{
		"step":                          {planOf(moved("In Review", "Declined")), summary.Changed, "In Review", "Declined"},
		"imported step":                 {planOf(moved("In Review", "Declined").imported()), summary.Changed, "In Review", "Declined"},
		"hit":                           {planOf(update(hit("h", "Unreviewed"), hit("h", "False Positive"))), summary.Changed, "Unreviewed", "False Positive"},
		"session":                       {planOf(update(session("In Review"), session("Approved"))), summary.Changed, "In Review", "Approved"},
		"restored":                      {planOf(moved("Approved", "Declined")).drift(moved("Declined", "Approved")), summary.Restored, "Approved", "Declined"},
		"restored hit":                  {planOf(update(hit("h", "Unreviewed"), hit("h", "Inconclusive"))).drift(update(hit("h", "Inconclusive"), hit("h", "Unreviewed"))), summary.Restored, "Unreviewed", "Inconclusive"},
		"restored after the flow":       {planOf(moved("Expired", "Declined")).drift(moved("Declined", "Expired")), summary.Restored, "Expired", "Declined"},
		"drift, a third value wanted":   {planOf(moved("Approved", "In Review")).drift(moved("Declined", "Approved")), summary.Changed, "Approved", "In Review"},
		"drift to the wanted value":     {planOf(moved("Approved", "Approved")).drift(moved("In Review", "Approved")), summary.CommentOnly, "Approved", "Approved"},
		"drift, no change":              {planOf(unchanged(ocr("Approved"))).drift(moved("In Review", "Approved")), summary.Followed, "In Review", "Approved"},
		"drift, nothing planned":        {planOf().drift(moved("In Review", "Approved")), summary.Followed, "In Review", "Approved"},
		"gone, nothing planned":         {planOf().drift(change("delete", ocr("Approved"), nil)), summary.Gone, "Approved", ""},
		"import as is":                  {planOf(unchanged(ocr("Approved")).imported()), summary.Adopted, "Approved", "Approved"},
		"import with a comment":         {planOf(update(ocr("Approved"), ocr("Approved").with("comment", "Fine.")).imported()), summary.Adopted, "Approved", "Approved"},
		"comment":                       {planOf(update(ocr("Approved"), ocr("Approved").with("comment", "Fine."))), summary.CommentOnly, "Approved", "Approved"},
		"create":                        {planOf(change("create", nil, ocr("Approved"))), summary.Set, "", "Approved"},
		"delete":                        {planOf(change("delete", session("Approved"), nil)), summary.Released, "Approved", ""},
		"forget":                        {planOf(change("forget", hit("h", "Inconclusive"), nil)), summary.Released, "Inconclusive", ""},
		"another step":                  {planOf(change("delete/create", ocr("Approved"), aml)), summary.Replaced, "", "Declined"},
		"another step, create first":    {planOf(change("create/delete", ocr("Approved"), aml)), summary.Replaced, "", "Declined"},
		"another step, without destroy": {planOf(change("forget/create", ocr("Approved"), aml)), summary.Replaced, "", "Declined"},
		"the same step, -replace":       {planOf(change("delete/create", ocr("Approved"), ocr("Approved"))), summary.Retaken, "Approved", "Approved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := parseOne(t, test.plan)

			if got.Effect != test.want || got.From.Text != test.from || got.To.Text != test.to {
				t.Errorf("it is %s from %q to %q, want %s from %q to %q", got.Effect, got.From.Text, got.To.Text, test.want, test.from, test.to)
			}
		})
	}
}

func TestParse_UnchangedHasNoRow(t *testing.T) {
	t.Parallel()
	plan := planOf(unchanged(step("feature_ocr_1", "Approved")), unchanged(session("Approved")))

	if got := parse(t, plan); len(got.Decisions) != 0 || len(got.Unchanged) != 2 {
		t.Errorf("got %+v, want two unchanged subjects", got)
	}
	requireParts(t, markdown(t, plan), "No decision changes: **2** unchanged.")
}

func TestParse_RenamedBlockIsOneDecisionWithItsValue(t *testing.T) {
	t.Parallel()
	got := parse(t, planOf(
		change("create", nil, hit("h", "False Positive")).at(`didit_session_aml_hit_status.each["new"]`),
		change("delete", hit("h", "Inconclusive"), nil).at(`didit_session_aml_hit_status.each["old"]`),
		change("delete", hit("other", "Inconclusive"), nil),
	)).Decisions

	if len(got) != 2 || got[0].Effect != summary.Retaken || got[0].From.Text != "Inconclusive" || got[0].To.Text != "False Positive" {
		t.Fatalf("got %+v, want one hit taken over, from Inconclusive to False Positive", got)
	}
	if got[1].Effect != summary.Released || got[1].HitID.Text != "other" {
		t.Errorf("got %+v, want the other hit to be released", got[1])
	}
}

func TestParse_ReleasedSubjectIsJoinedOnce(t *testing.T) {
	t.Parallel()
	is := hit("h", "Inconclusive")
	got := parse(t, planOf(change("delete", is, nil).at("a"), change("create", nil, is).at("b"), change("create", nil, is).at("c"))).Decisions

	if len(got) != 2 || got[0].Effect != summary.Retaken || got[1].Effect != summary.Set {
		t.Errorf("got %+v, want one hit taken over, and one set", got)
	}
}

// Two sensitive subjects look the same, but need not be.
func TestParse_SensitiveSubjectsAreNotTheSame(t *testing.T) {
	t.Parallel()
	hidden := func(planned fields) fields {
		return planned.marked("before_sensitive", fields{"hit_id": true}, "after_sensitive", fields{"hit_id": true})
	}
	before, after := hit("before", "Inconclusive"), hit("after", "Inconclusive")
	if got := parseOne(t, planOf(hidden(change("delete/create", before, after)))); got.Effect != summary.Replaced || got.From.Kind != summary.None {
		t.Errorf("got %+v, want a hit that is adopted instead of another", got)
	}
	got := parse(t, planOf(hidden(change("delete", before, nil)).at("a"), hidden(change("create", nil, after)).at("b"))).Decisions
	if len(got) != 2 {
		t.Errorf("got %+v, want one hit released and one set", got)
	}
}

func TestParse_DriftOfTheCommentAloneIsNoDecision(t *testing.T) {
	t.Parallel()
	drift := update(step("feature_ocr_1", "Approved"), step("feature_ocr_1", "Approved").with("comment", "Another one."))

	if got := parse(t, planOf().drift(drift)); len(got.Decisions) != 0 {
		t.Errorf("got %+v, want nothing", got.Decisions)
	}
	planned := update(step("feature_ocr_1", "Approved"), step("feature_ocr_1", "Declined"))
	if got := parseOne(t, planOf(planned).drift(drift)); got.Effect != summary.Changed || got.Was.Kind != summary.None {
		t.Errorf("got %+v, want a change of a value that has not moved", got)
	}
}

func TestParse_CreateHasNoValueBeforeEvenIfSensitive(t *testing.T) {
	t.Parallel()
	got := parseOne(t, planOf(change("create", nil, session("Secret")).marked("after_sensitive", fields{"status": true})))

	if got.From.Kind != summary.None || got.To.Kind != summary.Sensitive {
		t.Errorf("got from %+v to %+v, want none and a sensitive one", got.From, got.To)
	}
}

func TestParse_DeposedInstanceIsNotTheCurrentOne(t *testing.T) {
	t.Parallel()
	deposed := change("delete", step("feature_ocr_1", "In Review"), nil).with("deposed", "b6d7a3c1")
	current := update(step("feature_ocr_1", "Approved"), step("feature_ocr_1", "Declined"))
	got := parse(t, planOf(deposed, current).drift(update(step("feature_ocr_1", "Declined"), step("feature_ocr_1", "Approved")))).Decisions

	if len(got) != 2 || got[0].Effect != summary.Released || got[1].Effect != summary.Restored {
		t.Errorf("got %+v, want one step released and one restored", got)
	}
}

func TestParse_UnknownValuesAreShownAsSuch(t *testing.T) {
	t.Parallel()
	plan := planOf(
		change("create", nil, fields{"node_id": "feature_aml_1", "review_status": "Inconclusive", "hit_id": "h"}).marked("after_unknown", fields{"session_id": true, "id": true}),
		update(session("Approved"), fields{"session_id": session1}).marked("after_unknown", fields{"status": true}))

	requireParts(t, markdown(t, plan), "### ⚠️ Session _known after apply_",
		"| AML hit `h` of `feature_aml_1` | ? | `Inconclusive` | set without import | — | ⚠️ not known before the apply; `didit_session_aml_hit_status.it` |",
		"| **session** | `Approved` | _known after apply_ | changed | — | ⚠️ overturns a decision, not known before the apply; `didit_session_status.it` |")
	requireParts(t, jsonOf(t, parse(t, plan)), `"unknown": true`)
}

func TestParse_SensitiveValuesAreShownNowhere(t *testing.T) {
	t.Parallel()
	secret := func(instance fields, name string) fields {
		// Only one side is sensitive; the other one has the same kind of value.
		return planOf(update(instance.with(name, "Secret one"), instance.with(name, "Secret two")).marked("after_sensitive", fields{name: true}))
	}
	isSecret := []any{"before_sensitive", fields{"status": true}}
	for name, sensitive := range map[string]fields{
		"status":         secret(step("n", "In Review"), "status"),
		"comment":        secret(step("n", "In Review"), "comment"),
		"session_id":     secret(session("In Review"), "session_id"),
		"node_id":        secret(step("n", "In Review"), "node_id"),
		"feature_type":   secret(step("n", "In Review"), "feature_type"),
		"hit_id":         secret(hit("h", "Unreviewed"), "hit_id"),
		"review_status":  secret(hit("h", "Unreviewed"), "review_status"),
		"session status": secret(session("In Review"), "status"),
		"before":         planOf(change("delete", step("n", "Secret"), nil).marked(isSecret...)),
		"everything":     planOf(change("create", nil, session("Secret")).marked("after_sensitive", true)),
		"drift":          planOf(update(step("n", "Secret one"), step("n", "Secret two")).marked(isSecret...)).drift(update(step("n", "Secret two"), step("n", "Secret one")).marked(isSecret...)),
		"resubmission":   planOf().with("action_invocations", []fields{resubmission("Secret").with("config_sensitive", fields{"nodes": []any{fields{"node_id": true}}})}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireParts(t, markdown(t, sensitive), "_sensitive_", "⚠️")
			requireNone(t, markdown(t, sensitive)+jsonOf(t, parse(t, sensitive)), "Secret")
			requireParts(t, jsonOf(t, parse(t, sensitive)), `"sensitive": true`)
		})
	}
}

func TestParse_PlanWithErrorsOrIncompleteIsReported(t *testing.T) {
	t.Parallel()
	errored := markdown(t, planOf().with("errored", true, "complete", false))
	requireParts(t, errored, "**The plan has errors.**", "There is no decision in this plan.")
	requireNone(t, errored, "is incomplete")

	targeted := planOf(update(session("In Review"), session("Declined"))).with("complete", false)
	requireParts(t, markdown(t, targeted), "**The plan is incomplete**", "**1 changed**")
	requireParts(t, markdown(t, planOf().with("deferred_changes", []fields{{"reason": "unknown"}})), "**The plan is incomplete**")
}

func TestParse_RejectsOtherInputAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	block := `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"didit_session_status.it","mode":"managed","type":"didit_session_status","provider_name":"` + didit + `"`
	for name, test := range map[string]struct{ input, want string }{
		"nothing":              {"", "it is empty; see whether the command before it failed"},
		"only white space":     {" \n", "it is empty"},
		"a plan file":          {"PK\x03\x04\x14\x00", "it is a plan file; pass the output of terraform show -json tfplan"},
		"a log":                {`{"@level":"info","@message":"Terraform 1.11.4"}` + "\n" + `{"@level":"info"}`, "it is the log of plan -json; save the plan with -out"},
		"warnings before it":   {"Warning: Provider development overrides\n{}", "it is not JSON; pass the standard output"},
		"cut JSON":             {`{"format_version":"1.2","resource_ch`, "it cannot be read as the JSON of a plan"},
		"two plans":            {`{"format_version":"1.2"}{"format_version":"1.2"}`, "it cannot be read as the JSON of a plan"},
		"other JSON":           {`{"format":1,"decisions":[]}`, "format version is missing"},
		"a state":              {`{"format_version":"1.0","values":{"root_module":{}}}`, "it is the JSON of a state, not of a plan"},
		"a later format":       {`{"format_version":"2.0","planned_values":{}}`, "unsupported plan format version"},
		"no change":            {block + `}]}`, "didit_session_status.it has no change in it"},
		"no string":            {block + `,"change":{"actions":["create"],"after":{"status":1}}}]}`, "status is not a string; use the didit-plan-summary of the same release"},
		"an unknown action":    {block + `,"change":{"actions":["freeze"]}}]}`, `does not know the action "freeze"; use a newer one`},
		"an action of nothing": {`{"format_version":"1.2","planned_values":{},"action_invocations":[{"address":"action.x.y","type":"didit_session_resubmission","provider_name":"` + didit + `"}]}`, "action.x.y has no session_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.Parse([]byte(test.input))

			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestParse_AcceptsByteOrderMarkAndNulls(t *testing.T) {
	t.Parallel()
	nulls := `{"format_version":"1.2","planned_values":null,"resource_changes":[null],"resource_drift":[null],"action_invocations":[null],` +
		`"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[null],"child_modules":[null]}}},` +
		`"configuration":{"provider_config":{"didit":null},"root_module":{"resources":[null,{"mode":"managed","provisioners":[null]}],"module_calls":{"m":null,"n":{"module":null}}}}}`
	for _, input := range []string{"\ufeff" + `{"format_version":"1.2","planned_values":{}}`, nulls} {
		if got, err := summary.Parse([]byte(input)); err != nil || len(got.Decisions)+len(got.Others) != 0 {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}
