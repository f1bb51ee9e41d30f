// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

func TestAcc_EveryEffect(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t,
		stepBlock("changed", kyc, "feature_ocr_1", "In Review", ""),
		stepBlock("restored", kyc, "feature_aml_1", "Declined", `"Match."`),
		stepBlock("followed", kyc, "feature_poa_1", "In Review", ""),
		stepBlock("comment", kyb, "feature_aml_1", "In Review", ""),
		stepBlock("replaced", kyb, "feature_kyb_documents_1", "In Review", ""),
		stepBlock("destroyed", kyb, "feature_kyb_key_people_1", "In Review", ""),
		stepBlock("removed", inProgress, "feature_ocr_1", "Approved", ""))
	w.RequireCLI(7, "a removed block")
	w.MustRun("apply", "-auto-approve")
	w.approve(t, "feature_aml_1")
	w.approve(t, "feature_poa_1")

	w.configure(
		stepBlock("changed", kyc, "feature_ocr_1", "Declined", `"Forged. @octocat | #12"`),
		stepBlock("restored", kyc, "feature_aml_1", "Declined", `"Match."`),
		stepBlock("followed", kyc, "feature_poa_1", "Approved", ""),
		stepBlock("comment", kyb, "feature_aml_1", "In Review", `"No match."`),
		stepBlock("replaced", kyb, "feature_kyb_registry_1", "Approved", ""),
		"removed {\n  from = didit_session_feature_status.removed\n  lifecycle {\n    destroy = false\n  }\n}\n",
		adoptedStep("adopted", kyc, "feature_face_match_1", "Approved", ""),
		adoptedStep("imported", simple, "default", "Approved", `sensitive("Secret.")`),
		stepBlock("created", inProgress, "feature_liveness_1", "Approved", ""),
		stepBlock("unknown", "terraform_data.session.output", "feature_ocr_1", "Approved", ""),
		fmt.Sprintf("resource \"terraform_data\" \"session\" {\n  input = %s\n  provisioner \"local-exec\" {\n    command = \"exit 0\"\n  }\n}\n", inProgress),
		fmt.Sprintf("data \"didit_session_decision\" \"later\" {\n  session_id = %s\n  depends_on = [terraform_data.session]\n}\n", inProgress))
	parsed := w.plan(t)

	requireDecisions(t, parsed,
		"restored: feature_aml_1: Approved -> Declined: Match.",
		"adopted: feature_face_match_1: Approved -> Approved: -",
		"changed: feature_ocr_1: In Review -> Declined: Forged. @octocat | #12",
		"followed: feature_poa_1: In Review -> Approved: -",
		"comment_only: feature_aml_1: In Review -> In Review: No match.",
		"released: feature_kyb_key_people_1: In Review -> -: -",
		"replaced: feature_kyb_registry_1: - -> Approved: -",
		"changed: default: In Review -> Approved: sensitive",
		"set: feature_liveness_1: - -> Approved: -",
		"released: feature_ocr_1: Approved -> -: -",
		"set: feature_ocr_1: - -> Approved: -")
	text := parsed.Markdown(page)
	requireParts(t, text, "⚠️ overturned in the console, AML", "in place of step `feature_kyb_documents_1` `KYB_DOCUMENTS`", "imported",
		"| `terraform_data.session` | `create` |", "| `terraform_data.session` | `provisioner local-exec` | ⚠️ runs a program |", "| `data.didit_session_decision.later` | `read` |")
	requireNone(t, text, "Secret", "@octocat", "has errors", "is incomplete")

	// The same plan again is the same; a decision in the console makes it another one.
	again := w.plan(t)
	if a, b := jsonOf(t, parsed), jsonOf(t, again); a != b {
		t.Errorf("the first plan gives %s\nthe second one %s", a, b)
	}
	w.approve(t, "feature_ocr_1")
	requireResult(t, parsed, w.plan(t), summary.Different)
}

