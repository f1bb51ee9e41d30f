// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// checked is the result of the conditions of one object in a plan's JSON.
func checked(kind, address, status string, messages ...string) fields {
	problems := []fields{}
	for _, message := range messages {
		problems = append(problems, fields{"message": message})
	}
	instances := []fields{{"address": fields{"to_display": address}, "status": status, "problems": problems}}
	return fields{"address": fields{"kind": kind, "to_display": address, "name": "x"}, "status": status, "instances": instances}
}

func diagnostic(severity, address, text, detail string) fields {
	return fields{"severity": severity, "address": address, "summary": text, "detail": detail}
}

func TestFindings_ErroredPlanShowsRulesAndErrorsOnce(t *testing.T) {
	t.Parallel()
	const message = "case-7.yaml: steps.papers.comment: a Declined step needs a comment\ncase-9.yaml: session: Approved despite a Confirmed Match\n"
	plan := planOf(change("create", nil, decide(session("Declined"), "In Review", "Forged."))).with("errored", true, "complete", false, "checks", []fields{
		checked("output_value", "module.decisions.output.problems", "fail", message),
		checked("check", "check.decisions", "unknown"),
		checked("output_value", "output.fine", "pass"),
	})
	log := parseLog(t,
		diagnostic("error", "", "Module output value precondition failed", message),
		diagnostic("error", `module.decisions.didit_session_status.all["x"]`, "Session not found", "The session has no report. Check the ID."),
		diagnostic("warning", "", "Value for undeclared variable", "The root module has no variable x."))

	requireGolden(t, "errored.md", summary.Markdown(page, summarize(t, summary.Input{Group: "2026", Plan: parsePlan(t, plan), Log: log})))
}

func TestFindings_FailedAndUnknownChecksAreListed(t *testing.T) {
	t.Parallel()
	plan := planOf().with("checks", []fields{
		checked("check", "module.decisions.check.outcomes", "fail", "case-3.yaml: steps.ocr is superseded\ncase-4.yaml: session is gone"),
		checked("check", "check.health", "error"),
		checked("resource", "terraform_data.x", "unknown"),
		checked("check", "check.fine", "pass"),
	})
	log := parseLog(t, diagnostic("warning", "", "Check block assertion failed", "case-3.yaml: steps.ocr is superseded\ncase-4.yaml: session is gone"))
	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: log}))

	requireParts(t, text, "⚠️ **Failed checks (3)**", "- `check.health`: `could not be evaluated`\n- `module.decisions.check.outcomes`: `case-3.yaml: steps.ocr is superseded`\n- `module.decisions.check.outcomes`: `case-4.yaml: session is gone`\n",
		"**Checks that are not known before the apply (1)**\n\n- `terraform_data.x`\n")
	requireNone(t, text, "Refused", "Other warnings", "check.fine")
}

const messageWithHeading = "Files to correct:\n  case-7.yaml: a tab\n\n  case-9.yaml: no session_id\n"

func TestFindings_HeadingOfAMessageIsNoLineOfItsOwn(t *testing.T) {
	t.Parallel()
	plan := planOf().with("errored", true, "checks", []fields{
		checked("output_value", "module.decisions.output.problems", "fail", messageWithHeading, "A heading without lines:"),
		checked("check", "check.outcomes", "fail", messageWithHeading),
	})
	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan)}))

	requireParts(t, text, "⛔ **Refused (3)**\n\n- `module.decisions.output.problems`: `A heading without lines:`\n"+
		"- `module.decisions.output.problems`: `Files to correct:`\n  - `case-7.yaml: a tab`\n  - `case-9.yaml: no session_id`\n\n",
		"⚠️ **Failed checks (2)**: they stop nothing.\n\n- `check.outcomes`: `Files to correct:`\n  - `case-7.yaml: a tab`\n")
}

// A condition that is known while validating stops Terraform before there is a plan.
func TestFindings_ConditionWithoutAPlanIsShownByLines(t *testing.T) {
	t.Parallel()
	log := parseLog(t, diagnostic("error", "", "Module output value precondition failed", messageWithHeading))
	text := summary.Markdown(page, summarize(t, summary.Input{Log: log}))

	requireParts(t, text, "⛔ **Refused (2)**\n\n- `Module output value precondition failed`: `Files to correct:`\n  - `case-7.yaml: a tab`\n  - `case-9.yaml: no session_id`\n")
}

