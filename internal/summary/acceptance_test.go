// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// workspace is a folder with a configuration for a simulated Didit.
type workspace struct {
	*acctest.Env
	*acctest.Workspace
}

func newWorkspace(t *testing.T, blocks ...string) workspace {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	return workspace{env, env.Workspace(env.Config(blocks...))}
}

// configure replaces the configuration.
func (w workspace) configure(blocks ...string) { w.Write("main.tf", w.Config(blocks...)) }

// plan plans, also with errors, and returns the plan and its log.
func (w workspace) plan(t *testing.T, arguments ...string) summary.Input {
	t.Helper()
	run := w.Run(append([]string{"plan", "-json", "-out=tfplan"}, arguments...)...)
	log, err := summary.ParseLog([]byte(run.Output))
	if err != nil {
		t.Fatal(err)
	}
	shown := w.Run("show", "-json", "tfplan")
	if shown.ExitCode != 0 {
		t.Fatalf("there is no plan:\n%s", run.Output)
	}
	plan, err := summary.ParsePlan([]byte(shown.Output))
	if err != nil {
		t.Fatal(err)
	}
	return summary.Input{Plan: plan, Log: log}
}

// page plans, and returns the page of the plan and its log.
func (w workspace) page(t *testing.T, arguments ...string) string {
	t.Helper()
	return summary.Markdown(page, summarize(t, w.plan(t, arguments...)))
}

// stepBlock returns a resource block of the KYC session, with more arguments.
func stepBlock(name, node, status string, arguments ...string) string {
	return fmt.Sprintf("\nresource \"didit_session_feature_status\" %q {\n  session_id = %q\n  node_id = %q\n  status = %q\n  %s\n}\n",
		name, simulator.SessionKYC, node, status, strings.Join(arguments, "\n  "))
}

const kycData = `
data "didit_session_decision" "kyc" {
  session_id = "` + simulator.SessionKYC + `"
}
`

func TestAcc_ErroredPlanWithItsLog(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, kycData,
		stepBlock("ocr", "feature_ocr_1", "Declined", `comment = "Forged."`),
		stepBlock("none", "feature_none_1", "Declined"),
		`
output "problems" {
  value = "none"
  precondition {
    condition     = data.didit_session_decision.kyc.status == "Approved"
    error_message = "case-1.yaml: steps.ocr: a comment is too short\ncase-2.yaml: session: no ticket"
  }
}
`)
	w.RequireCLI(6, "a saved plan with errors")
	text := w.page(t)

	requireParts(t, text, "⛔ **The plan has errors.**", "⛔ **Refused (3)**", "- `didit_session_feature_status.none`: `Step not found: ",
		"- `output.problems`: `case-1.yaml: steps.ocr: a comment is too short`\n- `output.problems`: `case-2.yaml: session: no ticket`\n",
		"| step `feature_ocr_1` | ? | `Declined` | `Forged.` |")
	requireNone(t, text, "precondition failed")
}

func TestAcc_FailedCheckIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, kycData, `
check "outcomes" {
  assert {
    condition     = data.didit_session_decision.kyc.status == "Approved"
    error_message = "case-1.yaml: session is superseded"
  }
}
`)
	w.RequireCLI(5, "a check block")
	text := w.page(t)

	requireParts(t, text, "There is no decision in this plan.", "⚠️ **Failed checks (1)**: they stop nothing.\n\n- `check.outcomes`: `case-1.yaml: session is superseded`\n")
	requireNone(t, text, "Check block assertion failed", "Refused")
}

// A provider that is only named is started with the key in its environment.
func TestAcc_NamedProviderIsListed(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", "feature_ocr_1", "Declined"))
	w.Write("main.tf", strings.Replace(w.Read("main.tf"), "required_providers {", "required_providers {\n    other = {\n      source = \"registry.terraform.io/other/didit\"\n    }", 1))
	w.Write("module/main.tf", "terraform {\n  required_providers {\n    inner = {\n      source = \"registry.terraform.io/inner/didit\"\n    }\n  }\n}\n")
	w.Write("module.tf", "module \"m\" {\n  source = \"./module\"\n}\n")
	w.Write(".terraform/modules/modules.json", `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"./module","Dir":"module"}]}`)
	w.override(t, "other/didit", "inner/didit")

	requireParts(t, w.page(t), "⚠️ **Providers that are not `didit-community/didit` (2)**: each of them can run a program with this key.\n\n- `registry.terraform.io/inner/didit`\n- `registry.terraform.io/other/didit`\n")
}

func TestAcc_ProviderUnderAnotherAddress(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.Write("main.tf", strings.ReplaceAll(w.Config(stepBlock("ocr", "feature_ocr_1", "Declined")), "didit-community/didit", "bank/didit"))
	w.override(t, "bank/didit")
	text := w.page(t)

	requireParts(t, text, "- `registry.terraform.io/bank/didit`\n", "**1 decision in 1 case:** 1 step.", "| step `feature_ocr_1` | ? | `Declined` |",
		"⚠️ `provider registry.terraform.io/bank/didit`: `configure base_url` (sets Didit's address or credential)")
}