func TestAcc_WithoutImportBlocks(t *testing.T) {
	t.Parallel()
	keyed := func(key string) string {
		return fmt.Sprintf("resource \"didit_session_feature_status\" \"each\" {\n  for_each = { %s = \"feature_poa_1\" }\n  session_id = %s\n  node_id = each.value\n  status = \"In Review\"\n}\n", key, kyc)
	}
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "In Review", ""), stepBlock("aml", kyc, "feature_aml_1", "Declined", `"Match."`), stepBlock("face", kyc, "feature_face_match_1", "Approved", ""), keyed("before"))
	w.MustRun("apply", "-auto-approve")
	w.approve(t, "feature_aml_1")

	w.configure(stepBlock("ocr", kyc, "feature_ocr_1", "Declined", `"Forged."`), stepBlock("aml", kyc, "feature_aml_1", "Declined", `"Match."`), stepBlock("kyb", kyb, "feature_aml_1", "Approved", ""), keyed("after"))

	requireDecisions(t, w.plan(t),
		"restored: feature_aml_1: Approved -> Declined: Match.",
		"released: feature_face_match_1: Approved -> -: -",
		"changed: feature_ocr_1: In Review -> Declined: Forged.",
		"retaken: feature_poa_1: In Review -> In Review: -",
		"set: feature_aml_1: - -> Approved: -")
	requireDecisions(t, w.plan(t, "-destroy"),
		"released: feature_aml_1: Approved -> -: -",
		"released: feature_face_match_1: Approved -> -: -",
		"released: feature_ocr_1: In Review -> -: -",
		"released: feature_poa_1: In Review -> -: -")
}

func TestAcc_RefreshOnlyShowsWhatHasMoved(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "In Review", ""), stepBlock("aml", kyb, "feature_aml_1", "In Review", ""))
	w.MustRun("apply", "-auto-approve")
	w.approve(t, "feature_ocr_1")
	w.DeleteSession(simulator.SessionKYB)

	requireDecisions(t, w.plan(t, "-refresh-only"),
		"followed: feature_ocr_1: In Review -> Approved: -",
		"gone: feature_aml_1: In Review -> -: -")
}

func TestAcc_MovedBlockKeepsItsDrift(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("before", kyc, "feature_ocr_1", "Declined", ""))
	w.RequireCLI(1, "a moved block")
	w.MustRun("apply", "-auto-approve")
	w.approve(t, "feature_ocr_1")

	w.configure(stepBlock("after", kyc, "feature_ocr_1", "Declined", ""), "moved {\n  from = didit_session_feature_status.before\n  to = didit_session_feature_status.after\n}\n")

	requireDecisions(t, w.plan(t), "restored: feature_ocr_1: Approved -> Declined: -")
}

func TestAcc_NothingChanges(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "Declined", `"Forged."`))
	w.MustRun("apply", "-auto-approve")
	requireParts(t, w.plan(t).Markdown(page), "No decision changes: **1** unchanged.")

	w.configure()
	w.MustRun("apply", "-auto-approve")
	requireParts(t, w.plan(t).Markdown(page), "There is no decision in this plan.")
}

func TestAcc_PlanWithATargetIsIncomplete(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "Declined", ""), stepBlock("aml", kyc, "feature_aml_1", "Declined", ""))
	parsed := w.plan(t, "-target=didit_session_feature_status.ocr")

	requireDecisions(t, parsed, "set: feature_ocr_1: - -> Declined: -")
	if w.CLI.IsOpenTofu() {
		t.Log("OpenTofu does not report that a plan is incomplete")
		return
	}
	w.RequireCLI(8, "a plan that reports that it is incomplete")
	requireParts(t, parsed.Markdown(page), "**The plan is incomplete**")
}

func TestAcc_PlanWithErrors(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "Declined", ""), stepBlock("bad", kyc, "feature_none_1", "Declined", ""))
	w.RequireCLI(6, "a saved plan with errors")
	w.MustFail("plan", "-out=tfplan")
	parsed := w.shown(t)

	requireParts(t, parsed.Markdown(page), "**The plan has errors.**", "`feature_ocr_1`")
	requireResult(t, parsed, parsed, summary.Different)
}

func TestAcc_OtherOutputOfTheCLIIsRejected(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, stepBlock("ocr", kyc, "feature_ocr_1", "Declined", ""))
	log := w.MustRun("plan", "-json")
	w.MustRun("apply", "-auto-approve")

	for want, input := range map[string]string{
		"it is the log of plan -json": log,
		"it is the JSON of a state":   w.MustRun("show", "-json"),
		"it is not JSON":              w.MustRun("plan"),
	} {
		if _, err := summary.Parse([]byte(input)); err == nil {
			t.Errorf("there is no error, want %q", want)
		} else {
			requireParts(t, err.Error(), want)
		}
	}
}

