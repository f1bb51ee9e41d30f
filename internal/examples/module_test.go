// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestModule_AppliesDecisionsOfFiles(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group()

	plan := group.MustRun("plan", "-out=tfplan")

	acctest.RequireText(t, plan, "Plan: 7 to add, 0 to change, 0 to destroy.",
		`module.decisions.module.steps["1"].didit_session_feature_status.step["`+simulator.SessionKYC+`/feature_ocr_1"] will be created`)
	// One read of each session for the rules, hits, steps and session; none of the archived file's.
	r.env.RequireRequests(2, 0)
	group.MustRun("apply", "tfplan")
	r.env.RequireTrail(
		acctest.ByTerraform(simulator.HitSanctions, "Unreviewed", "Confirmed Match", ""),
		acctest.ByTerraform(simulator.HitPEP, "Unreviewed", "False Positive", ""),
		acctest.ByTerraform("feature_ocr_1", "In Review", "Approved", "Passport seen on a video call."),
		acctest.ByTerraform("feature_aml_1", "In Review", "Declined", "The hit is this person, by date and place of birth. (CASE-7)"),
		acctest.ByTerraform("session", "In Review", "Declined", "A sanctioned person, see the AML step. (CASE-7)"),
		acctest.ByTerraform("default", "In Review", "Declined", "A specimen document, as its number shows."),
	)
	requireEmptyPlan(group)
}

// A hit or step that is slow holds up what comes after it, in every case: without the order of
// the modules, the quick session would be decided first.
func TestModule_DecidesHitsThenStepsThenSession(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.group().Write("decisions/quick.yaml", "session_id: "+simulator.SessionApproved+`
session: {from: Approved, to: Declined, comment: "A specimen document, as its number shows."}
`)
	for _, path := range []string{"update-aml-hit-status", "/features/"} {
		r.env.Inject(simulator.Fault{Method: http.MethodPatch, Path: path, Times: -1, Delay: 300 * time.Millisecond})
	}

	r.group().MustRun("apply", "-auto-approve", "-parallelism=50")

	var order []string
	for _, entry := range r.env.Trail("") {
		order = append(order, entry.Kind)
	}
	if got, want := strings.Join(order, " "), "aml_hit aml_hit feature feature feature session session"; got != want {
		t.Errorf("the order on the trail is %q, want %q", got, want)
	}
}

func TestModule_NamesOfFilesAndDecisionsAreFreeToChange(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group()
	group.MustRun("apply", "-auto-approve")

	renamed := strings.Replace(group.Read("decisions/case-7.yaml"), "  passport:", "  travel-document:", 1)
	decide(group, map[string]string{"smith.yaml": renamed, "case-8.yaml": group.Read("decisions/case-8.yaml")})

	requireEmptyPlan(group)
}

func TestModule_DefersChangeOfStep(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group()
	decide(group, map[string]string{"case-9.yaml": "session_id: " + simulator.SessionInProgress + "\nsteps:\n  selfie: {node_id: feature_liveness_1, from: In Review, to: Declined, comment: A mask as the video shows from the side., defer_until_flow_finishes: true}\n"})

	group.MustRun("apply", "-auto-approve")

	if overrides := r.env.Overrides(simulator.SessionInProgress); len(overrides) != 1 || overrides[0].State != simulator.OverridePending {
		t.Errorf("the overrides are %+v", overrides)
	}
	requireEmptyPlan(group)
}

func TestModule_ArchivedFileLeavesDecisionsInPlace(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group()
	group.MustRun("apply", "-auto-approve")
	r.env.ResetRequests()

	group.Write("decisions/case-7.yaml", "archived: true\n"+group.Read("decisions/case-7.yaml"))
	output := group.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "5 to destroy", "The decision stays in place")
	if sent := r.env.Count("PATCH"); sent != 0 {
		t.Errorf("%d PATCHes were sent, want none", sent)
	}
	requireEmptyPlan(group)
}

func TestModule_WithoutFilesPlansNothing(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group()
	decide(group, nil)

	acctest.RequireText(t, group.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed.")
	requireEmptyPlan(group)
}

func TestModule_RulesPassTheirTests(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	module := r.In(t, filepath.Join(r.Folder, "modules/decisions"))
	module.MustRun("init")

	output := module.MustRun("test")

	runs := regexp.MustCompile(`(?m)^run "(\w+)"`).FindAllStringSubmatch(module.Read("tests/rules.tftest.hcl"), -1)
	fixtures, err := os.ReadDir(filepath.Join(module.Folder, "tests/fixtures"))
	noError(t, err)
	if len(runs) != len(fixtures) {
		t.Errorf("%d runs test %d fixtures", len(runs), len(fixtures))
	}
	for _, run := range runs {
		acctest.RequireText(t, output, `run "`+run[1]+`"... pass`)
	}
	r.env.RequireRequests(0, 0)
}

func TestModule_ListsEveryProblemOfEveryFileAtOnce(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group()
	decide(group, map[string]string{
		"unreadable.yaml": "session_id: " + simulator.SessionSimple + "\nsteps:\n  passport: { feature_type: ID_VERIFICATION, from: In Review, to: Aproved }\n",
		"hasty.yaml":      "session_id: " + simulator.SessionKYB + "\nsteps:\n  aml: { node_id: feature_aml_1, from: In Review, to: Declined }\n",
	})

	output := group.MustExit(1, "plan", "-out=tfplan")

	acctest.RequireText(t, output, "unreadable.yaml:3:", "Aproved",
		"hasty.yaml: steps.aml: a Declined step needs a comment of at least 20 visible characters", "hasty.yaml: steps.aml: a decision on AML needs a ticket")
	if errors := strings.Count(output, "Error: "); errors != 1 {
		t.Errorf("one refusal makes %d errors:\n%s", errors, output)
	}
	// The plan is there for reviewers, and nobody can apply it.
	if len(group.Planned()) == 0 {
		t.Error("the refused plan is not saved")
	}
	group.MustFail("apply", "tfplan")
}

// The name of the report's array is another name of the type: the same step for the provider, and
// so for the rules.
func TestModule_AliasOfATypeIsHeldToEveryRule(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group()
	decide(group, map[string]string{"alias.yaml": "session_id: " + simulator.SessionHits + "\nsteps:\n  aml: { feature_type: AML_SCREENINGS, from: In Review, to: Declined }\n"})

	acctest.RequireText(t, group.MustExit(1, "plan"),
		"alias.yaml: steps.aml: a Declined step needs a comment of at least 20 visible characters", "alias.yaml: steps.aml: a decision on AML needs a ticket")
}

func TestModule_OlderCLISaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	r := &repository{env.InstalledWorkspace(), env}
	r.copyExample("compliance-repo")

	result := r.group().Run("init")

	if result.ExitCode == 0 {
		t.Skipf("%s has what the example needs", r.CLI.Version)
	}
	acctest.RequireText(t, result.Output, "required_version", ">= 1.8")
}
