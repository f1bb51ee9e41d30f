// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

// pullRequest is a merged pull request, as GitHub's API describes it. Its one plan was
// made at 10:00 and approved at 11:00.
type pullRequest struct {
	number               int
	merge, head, branch  string
	reviews, runs, pulls string
	timeline, artifacts  string
	group                string
}

// newPullRequest merges a pull request into the pipeline's main branch.
func newPullRequest(p *pipeline, number int, group string) pullRequest {
	p.T.Helper()
	branch := fmt.Sprintf("case-%d", number)
	p.git("checkout", "-q", "-b", branch)
	p.Write("groups/"+group+"/decisions/"+branch+".yaml", "changed\n")
	head := p.commit(branch)
	p.git("checkout", "-q", "main")
	p.git("merge", "-q", "--no-ff", "--no-edit", branch)
	pr := pullRequest{number: number, merge: p.git("rev-parse", "HEAD"), head: head, branch: branch, group: group}
	pr.reviews = fmt.Sprintf("[%s]", review("ada", "APPROVED", head, "2026-03-04T11:00:00Z"))
	pr.runs = fmt.Sprintf(`{"workflow_runs": [%s]}`, pr.run(number*10, "pull_request", ".github/workflows/plan.yml", 1))
	pr.pulls = fmt.Sprintf("[%s]", pr.pull(number, "main"))
	pr.timeline = `[{"event": "reviewed"}]`
	pr.artifacts = artifacts(artifact(number*100, "reviewed-summary-1", "2026-03-04T10:00:00Z"))
	return pr
}

func (pr pullRequest) pull(number int, base string) string {
	return fmt.Sprintf(`{"number": %d, "merged_at": "2026-03-04T12:00:00Z", "merge_commit_sha": %q, "base": {"ref": %q}, "head": {"sha": %q, "ref": %q}}`,
		number, pr.merge, base, pr.head, pr.branch)
}

// run is a run of a workflow; headRepository is 1 for the repository's own branches.
func (pr pullRequest) run(id int, event, path string, headRepository int) string {
	return fmt.Sprintf(`{"id": %d, "event": %q, "path": %q, "head_sha": %q, "head_branch": %q, "repository": {"id": 1}, "head_repository": {"id": %d}}`,
		id, event, path, pr.head, pr.branch, headRepository)
}

func review(user, state, commit, at string) string {
	return fmt.Sprintf(`{"user": {"login": %q, "type": "User"}, "state": %q, "commit_id": %q, "author_association": "CONTRIBUTOR", "submitted_at": %q}`, user, state, commit, at)
}

func artifact(id int, name, created string) string {
	return fmt.Sprintf(`{"id": %d, "name": %q, "expired": false, "created_at": %q}`, id, name, created)
}

func artifacts(all ...string) string {
	return fmt.Sprintf(`{"artifacts": [%s]}`, strings.Join(all, ", "))
}

// respondWith makes GitHub's API describe these pull requests, the last of which is the
// head of main. applied is the last commit that was applied.
func (p *pipeline) respondWith(applied string, all ...pullRequest) {
	p.T.Helper()
	p.respond("actions/workflows/apply.yml/runs?branch=main&event=push&status=success&per_page=1", fmt.Sprintf(`{"workflow_runs": [{"head_sha": %q}]}`, applied))
	for user, permission := range map[string]string{"ada": "write", "bob": "admin", "outsider": "read"} {
		p.respond("collaborators/"+user+"/permission", fmt.Sprintf(`{"permission": %q}`, permission))
	}
	for _, pr := range all {
		p.respond("branches/main", fmt.Sprintf(`{"commit": {"sha": %q}}`, pr.merge))
		p.respond("commits/"+pr.merge+"/pulls", fmt.Sprintf("[%s]", pr.pull(pr.number, "main")))
		p.respond(fmt.Sprintf("pulls/%d/reviews?per_page=100", pr.number), pr.reviews)
		p.respond(fmt.Sprintf("issues/%d/timeline?per_page=100", pr.number), pr.timeline)
		p.respond("pulls?state=all&head=team%3A"+pr.branch+"&per_page=100", pr.pulls)
		p.respond("actions/workflows/plan.yml/runs?event=pull_request&head_sha="+pr.head+"&per_page=100", pr.runs)
		p.respond(fmt.Sprintf("actions/runs/%d/artifacts?per_page=100", pr.number*10), pr.artifacts)
		for i := range 5 {
			id := pr.number*100 + i
			p.respond(fmt.Sprintf("actions/artifacts/%d/zip", id), zipped(p.T, pr.group+".json", fmt.Sprintf(`{"artifact": %d}`, id)))
		}
	}
}

func zipped(t testing.TB, name, content string) string {
	t.Helper()
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	file, err := writer.Create(name)
	noError(t, err)
	_, err = file.Write([]byte(content))
	noError(t, err)
	noError(t, writer.Close())
	return archive.String()
}

