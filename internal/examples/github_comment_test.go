// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

func TestComment_OneForEachGroup(t *testing.T) {
	t.Parallel()
	const post, patch = "--method POST repos/team/decisions/issues/7/comments", "--method PATCH repos/team/decisions/issues/comments/5"
	for name, test := range map[string]struct{ comments, want string }{
		"none yet":              {`[]`, post},
		"another author's":      {`[{"id": 5, "user": {"login": "somebody"}, "body": "<!-- didit-plan-summary 2026 -->"}]`, post},
		"the one of before":     {`[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-summary 2026 -->\nold"}]`, patch},
		"one with another mark": {`[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-difference 2026 -->"}]`, post},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respond("issues/7/comments?per_page=100", test.comments)
			p.Write("summary/2026.md", "new")
			p.Write("summary/2026.json", "{}")

			p.mustRun(0, "scripts/github/comment", "7", "didit-plan-summary", "summary")

			if calls := p.calls(); strings.Count(calls, "--method") != 1 || !strings.Contains(calls, test.want) {
				t.Errorf("gh was called with\n%swant one %s", calls, test.want)
			}
		})
	}
}

func TestComment_SaysThatAGroupIsNotTouchedAnyMore(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.respond("issues/7/comments?per_page=100", `[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-summary 2026 -->\nold"}]`)
	p.Write("summary/2027.md", "new")

	p.mustRun(0, "scripts/github/comment", "7", "didit-plan-summary", "summary")

	acctest.RequireText(t, p.calls(), "--method POST repos/team/decisions/issues/7/comments", "--method PATCH repos/team/decisions/issues/comments/5")
}

func TestComment_SaysThatACommitHasNoPlan(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.respond("issues/7/comments?per_page=100", `[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-summary 2026 -->\nold"}]`)
	p.program("gh", strings.Replace(ghStub, "--method) exit", `--field=*|body=@*) cat "${argument#body=@}" >"$STUBS/body" ;; --method) changes=yes`, 1))

	p.run("GONE=Commit abc has no plan.", "scripts/github/comment", "7", "didit-plan-summary", "none")

	if body := p.stubs.Read("body"); body != "<!-- didit-plan-summary 2026 -->\nCommit abc has no plan.\n" {
		t.Errorf("the comment is %q", body)
	}
}

// A user runs the workflow of an earlier, harmless commit again.
func TestComment_OfAnEarlierCommitIsNotWritten(t *testing.T) {
	t.Parallel()
	for commit, want := range map[string]int{"earlier": 0, "last": 2} {
		t.Run(commit, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respond("pulls/7", `{"head": {"sha": "last"}}`)
			p.respond("issues/7/comments?per_page=100", `[
				{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-summary 2026 -->\nPlan of commit last:"},
				{"id": 6, "user": {"login": "github-actions[bot]"}, "body": "<!-- didit-plan-summary 2027 -->\nPlan of commit last:"}]`)
			p.Write("summary/commit", commit+"\n")
			p.Write("summary/2026.md", "Plan of commit "+commit+":")

			p.mustRun(0, "scripts/github/comment", "7", "didit-plan-summary", "summary")

			if written := strings.Count(p.calls(), "--method"); written != want {
				t.Errorf("%d comments were written, want %d: %s", written, want, p.calls())
			}
		})
	}
}

func TestIssue_IsOpenedUpdatedAndClosed(t *testing.T) {
	t.Parallel()
	const open = `[{"number": 3, "title": "Another"}, {"number": 4, "title": "Drift"}]`
	for name, test := range map[string]struct {
		issues    string
		arguments []string
		call      string
	}{
		"drift, no issue":    {`[]`, []string{"Drift", "README.md"}, "issue create"},
		"drift, an issue":    {open, []string{"Drift", "README.md"}, "issue edit 4"},
		"no drift, an issue": {open, []string{"Drift"}, "issue close 4"},
		"no drift, no issue": {`[]`, []string{"Drift"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.respond("issues", test.issues)

			p.mustRun(0, append([]string{"scripts/github/issue"}, test.arguments...)...)

			_, after, _ := strings.Cut(p.calls(), "\n")
			if !strings.HasPrefix(after, test.call) || test.call == "" && after != "" {
				t.Errorf("gh was called with %q, want %q", after, test.call)
			}
		})
	}
}

func TestIssue_IsCutToWhatGitHubTakes(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.respond("issues", `[{"number": 4, "title": "Drift"}]`)
	p.program("gh", strings.Replace(ghStub, "issue*) exit", `"issue edit") while [ "$1" != --body-file ]; do shift; done; cp "$2" "$STUBS/body"; exit`, 1))
	p.Write("issue.md", "Found by this run.\n"+strings.Repeat("| "+strings.Repeat("é", 200)+" |\n", 1000))

	p.mustRun(0, "scripts/github/issue", "Drift", "issue.md")

	body := p.stubs.Read("body")
	if length := len([]rune(body)); length > 65536 || length < 30000 {
		t.Errorf("the issue has %d characters", length)
	}
	if !utf8.ValidString(body) || !strings.HasPrefix(body, "Found by this run.\n") || !strings.HasSuffix(body, " |\n\n*The rest does not fit here.*\n") {
		t.Errorf("the issue is %.50q … %q", body, body[len(body)-50:])
	}
}

func TestGitHubScripts_StopIfGitHubFails(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"comment":       {"7", "summary", "."},
		"issue":         {"Drift", "README.md"},
		"find-reviewed": {"reviewed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.program("gh", "#!/bin/sh\necho \"$*\" >>\"$STUBS/called\"\necho 'HTTP 502' >&2\nexit 1\n")

			acctest.RequireText(t, p.mustRun(1, append([]string{"scripts/github/" + name}, arguments...)...), "HTTP 502")

			if calls := strings.Count(p.calls(), "\n"); calls != 1 {
				t.Errorf("gh was called %d times, want once: %s", calls, p.calls())
			}
		})
	}
}
