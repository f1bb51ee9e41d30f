// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// mergeRequest is a merged merge request, as GitLab's API describes it. Its one plan
// was finished at 10:00 and approved at 11:00.
type mergeRequest struct {
	iid                    int
	merge, head, group     string
	notes, pipelines, jobs string
}

func newMergeRequest(p *pipeline, iid int, group string) mergeRequest {
	p.T.Helper()
	pr := newPullRequest(p, iid, group)
	return mergeRequest{
		iid: iid, merge: pr.merge, head: pr.head, group: group,
		notes:     fmt.Sprintf("[%s]", approval("approved", 1, "2026-03-04T11:00:00.000Z")),
		pipelines: fmt.Sprintf(`[{"id": %d, "sha": %q, "source": "merge_request_event", "project_id": 1}]`, iid*10, pr.head),
		jobs:      fmt.Sprintf("[%s]", planJob(iid*100, "2026-03-04T10:00:00.000Z")),
	}
}

func approval(verb string, user int, at string) string {
	return fmt.Sprintf(`{"system": true, "body": "%s this merge request", "author": {"id": %d, "username": "user-%d"}, "created_at": %q}`, verb, user, user, at)
}

func planJob(id int, finished string) string {
	return fmt.Sprintf(`{"id": %d, "name": "plan", "status": "success", "finished_at": %q}`, id, finished)
}

const page = "per_page=100&page=1"

// respondWithMergeRequests makes GitLab's API describe these merge requests, the last of
// which is the head of main. applied is the last commit that was deployed.
func (p *pipeline) respondWithMergeRequests(applied string, all ...mergeRequest) {
	p.T.Helper()
	p.Variables = append(p.Variables, "GITLAB_TOKEN=secret-token", "CI_API_V4_URL=https://gitlab.example.com/api/v4", "CI_PROJECT_ID=1", "CI_DEFAULT_BRANCH=main")
	p.respond("deployments?environment=didit&status=success&order_by=id&sort=desc&per_page=1", fmt.Sprintf(`[{"sha": %q}]`, applied))
	for _, mr := range all {
		p.respond("repository/branches/main", fmt.Sprintf(`{"commit": {"id": %q}}`, mr.merge))
		p.respond("repository/commits/"+mr.merge+"/merge_requests", fmt.Sprintf(`[{"iid": %d, "state": "merged", "target_branch": "main", "merge_commit_sha": %q, "sha": %q}]`, mr.iid, mr.merge, mr.head))
		p.respond(fmt.Sprintf("merge_requests/%d/notes?", mr.iid)+page, mr.notes)
		p.respond(fmt.Sprintf("merge_requests/%d/pipelines?", mr.iid)+page, mr.pipelines)
		p.respond(fmt.Sprintf("pipelines/%d/jobs?include_retried=true&", mr.iid*10)+page, mr.jobs)
		for i := range 3 {
			id := mr.iid*100 + i
			p.respond(fmt.Sprintf("jobs/%d/artifacts", id), zipped(p.T, "summary/"+mr.group+".json", fmt.Sprintf(`{"job": %d}`, id)))
		}
	}
}

func TestGitLabFindReviewed_TakesTheSummaryThatReviewersSaw(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2027/main.tf", p.Read("groups/2026/main.tf"))
	base := p.commit("Two groups")
	first, mr := newMergeRequest(p, 7, "2027"), newMergeRequest(p, 8, "2026")
	mr.jobs = fmt.Sprintf("[%s, %s, %s]", planJob(800, "2026-03-04T09:00:00.000Z"), planJob(801, "2026-03-04T10:00:00.000Z"), planJob(802, "2026-03-04T11:30:00.000Z"))
	p.respondWithMergeRequests(base, first, mr)

	output := p.mustRun(0, "scripts/gitlab/find-reviewed", "reviewed")

	if want := "base=" + base + "\nnumber=8\n"; output != want {
		t.Errorf("the output is %q, want %q", output, want)
	}
	if summary := p.Read("reviewed/2026.json"); summary != `{"job": 801}` {
		t.Errorf("the summary is %s, want that of job 801", summary)
	}
	if summary := p.Read("reviewed/2027.json"); summary != `{"job": 700}` {
		t.Errorf("the summary of 2027 is %s, want that of the merge before", summary)
	}
	if strings.Contains(p.calls(), "secret-token") {
		t.Error("the token is in an argument")
	}
}