func TestAcc_RerunAfterAPartlyFailedApply(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t,
		stepBlock("released", kyb, "feature_aml_1", "In Review", ""),
		stepBlock("replaced", kyb, "feature_kyb_documents_1", "In Review", ""))
	w.MustRun("apply", "-auto-approve")
	fails := stepBlock("fails", kyc, "feature_poa_1", "Declined", `"Too old."`)
	all := []string{
		stepBlock("replaced", kyb, "feature_kyb_registry_1", "Approved", ""),
		adoptedStep("imported", kyc, "feature_face_match_1", "Approved", ""),
		adoptedStep("changed", kyc, "feature_ocr_1", "Declined", `"Forged."`),
		stepBlock("created", kyc, "feature_aml_1", "Approved", `"No match."`),
		"resource \"terraform_data\" \"other\" {\n  input = \"x\"\n}\n",
		"data \"didit_session_decision\" \"later\" {\n  session_id = " + kyc + "\n  depends_on = [terraform_data.other]\n}\n",
	}
	w.configure(append(all, fails)...)
	w.RequireCLI(5, "an import block")
	reviewed := w.plan(t)
	requireResult(t, reviewed, w.plan(t), summary.Same)

	w.Inject(simulator.Fault{Method: http.MethodPatch, Path: "feature_poa_1", Status: http.StatusForbidden, Body: `{"detail": "You do not have permission."}`})
	w.MustFail("apply", "tfplan")
	requireDecisions(t, w.plan(t), "set: feature_poa_1: - -> Declined: Too old.")
	requireResult(t, reviewed, w.shown(t), summary.PartlyDone, "**5 decisions** and **2 other changes** are done already")

	// A block that is gone, or another value in the console, is not finished work.
	w.configure(all...)
	requireResult(t, reviewed, w.plan(t), summary.Different)
	w.configure(append(all, fails)...)
	w.approve(t, "feature_ocr_1")
	requireResult(t, reviewed, w.plan(t), summary.Different)
}

// TestAcc_Case decides hits, steps and session of one case in one apply, which fails
// half-way and is run again.
func TestAcc_Case(t *testing.T) {
	t.Parallel()
	blocks := []string{
		fmt.Sprintf("data \"didit_session_decision\" \"kyc\" {\n  session_id = %s\n}\n", kyc),
		adoptedHit("sanctions", simulator.HitSanctions, simulator.ReviewFalsePositive),
		adoptedHit("pep", simulator.HitPEP, simulator.ReviewConfirmedMatch),
		adoptedStep("aml", kyc, "feature_aml_1", "Approved", `"PEP is accepted (AML-12)."`),
		adoptedStep("ocr", kyc, "feature_ocr_1", "Approved", `"Seen."`),
		adoptedStep("live", kyc, "feature_liveness_1", "Approved", ""),
		adoptedSession("Approved", "All clear."),
	}
	w := newWorkspace(t, blocks...)
	w.RequireCLI(5, "an import block")
	reviewed := w.plan(t)

	requireDecisions(t, reviewed,
		"changed: "+simulator.HitSanctions+": Unreviewed -> False Positive: -",
		"changed: "+simulator.HitPEP+": Unreviewed -> Confirmed Match: -",
		"changed: feature_aml_1: In Review -> Approved: PEP is accepted (AML-12).",
		"adopted: feature_liveness_1: Approved -> Approved: -",
		"changed: feature_ocr_1: In Review -> Approved: Seen.",
		"changed: session: In Review -> Approved: All clear.")
	text := reviewed.Markdown(page)
	requireParts(t, text, "**6 decisions in 1 session:** 2 AML hits, 3 steps, 1 session.",
		"⚠️ **Confirmed Match in an Approved session**: AML hit `"+simulator.HitPEP+"` of `feature_aml_1`.",
		"⚠️ **In Review step in a decided session**: step `feature_poa_1`.",
		"| AML hit `"+simulator.HitSanctions+"` of `feature_aml_1` | `Unreviewed` | `False Positive` | changed | — | imported |\n",
		"| step `feature_aml_1` `AML` | `In Review` | `Approved` | changed | `PEP is accepted (AML-12).` | ⚠️ AML step; imported |\n",
		"| **session** | `In Review` | `Approved` | changed | `All clear.` | imported |\n")
	requireNone(t, text, "without reading")

	w.Inject(simulator.Fault{Method: http.MethodPatch, Path: simulator.SessionKYC + "/update-status/", Status: http.StatusForbidden, Body: `{"detail": "You do not have permission."}`})
	w.MustFail("apply", "tfplan")
	requireDecisions(t, w.plan(t), "changed: session: In Review -> Approved: All clear.")
	requireResult(t, reviewed, w.shown(t), summary.PartlyDone, "**5 decisions** and **0 other changes** are done already")

	// A hit that monitoring adds meanwhile is a new warning.
	if err := w.SetHit(simulator.SessionKYC, "feature_aml_1", simulator.Hit{ID: "hit_new", ReviewStatus: simulator.ReviewUnreviewed}); err != nil {
		t.Fatal(err)
	}
	requireResult(t, reviewed, w.plan(t), summary.Different, "| ⚠️ Unreviewed hit in an Approved session | AML hit `hit_new` of `feature_aml_1` |")
}

