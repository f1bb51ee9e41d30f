// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stand is a folder for the scripts of the example's workflows, with programs in
// the place of those that reach GitHub.
type stand struct {
	t      *testing.T
	folder string
}

// gh writes down how it is called, and answers with the first file whose name is
// in its arguments.
const gh = `#!/bin/sh
echo "$*" >>"$STAND/called"
for file in "$STAND"/answers/*; do
	case "$*" in *"$(basename "$file" | tr : /)"*) cat "$file"; exit ;; esac
done
`

// curl fetches from the folder by the last part of the address.
const curl = `#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = --output ] && output=$2; shift; done
cp "$STAND/answers/$(basename "$1")" "$output"
`

func newStand(t *testing.T, needs ...string) *stand {
	t.Helper()
	skipOnWindows(t)
	for _, program := range append(needs, "sh") {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the scripts run on GitHub's runners, which have %s; here there is none", program)
		}
	}
	s := &stand{t, t.TempDir()}
	for _, folder := range []string{"programs", "answers"} {
		if err := os.Mkdir(filepath.Join(s.folder, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.write("programs/gh", gh)
	s.write("programs/curl", curl)
	return s
}

func (s *stand) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(content), 0o700); err != nil { //nolint:gosec // G306: programs.
		s.t.Fatal(err)
	}
}

func (s *stand) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(s.folder, name))
	return string(content)
}

// answer is what gh says to a path of the API.
func (s *stand) answer(path, content string) {
	s.t.Helper()
	s.write("answers/"+strings.ReplaceAll(path, "/", ":"), content)
}

func (s *stand) run(script string, arguments ...string) (said string, err error) {
	s.t.Helper()
	path, err := filepath.Abs(filepath.Join(examples, "compliance-repo/scripts", script))
	if err != nil {
		s.t.Fatal(err)
	}
	command := exec.CommandContext(s.t.Context(), "sh", append([]string{path}, arguments...)...)
	command.Dir = s.folder
	command.Env = append(os.Environ(), "STAND="+s.folder, "GITHUB_REPOSITORY=team/decisions",
		"PATH="+filepath.Join(s.folder, "programs")+string(os.PathListSeparator)+os.Getenv("PATH"))
	output, err := command.CombinedOutput()
	return string(output), err
}

// The pull request that commit "merge" merges, and its summary.
func mergedPullRequest(t *testing.T) *stand {
	t.Helper()
	s := newStand(t, "jq", "unzip")
	s.answer("commits/merge/pulls", `[{"number": 6, "merged_at": null, "merge_commit_sha": "merge", "head": {"sha": "other"}},
		{"number": 7, "merged_at": "2026-03-04T05:06:07Z", "merge_commit_sha": "merge", "head": {"sha": "head"}}]`)
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	file, _ := writer.Create("summary.json")
	_, _ = file.Write([]byte(`{"reviewed": true}`))
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	s.answer("artifacts/71/zip", archive.String())
	return s
}

// artifact is a kept summary; a fork's runs keep them too.
func artifact(id int, created, head string, fork bool) string {
	from := 1
	if fork {
		from = 2
	}
	return fmt.Sprintf(`{"id": %d, "expired": false, "created_at": %q, "workflow_run": {"head_sha": %q, "repository_id": 1, "head_repository_id": %d}}`, id, created, head, from)
}

func TestReviewedSummaryIsThatOfTheMergedCommit(t *testing.T) {
	t.Parallel()
	s := mergedPullRequest(t)
	s.answer("artifacts?name=reviewed-summary-head", fmt.Sprintf(`{"artifacts": [%s, %s, %s]}`,
		artifact(70, "2026-03-01", "head", false), artifact(71, "2026-03-02", "head", false), artifact(72, "2026-03-03", "head", true)))

	said, err := s.run("find-reviewed-summary", "merge", "reviewed.json")

	if err != nil || said != "7\n" {
		t.Errorf("got %q, %v; want the number of the pull request", said, err)
	}
	if summary := s.read("reviewed.json"); summary != `{"reviewed": true}` {
		t.Errorf("the summary is %q", summary)
	}
}

func TestSummaryOfAForkCountsForNothing(t *testing.T) {
	t.Parallel()
	s := mergedPullRequest(t)
	s.answer("artifacts?name=reviewed-summary-head", fmt.Sprintf(`{"artifacts": [%s, %s]}`,
		artifact(71, "2026-03-03", "head", true), artifact(71, "2026-03-03", "another", false)))

	said, err := s.run("find-reviewed-summary", "merge", "reviewed.json")

	if err == nil || !strings.Contains(said, "Pull request #7 has no reviewed summary of its last commit head") {
		t.Errorf("got %q, %v", said, err)
	}
}