// Only a table needs an escape before a pipe. Elsewhere, a reviewer would read it as a part of the text.
func TestFindings_PipeInALineIsAsItIs(t *testing.T) {
	t.Parallel()
	text := summary.Markdown(page, summarize(t, summary.Input{Log: parseLog(t, diagnostic("error", "", "Unsupported", `a || b \| c`))}))
	requireParts(t, text, "- `Unsupported: a || b \\| c`\n")
}

func TestFindings_ErrorWithoutDetailIsItsSummary(t *testing.T) {
	t.Parallel()
	text := summary.Markdown(page, summarize(t, summary.Input{Log: parseLog(t, diagnostic("error", "", "Interrupted", ""))}))
	requireParts(t, text, "- `Interrupted`\n")
}

// A condition whose message is empty is reported without one, and hides no error that has no detail.
func TestFindings_EmptyMessageOfACheckHidesNoError(t *testing.T) {
	t.Parallel()
	plan := planOf().with("errored", true, "checks", []fields{checked("check", "check.health", "fail", " \n")})
	log := parseLog(t, diagnostic("error", "", "Invalid provider configuration", ""), diagnostic("warning", "", "Incomplete lock file", ""))
	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: log}))

	requireParts(t, text, "⛔ **Refused (1)**\n\n- `Invalid provider configuration`\n", "- `check.health`: `failed without a message`\n", "- `Incomplete lock file`\n")
}

// A warning without a text must not open a code span that the next text closes.
func TestFindings_WarningWithoutATextIsNoOpenCodeSpan(t *testing.T) {
	t.Parallel()
	plan := planOf(change("create", nil, decide(session("Declined"), "In Review", "Forged.")).at("didit_session_status.x"))
	for _, address := range []string{"didit_session_status.x", ""} {
		log := parseLog(t, diagnostic("warning", address, "", ""), diagnostic("warning", address, "a`b`c", ""))
		text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: log}))
		if strings.Contains(withoutCode(text), "``") || !strings.Contains(text, "_empty_") {
			t.Errorf("the page has an empty code span:\n%s", text)
		}
	}
}

func TestFindings_ErrorsWithoutAPlan(t *testing.T) {
	t.Parallel()
	log := parseLog(t, diagnostic("error", "", "Unsupported argument", "An argument named \"x\" is not expected here."))
	text := summary.Markdown(page, summarize(t, summary.Input{Group: "2026", Log: log}))

	want := "## Didit decisions: group `2026`\n\n⛔ **There is no plan.** Terraform stopped before it could make one.\n\n" +
		"⛔ **Refused (1)**\n\n- `Unsupported argument: An argument named \"x\" is not expected here.`\n"
	if text != want {
		t.Errorf("the page is\n%s\nwant\n%s", text, want)
	}
}

func TestFindings_WarningsOfTheProviderAreInTheirRows(t *testing.T) {
	t.Parallel()
	const block = "didit_session_status.it"
	log := parseLog(t,
		diagnostic("warning", block, "The session is not decided yet", "The person has not finished."),
		diagnostic("warning", block, "Ongoing AML monitoring changes", "Approving switches it on."),
		diagnostic("warning", "didit_session_status.other", "Ongoing AML monitoring changes", "Declining switches it off."),
		diagnostic("warning", "didit_webhook_destination.x", "Unknown event", "This version does not know it."))
	plan := planOf(
		change("create", nil, decide(session("Approved"), "In Review", "Fine.")),
		change("create", nil, decide(session("Declined").with("session_id", session2), "In Review", "Forged.")).at("didit_session_status.other"))
	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: log}))

	requireParts(t, text, "**Needs attention**: 2 × `Ongoing AML monitoring changes`, 1 × `The session is not decided yet`.",
		"| **session** | `In Review` | `Approved` | `Fine.` | ⚠️ `Ongoing AML monitoring changes`, `The session is not decided yet` |",
		"### ⚠️ Session `"+session2+"`",
		"⚠️ **Other warnings (1)**\n\n- `didit_webhook_destination.x`: `Unknown event: This version does not know it.`\n")
}