func TestFindReviewed_TakesTheSummaryThatReviewersSaw(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	base := p.git("rev-parse", "HEAD")
	pr := newPullRequest(p, 7, "2026")
	// The approval of a user who may not write does not count, whether it is older or not.
	pr.reviews = fmt.Sprintf("[%s, %s, %s]", review("outsider", "APPROVED", pr.head, "2026-03-04T09:30:00Z"),
		review("bob", "APPROVED", pr.head, "2026-03-04T11:40:00Z"), review("ada", "APPROVED", pr.head, "2026-03-04T11:00:00Z"))
	pr.artifacts = artifacts(
		artifact(700, "reviewed-summary-1", "2026-03-04T09:00:00Z"),
		artifact(701, "reviewed-summary-2", "2026-03-04T10:00:00Z"),
		artifact(702, "reviewed-summary-3", "2026-03-04T11:30:00Z"), // after the approval
		artifact(703, "other", "2026-03-04T10:30:00Z"),
	)
	p.respondWith(base, pr)

	output := p.mustRun(0, "scripts/github/find-reviewed", "reviewed")

	if want := "base=" + base + "\nnumber=7\n"; output != want {
		t.Errorf("the output is %q, want %q", output, want)
	}
	if summary := p.Read("reviewed/2026.json"); summary != `{"artifact": 701}` {
		t.Errorf("the summary is %s, want that of artifact 701", summary)
	}
}

func TestFindReviewed_StopsWithoutASummaryThatReviewersSaw(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(p *pipeline, pr *pullRequest)
		want   string
	}{
		"plan after the approval": {func(_ *pipeline, pr *pullRequest) {
			pr.artifacts = artifacts(artifact(700, "reviewed-summary-1", "2026-03-04T11:00:01Z"))
		}, "has no summary of its last commit"},
		"no approval": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = fmt.Sprintf("[%s]", review("ada", "COMMENTED", pr.head, "2026-03-04T11:00:00Z"))
		}, "has no approval: nothing is applied"},
		"approval of an earlier commit": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = fmt.Sprintf("[%s]", review("ada", "APPROVED", "earlier", "2026-03-04T11:00:00Z"))
		}, "has no approval: nothing is applied"},
		"approval withdrawn": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = fmt.Sprintf("[%s, %s]", review("ada", "APPROVED", pr.head, "2026-03-04T11:00:00Z"), review("ada", "CHANGES_REQUESTED", pr.head, "2026-03-04T11:10:00Z"))
		}, "has no approval: nothing is applied"},
		"approval by an outsider": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = strings.Replace(pr.reviews, "ada", "outsider", 1)
		}, "has no approval: nothing is applied"},
		"approval by a program": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = strings.NewReplacer("ada", "helper[bot]", `"User"`, `"Bot"`).Replace(pr.reviews)
		}, "has no approval: nothing is applied"},
		"approval by a deleted user": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = strings.Replace(pr.reviews, `{"login": "ada", "type": "User"}`, "null", 1)
		}, "has no approval: nothing is applied"},
		"second reviewer saw another plan": {func(_ *pipeline, pr *pullRequest) {
			pr.reviews = fmt.Sprintf("[%s, %s]", review("ada", "APPROVED", pr.head, "2026-03-04T09:00:00Z"), review("bob", "APPROVED", pr.head, "2026-03-04T11:00:00Z"))
		}, "has no summary of its last commit"},
		"run of another workflow": {func(_ *pipeline, pr *pullRequest) {
			pr.runs = fmt.Sprintf(`{"workflow_runs": [%s]}`, pr.run(70, "pull_request", ".github/workflows/forged.yml", 1))
		}, "has no summary of its last commit"},
		"run of another event": {func(_ *pipeline, pr *pullRequest) {
			pr.runs = fmt.Sprintf(`{"workflow_runs": [%s]}`, pr.run(70, "workflow_dispatch", ".github/workflows/plan.yml", 1))
		}, "has no summary of its last commit"},
		"run of a fork": {func(_ *pipeline, pr *pullRequest) {
			pr.runs = fmt.Sprintf(`{"workflow_runs": [%s]}`, pr.run(70, "pull_request", ".github/workflows/plan.yml", 2))
		}, "has no summary of its last commit"},
		"pull request into another branch": {func(_ *pipeline, pr *pullRequest) {
			pr.pulls = fmt.Sprintf("[%s, %s]", pr.pull(7, "main"), pr.pull(8, "forged"))
		}, "Pull request #8 has the same last commit as #7"},
		"base changed after the plan": {func(_ *pipeline, pr *pullRequest) {
			pr.timeline = `[{"event": "base_ref_changed", "created_at": "2026-03-04T10:30:00Z"}]`
		}, "has no summary of its last commit"},
		"expired": {func(_ *pipeline, pr *pullRequest) {
			pr.artifacts = strings.Replace(pr.artifacts, "false", "true", 1)
		}, "has no summary of its last commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			base := p.git("rev-parse", "HEAD")
			pr := newPullRequest(p, 7, "2026")
			test.change(p, &pr)
			p.respondWith(base, pr)

			acctest.RequireText(t, p.mustRun(1, "scripts/github/find-reviewed", "reviewed"), test.want)

			if found, _ := filepath.Glob(filepath.Join(p.Folder, "reviewed/*.json")); len(found) > 0 {
				t.Errorf("%v was taken", found)
			}
		})
	}
}