func TestCommitWithoutPullRequestIsNotApplied(t *testing.T) {
	t.Parallel()
	s := newStand(t, "jq", "unzip")
	s.answer("commits/merge/pulls", `[]`)

	said, err := s.run("find-reviewed-summary", "merge", "reviewed.json")

	if err == nil || !strings.Contains(said, "No pull request merges merge") {
		t.Errorf("got %q, %v", said, err)
	}
}

func TestCommentIsUpdatedInPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ comments, call string }{
		"none yet":              {`[]`, "--method POST repos/team/decisions/issues/7/comments"},
		"somebody else's":       {`[{"id": 5, "user": {"login": "somebody"}, "body": "<!-- summary -->"}]`, "--method POST repos/team/decisions/issues/7/comments"},
		"the one of before":     {`[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- summary -->\nold"}]`, "--method PATCH repos/team/decisions/issues/comments/5"},
		"one about a different": {`[{"id": 5, "user": {"login": "github-actions[bot]"}, "body": "<!-- other -->"}]`, "--method POST repos/team/decisions/issues/7/comments"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, "jq")
			s.answer("comments?per_page=100", test.comments)
			s.write("summary.md", "new")

			if said, err := s.run("comment", "7", "summary", "summary.md"); err != nil {
				t.Fatalf("%v: %s", err, said)
			}

			if called := s.read("called"); strings.Count(called, "--method") != 1 || !strings.Contains(called, test.call) {
				t.Errorf("gh was called with\n%swant one %s", called, test.call)
			}
		})
	}
}

func TestIssueIsOpenedUpdatedAndClosed(t *testing.T) {
	t.Parallel()
	const open = `[{"number": 3, "title": "Another"}, {"number": 4, "title": "Drift"}]`
	for name, test := range map[string]struct {
		issues    string
		arguments []string
		call      string
	}{
		"drift, no issue":    {`[]`, []string{"Drift", "issue.md"}, "issue create"},
		"drift, an issue":    {open, []string{"Drift", "issue.md"}, "issue edit 4"},
		"no drift, an issue": {open, []string{"Drift"}, "issue close 4"},
		"no drift, no issue": {`[]`, []string{"Drift"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, "jq")
			s.answer("issue list", test.issues)

			if said, err := s.run("issue", test.arguments...); err != nil {
				t.Fatalf("%v: %s", err, said)
			}

			_, after, _ := strings.Cut(s.read("called"), "\n")
			if !strings.HasPrefix(after, test.call) || test.call == "" && after != "" {
				t.Errorf("gh was called with %q, want %q", after, test.call)
			}
		})
	}
}

func TestSummaryCommandIsTakenWithItsChecksumOnly(t *testing.T) {
	t.Parallel()
	const name = "didit-plan-summary_0.1.0_linux_amd64.tar.gz"
	for tampered, isGood := range map[string]bool{"": true, "and something else": false} {
		t.Run(fmt.Sprintf("good: %t", isGood), func(t *testing.T) {
			t.Parallel()
			s := newStand(t, "tar", "sha256sum", "awk")
			s.write("didit-plan-summary", "the command")
			archive := filepath.Join(s.folder, "answers", name)
			if said, err := exec.CommandContext(t.Context(), "tar", "-czf", archive, "-C", s.folder, "didit-plan-summary").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			sum := sha256.Sum256([]byte(s.read("answers/" + name)))
			s.write("answers/terraform-provider-didit_0.1.0_SHA256SUMS", fmt.Sprintf("%064d  another.zip\n%x  %s\n", 0, sum, name))
			s.write("answers/"+name, s.read("answers/"+name)+tampered)

			said, err := s.run("fetch-plan-summary", "bin")

			if isFetched := s.read("bin/didit-plan-summary") == "the command"; isFetched != isGood || (err == nil) != isGood {
				t.Errorf("fetched: %t, %v: %s", isFetched, err, said)
			}
		})
	}
}

func TestScriptsStopWhereGitHubDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"comment":               {"7", "summary", "summary.md"},
		"issue":                 {"Drift", "summary.md"},
		"find-reviewed-summary": {"merge", "found.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, "jq")
			s.write("summary.md", "new")
			s.write("programs/gh", "#!/bin/sh\necho \"$*\" >>\"$STAND/called\"\necho 'HTTP 502' >&2\nexit 1\n")

			said, err := s.run(name, arguments...)

			if err == nil || !strings.Contains(said, "HTTP 502") {
				t.Errorf("it ended with %v and said %q", err, said)
			}
			if calls := strings.Count(s.read("called"), "\n"); calls != 1 {
				t.Errorf("gh was called %d times, want once: %s", calls, s.read("called"))
			}
		})
	}
}