func TestFindings_WarningsEquivalentToAMarkAreThatMark(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Didit has the wanted value already": "⚠️ already so |",
		"The comment will not be recorded":   "⚠️ already so |",
		"Only the comment is new":            "⚠️ decides again, as its text is new |",
	} {
		log := parseLog(t, diagnostic("warning", "didit_session_status.it", text, "A detail."), diagnostic("warning", "didit_session_status.it", text, "Another one."))
		plan := planOf(change("create", nil, decide(session("Declined"), "In Review", "Forged.")))
		requireParts(t, summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, plan), Log: log})), "| `Forged.` | "+want, "**Needs attention**: 1 ×")
	}
}

// The mark of a superseded decision has more in it than the warning. Any other warning is new to the reader.
func TestFindings_WarningsDoNotRepeatTheEffect(t *testing.T) {
	t.Parallel()
	made := func(outcome string) fields { return made(session("Declined"), outcome) }
	for name, test := range map[string]struct {
		change        fields
		warning, want string
	}{
		"superseded": {unchanged(made("superseded")), "Didit has another value than was decided", "⚠️ superseded: Didit has `Declined`"},
		"gone":       {unchanged(made("gone")), "What was decided is no longer in Didit", "⚠️ gone"},
		"forgotten":  {change("delete", made("stands"), nil), "The decision stays in place", "no longer managed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := parseLog(t, diagnostic("warning", "didit_session_status.it", test.warning, "A detail."), diagnostic("warning", "didit_session_status.it", "Something else", "A detail."))
			text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, planOf(test.change)), Log: log}))

			requireParts(t, text, test.want, "`Something else`")
			requireNone(t, text, "`"+test.warning)
		})
	}
}

// A plan file of an earlier run is still there where Terraform made none.
func TestFindings_LogOfAnotherRunIsReported(t *testing.T) {
	t.Parallel()
	log := parseLog(t, diagnostic("error", "", "Unsupported argument", "An argument named \"x\" is not expected here."))
	text := summary.Markdown(page, summarize(t, summary.Input{Plan: parsePlan(t, planOf(unchanged(session("Approved")))), Log: log}))

	requireParts(t, text, "⛔ **The log has errors, but the plan has none.** They are of an apply that did not begin, or not of the same run.", "⛔ **Refused (1)**")
}

func TestFindings_LogOfAnApplySaysWhetherItWasMade(t *testing.T) {
	t.Parallel()
	const begin = `{"@level":"info","type":"apply_start","hook":{"action":"create"}}` + "\n"
	const action = `{"@level":"info","type":"action_start","hook":{"action":{"addr":"action.didit_session_resubmission.again","action_key":null},"invoke":{}}}` + "\n"
	const future = `{"@level":"info","type":"new","hook":[1],"changes":["x"]}` + "\n" // An event that this version does not know.
	plan := parsePlan(t, planOf(change("create", nil, decide(session("Declined"), "In Review", "Forged."))))
	for log, want := range map[string]string{
		begin + `{"@level":"info","type":"change_summary","changes":{"operation":"apply"}}`:                                                                   "✅ **The plan was applied.**\n",
		begin + `{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"Didit has another value than from","detail":""}}`:          "⛔ **The apply failed.** What it made before the error is made; the next apply makes the rest.\n",
		action + future + `{"@level":"info","type":"change_summary","changes":{"operation":"apply"}}`:                                                         "✅ **The plan was applied.**\n",
		action + `{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"Interrupted","detail":""}}`:                               "⛔ **The apply failed.**",
		`{"@level":"info","type":"apply_start","hook":{"action":"read"}}` + "\n" + `{"@level":"info","type":"change_summary","changes":{"operation":"plan"}}`: "## Didit decisions\n\n**1 decision",
	} {
		parsed, err := summary.ParseLog([]byte(log))
		if err != nil {
			t.Fatal(err)
		}
		requireParts(t, summary.Markdown(page, summarize(t, summary.Input{Plan: plan, Log: parsed})), want)
	}
}
