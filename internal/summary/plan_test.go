// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestGroupFollowsFromWhatIsPlannedAndWhatHasMoved(t *testing.T) {
	t.Parallel()
	moved := func(from, to string) map[string]any { return planned("update", step(from), step(to)) }
	for name, test := range map[string]struct {
		plan plan
		want summary.Group
		from string
		to   string
	}{
		"status":                        {planOf(moved("In Review", "Declined")), summary.Changed, "In Review", "Declined"},
		"status of an import":           {planOf(imported(moved("In Review", "Declined"))), summary.Changed, "In Review", "Declined"},
		"put back":                      {planOf(moved("Approved", "Declined")).drift(moved("Declined", "Approved")), summary.Overturned, "Approved", "Declined"},
		"put back from a flow's status": {planOf(moved("Expired", "Declined")).drift(moved("Declined", "Expired")), summary.Overturned, "Expired", "Declined"},
		"moved, and a third is wanted":  {planOf(moved("Approved", "In Review")).drift(moved("Declined", "Approved")), summary.Changed, "Approved", "In Review"},
		"moved, and wanted so":          {planOf(moved("Approved", "Approved")).drift(moved("In Review", "Approved")), summary.CommentOnly, "Approved", "Approved"},
		"moved, no change":              {planOf(planned("no-op", step("Approved"), step("Approved"))).drift(moved("In Review", "Approved")), summary.Followed, "In Review", "Approved"},
		"moved, nothing planned":        {planOf().drift(moved("In Review", "Approved")), summary.Followed, "In Review", "Approved"},
		"gone, nothing planned":         {planOf().drift(planned("delete", step("Approved"), nil)), summary.LetGo, "Approved", ""},
		"import as it stands":           {planOf(imported(planned("no-op", step("Approved"), step("Approved")))), summary.Adopted, "Approved", "Approved"},
		"import with a comment":         {planOf(imported(planned("update", step("Approved"), step("Approved").with("comment", "Fine.")))), summary.Adopted, "Approved", "Approved"},
		"comment":                       {planOf(planned("update", step("Approved"), step("Approved").with("comment", "Fine."))), summary.CommentOnly, "Approved", "Approved"},
		"create":                        {planOf(planned("create", nil, step("Approved"))), summary.NotAdopted, "", "Approved"},
		"delete":                        {planOf(planned("delete", step("Approved"), nil)), summary.LetGo, "Approved", ""},
		"forget":                        {planOf(planned("forget", step("Approved"), nil)), summary.LetGo, "Approved", ""},
		"another step":                  {planOf(planned("delete/create", step("Approved"), step("Declined").with("node_id", "feature_aml_1"))), summary.Replaced, "", "Declined"},
		"another step, create first":    {planOf(planned("create/delete", step("Approved"), step("Declined").with("node_id", "feature_aml_1"))), summary.Replaced, "", "Declined"},
		"another step, without destroy": {planOf(planned("forget/create", step("Approved"), step("Declined").with("node_id", "feature_aml_1"))), summary.Replaced, "", "Declined"},
		"the same step, with -replace":  {planOf(planned("delete/create", step("Approved"), step("Approved"))), summary.Replaced, "Approved", "Approved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.plan.only(t)

			if got.Group != test.want || got.From.Text != test.from || got.To.Text != test.to {
				t.Errorf("it is %s from %q to %q, want %s from %q to %q", got.Group, got.From.Text, got.To.Text, test.want, test.from, test.to)
			}
		})
	}
}

func TestStepThatStandsAsConfiguredIsCountedAndHasNoRow(t *testing.T) {
	t.Parallel()
	got := planOf(planned("no-op", step("Approved"), step("Approved"))).parse(t)

	if len(got.Decisions) != 0 || got.Unchanged != 1 {
		t.Errorf("got %+v, want one unchanged step", got)
	}
	expectParts(t, got.Markdown(summary.DefaultSize), "No decision changes: **1** unchanged.")
}

func TestStepThatAnotherBlockTakesOverIsOneRowWithItsStatus(t *testing.T) {
	t.Parallel()
	got := planOf(
		at(`didit_session_feature_status.each["new"]`, planned("create", nil, step("Declined"))),
		at(`didit_session_feature_status.each["old"]`, planned("delete", step("Approved"), nil)),
		at(`didit_session_feature_status.aml`, planned("delete", step("Approved").with("node_id", "feature_aml_1"), nil)),
	).parse(t)

	if len(got.Decisions) != 2 {
		t.Fatalf("there are %d rows, want 2: %+v", len(got.Decisions), got.Decisions)
	}
	joined := got.Decisions[1]
	if joined.Group != summary.Replaced || joined.From.Text != "Approved" || joined.To.Text != "Declined" || joined.InsteadOf == nil || *joined.InsteadOf != joined.Step {
		t.Errorf("got %+v, want the same step, from Approved to Declined", joined)
	}
	if got.Decisions[0].Group != summary.LetGo {
		t.Errorf("got %+v, want the other step to be let go", got.Decisions[0])
	}
}