func TestFindReviewed_StopsUnlessTheCommitIsTheHeadOfMain(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	base := p.git("rev-parse", "HEAD")
	first := newPullRequest(p, 7, "2026")
	revert := newPullRequest(p, 8, "2026")
	p.respondWith(base, first, revert)
	p.git("checkout", "-q", first.merge)

	acctest.RequireText(t, p.mustRun(1, "scripts/github/find-reviewed", "reviewed"),
		"Commit "+first.merge+" is not the head of main, which is "+revert.merge+": an apply of it would undo what came after.")
}

func TestFindReviewed_StopsAtCommitWithoutPullRequest(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	base := p.git("rev-parse", "HEAD")
	pushed := p.commit("Pushed to main")
	p.respondWith(base)
	p.respond("branches/main", fmt.Sprintf(`{"commit": {"sha": %q}}`, pushed))
	p.respond("commits/"+pushed+"/pulls", "[]")

	acctest.RequireText(t, p.mustRun(1, "scripts/github/find-reviewed", "reviewed"), "Commit "+pushed+" comes from no pull request", "sets apply_after='"+pushed+"' in scripts/settings")
}

// A merge cancels the apply that waits, and stands for it.
func TestFindReviewed_TakesEverythingSinceTheLastApply(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2027/main.tf", p.Read("groups/2026/main.tf"))
	base := p.commit("Two groups")
	cancelled, second, third := newPullRequest(p, 7, "2027"), newPullRequest(p, 8, "2026"), newPullRequest(p, 9, "2026")
	p.respondWith(base, cancelled, second, third)

	output := p.mustRun(0, "scripts/github/find-reviewed", "reviewed")

	acctest.RequireText(t, output, "base="+base, "number=9")
	if summary := p.Read("reviewed/2027.json"); summary != `{"artifact": 700}` {
		t.Errorf("the summary of 2027 is %s, want that of the cancelled apply", summary)
	}
	if summary := p.Read("reviewed/2026.json"); summary != `{"artifact": 900}` {
		t.Errorf("the summary of 2026 is %s, want the last one", summary)
	}
	if groups := p.mustRun(0, "scripts/groups", base); groups != "2026\n2027\n" {
		t.Errorf("the groups are %q", groups)
	}
}

// The first apply has failed, or GitHub keeps its run no more.
func TestFindReviewed_TakesEverythingIfNoApplyHasSucceeded(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	first := p.git("rev-parse", "HEAD")
	failed, second := newPullRequest(p, 7, "2026"), newPullRequest(p, 8, "2026")
	p.respondWith("", failed, second)
	p.respond("actions/workflows/apply.yml/runs?branch=main&event=push&status=success&per_page=1", `{"workflow_runs": []}`)

	output := p.mustRun(0, "scripts/github/find-reviewed", "reviewed")

	acctest.RequireText(t, output, "base="+first, "number=8")
	acctest.RequireText(t, p.calls(), "actions/artifacts/700/zip", "actions/artifacts/800/zip")
}

func TestFindReviewed_BeginsWhereTheSettingsSay(t *testing.T) {
	t.Parallel()
	for name, lastApply := range map[string]func(p *pipeline) string{
		"no apply has succeeded": func(*pipeline) string { return "" },
		"an earlier commit":      func(p *pipeline) string { return p.git("rev-parse", "HEAD") },
		"a rewritten history":    func(*pipeline) string { return strings.Repeat("1", 40) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			applied := lastApply(p)
			pushed := p.commit("Pushed to main")
			p.Write("scripts/settings", strings.Replace(p.Read("scripts/settings"), "apply_after=''", "apply_after='"+pushed+"'", 1))
			pr := newPullRequest(p, 7, "2026")
			p.respondWith(applied, pr)

			acctest.RequireText(t, p.mustRun(0, "scripts/github/find-reviewed", "reviewed"), "base="+pushed, "number=7")
		})
	}
}

func TestFindReviewed_SettingsNeverRepeatAnApply(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("scripts/settings", strings.Replace(p.Read("scripts/settings"), "apply_after=''", "apply_after='"+p.git("rev-parse", "HEAD")+"'", 1))
	applied := p.commit("The settings name an earlier commit")
	pr := newPullRequest(p, 7, "2026")
	p.respondWith(applied, pr)

	acctest.RequireText(t, p.mustRun(0, "scripts/github/find-reviewed", "reviewed"), "base="+applied)
}

func TestFindReviewed_StopsIfMainWasRewritten(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	pr := newPullRequest(p, 7, "2026")
	p.git("checkout", "-q", "--orphan", "other")
	other := p.commit("Another history")
	p.git("checkout", "-q", "main")
	p.respondWith(other, pr)

	acctest.RequireText(t, p.mustRun(1, "scripts/github/find-reviewed", "reviewed"), "the history was rewritten")
}