// override makes the CLI take more providers from the build of this one.
func (w workspace) override(t *testing.T, names ...string) {
	t.Helper()
	var path string
	for _, variable := range w.CLI.Environment() {
		if value, found := strings.CutPrefix(variable, "TF_CLI_CONFIG_FILE="); found {
			path = value
		}
	}
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ +"registry.terraform.io/didit-community/didit" = (.*)$`)
	changed := line.ReplaceAllStringFunc(string(config), func(found string) string {
		for _, name := range names {
			found += "\n    \"registry.terraform.io/" + name + "\" = " + line.FindStringSubmatch(string(config))[1]
		}
		return found
	})
	w.Write("cli.tfrc", changed)
	w.Variables = append(w.Variables, "TF_CLI_CONFIG_FILE="+filepath.Join(w.Folder, "cli.tfrc"))
}

func TestAcc_OutputsMovesAndTargets(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("before", "feature_ocr_1", "In Review"), "resource \"terraform_data\" \"x\" {}\n")
	w.RequireCLI(8, "a plan that reports that it is incomplete")
	w.MustRun("apply", "-auto-approve")
	w.configure(stepBlock("after", "feature_ocr_1", "In Review"), "moved {\n  from = didit_session_feature_status.before\n  to   = didit_session_feature_status.after\n}\n",
		"resource \"terraform_data\" \"x\" {\n  input = 1\n  provisioner \"local-exec\" {\n    command = \"exit 0\"\n  }\n}\n", "output \"new\" {\n  value = 1\n}\n")
	text := w.page(t)

	requireParts(t, text, "No decision changes: **1** unchanged.", "**Moved blocks (1)**: nothing is sent.\n\n- `didit_session_feature_status.before → didit_session_feature_status.after`\n",
		"**Changed outputs (1)**\n\n- `new`: `create`\n", "- ⚠️ `terraform_data.x`: `provisioner local-exec` (runs a program)\n", "- `terraform_data.x`: `update`\n")
	if !w.CLI.IsOpenTofu() {
		w.MustRun("apply", "-auto-approve")
		requireParts(t, w.page(t, "-target=terraform_data.x"), "⚠️ **The plan is incomplete**, as with -target.")
	}
}

func TestAcc_RefreshOnlyShowsWhatHasMoved(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", "feature_ocr_1", "In Review"))
	w.MustRun("apply", "-auto-approve")
	w.MustDecide(simulator.SessionKYC, "feature_ocr_1", simulator.StatusApproved)

	requireParts(t, w.page(t, "-refresh-only"), "| step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Approved` | — | ⚠️ changed in Didit since |")
	requireParts(t, w.page(t), "| `Approved` | `In Review` | — | ⚠️ overturns a decision, undoes a change made in Didit |")
	w.DeleteSession(simulator.SessionKYC)
	requireParts(t, w.page(t, "-refresh-only"), "| ⚠️ gone |")
}

func TestAcc_OtherOutputOfTheCLIIsRejected(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", "feature_ocr_1", "In Review"))
	log := w.MustRun("plan", "-json", "-out=tfplan")
	plan := w.MustRun("show", "-json", "tfplan")
	w.MustRun("apply", "-auto-approve")

	for want, input := range map[string]string{
		"it is the log of plan -json": log,
		"it is the JSON of a state":   w.MustRun("show", "-json"),
		"it does not begin with JSON": w.MustRun("plan"),
		"it is a plan file":           w.Read("tfplan"),
		"it holds more than one JSON": plan + plan,
	} {
		if _, err := summary.ParsePlan([]byte(input)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

func TestAcc_ReopenedSession(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, `
action "didit_session_resubmission" "again" {
  config {
    session_id = "`+simulator.SessionKYC+`"
    nodes      = [{ node_id = "feature_ocr_1", feature_type = "OCR" }]
    comment    = "Blurred."
  }
}
resource "terraform_data" "trigger" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.didit_session_resubmission.again]
    }
  }
}
`)
	w.RequireTerraform(14, "actions")

	in := w.plan(t)
	requireParts(t, summary.Markdown(page, summarize(t, in)), "| **repeat steps** `feature_ocr_1 (OCR)` | ? | `Resubmitted` | `Blurred.` | ⚠️ deletes captured data; `action.didit_session_resubmission.again` |")

	applied, err := summary.ParseLog([]byte(w.Run("apply", "-json", "tfplan").Output))
	if err != nil {
		t.Fatal(err)
	}
	in.Log = applied
	requireParts(t, summary.Markdown(page, summarize(t, in)), "✅ **The plan was applied.**")
}
