// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

// imported is a commit for git fast-import: its mark is its place in the list, from 1. merges are marks.
type imported struct {
	branch, author, message string
	day                     int
	from                    int
	merges                  []int
	files                   map[string]string // an empty text deletes the file
}

func july(day int) time.Time { return time.Date(2026, time.July, day, 10, 0, 0, 0, time.UTC) }

// importRepository returns a repository with commits, whose HEAD is main, and the IDs of the commits by their marks.
func importRepository(t *testing.T, commits ...imported) (r repository, ids map[int]string) {
	t.Helper()
	r = repository{t, t.TempDir(), map[string]string{}}
	r.git("", "init", "--quiet", "--initial-branch=main")
	var stream strings.Builder
	for i, c := range commits {
		at := july(c.day).Unix()
		_, _ = fmt.Fprintf(&stream, "commit refs/heads/%s\nmark :%d\nauthor %s <%s@example.com> %d +0200\ncommitter Service <service@example.com> %d +0200\ndata %d\n%s\n",
			c.branch, i+1, c.author, strings.ToLower(c.author), at, at, len(c.message), c.message)
		if c.from > 0 {
			_, _ = fmt.Fprintf(&stream, "from :%d\n", c.from)
		}
		for _, other := range c.merges {
			_, _ = fmt.Fprintf(&stream, "merge :%d\n", other)
		}
		for path, text := range c.files {
			if text == "" {
				_, _ = fmt.Fprintf(&stream, "D %s\n", path)
			} else {
				_, _ = fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
			}
		}
		stream.WriteString("\n")
	}
	marks := filepath.Join(t.TempDir(), "marks")
	r.git(stream.String(), "fast-import", "--quiet", "--export-marks="+marks)
	ids = map[int]string{}
	text, err := os.ReadFile(marks)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil {
			t.Fatal(err)
		}
		ids[mark] = id
	}
	return r, ids
}

const one, two = "groups/2026/decisions/one.yaml", "groups/2026/decisions/two.yaml"

func TestReadHistory_NamesTheCommitThatBroughtAText(t *testing.T) {
	t.Parallel()
	r, ids := importRepository(t,
		imported{branch: "main", author: "Setup", message: "Begin", day: 1, files: map[string]string{"groups/2026/main.tf": "#", "README.md": "#"}},
		// A branch whose first text is not the one that is merged.
		imported{branch: "a", author: "Ada", message: "Case 1", day: 2, from: 1, files: map[string]string{one: "first"}},
		imported{branch: "a", author: "Bo", message: "Case 1, better\n\nMerge pull request #99", day: 3, from: 2, files: map[string]string{one: "second"}},
		imported{branch: "main", author: "Cy", message: "Merge pull request #12 from team/a\n\nCase 1", day: 4, from: 1, merges: []int{3}, files: map[string]string{one: "second"}},
		// A squash, with the line breaks of a browser.
		imported{branch: "main", author: "Dag", message: "Case 2 (#13)\r\n\r\n* (#14)", day: 5, from: 4, files: map[string]string{two: "two"}},
		// A branch that has main merged into it, and GitLab's message.
		imported{branch: "b", author: "Eve", message: "Case 1 again", day: 6, from: 4, files: map[string]string{one: "third"}},
		imported{branch: "b", author: "Eve", message: "Merge main", day: 7, from: 6, merges: []int{5}, files: map[string]string{two: "two"}},
		imported{branch: "main", author: "Cy", message: "Merge branch 'b' into 'main'\n\nSee merge request team/decisions!7", day: 8, from: 5, merges: []int{7}, files: map[string]string{one: "third"}},
		// A text that only the merge has, and a group that is closed.
		imported{branch: "c", author: "Fay", message: "Case 2 again", day: 9, from: 8, files: map[string]string{two: "two of c"}},
		imported{branch: "main", author: "Cy", message: "Merge branch 'c'", day: 10, from: 8, merges: []int{9}, files: map[string]string{two: "two of the merge"}},
		imported{branch: "main", author: "Gil", message: "Close", day: 11, from: 10, files: map[string]string{one: "", "groups/2025/closed": "x"}},
	)
	got, err := decisionrepo.ReadHistory(t.Context(), r.directory)
	if err != nil {
		t.Fatal(err)
	}
	version := func(path, text string, commit int, author string, day int, merge int, merged int, request string) decisionrepo.Version {
		return decisionrepo.Version{
			Path: path, Group: "2026", Text: text, IsFile: text != "", Deleted: text == "", Merge: ids[merge], MergedAt: july(merged), PullRequest: request,
			Commit: decisionrepo.Commit{ID: ids[commit], Author: author + " <" + strings.ToLower(author) + "@example.com>", Committer: "Service <service@example.com>", At: july(day)},
		}
	}
	want := decisionrepo.History{Head: ids[11], ClosedGroups: []string{"2025"}, Versions: []decisionrepo.Version{
		version(one, "second", 3, "Bo", 3, 4, 4, "12"),
		version(two, "two", 5, "Dag", 5, 0, 5, "13"),
		version(one, "third", 6, "Eve", 6, 8, 8, "7"),
		version(two, "two of the merge", 10, "Cy", 10, 10, 10, ""),
		version(one, "", 11, "Gil", 11, 0, 11, ""),
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestReadHistory_LinksHaveNoText(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain.with(files{one: link("/etc/passwd"), "groups/2026/decisions/x/y.yaml": regular("x"), "groups/2026/closed": link("main.tf")}))
	got, err := decisionrepo.ReadHistory(t.Context(), r.directory)
	if err != nil || len(got.ClosedGroups) > 0 {
		t.Fatal(got.ClosedGroups, err)
	}
	for _, v := range got.Versions {
		if isLink := v.Path == one; v.IsFile == isLink || (v.Text == "") != isLink || strings.Contains(v.Path, "/x/") {
			t.Errorf("got %+v", v)
		}
	}
}

func TestReadHistory_IgnoresSettingsOfTheUser(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	for setting, value := range map[string]string{"log.showSignature": "true", "log.mailmap": "true", "diff.renames": "copies", "log.diffMerges": "combined", "diff.noprefix": "true", "log.date": "human", "format.pretty": "oneline", "core.quotePath": "true"} {
		r.git("", "config", setting, value)
	}
	if got, err := decisionrepo.ReadHistory(t.Context(), r.directory); err != nil || len(got.Versions) != 3 || got.Versions[0].Text != decision(1) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReadHistory_ShallowCloneIsAnError(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	clone := t.TempDir()
	r.git("", "commit", "--quiet", "--allow-empty", "--message=Second")
	r.git("", "clone", "--quiet", "--depth=1", "file://"+r.directory, clone)
	if _, err := decisionrepo.ReadHistory(t.Context(), clone); err == nil || !strings.Contains(err.Error(), "the clone is shallow, and an audit needs the history: git fetch --unshallow") {
		t.Errorf("got %v", err)
	}
}
