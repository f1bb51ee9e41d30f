// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"fmt"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

const (
	kyc        = `"` + simulator.SessionKYC + `"`
	kyb        = `"` + simulator.SessionKYB + `"`
	simple     = `"` + simulator.SessionSimple + `"`
	inProgress = `"` + simulator.SessionInProgress + `"`
)

func TestPlanOfTheCLIWithEveryGroupInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.needs(7, "a removed block")
	w.configure(
		block("changed", kyc, "feature_ocr_1", "In Review", ""),
		block("overturned", kyc, "feature_aml_1", "Declined", `"Hit."`),
		block("followed", kyc, "feature_poa_1", "In Review", ""),
		block("comment", kyb, "feature_aml_1", "In Review", ""),
		block("replaced", kyb, "feature_kyb_documents_1", "In Review", ""),
		block("destroyed", kyb, "feature_kyb_key_people_1", "In Review", ""),
		block("removed", inProgress, "feature_ocr_1", "Approved", ""))
	w.must("apply", "-auto-approve")
	w.approve("feature_aml_1")
	w.approve("feature_poa_1")

	w.configure(
		block("changed", kyc, "feature_ocr_1", "Declined", `"Forged. @octocat | #12"`),
		block("overturned", kyc, "feature_aml_1", "Declined", `"Hit."`),
		block("followed", kyc, "feature_poa_1", "Approved", ""),
		block("comment", kyb, "feature_aml_1", "In Review", `"No match."`),
		block("replaced", kyb, "feature_kyb_registry_1", "Approved", ""),
		"removed {\n  from = didit_session_feature_status.removed\n  lifecycle {\n    destroy = false\n  }\n}\n",
		adopted("adopted", kyc, "feature_face_match_1", "Approved", ""),
		adopted("imported", simple, "default", "Approved", `sensitive("Secret.")`),
		block("created", inProgress, "feature_liveness_1", "Approved", ""),
		block("unknown", "terraform_data.session.output", "feature_ocr_1", "Approved", ""),
		fmt.Sprintf("resource \"terraform_data\" \"session\" {\n  input = %s\n}\n", inProgress))
	parsed := w.plan()

	expectLines(t, parsed,
		"overturned: feature_aml_1 AML: Approved -> Declined: Hit.",
		"adopted: feature_face_match_1 FACE_MATCH: Approved -> Approved: -",
		"changed: feature_ocr_1 ID_VERIFICATION: In Review -> Declined: Forged. @octocat | #12",
		"followed: feature_poa_1 POA: In Review -> Approved: -",
		"comment_only: feature_aml_1 AML: In Review -> In Review: No match.",
		"let_go: feature_kyb_key_people_1 KYB_KEY_PEOPLE: In Review -> -: -",
		"replaced: feature_kyb_registry_1 KYB_REGISTRY: - -> Approved: -",
		"changed: default ID_VERIFICATION: In Review -> Approved: sensitive",
		"not_adopted_yet: feature_liveness_1 LIVENESS: - -> Approved: -",
		"let_go: feature_ocr_1 ID_VERIFICATION: Approved -> -: -",
		"not_adopted_yet: feature_ocr_1 unknown: - -> Approved: -")
	markdown := parsed.Markdown(summary.DefaultSize)
	expectParts(t, markdown, "⚠️ overturned in the console, AML", "in place of `"+simulator.SessionKYB+"` `feature_kyb_documents_1`", "imported", "Besides, 1 change of other types")
	expectNone(t, markdown, "Secret", "@octocat", "has errors", "is incomplete")

	// Planned again, it is the same; a decision in the console makes it another one.
	again := w.plan()
	if a, b := jsonOf(t, parsed), jsonOf(t, again); a != b {
		t.Errorf("the first plan gives %s\nthe second one %s", a, b)
	}
	w.approve("feature_ocr_1")
	difference := summary.Compare(parsed, w.plan())
	if difference.IsEmpty() || len(difference.Changed) != 1 || len(difference.Appeared)+len(difference.Disappeared) != 0 {
		t.Errorf("the difference is\n%s", difference.Markdown(summary.DefaultSize))
	}
}

func TestPlanOfTheCLIWithoutImportBlocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keyed := func(key string) string {
		return fmt.Sprintf("resource \"didit_session_feature_status\" \"each\" {\n  for_each = { %s = \"feature_poa_1\" }\n  session_id = %s\n  node_id = each.value\n  status = \"In Review\"\n}\n", key, kyc)
	}
	w.configure(block("ocr", kyc, "feature_ocr_1", "In Review", ""), block("aml", kyc, "feature_aml_1", "Declined", `"Hit."`), block("face", kyc, "feature_face_match_1", "Approved", ""), keyed("before"))
	w.must("apply", "-auto-approve")
	w.approve("feature_aml_1")

	w.configure(block("ocr", kyc, "feature_ocr_1", "Declined", `"Forged."`), block("aml", kyc, "feature_aml_1", "Declined", `"Hit."`), block("kyb", kyb, "feature_aml_1", "Approved", ""), keyed("after"))

	expectLines(t, w.plan(),
		"overturned: feature_aml_1 AML: Approved -> Declined: Hit.",
		"let_go: feature_face_match_1 FACE_MATCH: Approved -> -: -",
		"changed: feature_ocr_1 ID_VERIFICATION: In Review -> Declined: Forged.",
		"replaced: feature_poa_1 POA: In Review -> In Review: -",
		"not_adopted_yet: feature_aml_1 AML: - -> Approved: -")
	expectLines(t, w.plan("-destroy"),
		"let_go: feature_aml_1 AML: Approved -> -: -",
		"let_go: feature_face_match_1 FACE_MATCH: Approved -> -: -",
		"let_go: feature_ocr_1 ID_VERIFICATION: In Review -> -: -",
		"let_go: feature_poa_1 POA: In Review -> -: -")
}

func TestPlanThatOnlyRefreshesShowsWhatHasMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(block("ocr", kyc, "feature_ocr_1", "In Review", ""), block("aml", kyb, "feature_aml_1", "In Review", ""))
	w.must("apply", "-auto-approve")
	w.approve("feature_ocr_1")
	w.DeleteSession(simulator.SessionKYB)

	expectLines(t, w.plan("-refresh-only"),
		"followed: feature_ocr_1 ID_VERIFICATION: In Review -> Approved: -",
		"let_go: feature_aml_1 AML: In Review -> -: -")
}

func TestMovedBlockKeepsItsDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.needs(1, "a moved block")
	w.configure(block("before", kyc, "feature_ocr_1", "Declined", ""))
	w.must("apply", "-auto-approve")
	w.approve("feature_ocr_1")

	w.configure(block("after", kyc, "feature_ocr_1", "Declined", ""), "moved {\n  from = didit_session_feature_status.before\n  to = didit_session_feature_status.after\n}\n")

	expectLines(t, w.plan(), "overturned: feature_ocr_1 ID_VERIFICATION: Approved -> Declined: -")
}

func TestPlanOfTheCLIInWhichNothingChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(block("ocr", kyc, "feature_ocr_1", "Declined", `"Forged."`))
	w.must("apply", "-auto-approve")
	expectParts(t, w.plan().Markdown(summary.DefaultSize), "No decision changes: **1** unchanged.")

	w.configure()
	w.must("apply", "-auto-approve")
	expectParts(t, w.plan().Markdown(summary.DefaultSize), "There is no `didit_session_feature_status` in this plan.")
}

func TestPlanOfTheCLIWithATargetIsIncomplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(block("ocr", kyc, "feature_ocr_1", "Declined", ""), block("aml", kyc, "feature_aml_1", "Declined", ""))
	parsed := w.plan("-target=didit_session_feature_status.ocr")

	expectLines(t, parsed, "not_adopted_yet: feature_ocr_1 ID_VERIFICATION: - -> Declined: -")
	if w.cli.IsOpenTofu() {
		t.Log("OpenTofu does not say of a plan that it is incomplete")
		return
	}
	w.needs(8, "a plan that says that it is incomplete")
	expectParts(t, parsed.Markdown(summary.DefaultSize), "**The plan is incomplete**")
}

func TestPlanOfTheCLIWithErrorsSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.needs(6, "a saved plan with errors")
	w.configure(block("ocr", kyc, "feature_ocr_1", "Declined", ""), block("bad", kyc, "feature_none_1", "Declined", ""))
	if _, err := w.run("plan", "-out=tfplan"); err == nil {
		t.Fatal("the plan has no errors")
	}
	parsed := w.shown()

	expectParts(t, parsed.Markdown(summary.DefaultSize), "**The plan has errors.**", "`feature_ocr_1`")
	if summary.Compare(parsed, parsed).IsEmpty() {
		t.Error("a plan with errors is said to be the reviewed one")
	}
}

func TestWhatTheCLIWritesInsteadOfAPlanIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(block("ocr", kyc, "feature_ocr_1", "Declined", ""))
	messages := w.must("plan", "-json")
	w.must("apply", "-auto-approve")

	for want, given := range map[string][]byte{
		"messages of plan -json":    messages,
		"it is the JSON of a state": w.must("show", "-json"),
		"it is not JSON":            w.must("plan", "-no-color"),
	} {
		if _, err := summary.Parse(given); err == nil {
			t.Errorf("no error, want %q", want)
		} else {
			expectParts(t, err.Error(), want)
		}
	}
}
