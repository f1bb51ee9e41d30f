// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "Officer", "GIT_AUTHOR_EMAIL": "officer@example.com", "GIT_COMMITTER_NAME": "Officer", "GIT_COMMITTER_EMAIL": "officer@example.com",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// decision is a decision file about the session with a number.
func decision(session int) string {
	return fmt.Sprintf("session_id: 11111111-2222-4333-8444-%012d\nsession: {from: In Review, to: Declined, comment: A specimen document.}\n", session)
}

// file is an entry of a commit or of a working tree: its mode as git writes it, and its content, or the target of a link.
type file struct{ mode, text string }

type files map[string]file

func regular(text string) file { return file{"100644", text} }

func link(target string) file { return file{"120000", target} }

// ignoredSubmodule is a submodule of modules at a commit of this digit, whose changes git does not show unless it is asked to.
func ignoredSubmodule(digit string) files {
	return files{
		".gitmodules":    regular("[submodule \"m\"]\n\tpath = modules/shared\n\turl = https://example.com/m.git\n\tignore = all\n"),
		"modules/shared": {"160000", strings.Repeat(digit, 40)},
	}
}

// with returns a copy in which some entries are replaced; one without a mode is removed.
func (f files) with(changes files) files {
	all := maps.Clone(f)
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, entry file) bool { return entry.mode == "" })
	return all
}

// onMain is what the main branch has.
var onMain = files{
	"README.md":                      regular("How we decide.\n"),
	"modules/decisions/main.tf":      regular("# module\n"),
	"groups/2026/main.tf":            regular("# group\n"),
	"groups/2026/decisions/one.yaml": regular(decision(1)),
	"groups/2026/decisions/two.yaml": regular(decision(2)),
	"groups/kyb/main.tf":             regular("# group\n"),
	"groups/kyb/decisions/six.yaml":  regular(decision(6)),
}

// repository is a git repository whose working tree is a branch named main.
type repository struct {
	*testing.T
	directory string
	objects   map[string]string // IDs by content: starting git is what takes time.
}

// newRepository has one commit on main.
func newRepository(t *testing.T, main files) repository {
	t.Helper()
	r := repository{t, t.TempDir(), map[string]string{}}
	r.git("", "init", "--quiet", "--initial-branch=main")
	r.git("", "update-ref", "refs/heads/main", r.commit(main))
	r.git("", "reset", "--quiet", "--hard")
	return r
}

func (r repository) git(stdin string, args ...string) string {
	r.Helper()
	command := exec.Command("git", append([]string{"-C", r.directory}, args...)...)
	command.Stdin = strings.NewReader(stdin)
	output, err := command.CombinedOutput()
	if err != nil {
		r.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return strings.TrimSpace(string(output))
}

// commit makes a commit without the index, so that it can have entries that git refuses to check out.
func (r repository) commit(all files, parents ...string) string {
	r.Helper()
	args := []string{"commit-tree", r.tree(all), "-m", "Decisions"}
	for _, parent := range parents {
		args = append(args, "-p", parent)
	}
	return r.git("", args...)
}

func (r repository) tree(all files) string {
	r.Helper()
	folders, lines := map[string]files{}, ""
	for _, path := range slices.Sorted(maps.Keys(all)) {
		entry := all[path]
		if folder, rest, nested := strings.Cut(path, "/"); nested {
			if folders[folder] == nil {
				folders[folder] = files{}
			}
			folders[folder][rest] = entry
			continue
		}
		id := entry.text
		if entry.mode != "160000" {
			id = r.object(entry.text, "hash-object", "-w", "--stdin")
		}
		kind := map[string]string{"160000": "commit"}[entry.mode]
		lines += fmt.Sprintf("%s %s %s\t%s\x00", entry.mode, cmp.Or(kind, "blob"), id, path)
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		lines += fmt.Sprintf("040000 tree %s\t%s\x00", r.tree(folders[folder]), folder)
	}
	return r.object(lines, "mktree", "-z", "--missing")
}

func (r repository) object(content string, args ...string) string {
	r.Helper()
	if r.objects[content] == "" {
		r.objects[content] = r.git(content, args...)
	}
	return r.objects[content]
}

// index returns git's index, with the times of files in it.
func (r repository) index() string {
	r.Helper()
	index, err := os.ReadFile(filepath.Join(r.directory, ".git/index"))
	if err != nil {
		r.Fatal(err)
	}
	return string(index)
}

// write puts files into the working tree.
func write(t *testing.T, directory string, all files) {
	t.Helper()
	for path, entry := range all {
		path = filepath.Join(directory, path)
		err := os.MkdirAll(filepath.Dir(path), 0o750)
		if err == nil && entry.mode == "120000" {
			err = os.Symlink(entry.text, path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(entry.text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// worktree returns what is in the working tree.
func (r repository) worktree() files {
	r.Helper()
	found := files{}
	tree := os.DirFS(r.directory)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git":
			return fs.SkipDir
		case entry.IsDir():
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := fs.ReadLink(tree, name)
			found[name] = link(target)
			return err
		default:
			text, err := fs.ReadFile(tree, name)
			found[name] = regular(string(text))
			return err
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	return found
}

func requireFiles(t *testing.T, got, want files) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(got.with(want))) {
		if got[path] != want[path] {
			t.Errorf("%s is %q, want %q", path, got[path], want[path])
		}
	}
}

func requireLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
