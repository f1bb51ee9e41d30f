// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

func TestCheckout_PutsTheMergedDecisionsIntoTheTree(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	base := r.git("", "rev-parse", "HEAD")
	// The branch lacks what main gained, and main lacks what the branch gained.
	gained := onMain.with(files{"groups/2026/decisions/two.yaml": {}, "groups/kyb/decisions/seven.yaml": regular(decision(7)), "modules/decisions/main.tf": regular("# newer\n")})
	r.git("", "reset", "--quiet", "--hard", r.commit(gained, base))
	branch := r.commit(onMain.with(files{
		"groups/2026/decisions/one.yaml":   {},
		"groups/2026/decisions/three.yaml": regular(decision(3)),
		"groups/kyb/decisions/one.yaml":    regular(decision(1)), // Moved to another group.
		"groups/kyb/decisions/six.yaml":    {"100755", decision(60)},
	}), base)
	before := r.index()

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	requireLines(t, changed, "groups/2026/decisions/one.yaml", "groups/2026/decisions/three.yaml", "groups/kyb/decisions/one.yaml", "groups/kyb/decisions/six.yaml")
	requireFiles(t, r.worktree(), gained.with(files{
		"groups/2026/decisions/one.yaml":   {},
		"groups/2026/decisions/three.yaml": regular(decision(3)),
		"groups/kyb/decisions/one.yaml":    regular(decision(1)),
		"groups/kyb/decisions/six.yaml":    regular(decision(60)),
	}))
	if info, err := os.Stat(filepath.Join(r.directory, "groups/kyb/decisions/six.yaml")); err != nil || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("the file has mode %v (%v), want one that cannot be executed", info.Mode(), err)
	}
	if r.index() != before || r.git("", "rev-parse", "--abbrev-ref", "HEAD") != "main" {
		t.Error("the index or HEAD has changed")
	}
}

func TestCheckout_OfAMergedCommitChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, "HEAD")
	if err != nil || len(problems)+len(changed) > 0 {
		t.Error(err, problems, changed)
	}
	requireFiles(t, r.worktree(), onMain)
}

func TestCheckout_OfCodeAloneChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	code := r.commit(onMain.with(files{"modules/decisions/main.tf": regular("# newer\n"), "groups/2026/closed": regular(""), "groups/new/main.tf": regular("# group\n")}), "HEAD")

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, code)
	if err != nil || len(problems)+len(changed) > 0 {
		t.Error(err, problems, changed)
	}
	requireFiles(t, r.worktree(), onMain)
}

// With two merge bases, git compares a branch with one of them, which its author can choose by the date of a commit: the
// difference then has no decision, and the merge takes an old one back.
func TestCheckout_TakesWhatTheMergeChangesNotWhatADiffShows(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	base := r.git("", "rev-parse", "HEAD")
	side := r.commit(onMain.with(files{"README.md": regular("How we decide, in short.\n")}), base)
	decided := onMain.with(files{"groups/2026/decisions/one.yaml": regular(decision(10))})
	main := r.commit(decided, base)
	r.git("", "reset", "--quiet", "--hard", r.commit(decided.with(files{"README.md": regular("How we decide, in short.\n")}), main, side))
	branch := r.commit(onMain.with(files{"README.md": regular("How we decide, in short.\n")}), side, main)

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	requireLines(t, changed, "groups/2026/decisions/one.yaml")
}

