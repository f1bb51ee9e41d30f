// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const key = "secrets.DIDIT_API_KEY"

// planPullRequest runs plan.yml for a branch.
func (s *service) planPullRequest(branch string) jobRun {
	s.T.Helper()
	return s.run(readWorkflow(s.T, "plan.yml").Jobs["plan"], map[string]string{
		key: simulator.DefaultAPIKey, "github.event.pull_request.head.sha": s.git("rev-parse", branch), "github.event.pull_request.number": "7",
		"github.event.pull_request.head.repo.full_name": here,
	})
}

func TestGitHubPlan_FailsForAFork(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.propose("case-1", map[string]string{"groups/2026/decisions/passport.yaml": casePassport})

	planned := s.run(readWorkflow(t, "plan.yml").Jobs["plan"], map[string]string{
		key: simulator.DefaultAPIKey, "github.event.pull_request.head.sha": s.git("rev-parse", "case-1"), "github.event.pull_request.number": "7",
		"github.event.pull_request.head.repo.full_name": "somebody/fork",
	})

	if !planned.failed {
		t.Error("the job succeeded, so a required check passes without a plan")
	}
	acctest.RequireText(t, s.posted("comment"), "A fork gets no plan.")
	s.env.RequireRequests(0, 0)
}

// apply runs apply.yml for the head of main: its plan, and its apply if approved.
func (s *service) apply(t *testing.T, before string) (plan, applied jobRun) {
	t.Helper()
	jobs := readWorkflow(t, "apply.yml").Jobs
	values := map[string]string{key: simulator.DefaultAPIKey, "github.event.before": before}
	plan = s.run(jobs["plan"], values)
	values["needs.plan.outputs.commit"] = plan.outputs["commit"]
	return plan, s.run(jobs["apply"], values)
}

// propose commits a file to a new branch from main, and leaves main checked out.
func (s *service) propose(branch string, files map[string]string) {
	s.T.Helper()
	s.git("checkout", "-q", "-b", branch, "main")
	for name, text := range files {
		s.Write(name, text)
	}
	s.commit("Propose " + branch)
	s.git("checkout", "-q", "main")
}

func TestGitHubPlan_CommentsDecisionsAndRunsNoCodeOfThePullRequest(t *testing.T) {
	t.Parallel()
	s := newService(t)
	// A text of a decision is in the plan and its log.
	s.propose("case-1", map[string]string{
		"groups/2026/decisions/passport.yaml": strings.Replace(casePassport, "Passport seen on a video call.", `"::error::Passport seen on a video call."`, 1),
	})

	planned := s.planPullRequest("case-1")

	if planned.failed {
		t.Fatalf("the job failed:\n%s", planned.log)
	}
	acctest.RequireText(t, s.posted("called"), "pr comment 7 --edit-last --create-if-none")
	comment := s.posted("comment")
	acctest.RequireText(t, comment, "Plan of "+s.git("rev-parse", "case-1"), "1 decision in 1 case", "`In Review` | `Approved`", "::error::Passport seen")
	acctest.RequireText(t, planned.page, "1 decision in 1 case")
	if strings.Contains(planned.log, "::error") {
		t.Errorf("a comment is printed, so that it can command the runner:\n%s", planned.log)
	}

	// A pull request with code beside decisions, and one with code alone.
	evil := "#!/bin/sh\necho \"stolen $DIDIT_API_KEY\" | tee \"$STUBS/stolen\"\n"
	for name, files := range map[string]map[string]string{
		"script":   {"scripts/plan": evil, "groups/2026/decisions/papers.yaml": casePapers},
		"provider": {"groups/2026/other.tf": `provider "evil" {}`, "groups/2026/decisions/papers.yaml": casePapers},
		"workflow": {".github/workflows/plan.yml": "on: push\n", "groups/2026/decisions/papers.yaml": casePapers},
	} {
		s.propose(name, files)
		if planned := s.planPullRequest(name); !planned.failed || s.posted("stolen") != "" {
			t.Errorf("%s was planned:\n%s", name, planned.log)
		}
	}
	s.propose("code", map[string]string{"scripts/plan": evil})
	if planned := s.planPullRequest("code"); planned.failed || s.posted("stolen") != "" {
		t.Errorf("a change of code: failed = %t\n%s", planned.failed, planned.log)
	}
	s.env.RequireTrail()
}

