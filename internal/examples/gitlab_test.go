// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// gitLabJob is what tests need of a job of GitLab.
type gitLabJob struct {
	Extends, Environment any
	Rules                []map[string]string
	Script               []string
	AfterScript          []string `yaml:"after_script"`
	ResourceGroup        string   `yaml:"resource_group"`
}

func gitLabJobs(t testing.TB) map[string]gitLabJob {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "compliance-repo/.gitlab-ci.yml"))
	noError(t, err)
	var nodes map[string]yaml.Node
	noError(t, yaml.Unmarshal(text, &nodes))
	jobs := map[string]gitLabJob{}
	for name, node := range nodes {
		var found gitLabJob
		if node.Kind == yaml.MappingNode && name != "default" && name != "variables" {
			noError(t, node.Decode(&found))
			jobs[name] = found
		}
	}
	return jobs
}

// runGitLab runs a job at a commit, with what it adds after its script, and puts page into
// the page of the run.
func (s *service) runGitLab(t testing.TB, name, commit, before, page string) jobRun {
	t.Helper()
	jobs := gitLabJobs(t)
	after := slices.Concat(jobs[name].AfterScript, jobs[".plan"].AfterScript)
	return s.run(job{
		Env: map[string]string{"CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": commit, "CI_COMMIT_BEFORE_SHA": before, "DIDIT_API_KEY": simulator.DefaultAPIKey},
		Steps: []step{
			{Run: `git checkout -q "$CI_COMMIT_SHA"`},
			{Run: strings.Join(jobs[name].Script, "\n")},
			{If: "!cancelled()", Run: strings.Join(after, "\n")},
			{If: "!cancelled()", Run: `cat ` + page + ` report.json >"$GITHUB_STEP_SUMMARY"`},
		},
	}, nil)
}

func TestGitLab_PlansMergeRequestsAndAppliesAfterTheMerge(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first := s.git("rev-parse", "HEAD")
	s.propose("case-2", map[string]string{"groups/2026/decisions/passport.yaml": casePassport})
	s.propose("evil", map[string]string{"groups/2026/decisions/papers.yaml": casePapers, "scripts/plan": "#!/bin/sh\necho \"stolen $DIDIT_API_KEY\"\n"})
	s.propose("code", map[string]string{"modules/decisions/rules.tf": s.Read("modules/decisions/rules.tf") + "# Another rule.\n"})

	planned := s.runGitLab(t, "plan", s.git("rev-parse", "case-2"), first, "out/page.md")
	if planned.failed {
		t.Fatalf("plan failed:\n%s", planned.log)
	}
	acctest.RequireText(t, planned.page, "1 decision in 1 case", `"create": 1`, `"delete": 0`)
	evil := s.runGitLab(t, "plan", s.git("rev-parse", "evil"), first, "out/page.md")
	if !evil.failed || strings.Contains(evil.log, "stolen") {
		t.Errorf("code of a merge request has run with the key:\n%s", evil.log)
	}
	// Neither is the report of its Terraform widget that of a plan without changes.
	if !strings.Contains(evil.page, "scripts/plan: is changed, and is not a decision file") || strings.Contains(evil.page, `"create"`) {
		t.Errorf("the page of a refused commit is\n%s", evil.page)
	}
	code := s.runGitLab(t, "plan", s.git("rev-parse", "code"), first, "out/page.md")
	acctest.RequireText(t, code.page, "changes no decision")

	s.git("merge", "-q", "--no-ff", "--no-edit", "case-2")
	merged := s.git("rev-parse", "HEAD")
	planned = s.runGitLab(t, "plan_main", merged, first, "out/page.md")
	acctest.RequireText(t, planned.page, "1 decision in 1 case")
	s.env.RequireTrail()
	if applied := s.runGitLab(t, "apply", merged, first, "out/applied.md"); applied.failed {
		t.Errorf("apply failed:\n%s", applied.log)
	}
	s.env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Approved", "Passport seen on a video call."))

	// An apply that waited while main got other code.
	s.git("merge", "-q", "--no-ff", "--no-edit", "code")
	applied := s.runGitLab(t, "apply", merged, first, "out/applied.md")
	acctest.RequireText(t, applied.page, "The code has changed since this run's plan.")
}

// Git takes a tag before a branch of the same name, and most people who may push a branch may push
// a tag.
func TestGitLab_TagNamedLikeTheMainBranchIsNotTaken(t *testing.T) {
	t.Parallel()
	s := newService(t)
	main := s.git("rev-parse", "HEAD")
	evil := "#!/bin/sh\necho \"stolen $DIDIT_API_KEY\"\n"
	s.propose("evil", map[string]string{"scripts/plan": evil, "scripts/apply": evil})
	s.propose("case-2", map[string]string{"groups/2026/decisions/passport.yaml": casePassport})
	s.git("tag", "main", "evil")

	for name, page := range map[string]string{"plan": "out/page.md", "apply": "out/applied.md"} {
		commit := map[string]string{"plan": s.git("rev-parse", "case-2"), "apply": main}[name]
		if done := s.runGitLab(t, name, commit, main, page); done.failed || strings.Contains(done.log, "stolen") {
			t.Errorf("%s: failed = %t\n%s", name, done.failed, done.log)
		}
	}
}

func TestGitLab_NightlyAuditsAlsoWhatCannotBePlanned(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Write("groups/2026/decisions/passport.yaml", strings.Replace(casePassport, "In Review", "Declined", 1))
	commit := s.commit("Case 2, from a value that Didit has not")

	night := s.runGitLab(t, "nightly", commit, "", "out/page.md register.csv")

	if !night.failed {
		t.Error("the job succeeded")
	}
	acctest.RequireText(t, night.page, "The plan has errors.", "groups/2026/decisions/passport.yaml,"+simulator.SessionKYC+",steps.passport,Declined,Approved")
}

func TestGitLab_GivesTheWritingKeyToMainOnly(t *testing.T) {
	t.Parallel()
	jobs := gitLabJobs(t)
	const ofMain = `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`
	apply := jobs["apply"]
	if apply.Environment != "didit" || apply.ResourceGroup != "didit" || len(apply.Rules) != 1 || apply.Rules[0]["if"] != ofMain || apply.Rules[0]["when"] != "manual" {
		t.Errorf("apply is %+v", apply)
	}
	for name, job := range jobs {
		if name != "apply" && job.Environment == "didit" {
			t.Errorf("%s has the writing key", name)
		}
	}
	if rules := jobs["nightly"].Rules; len(rules) != 1 || rules[0]["if"] != `$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH` {
		t.Errorf("schedules of other branches run with the reading key: %v", rules)
	}
	if check := jobs["check"]; check.Environment != nil || check.Extends != ".merge_request" {
		t.Errorf("check is %+v", check)
	}
	if rules := jobs[".merge_request"].Rules; len(rules) != 1 || !strings.HasSuffix(rules[0]["if"], "&& $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == $CI_DEFAULT_BRANCH") {
		t.Errorf("merge requests of other branches are planned: %v", rules)
	}
}
