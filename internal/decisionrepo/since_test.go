// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

// touched runs what `groups --since` runs.
func (r repository) touched(commit string) (groups, problems []string) {
	r.Helper()
	open, problems, err := decisionrepo.OpenGroups(r.directory)
	if err != nil || len(problems) > 0 {
		r.Fatal(err, problems)
	}
	groups, problems, err = decisionrepo.TouchedSince(r.Context(), r.directory, commit, open)
	if err != nil {
		r.Fatal(err)
	}
	return groups, problems
}

func TestTouchedSince_NamesTheGroupsOfChangedFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes files
		want    string
	}{
		"nothing":            {files{}, ""},
		"a decision":         {files{"groups/2026/decisions/one.yaml": regular(decision(10))}, "2026"},
		"a new decision":     {files{"groups/kyb/decisions/nine.yaml": regular(decision(9))}, "kyb"},
		"a deleted one":      {files{"groups/kyb/decisions/six.yaml": {}}, "kyb"},
		"a moved one":        {files{"groups/kyb/decisions/six.yaml": {}, "groups/2026/decisions/six.yaml": regular(decision(6))}, "2026 kyb"},
		"code of a group":    {files{"groups/2026/main.tf": regular("# newer\n")}, "2026"},
		"a module":           {files{"modules/decisions/main.tf": regular("# newer\n")}, "2026 kyb"},
		"a new module":       {files{"modules/more/main.tf": regular("# newer\n")}, "2026 kyb"},
		"a workflow":         {files{".github/workflows/apply.yml": regular("on: push\n")}, "2026 kyb"},
		"a page":             {files{"README.md": regular("newer\n"), "docs/set-up.md": regular("new\n")}, ""},
		"a group is closed":  {files{"groups/kyb/closed": regular("")}, ""},
		"a new group":        {files{"groups/2027/main.tf": regular("# group\n")}, "2027"},
		"a module and pages": {files{"README.md": regular("newer\n"), "modules/decisions/main.tf": {}}, "2026 kyb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, onMain)
			before := r.git("", "rev-parse", "HEAD")
			r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(test.changes), before))
			groups, problems := r.touched(before)
			requireLines(t, groups, strings.Fields(test.want)...)
			requireLines(t, problems)

			// The same changes, not committed.
			r.git("", "reset", "--quiet", "--soft", before)
			groups, _ = r.touched("HEAD")
			requireLines(t, groups, strings.Fields(test.want)...)
		})
	}
}

func TestTouchedSince_ComparesWithTheCommonCommit(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	base := r.git("", "rev-parse", "HEAD")
	main := r.commit(onMain.with(files{"groups/kyb/decisions/six.yaml": regular(decision(60))}), base)
	r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(files{"groups/2026/decisions/one.yaml": regular(decision(10))}), base))

	groups, _ := r.touched(main)
	requireLines(t, groups, "2026")
}

// A .gitmodules can tell git to say nothing of a submodule that changes, and modules can be in one.
func TestTouchedSince_SubmoduleThatIsIgnoredCounts(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain.with(ignoredSubmodule("1")))
	before := r.git("", "rev-parse", "HEAD")
	r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(ignoredSubmodule("2")), before))

	groups, _ := r.touched(before)
	requireLines(t, groups, "2026", "kyb")
}

// A checkout writes all decision files again: those with the same text do not count.
func TestTouchedSince_AfterACheckout(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	branch := r.commit(onMain.with(files{"groups/kyb/decisions/nine.yaml": regular(decision(9))}), "HEAD")
	if _, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}

	groups, _ := r.touched("HEAD")
	requireLines(t, groups, "kyb")
}

// A plan reads what git ignores, too, so a decision of a pull request counts whatever its name is.
func TestTouchedSince_DecisionThatGitIgnoresCounts(t *testing.T) {
	t.Parallel()
	const ignored = "groups/kyb/decisions/nine.tfstate.yaml"
	r := newRepository(t, onMain.with(files{".gitignore": regular("*.tfstate*\n.terraform/\n/out/\n")}))
	branch := r.commit(onMain.with(files{".gitignore": regular("*.tfstate*\n.terraform/\n/out/\n"), ignored: regular(decision(9))}), "HEAD")
	if _, problems, err := decisionrepo.Checkout(t.Context(), r.directory, branch); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	write(t, r.directory, files{"groups/2026/terraform.tfstate": regular(""), "groups/2026/.terraform/modules/decisions/x.yaml": regular(""), "out/plan": regular("")})

	groups, _ := r.touched("HEAD")
	requireLines(t, groups, "kyb")
	changed, err := decisionrepo.ChangedSince(t.Context(), r.directory, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, changed, ignored)
}

func TestTouchedSince_ReportsAGroupThatWasDeletedWhileOpen(t *testing.T) {
	t.Parallel()
	gone := files{"groups/kyb/main.tf": {}, "groups/kyb/decisions/six.yaml": {}, "groups/kyb/closed": {}}
	for name, test := range map[string]struct {
		before files
		want   []string
	}{
		"open":   {onMain, []string{"groups/kyb: was deleted while it was open: close it first, with a file named closed"}},
		"closed": {onMain.with(files{"groups/kyb/closed": regular("")}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, test.before)
			before := r.git("", "rev-parse", "HEAD")
			r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(gone), before))

			groups, problems := r.touched(before)
			requireLines(t, groups)
			requireLines(t, problems, test.want...)
		})
	}
}

func TestTouchedSince_NamesACommitThatItCannotCompare(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	unrelated := r.commit(onMain.with(files{"README.md": regular("another\n")}))
	for commit, want := range map[string]string{
		"--output=evil": `there is no commit "--output=evil" in this clone: fetch it first`,
		unrelated:       unrelated + " and HEAD have no history in common; a shallow clone lacks it: git fetch --unshallow",
	} {
		if _, _, err := decisionrepo.TouchedSince(t.Context(), r.directory, commit, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestChangedSince_NamesPathsOfTheWorkingTree(t *testing.T) {
	t.Parallel()
	r := newRepository(t, onMain)
	before := r.git("", "rev-parse", "HEAD")
	changes := files{"groups/kyb/decisions/six.yaml": {}, "groups/2026/decisions/ten.yaml": regular(decision(10)), "modules/decisions/main.tf": regular("# newer\n")}
	r.git("", "reset", "--quiet", "--hard", r.commit(onMain.with(changes), before))
	want := []string{"groups/2026/decisions/ten.yaml", "groups/kyb/decisions/six.yaml", "modules/decisions/main.tf"}

	for _, commit := range []string{before, "HEAD~1"} {
		changed, err := decisionrepo.ChangedSince(t.Context(), r.directory, commit)
		if err != nil {
			t.Fatal(err)
		}
		requireLines(t, changed, want...)
	}
	if changed, err := decisionrepo.ChangedSince(t.Context(), r.directory, "HEAD"); err != nil || len(changed) > 0 {
		t.Errorf("since HEAD, %q changed: %v", changed, err)
	}
	// The same changes, not committed.
	r.git("", "reset", "--quiet", "--soft", before)
	changed, err := decisionrepo.ChangedSince(t.Context(), r.directory, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, changed, want...)
}