// Otherwise the comment would show the plan of an earlier commit.
func TestGitHubPlan_CommentsEveryCommit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.propose("case-1", map[string]string{"groups/2026/decisions/passport.yaml": casePassport})
	vendored := 0
	require := func(fails bool, want string) {
		t.Helper()
		planned := s.planPullRequest("case-1")
		comment := s.posted("comment")
		acctest.RequireText(t, comment, "Plan of "+s.git("rev-parse", "case-1"))
		isPlan := strings.Contains(comment, "1 decision in 1 case")
		if planned.failed != fails || isPlan != (want == "Approved") || !strings.Contains(comment, want) || want != "There is no plan." && !strings.Contains(planned.page, want) {
			t.Errorf("failed = %t, with the comment\n%s\nand the page\n%s\nwant %q", planned.failed, comment, planned.page, want)
		}
		if len(comment) > 65_536 {
			t.Errorf("the comment has %d bytes, more than GitHub accepts", len(comment))
		}
		// It links to the page for all of it.
		if got := strings.Count(planned.page, "vendor/"); got != vendored {
			t.Errorf("the page names %d of %d files", got, vendored)
		}
		// A name of a file could command the runner.
		if strings.Contains(planned.log, "::") {
			t.Errorf("printed:\n%s", planned.log)
		}
	}
	add := func(name, text string) {
		t.Helper()
		s.git("checkout", "-q", "case-1")
		s.Write(name, text)
		s.commit("Add " + name)
		s.git("checkout", "-q", "main")
	}

	require(false, "Approved")
	add("::error::**good**", "")
	require(true, "\n\n    \"::error::**good**\": is changed, and is not a decision file")
	for i := range 700 {
		s.Write(fmt.Sprintf("vendor/%0100d", i), "")
	}
	s.git("checkout", "-q", "case-1")
	s.commit("Many files")
	s.git("checkout", "-q", "main")
	vendored = 700
	require(true, "This commit is not planned:\n\n    \"::error::")
	vendored = 0
	s.git("branch", "-q", "-f", "case-1", "main")
	require(false, "changes no decision")
	add("groups/2026/decisions/passport.yaml", casePassport)
	s.Write("groups/2026/decisions/passport.yaml", strings.Replace(casePassport, "video call", "photograph", 1))
	s.commit("The same case")
	require(true, "\n\n    groups/2026/decisions/passport.yaml: conflicts with the checked-out commit")

	s.git("rm", "-q", "groups/2026/decisions/passport.yaml")
	s.Write("scripts/plan", "#!/bin/sh\nexit 1\n")
	s.commit("No case, and a script that fails")
	require(true, "There is no plan.")
}

// Two merge bases: the difference that git shows has no decision, and the merge takes an old
// one back. The author of the branch chooses the base by the date of a commit.
func TestGitHubPlan_CommentsWhatTheMergeChanges(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const passport = "groups/2026/decisions/passport.yaml"
	s.Write(passport, casePassport)
	base := s.commit("Case 2")
	s.git("checkout", "-q", "-b", "side")
	s.Write("NOTES.md", "Notes\n")
	s.git("add", "--all")
	s.git("commit", "-q", "-m", "Notes")
	side := s.git("-c", "alias.later=!GIT_COMMITTER_DATE=2030-01-01T00:00:00Z git", "later", "commit-tree", "HEAD^{tree}", "-p", base, "-m", "Notes")
	s.git("checkout", "-q", "main")
	s.Write(passport, strings.Replace(casePassport, "video call", "second call", 1))
	decided := s.commit("Decided again")
	s.git("merge", "-q", "--no-ff", "--no-edit", side)
	s.git("branch", "-f", "old", s.git("commit-tree", side+"^{tree}", "-p", side, "-p", decided, "-m", "Better notes"))

	planned := s.planPullRequest("old")

	if planned.failed {
		t.Fatalf("the job failed:\n%s", planned.log)
	}
	acctest.RequireText(t, s.posted("comment"), "1 decision in 1 case", "Passport seen on a video call.")
}

func TestGitHubPlan_CommentsWhatARuleRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.propose("hasty", map[string]string{"groups/2026/decisions/papers.yaml": strings.Replace(casePapers, `"The articles are not signed, CASE-3."`, "Bad.", 1)})

	planned := s.planPullRequest("hasty")

	if !planned.failed {
		t.Error("the job succeeded")
	}
	acctest.RequireText(t, s.posted("comment"), "papers.yaml: steps.papers: a Declined step needs a comment of at least 20 visible characters")

	// A plan that cannot begin has a comment, too.
	s.git("rm", "-q", "groups/2026/.terraform.lock.hcl")
	s.commit("No lock file")
	planned = s.planPullRequest("hasty")
	acctest.RequireText(t, s.posted("comment"), "There is no plan", "lock")
	if !planned.failed {
		t.Error("the job without a lock file succeeded")
	}
}