func TestCheckout_RefusesAnythingElseBesideDecisions(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	beside := files{"groups/kyb/decisions/seven.yaml": regular(decision(7))}
	for name, test := range map[string]struct {
		changes files
		want    string
	}{
		"a module":               {files{"modules/decisions/main.tf": regular("# evil\n")}, "modules/decisions/main.tf: is changed, and is not a decision file"},
		"a module is deleted":    {files{"modules/decisions/main.tf": {}}, "modules/decisions/main.tf: is changed"},
		"the code of a group":    {files{"groups/2026/main.tf": regular("# evil\n")}, "groups/2026/main.tf: is changed"},
		"an override":            {files{"groups/2026/main_override.tf": regular("# evil\n")}, "groups/2026/main_override.tf: is changed"},
		"a closed group":         {files{"groups/2026/closed": regular("")}, "groups/2026/closed: is changed"},
		"a new group":            {files{"groups/new/main.tf": regular(""), "groups/new/decisions/nine.yaml": regular(decision(9))}, "groups/new/decisions/nine.yaml: its group is not in the checked-out commit"},
		"a folder without code":  {files{"groups/new/decisions/nine.yaml": regular(decision(9))}, "groups/new/decisions/nine.yaml: its group is not"},
		"an unknown place":       {files{"groups/2026/decision/nine.yaml": regular(decision(9))}, "groups/2026/decision/nine.yaml: is changed"},
		"another case":           {files{"Groups/2026/decisions/nine.yaml": regular(decision(9))}, "Groups/2026/decisions/nine.yaml: is changed"},
		"attributes":             {files{".gitattributes": regular("*.yaml filter=evil\n")}, ".gitattributes: is changed"},
		"attributes beside":      {files{"groups/2026/decisions/.gitattributes": regular("*.yaml filter=evil\n")}, "groups/2026/decisions/.gitattributes: is not a decision file, groups/GROUP/decisions/NAME.yaml"},
		"a submodule's address":  {files{".gitmodules": regular("[submodule \"x\"]\n\tpath = groups/2026/decisions/nine.yaml\n\turl = ext::sh -c touch% evil\n")}, ".gitmodules: is changed"},
		"a link":                 {files{"groups/2026/decisions/nine.yaml": link("../../../../secret")}, "groups/2026/decisions/nine.yaml: is a link or a submodule"},
		"a link for a file":      {files{"groups/2026/decisions/one.yaml": link("two.yaml")}, "groups/2026/decisions/one.yaml: is a link or a submodule"},
		"a link for the folder":  {files{"groups/2026/decisions/one.yaml": {}, "groups/2026/decisions/two.yaml": {}, "groups/2026/decisions": link("../../modules")}, "groups/2026/decisions: is not a decision file"},
		"a link for the group":   {files{"groups/2026/decisions/one.yaml": {}, "groups/2026/decisions/two.yaml": {}, "groups/2026/main.tf": {}, "groups/2026": link("kyb")}, "groups/2026: is changed"},
		"a submodule":            {files{"groups/2026/decisions/nine.yaml": {"160000", "1111111111111111111111111111111111111111"}}, "groups/2026/decisions/nine.yaml: is a link or a submodule"},
		"a folder":               {files{"groups/2026/decisions/nine.yaml/nine.yaml": regular(decision(9))}, "groups/2026/decisions/nine.yaml/nine.yaml: is not a decision file, groups/GROUP/decisions/NAME.yaml"},
		"a .git folder":          {files{"groups/2026/decisions/.git/config": regular("[core]\n\tfsmonitor = touch evil\n")}, "groups/2026/decisions/.git/config: is not"},
		"a .GIT folder":          {files{".GIT/config": regular("[core]\n\tfsmonitor = touch evil\n")}, ".GIT/config: is changed"},
		"dots for a name":        {files{"groups/2026/decisions/..": regular(decision(9))}, "groups/2026/decisions/..: is not"},
		"dots for a folder":      {files{"groups/2026/decisions/../main.tf": regular("# evil\n")}, "groups/2026/decisions/../main.tf: is not"},
		"dots for a group":       {files{"groups/../decisions/nine.yaml": regular(decision(9))}, "groups/../decisions/nine.yaml: is not"},
		"a hidden file":          {files{"groups/2026/decisions/.nine.yaml": regular(decision(9))}, "groups/2026/decisions/.nine.yaml: is not"},
		"a name like an option":  {files{"groups/2026/decisions/-o.yaml": regular(decision(9))}, "groups/2026/decisions/-o.yaml: is not"},
		"a name with a line":     {files{"groups/2026/decisions/x\n::error::.yaml": regular(decision(9))}, `"groups/2026/decisions/x\n::error::.yaml": is not`},
		"a name with a tab":      {files{"groups/2026/decisions/x\ty.yaml": regular(decision(9))}, `"groups/2026/decisions/x\ty.yaml": is not`},
		"another Unicode form":   {files{"groups/2026/decisions/cafe\u0301.yaml": regular(decision(9))}, "cafe\u0301.yaml: is not"},
		"a stream of NTFS":       {files{"groups/2026/decisions/one.yaml::$DATA": regular(decision(9))}, "one.yaml::$DATA: is not"},
		"a back slash":           {files{`groups/2026/decisions/..\..\main.yaml`: regular(decision(9))}, `is not a decision file, groups/GROUP/decisions/NAME.yaml`},
		"names that differ only": {files{"groups/2026/decisions/ONE.yaml": regular(decision(9))}, "groups/2026/decisions/ONE.yaml: its name differs from groups/2026/decisions/one.yaml only in case"},
		"another ending":         {files{"groups/2026/decisions/nine.yml": regular(decision(9))}, "groups/2026/decisions/nine.yml: is not"},
	} {
		branch := r.commit(onMain.with(beside).with(test.changes), "HEAD")
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
			if err != nil || len(changed) > 0 || !strings.Contains(strings.Join(problems, "\n"), test.want) {
				t.Errorf("changed %q, problems %q, error %v; want %q", changed, problems, err, test.want)
			}
			requireFiles(t, repository{T: t, directory: r.directory}.worktree(), onMain)
		})
	}
}