func TestGitLabFindReviewed_StopsWithoutASummaryThatReviewersSaw(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(mr *mergeRequest)
		want   string
	}{
		"plan after the approval": {func(mr *mergeRequest) {
			mr.jobs = fmt.Sprintf("[%s]", planJob(700, "2026-03-04T11:00:01.000Z"))
		}, "has no plan of its last commit"},
		"no approval": {func(mr *mergeRequest) { mr.notes = "[]" }, "Merge request !7 has no approval"},
		"a note that claims one": {func(mr *mergeRequest) {
			mr.notes = strings.Replace(mr.notes, "true", "false", 1)
		}, "Merge request !7 has no approval"},
		"approval withdrawn": {func(mr *mergeRequest) {
			mr.notes = fmt.Sprintf("[%s, %s]", approval("approved", 1, "2026-03-04T11:00:00.000Z"), approval("unapproved", 1, "2026-03-04T11:10:00.000Z"))
		}, "Merge request !7 has no approval"},
		"plan of an earlier commit": {func(mr *mergeRequest) {
			mr.pipelines = strings.Replace(mr.pipelines, mr.head, "earlier", 1)
		}, "has no plan of its last commit"},
		"pipeline of a fork": {func(mr *mergeRequest) {
			mr.pipelines = strings.Replace(mr.pipelines, `"project_id": 1`, `"project_id": 2`, 1)
		}, "has no plan of its last commit"},
		"pipeline of a push": {func(mr *mergeRequest) {
			mr.pipelines = strings.Replace(mr.pipelines, "merge_request_event", "push", 1)
		}, "has no plan of its last commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			base := p.git("rev-parse", "HEAD")
			mr := newMergeRequest(p, 7, "2026")
			test.change(&mr)
			p.respondWithMergeRequests(base, mr)

			acctest.RequireText(t, p.mustRun(1, "scripts/gitlab/find-reviewed", "reviewed"), test.want)
		})
	}
}

// resetApprovals is GitLab's note about a push by user 3.
func resetApprovals(of, at string) string {
	return fmt.Sprintf(`{"system": true, "body": "reset approvals from %s by pushing to the branch", "author": {"id": 3, "username": "user-3"}, "created_at": %q}`, of, at)
}

func TestGitLabFindReviewed_CountsNoApprovalThatAPushHasReset(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ of, want string }{
		"one":            {"@user-1", ""},
		"two":            {"@user-2 and @user-1", ""},
		"three":          {"@user-2, @user-1, and @user-3", ""},
		"another one's":  {"@user-2", "has no plan of its last commit"},
		"a similar name": {"@user-11", "has no plan of its last commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			base := p.git("rev-parse", "HEAD")
			mr := newMergeRequest(p, 7, "2026")
			mr.notes = fmt.Sprintf("[%s, %s, %s]", approval("approved", 1, "2026-03-04T09:00:00.000Z"), resetApprovals(test.of, "2026-03-04T09:30:00.000Z"), approval("approved", 2, "2026-03-04T11:00:00.000Z"))
			p.respondWithMergeRequests(base, mr)

			output, code := p.run("scripts/gitlab/find-reviewed", "reviewed")

			if (code == 0) != (test.want == "") || !strings.Contains(output, test.want) {
				t.Errorf("it ended with %d: %s", code, output)
			}
		})
	}
}