func TestAcc_OverturnedHitAndSession(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, hitBlock("sanctions", simulator.HitSanctions, simulator.ReviewConfirmedMatch), hitBlock("pep", simulator.HitPEP, simulator.ReviewFalsePositive),
		stepBlock("aml", kyc, "feature_aml_1", "Declined", ""), adoptedSession("Declined", "Match."))
	w.RequireCLI(5, "an import block")
	w.MustRun("apply", "-auto-approve")
	if err := errors.Join(w.ReviewHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions, simulator.ReviewInconclusive),
		w.DecideSession(simulator.SessionKYC, "Approved", "")); err != nil {
		t.Fatal(err)
	}

	requireDecisions(t, w.plan(t),
		"restored: "+simulator.HitSanctions+": Inconclusive -> Confirmed Match: -",
		"restored: session: Approved -> Declined: Match.")
	requireParts(t, w.shown(t).Markdown(page), "2 × overturned in the console", "Unchanged: AML hit `"+simulator.HitPEP+"` of `feature_aml_1` `False Positive`, step `feature_aml_1` `AML` `Declined`.")
}

func TestAcc_CodeThatIsNoChange(t *testing.T) {
	t.Parallel()
	const each = "resource \"terraform_data\" \"each\" {\n  for_each = toset([%s])\n}\n"
	w := newWorkspace(t, "resource \"terraform_data\" \"gone\" {}\n", fmt.Sprintf(each, `"a", "b [0] \"c\""`), stepBlock("gone", kyc, "feature_ocr_1", "In Review", ""))
	w.RequireCLI(9, "a provisioner in a removed block")
	w.MustRun("apply", "-auto-approve")
	w.Write("other.tfstate", `{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}`)

	w.configure(fmt.Sprintf(each, `"a"`),
		"removed {\n  from = terraform_data.gone\n  lifecycle {\n    destroy = true\n  }\n  provisioner \"local-exec\" {\n    when = destroy\n    command = \"exit 0\"\n  }\n}\n",
		"data \"terraform_remote_state\" \"other\" {\n  backend = \"local\"\n  config = { path = \"other.tfstate\" }\n}\n",
		fmt.Sprintf("data \"didit_session_decision\" \"ours\" {\n  session_id = %s\n}\n", kyc))
	reviewed := w.plan(t)

	requireParts(t, reviewed.Markdown(page), "### Other changes (4)", "3 × may run a program, 1 × sets Didit's address or credential",
		"| `provider[\"registry.terraform.io/didit-community/didit\"]` | `configure api_key, base_url` |",
		"| `data.terraform_remote_state.other` | `read while planning` | ⚠️ may run a program |",
		"| `terraform_data.gone` | `delete` | ⚠️ may run a program |", "| `delete` |  |\n",
		"| step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | _stays_ | no longer managed | — | ⚠️ may run a program |")
	w.Write("main.tf", strings.ReplaceAll(w.Read("main.tf"), "base_url", "max_retries = 1\n  base_url"))
	requireResult(t, reviewed, w.plan(t), summary.Different, "`configure api_key, base_url, max_retries`")
}

func TestAcc_ReopenedSession(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, fmt.Sprintf(`
action "didit_session_resubmission" "again" {
  config {
    session_id = %s
    nodes      = [{ node_id = "feature_ocr_1", feature = "OCR" }]
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
`, kyc))
	w.RequireTerraform(14, "an action")
	triggered := w.plan(t)
	requireDecisions(t, triggered, "reopened: repeat feature_ocr_1 (OCR): - -> Resubmitted: Blurred.")
	requireParts(t, triggered.Markdown(page), "⚠️ deletes captured data; `action.didit_session_resubmission.again`", "| `terraform_data.trigger` | `create` |")

	invoked := w.plan(t, "-invoke=action.didit_session_resubmission.again")
	requireDecisions(t, invoked, "reopened: repeat feature_ocr_1 (OCR): - -> Resubmitted: Blurred.")
	requireResult(t, triggered, invoked, summary.Different)
}