func TestGitHubApply_NeedsAnApprovalOfCodeThatNoApplyHasRun(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first := s.git("rev-parse", "HEAD")
	s.Write("groups/2026/decisions/passport.yaml", casePassport)
	s.commit("Case 2")

	plan, applied := s.apply(t, first)

	if plan.failed || applied.failed || plan.outputs["environment"] != "didit-code" {
		t.Fatalf("the first plan: %v\n%s\n%s", plan.outputs, plan.log, applied.log)
	}
	acctest.RequireText(t, plan.page, "1 decision in 1 case")
	s.env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Approved", "Passport seen on a video call."))

	// Decisions alone: the same code again.
	s.Write("groups/2026/decisions/new.yaml", caseNew)
	decided := s.commit("A new case")
	plan, applied = s.apply(t, first)
	if plan.failed || applied.failed || plan.outputs["environment"] != "didit-decisions" {
		t.Fatalf("decisions alone: %v\n%s\n%s", plan.outputs, plan.log, applied.log)
	}
	acctest.RequireText(t, applied.page, "The plan was applied.", "1 decision in 1 case")

	// Code: an approval. A run that planned other code than main has applies nothing.
	s.Write("groups/2026/decisions/papers.yaml", casePapers)
	s.Write("modules/decisions/rules.tf", s.Read("modules/decisions/rules.tf")+"# Another rule.\n")
	s.commit("Code")
	changes := len(s.env.Trail(""))
	applied = s.run(readWorkflow(t, "apply.yml").Jobs["apply"], map[string]string{key: simulator.DefaultAPIKey, "needs.plan.outputs.commit": decided})
	acctest.RequireText(t, applied.page, "The code has changed since this run's plan.")
	if len(s.env.Trail("")) != changes {
		t.Error("code was applied whose plan nobody saw")
	}
	if plan, _ = s.apply(t, decided); plan.outputs["environment"] != "didit-code" {
		t.Errorf("a change of code: %v\n%s", plan.outputs, plan.log)
	}

	// A group without a plan shows nothing of its code.
	s.git("rm", "-q", "groups/2026/.terraform.lock.hcl")
	s.commit("No lock file")
	plan, applied = s.apply(t, decided)
	if !plan.failed || !applied.failed || plan.outputs["environment"] != "didit-code" {
		t.Errorf("a group without a plan: %v\n%s", plan.outputs, plan.log)
	}
	acctest.RequireText(t, applied.page, "There is no plan")
}

func TestGitHubApply_PageSaysWhatFailed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Write("groups/2026/decisions/passport.yaml", casePassport)
	s.Write("groups/2026/decisions/papers.yaml", casePapers)
	s.commit("Two cases")
	// Between the plan and the apply of a group, somebody decides one of them.
	s.program("terraform", strings.Replace(s.stubs.Read("bin/terraform"), "#!/bin/sh\n", `#!/bin/sh
case "$*" in *" apply "*) curl -sS "$DIDIT_BASE_URL/simulator/console" -d '{"session_id": "`+simulator.SessionKYB+`", "node_id": "feature_kyb_documents_1", "status": "Approved"}' >/dev/null ;; esac
`, 1))

	plan, applied := s.apply(t, "")

	if plan.failed || !applied.failed {
		t.Errorf("plan failed: %t, apply failed: %t\n%s", plan.failed, applied.failed, applied.log)
	}
	acctest.RequireText(t, applied.page, "The apply failed.", "Didit has another value than from")
	s.env.RequireTrail(acctest.ByConsole("feature_kyb_documents_1", "In Review", "Approved"), acctest.ByTerraform("feature_ocr_1", "In Review", "Approved", "Passport seen on a video call."))
}

// With an empty state, what was made would be made again where Didit has "from" once more.
func TestGitHubApply_RefusesAGroupWithoutBackend(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Write("groups/2026/main.tf", strings.Replace(s.Read("groups/2026/main.tf"), `backend "local" {}`, "", 1))
	s.Write("groups/2026/decisions/passport.yaml", casePassport)
	s.commit("Case 2")

	plan, applied := s.apply(t, "")

	if !plan.failed || !applied.failed {
		t.Errorf("plan failed: %t, apply failed: %t", plan.failed, applied.failed)
	}
	acctest.RequireText(t, plan.page, "There is no plan", "The group has no backend")
	s.env.RequireTrail()
}

func TestGitHubApply_GroupsThatAreClosedOrUnreadable(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Write("groups/2026/closed", "")
	closed := s.commit("Close the last group")
	plan, applied := s.apply(t, "")
	if plan.failed || applied.failed || !strings.Contains(plan.page, "There is no open group.") {
		t.Errorf("without an open group: %s\n%s\n%s", plan.page, plan.log, applied.log)
	}

	s.Write("groups/2027/decisions/passport.yaml", casePassport)
	s.commit("A group without code")
	if plan, _ := s.apply(t, closed); !plan.failed || plan.outputs["environment"] != "" || !strings.Contains(plan.log, "groups/2027/main.tf: is missing") {
		t.Errorf("a group without code: %v\n%s", plan.outputs, plan.log)
	}
}