// Nobody would notice that a decision in a closed group is never made. Records can be deleted.
func TestCheckout_RefusesASubmoduleThatIsIgnored(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain.with(ignoredSubmodule("1")))
	branch := r.commit(onMain.with(ignoredSubmodule("2")).with(files{"groups/2026/decisions/nine.yaml": regular(decision(9))}), "HEAD")

	_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, problems, "modules/shared: is changed, and is not a decision file: a pull request changes decisions or anything else, not both")
}

func TestCheckout_ClosedGroupTakesDeletionsOnly(t *testing.T) {
	t.Parallel()
	main := onMain.with(files{"groups/kyb/closed": regular("")})
	r := newRepository(t, main)

	_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, r.commit(main.with(files{"groups/kyb/decisions/nine.yaml": regular(decision(9))}), "HEAD"))
	if err != nil {
		t.Error(err)
	}
	requireLines(t, problems, "groups/kyb/decisions/nine.yaml: its group is closed, so nothing would check or plan it: delete the file closed first")

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, r.commit(main.with(files{"groups/kyb/decisions/six.yaml": {}}), "HEAD"))
	if err != nil {
		t.Error(err)
	}
	requireLines(t, problems)
	requireLines(t, changed, "groups/kyb/decisions/six.yaml")
}

func TestCheckout_ChangesThatMainHasCountAsNone(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	both := files{"modules/decisions/main.tf": regular("# newer\n")}
	branch := r.commit(onMain.with(both).with(files{"groups/2026/decisions/three.yaml": regular(decision(3))}), "HEAD")
	r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(both), "HEAD"))

	changed, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
	requireLines(t, changed, "groups/2026/decisions/three.yaml")
}

func TestCheckout_ReportsAConflict(t *testing.T) {
	t.Parallel()
	for name, onBranch := range map[string]files{
		"both changed it":             {"groups/2026/decisions/one.yaml": regular(decision(10))},
		"main changed a deleted file": {"groups/2026/decisions/one.yaml": {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, onMain)
			base := r.git("", "rev-parse", "HEAD")
			main := onMain.with(files{"groups/2026/decisions/one.yaml": regular(decision(11))})
			r.git("", "reset", "--quiet", "--hard", r.commit(main, base))

			_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, r.commit(onMain.with(onBranch), base))
			if err != nil {
				t.Error(err)
			}
			requireLines(t, problems, "groups/2026/decisions/one.yaml: conflicts with the checked-out commit: merge or rebase the branch")
			requireFiles(t, r.worktree(), main)
		})
	}
}