func TestDriftOfAnythingButTheStatusIsNoRow(t *testing.T) {
	t.Parallel()
	drift := planned("update", step("Approved"), step("Approved").with("comment", "Another one."))

	if got := planOf().drift(drift).parse(t); len(got.Decisions) != 0 {
		t.Errorf("got %+v, want nothing", got.Decisions)
	}
	if got := planOf(planned("update", step("Approved"), step("Declined"))).drift(drift).only(t); got.Group != summary.Changed || got.Was.Kind != summary.None {
		t.Errorf("got %+v, want a change of a status that has not moved", got)
	}
}

func TestStatusOfAPlainBlockIsNotHeldAlsoWhereItIsSensitive(t *testing.T) {
	t.Parallel()
	got := planOf(put(planned("create", nil, step("Secret")), "after_sensitive", map[string]any{"status": true})).only(t)

	if got.From.Kind != summary.None || got.To.Kind != summary.Sensitive {
		t.Errorf("got from %+v to %+v, want none and a sensitive one", got.From, got.To)
	}
}

func TestDeposedInstanceIsNotTakenForTheOneInItsPlace(t *testing.T) {
	t.Parallel()
	deposed := planned("delete", step("In Review"), nil)
	deposed["deposed"] = "b6d7a3c1"
	got := planOf(deposed, planned("update", step("Approved"), step("Declined"))).
		drift(planned("update", step("Declined"), step("Approved"))).parse(t)

	if len(got.Decisions) != 2 || got.Decisions[0].Group != summary.LetGo || got.Decisions[1].Group != summary.Overturned {
		t.Errorf("got %+v, want one step let go and one overturned", got.Decisions)
	}
}

func TestUnknownValuesAreShownAsSuchAndMarked(t *testing.T) {
	t.Parallel()
	unknown := planned("create", nil, attributes{"node_id": "feature_ocr_1", "status": "Approved", "comment": nil})
	put(unknown, "after_unknown", map[string]any{"session_id": true, "feature_type": true, "id": true})
	status := at("didit_session_feature_status.status", planned("update", step("Approved"), attributes{
		"session_id": session, "node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION", "comment": nil,
	}))
	put(status, "after_unknown", map[string]any{"status": true})
	got := planOf(unknown, status).parse(t)

	expectParts(t, got.Markdown(summary.DefaultSize),
		"| _known after apply_ | `feature_ocr_1` | _known after apply_ | ? | `Approved` | — | ⚠️ not known before the apply; `didit_session_feature_status.ocr` |",
		"| `Approved` | _known after apply_ | — | ⚠️ overturns a decision, not known before the apply; `didit_session_feature_status.status` |")
	expectParts(t, jsonOf(t, got), `"unknown": true`)
}

func TestSensitiveValuesAreShownNowhere(t *testing.T) {
	t.Parallel()
	secret := func(name string) map[string]any {
		// Only one of the sides is sensitive; the other one says the same.
		return put(planned("update", step("In Review").with(name, "Secret one"), step("In Review").with(name, "Secret two")), "after_sensitive", map[string]any{name: true})
	}
	for name, sensitive := range map[string]plan{
		"status":       planOf(secret("status")),
		"comment":      planOf(secret("comment")),
		"session_id":   planOf(secret("session_id")),
		"node_id":      planOf(secret("node_id")),
		"feature_type": planOf(secret("feature_type")),
		"before":       planOf(put(planned("delete", step("Secret"), nil), "before_sensitive", map[string]any{"status": true})),
		"everything":   planOf(put(planned("create", nil, step("Secret")), "after_sensitive", true)),
		"drift": planOf(put(planned("update", step("Secret one"), step("Secret two")), "before_sensitive", map[string]any{"status": true})).
			drift(put(planned("update", step("Secret two"), step("Secret one")), "before_sensitive", map[string]any{"status": true})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := sensitive.parse(t)
			markdown := got.Markdown(summary.DefaultSize)

			expectParts(t, markdown, "_sensitive_", "⚠️")
			expectNone(t, markdown+jsonOf(t, got), "Secret")
			expectParts(t, jsonOf(t, got), `"sensitive": true`)
		})
	}
}