func TestGitHubNightly_CommentsWhatIsNew(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Write("groups/2026/decisions/passport.yaml", casePassport)
	s.commit("Case 2")
	s.apply(t, "")
	nightly := func() {
		t.Helper()
		if done := s.run(readWorkflow(t, "nightly.yml").Jobs["check"], map[string]string{key: simulator.DefaultAPIKey}); done.failed {
			t.Fatalf("the job failed:\n%s", done.log)
		}
	}

	nightly()
	acctest.RequireText(t, s.posted("called"), "issue create --title Decisions in Didit and in git")
	if issue := s.stubs.Read("issue"); strings.Contains(issue, "⛔") {
		t.Errorf("a night without findings says\n%s", issue)
	}
	nightly()
	if news := s.posted("news"); news != "" {
		t.Errorf("a night without news says\n%s", news)
	}
	acctest.RequireText(t, s.posted("called"), "issue edit 5")
	s.env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	nightly()
	acctest.RequireText(t, s.posted("called"), "issue comment 5")
	acctest.RequireText(t, s.posted("news"), "New since the last night:", "passport.yaml: steps.passport: decided was Approved; Didit has Declined")
}

func TestGitHubCode_ChecksWithoutAKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	check := readWorkflow(t, "code.yml").Jobs["check"]

	if done := s.run(check, nil); done.failed {
		t.Errorf("the job failed:\n%s", done.log)
	}
	s.Write("groups/2026/decisions/bad.yaml", casePapers+"step: {}\n")
	s.commit("A mistake")
	if done := s.run(check, nil); !done.failed || !strings.Contains(done.log, "::error file=groups/2026/decisions/bad.yaml,line=") {
		t.Errorf("a mistake: failed = %t\n%s", done.failed, done.log)
	}
	s.env.RequireRequests(0, 0)
}

func TestGitHubWorkflows_GiveTheKeyToMainOnly(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "compliance-repo/.github/workflows/*.yml"))
	noError(t, err)
	for _, file := range files {
		name := filepath.Base(file)
		found := readWorkflow(t, name)
		if len(found.Permissions) > 1 || len(found.Permissions) == 1 && found.Permissions["contents"] != "read" {
			t.Errorf("%s begins with permissions %v", name, found.Permissions)
		}
		for id, job := range found.Jobs {
			usesKey := false
			for _, step := range job.Steps {
				for _, value := range step.Env {
					usesKey = usesKey || strings.Contains(value, "secrets.")
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s puts an expression into a shell: %s", name, step.Run)
				}
				if strings.HasPrefix(step.Uses, "actions/checkout@") && (step.With["persist-credentials"] != "false" || usesKey && step.With["ref"] != "refs/heads/main") {
					t.Errorf("%s checks out with %v", name, step.With)
				}
			}
			if isKeyless := job.Environment == "" || strings.Contains(job.Environment, "outputs"); usesKey == isKeyless {
				t.Errorf("%s: the job %s has the environment %q", name, id, job.Environment)
			}
			if usesKey && job.Steps[0].With["ref"] != "refs/heads/main" {
				t.Errorf("%s: the job %s has a key and checks out %q", name, id, job.Steps[0].With["ref"])
			}
		}
	}
	plan := readWorkflow(t, "plan.yml")
	target, _ := plan.On["pull_request_target"].(map[string]any)
	if branches, _ := target["branches"].([]any); len(plan.On) != 1 || len(branches) != 1 || branches[0] != "main" {
		t.Errorf("pull requests are planned on %v", plan.On)
	}
	if plan.Jobs["plan"].If != "" {
		t.Errorf("the job can be skipped, and would pass as a required check: %s", plan.Jobs["plan"].If)
	}
}

var (
	uses   = regexp.MustCompile(`uses: ([^\s]+)(.*)`)
	pinned = regexp.MustCompile(`@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

func TestGitHubWorkflows_PinTheirActions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "compliance-repo/.github/*/*"))
	noError(t, err)
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			file = filepath.Join(file, "action.yml")
		}
		text, err := os.ReadFile(file)
		noError(t, err)
		for _, use := range uses.FindAllStringSubmatch(string(text), -1) {
			if use[1] != "./.github/actions/setup" && !pinned.MatchString(use[0]) {
				t.Errorf("%s: %s is not pinned to a commit with its version beside it", file, use[0])
			}
		}
	}
}