func TestCheckout_ReportsAFileInAFolderThatMainHasRenamed(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	base := r.git("", "rev-parse", "HEAD")
	main := onMain.with(files{
		"groups/2026/main.tf": {}, "groups/2026/decisions/one.yaml": {}, "groups/2026/decisions/two.yaml": {},
		"groups/2027/main.tf": regular("# group\n"), "groups/2027/decisions/one.yaml": regular(decision(1)), "groups/2027/decisions/two.yaml": regular(decision(2)),
	})
	r.git("", "reset", "--quiet", "--hard", r.commit(main, base))
	branch := r.commit(onMain.with(files{"groups/2026/decisions/three.yaml": regular(decision(3))}), base)

	_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0], "conflicts with the checked-out commit") {
		t.Errorf("got %v, %q", err, problems)
	}
	requireFiles(t, r.worktree(), main)
}

// The texts are those of the commit, whatever attributes and settings the clone has.
func TestCheckout_RunsNothingAndConvertsNothing(t *testing.T) {
	t.Parallel()
	main := onMain.with(files{".gitattributes": regular("*.yaml filter=evil ident text eol=crlf working-tree-encoding=UTF-16 merge=evil\n")})
	r := newRepository(t, main)
	ran := filepath.Join(t.TempDir(), "ran")
	evil := "touch '" + ran + "'"
	base := r.git("", "rev-parse", "HEAD")
	text := "# $Id$\r\n" + decision(3) + "\n\n"
	branch := r.commit(main.with(files{"groups/2026/decisions/three.yaml": regular(text)}), base)
	r.git("", "reset", "--quiet", "--hard", r.commit(main.with(files{"README.md": regular("newer\n")}), base))
	for _, setting := range []string{"filter.evil.smudge", "merge.evil.driver", "core.fsmonitor", "diff.external", "core.pager"} {
		r.git("", "config", setting, evil)
	}
	for _, hook := range []string{"post-checkout", "post-merge", "pre-merge-commit", "post-index-change", "reference-transaction"} {
		path := filepath.Join(r.directory, ".git/hooks", hook)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+evil+"\n"), 0o700); err != nil { //nolint:gosec // G306: git runs executable hooks only.
			t.Fatal(err)
		}
	}
	// Git would write a time that has changed into the index, and then run a hook.
	if err := os.Chtimes(filepath.Join(r.directory, "groups/2026/decisions/one.yaml"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}

	_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if got := r.worktree()["groups/2026/decisions/three.yaml"]; got != regular(text) {
		t.Errorf("got %q, want the text of the commit, %q", got, text)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a command of the clone's settings was run")
	}
}

func TestCheckout_RefusesToLoseWhatIsNotCommitted(t *testing.T) {
	t.Parallel()
	for name, uncommitted := range map[string]files{
		"a changed file": {"groups/2026/decisions/one.yaml": regular(decision(8))},
		"a new file":     {"groups/2026/decisions/nine.yaml": regular(decision(9))},
		"an ignored one": {"groups/2026/decisions/notes": regular("draft"), ".git/info/exclude": regular("notes\n")},
		"a link":         {"groups/2026/decisions/nine.yaml": link("one.yaml")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, onMain)
			branch := r.commit(onMain.with(files{"groups/2026/decisions/two.yaml": {}}), "HEAD")
			write(t, r.directory, uncommitted)
			write(t, r.directory, files{"groups/2026/decisions/.DS_Store": regular(""), "groups/2026/.terraform/x": regular("")})
			before := r.worktree()

			_, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch)
			if err == nil || !strings.Contains(err.Error(), "is not committed, and would be lost: commit it, or move it elsewhere") {
				t.Errorf("got %v, %q", err, problems)
			}
			requireFiles(t, r.worktree(), before)
		})
	}
}

func TestCheckout_FollowsNoLinkOfTheTree(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]string{"groups": "groups", "a group": "groups/2026", "the folder decisions": "groups/2026/decisions"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, onMain)
			branch := r.commit(onMain.with(files{"groups/2026/decisions/one.yaml": {}, "groups/2026/decisions/three.yaml": regular(decision(3))}), "HEAD")
			// Git does not see that the files are gone. The target is inside the repository, where os.Root would follow a link.
			r.git("", "update-index", "--assume-unchanged", "groups/2026/main.tf", "groups/2026/decisions/one.yaml", "groups/2026/decisions/two.yaml",
				"groups/kyb/main.tf", "groups/kyb/decisions/six.yaml")
			target := filepath.Join(r.directory, "elsewhere")
			if err := os.Rename(filepath.Join(r.directory, place), target); err != nil {
				t.Fatal(err)
			}
			write(t, r.directory, files{place: link(strings.Repeat("../", strings.Count(place, "/")) + "elsewhere")})
			before := r.worktree()

			if _, _, err := decisionrepo.Checkout(t.Context(), r.directory, branch); err == nil {
				t.Error("got no error")
			}
			requireFiles(t, r.worktree(), before)
		})
	}
}

