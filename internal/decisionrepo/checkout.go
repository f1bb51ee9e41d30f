// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Checkout merges a commit into the checked-out one, and makes the decision files of the working
// tree those of the merge. It writes nothing else, neither other files nor the index nor a commit.
// changed are the paths of the decision files that differ from the checked-out commit.
//
// If there are problems, the tree is left as it was: a conflict, or, beside a change of decisions,
// one that is not of decisions in groups of the checked-out commit. A merge that changes no
// decision has no problems, and changed is empty.
//
// A change is what the merge would change. The difference from a merge base is not that: two
// commits can have several.
//
// Decision files that are not committed are an error: they would be lost, or be taken for those of
// the merge.
func Checkout(ctx context.Context, directory, commit string) (changed, problems []string, err error) {
	g, err := openGit(ctx, directory)
	if err == nil {
		err = g.refuseUncommitted(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	tree, problems, err := g.merge(ctx, commit)
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	changes, err := g.changes(ctx, tree)
	if err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(changes, func(c change) bool { return inDecisions(c.path) }) {
		return nil, nil, nil
	}
	for _, c := range changes {
		if problem := g.refuse(c); problem != "" {
			problems = append(problems, Shown(c.path)+": "+problem)
		}
		changed = append(changed, c.path)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	return changed, nil, write(directory, changes)
}

func (g git) refuseUncommitted(ctx context.Context) error {
	states, err := g.list(ctx, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching", "--", groupsFolder)
	for _, state := range states {
		// Two letters and a space come before the path.
		if file := state[min(3, len(state)):]; inDecisions(file) && !isScratch(path.Base(file), false) {
			return fmt.Errorf("%s is not committed, and would be lost: commit it, or move it elsewhere", Shown(file))
		}
	}
	return err
}

// merge returns the tree of the merge of a commit into the checked-out one.
func (g git) merge(ctx context.Context, name string) (tree string, problems []string, err error) {
	other, err := g.commit(ctx, name)
	if err != nil {
		return "", nil, err
	}
	// With a part of the history, git can merge from another base than the service does.
	if err := g.refuseShallow(ctx, "a merge"); err != nil {
		return "", nil, err
	}
	output, err := g.list(ctx, "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "HEAD", other)
	switch {
	case exitCode(err) == 1:
		if len(output) < 2 { // Git names no file where it only asks whether a folder was renamed.
			output = []string{"", name}
		}
		for _, file := range output[1:] {
			problems = append(problems, Shown(file)+": conflicts with the checked-out commit: merge or rebase the branch")
		}
		return "", problems, nil
	case exitCode(err) == 129: // It does not know an option.
		err = errors.New("git is too old to merge without a working tree: it needs version 2.38 or later")
	case err == nil && len(output) != 1:
		err = fmt.Errorf("git merge-tree printed %q", output)
	}
	return strings.Join(output, ""), nil, err
}

// change is a file that a merge changes. twin is another file of the merge whose path differs only
// in case. text has the bytes in the commit, to which no filter or line-ending conversion was
// applied.
type change struct {
	rawChange
	twin, text string
}

func (g git) changes(ctx context.Context, tree string) (changes []change, err error) {
	fields, err := g.list(ctx, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=none", "HEAD", tree)
	names, namesErr := g.list(ctx, "ls-tree", "-r", "-z", "--name-only", "--full-tree", tree, "--", groupsFolder)
	raw, rest := parseRaw(fields)
	if err := errors.Join(err, namesErr); err != nil || len(rest) > 0 {
		return nil, cmp.Or(err, fmt.Errorf("git diff-tree printed %q", rest))
	}
	var blobs []string
	for _, c := range raw {
		if isDecision(c.path) && isFile(c.mode) {
			blobs = append(blobs, c.blob)
		}
	}
	texts, err := g.blobs(ctx, blobs)
	for _, c := range raw {
		twin := ""
		if at := slices.IndexFunc(names, func(name string) bool { return name != c.path && strings.EqualFold(name, c.path) }); at >= 0 {
			twin = names[at]
		}
		changes = append(changes, change{c, twin, texts[c.blob]})
	}
	return changes, err
}

// refuse returns why a change cannot be made, or an empty text.
func (g git) refuse(c change) string {
	isDeleted := c.mode == deleted
	switch {
	case !isDecision(c.path) && inDecisions(c.path):
		return "is not a decision file, groups/GROUP/decisions/NAME.yaml; " + nameRule
	case !isDecision(c.path):
		return "is changed, and is not a decision file: a pull request changes decisions or anything else, not both"
	case !isDeleted && !isFile(c.mode):
		return "is a link or a submodule, not a regular file"
	case !isDeleted && c.twin != "":
		return "its name differs from " + Shown(c.twin) + " only in case"
	case !g.hasFile(mainFile(groupOf(c.path))):
		return "its group is not in the checked-out commit: a new group is merged first, without decisions"
	case !isDeleted && g.hasFile(closedFile(groupOf(c.path))):
		return "its group is closed, so nothing would check or plan it: delete the file closed first"
	}
	return ""
}

// write makes the changes. It removes files first: a new name can differ from a former one only in
// case.
func write(directory string, changes []change) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for _, c := range changes {
		if err := makeFolder(root, path.Dir(c.path)); err != nil {
			return err
		}
		if err := root.RemoveAll(c.path); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if isFile(c.mode) {
			if err := writeNew(root, c.path, c.text); err != nil {
				return err
			}
		}
	}
	return nil
}

// SchemaLine is the first line of a decision file: it leads an editor to the JSON Schema at the top
// of the repository.
const SchemaLine = "# yaml-language-server: $schema=../../../decisions.schema.json"

// Create writes a new decision file into a group, after its [SchemaLine], and returns its path. It
// follows no link, and fails if there is a file of this name.
func Create(directory, group, name, text string) (file string, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	file = path.Join(groupsFolder, group, "decisions", name)
	return file, writeNew(root, file, SchemaLine+"\n"+text)
}

// writeNew fails if there is a file, whatever the file system takes for the same name.
func writeNew(root *os.Root, file, text string) error {
	if err := makeFolder(root, path.Dir(file)); err != nil {
		return err
	}
	out, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.WriteString(text)
	return errors.Join(err, out.Close())
}

// makeFolder makes the folder decisions of a group. It fails where a link leads to it: os.Root
// follows links that stay in the repository.
func makeFolder(root *os.Root, decisions string) error {
	for _, folder := range []string{groupsFolder, path.Dir(decisions), decisions} {
		info, err := root.Lstat(folder)
		if errors.Is(err, fs.ErrNotExist) && folder == decisions {
			return root.Mkdir(decisions, 0o755)
		}
		if err != nil || !info.IsDir() {
			return fmt.Errorf("%s is not a folder of the working tree", folder)
		}
	}
	return nil
}