func TestOtherTypesAreCountedAndNotShown(t *testing.T) {
	t.Parallel()
	other := func(address, kind, mode, actions string) map[string]any {
		return map[string]any{"address": address, "type": kind, "mode": mode, "change": map[string]any{"actions": strings.Split(actions, "/")}}
	}
	got := planOf(
		other("terraform_data.secret_name", "terraform_data", "managed", "delete/create"),
		other("terraform_data.imported", "terraform_data", "managed", "no-op"),
		other("terraform_data.unchanged", "terraform_data", "managed", "no-op"),
		other("data.didit_sessions.all", "didit_sessions", "data", "read"),
		other("data.didit_session_feature_status.tomorrow", "didit_session_feature_status", "data", "read"),
	)
	put(got["resource_changes"].([]map[string]any)[1], "importing", map[string]any{"id": "x"})
	got["action_invocations"] = []any{map[string]any{"address": "action.shell.run", "type": "shell", "name": "run"}}
	parsed := got.parse(t)
	markdown := parsed.Markdown(summary.DefaultSize)

	expectParts(t, markdown, "Besides, 3 changes of other types, not shown here.", "There is no `didit_session_feature_status` in this plan.")
	expectNone(t, markdown, "secret_name", "action.shell")
	expectParts(t, jsonOf(t, parsed), `"address": "terraform_data.secret_name",`, `"action": "delete/create"`, `"action": "import"`, `"action": "invoke"`)
	expectNone(t, jsonOf(t, parsed), "unchanged", "didit_sessions")
}

func TestPlanWithErrorsOrAnIncompleteOneSaysSo(t *testing.T) {
	t.Parallel()
	errored := planOf()
	errored["errored"], errored["complete"] = true, false
	expectParts(t, errored.parse(t).Markdown(summary.DefaultSize), "**The plan has errors.**", "There is no `didit_session_feature_status`")
	expectNone(t, errored.parse(t).Markdown(summary.DefaultSize), "is incomplete")

	targeted := planOf(planned("update", step("In Review"), step("Declined")))
	targeted["complete"] = false
	expectParts(t, targeted.parse(t).Markdown(summary.DefaultSize), "**The plan is incomplete**", "**1** changed")

	deferred := planOf()
	deferred["deferred_changes"] = []any{map[string]any{"reason": "provider_config_unknown"}}
	expectParts(t, deferred.parse(t).Markdown(summary.DefaultSize), "**The plan is incomplete**")
}

func TestWhatIsNoPlanIsRefusedInClearWords(t *testing.T) {
	t.Parallel()
	change := `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"didit_session_feature_status.ocr","mode":"managed","type":"didit_session_feature_status"`
	for name, test := range map[string]struct{ given, want string }{
		"nothing":              {"", "it is empty"},
		"only white space":     {" \n", "it is empty"},
		"a plan file":          {"PK\x03\x04\x14\x00", "it is a plan file itself"},
		"messages":             {`{"@level":"info","@message":"Terraform 1.11.4"}` + "\n" + `{"@level":"info"}`, "messages of plan -json"},
		"warnings before it":   {"Warning: Provider development overrides\n{}", "it is not JSON; give what terraform show -json writes to its standard output, and nothing else"},
		"cut JSON":             {`{"format_version":"1.2","resource_ch`, "it cannot be read as the JSON of a plan"},
		"two plans":            {`{"format_version":"1.2"}{"format_version":"1.2"}`, "it cannot be read as the JSON of a plan"},
		"another JSON":         {`{"format":1,"decisions":[]}`, "format version is missing"},
		"a state":              {`{"format_version":"1.0","values":{"root_module":{}}}`, "it is the JSON of a state"},
		"a format of tomorrow": {`{"format_version":"2.0","planned_values":{}}`, "unsupported plan format version"},
		"no change":            {change + `}]}`, "didit_session_feature_status.ocr has no change in it"},
		"no text":              {change + `,"change":{"actions":["create"],"after":{"status":1}}}]}`, "status is not a text"},
		"an action of tomorrow": {
			change + `,"change":{"actions":["freeze"]}}]}`, `didit_session_feature_status.ocr: "freeze" is planned, which this version of the summary does not know`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.Parse([]byte(test.given))

			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestMarkOfTheByteOrderIsNoError(t *testing.T) {
	t.Parallel()
	if _, err := summary.Parse([]byte("\ufeff" + `{"format_version":"1.2","planned_values":{}}`)); err != nil {
		t.Error(err)
	}
}