func TestGitLabFindReviewed_TakesEverythingIfNoApplyHasSucceeded(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	first := p.git("rev-parse", "HEAD")
	failed, second := newMergeRequest(p, 7, "2026"), newMergeRequest(p, 8, "2026")
	p.respondWithMergeRequests("", failed, second)
	p.respond("deployments?environment=didit&status=success&order_by=id&sort=desc&per_page=1", "[]")

	output := p.mustRun(0, "scripts/gitlab/find-reviewed", "reviewed")

	acctest.RequireText(t, output, "base="+first, "number=8")
	acctest.RequireText(t, p.calls(), "jobs/700/artifacts", "jobs/800/artifacts")
}

func TestGitLabFindReviewed_BeginsWhereTheSettingsSay(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	applied := p.git("rev-parse", "HEAD")
	pushed := p.commit("Pushed to main")
	p.Write("scripts/settings", strings.Replace(p.Read("scripts/settings"), "apply_after=''", "apply_after='"+pushed+"'", 1))
	mr := newMergeRequest(p, 7, "2026")
	p.respondWithMergeRequests(applied, mr)

	acctest.RequireText(t, p.mustRun(0, "scripts/gitlab/find-reviewed", "reviewed"), "base="+pushed, "number=7")
}

func TestGitLabFindReviewed_StopsUnlessTheCommitIsTheHeadOfMain(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	base := p.git("rev-parse", "HEAD")
	first := newMergeRequest(p, 7, "2026")
	revert := newMergeRequest(p, 8, "2026")
	p.respondWithMergeRequests(base, first, revert)
	p.git("checkout", "-q", first.merge)

	acctest.RequireText(t, p.mustRun(1, "scripts/gitlab/find-reviewed", "reviewed"), "is not the head of main")
}

func TestGitLabNote_OneForEachGroup(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.respondWithMergeRequests("")
	p.respond("user", `{"id": 9}`)
	p.respond("merge_requests/7/notes?"+page, `[
		{"id": 4, "author": {"id": 1}, "body": "<!-- didit-plan-summary 2027 -->"},
		{"id": 5, "author": {"id": 9}, "body": "<!-- didit-plan-summary 2026 -->\nold"},
		{"id": 6, "author": {"id": 9}, "body": "<!-- didit-plan-summary 2025 -->\nold"}]`)
	p.Write("summary/2026.md", "new")
	p.Write("summary/2027.md", "new")

	p.mustRun(0, "scripts/gitlab/note", "7", "didit-plan-summary", "summary")

	calls := p.calls()
	for _, want := range []string{"--request PUT --data-urlencode body@", "/merge_requests/7/notes/5\n", "/merge_requests/7/notes/6\n", "--request POST", "/merge_requests/7/notes\n"} {
		if !strings.Contains(calls, want) {
			t.Errorf("no call has %q: %s", want, calls)
		}
	}
	if changes := strings.Count(calls, "--request"); changes != 3 {
		t.Errorf("%d notes were written, want 3: %s", changes, calls)
	}
}

func TestGitLabNote_OfAnEarlierCommitIsNotWritten(t *testing.T) {
	t.Parallel()
	for commit, want := range map[string]int{"earlier": 0, "last": 2} {
		t.Run(commit, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respondWithMergeRequests("")
			p.respond("user", `{"id": 9}`)
			p.respond("merge_requests/7", `{"sha": "last"}`)
			p.respond("merge_requests/7/notes?"+page, `[
				{"id": 5, "author": {"id": 9}, "body": "<!-- didit-plan-summary 2026 -->\nPlan of commit last:"},
				{"id": 6, "author": {"id": 9}, "body": "<!-- didit-plan-summary 2027 -->\nPlan of commit last:"}]`)
			p.Write("summary/commit", commit+"\n")
			p.Write("summary/2026.md", "Plan of commit "+commit+":")

			p.mustRun(0, "scripts/gitlab/note", "7", "didit-plan-summary", "summary")

			if written := strings.Count(p.calls(), "--request"); written != want {
				t.Errorf("%d notes were written, want %d: %s", written, want, p.calls())
			}
		})
	}
}