func TestCheckout_NamesWhatItCannotMerge(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	shallow := repository{T: t, directory: t.TempDir()}
	r.git("", "update-ref", "refs/heads/main", r.commit(onMain.with(files{"README.md": regular("newer\n")}), "HEAD"))
	shallow.git("", "clone", "--quiet", "--depth=1", "file://"+r.directory, ".")
	unrelated := r.commit(onMain.with(files{"README.md": regular("another\n")}))
	blob := r.git("", "rev-parse", "HEAD:README.md")

	for name, test := range map[string]struct{ directory, commit, want string }{
		"no such commit":      {r.directory, "no-such-branch", `there is no commit "no-such-branch" in this clone: fetch it first`},
		"like an option":      {r.directory, "--output=evil", `there is no commit "--output=evil"`},
		"nothing":             {r.directory, "", `there is no commit ""`},
		"a range":             {r.directory, "HEAD~1..HEAD", `there is no commit "HEAD~1..HEAD"`},
		"a file":              {r.directory, blob, "there is no commit"},
		"unrelated":           {r.directory, unrelated, "unrelated histories"},
		"a shallow clone":     {shallow.directory, "HEAD", "the clone is shallow, and a merge needs the history: git fetch --unshallow"},
		"below the top":       {filepath.Join(r.directory, "groups"), "HEAD", "is not the top of its git repository"},
		"outside of git":      {t.TempDir(), "HEAD", "not a git repository"},
		"no folder at all":    {filepath.Join(t.TempDir(), "none"), "HEAD", "no such file or directory"},
		"a commit that is in": {r.directory, "HEAD^{tree}", "there is no commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems, err := decisionrepo.Checkout(t.Context(), test.directory, test.commit)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %q, want %q", err, problems, test.want)
			}
			if _, err := os.Stat(filepath.Join(test.directory, "evil")); err == nil {
				t.Error("the name of a commit was an option of git")
			}
		})
	}
}

func TestCheckout_NamesTheVersionOfGitThatItNeeds(t *testing.T) {
	r := newRepository(t, onMain)
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *merge-tree*) exit 129;; esac\nexec '" + program + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(old, "git"), []byte(script), 0o700); err != nil { //nolint:gosec // G306: it is a program.
		t.Fatal(err)
	}
	t.Setenv("PATH", old+string(os.PathListSeparator)+os.Getenv("PATH"))

	if _, _, err := decisionrepo.Checkout(t.Context(), r.directory, "HEAD"); err == nil || !strings.Contains(err.Error(), "version 2.38 or later") {
		t.Errorf("got %v", err)
	}
}

func TestCreate_WritesNewFilesInPlaceOnly(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	write(t, directory, onMain.with(files{
		"groups/linked": link("kyb"), "groups/inside/main.tf": regular(""), "groups/inside/decisions": link("../kyb/decisions"),
	}))
	for group, want := range map[string]string{"linked": "groups/linked is not a folder", "inside": "groups/inside/decisions is not a folder", "2026": "file exists", "none": "groups/none is not a folder"} {
		if _, err := decisionrepo.Create(directory, group, "one.yaml", decision(9)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", group, err, want)
		}
	}
	file, err := decisionrepo.Create(directory, "kyb", "nine.yaml", decision(9))
	if err != nil || file != "groups/kyb/decisions/nine.yaml" {
		t.Errorf("got %s, %v", file, err)
	}
	requireFiles(t, repository{T: t, directory: directory}.worktree(), onMain.with(files{
		"groups/linked": link("kyb"), "groups/inside/main.tf": regular(""), "groups/inside/decisions": link("../kyb/decisions"),
		file: regular("# yaml-language-server: $schema=../../../decisions.schema.json\n" + decision(9)),
	}))
}