func TestGitLabIssue_IsOpenedUpdatedAndClosed(t *testing.T) {
	t.Parallel()
	const open = `[{"iid": 3, "title": "Another"}, {"iid": 4, "title": "Drift"}]`
	for name, test := range map[string]struct {
		issues    string
		arguments []string
		call      string
	}{
		"drift, no issue":    {`[]`, []string{"Drift", "README.md"}, "--request POST --data-urlencode title=Drift"},
		"drift, an issue":    {open, []string{"Drift", "README.md"}, "--request PUT --data-urlencode description@README.md"},
		"no drift, an issue": {open, []string{"Drift"}, "--request PUT --data state_event=close"},
		"no drift, no issue": {`[]`, []string{"Drift"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respondWithMergeRequests("")
			p.respond("issues?state=opened&scope=created_by_me&"+page, test.issues)

			p.mustRun(0, append([]string{"scripts/gitlab/issue"}, test.arguments...)...)

			calls := p.calls()
			if !strings.Contains(calls, test.call) || (test.call != "") != strings.Contains(calls, "--request") {
				t.Errorf("curl was called with %q, want %q", calls, test.call)
			}
		})
	}
}

func TestGitLabScripts_StopIfGitLabFails(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"note":          {"7", "summary", "."},
		"issue":         {"Drift", "README.md"},
		"find-reviewed": {"reviewed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respondWithMergeRequests("")
			p.program("curl", "#!/bin/sh\necho \"$*\" >>\"$STUBS/called\"\necho 'HTTP 502' >&2\nexit 22\n")

			output, code := p.run(append([]string{"scripts/gitlab/" + name}, arguments...)...)

			acctest.RequireText(t, output, "HTTP 502")
			if calls := strings.Count(p.calls(), "\n"); code == 0 || calls != 1 {
				t.Errorf("it ended with %d, and curl was called %d times, want once: %s", code, calls, p.calls())
			}
		})
	}
}

// The jobs themselves, as far as they need no GitLab: gitlab-ci-local runs them in a
// shell.
func TestGitLabPipeline_PlansTheGroupThatAMergeRequestTouches(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gitlab-ci-local"); err != nil {
		t.Skipf("needs gitlab-ci-local 4.61 (npm install -g gitlab-ci-local@4.61.1, rsync): %v", err)
	}
	r := newRepository(t)
	r.addGroup("2027")
	p := r.pipeline()
	p.release(summaryArchive, func(sum string) string { return sum })
	base := p.commit("Two groups")
	p.git("remote", "add", "origin", "https://gitlab.example.com/team/decisions.git")
	p.git("checkout", "-q", "-b", "change")
	r.group("2027").Write("decisions/case-1.yaml", "session_id: "+simulator.SessionSimple+"\nsteps:\n  document: { feature_type: ID_VERIFICATION, status: Approved }\n")
	p.commit("A decision")
	p.program("terraform", "#!/bin/sh\nexec "+r.CLI.Path+" \"$@\"\n")
	r.env.ResetRequests()

	p.mustRun(0, "gitlab-ci-local", "--force-shell-executor", "--concurrency", "1",
		"--variable", "CI_PIPELINE_SOURCE=merge_request_event", "--variable", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "--variable", "CI_DEFAULT_BRANCH=main",
		"--variable", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+base, "--variable", "DIDIT_PLAN_API_KEY="+simulator.DefaultAPIKey, "check", "plan")

	r.env.RequireRequests(1, 0)
	acctest.RequireText(t, p.Read("summary/2027.md"), "Plan of commit", simulator.SessionSimple)
	acctest.RequireText(t, p.Read("summary/2027.report.json"), `"update": 1`)
	if _, err := os.Stat(filepath.Join(p.Folder, "summary/2026.md")); err == nil {
		t.Error("a group was planned that the merge request does not touch")
	}
}
