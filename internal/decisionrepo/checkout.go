// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// largestFile is in bytes, and far more than a decision file may have.
const largestFile = 1 << 20

// Checkout merges a commit into the checked-out one, and replaces the decision files of the working tree by those of the
// merge. It writes nothing else, neither other files nor the index nor a commit. changed are the paths of the decision
// files that differ from the checked-out commit.
//
// If there are problems, the tree is left as it was: a conflict, or a change that is not one of decisions in groups of the
// checked-out commit. A change is what the merge would change, so what both commits have in common is none.
//
// Decision files that are not committed are an error, unless force is set: they would be lost.
func Checkout(ctx context.Context, directory, commit string, force bool) (changed, problems []string, err error) {
	g, err := openGit(ctx, directory)
	if err == nil && !force {
		err = g.refuseUncommitted(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	tree, problems, err := g.merge(ctx, commit)
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	merged, err := g.decisions(ctx, tree)
	if err != nil {
		return nil, nil, err
	}
	changed, err = g.list(ctx, "diff-tree", "-r", "-z", "--name-only", "--no-renames", "HEAD", tree)
	if err != nil {
		return nil, nil, err
	}
	if problems = append(g.foreign(changed), unfit(merged)...); len(problems) > 0 {
		return nil, problems, nil
	}
	if err := g.read(ctx, merged); err != nil {
		return nil, nil, err
	}
	return changed, nil, replaceDecisions(directory, merged)
}

func (g git) refuseUncommitted(ctx context.Context) error {
	states, err := g.list(ctx, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching", "--", groupsFolder)
	for _, state := range states {
		// Two letters and a space come before the path.
		if file := state[min(3, len(state)):]; inDecisions(file) && !isScratch(path.Base(file)) {
			return fmt.Errorf("%s is not committed, and would be lost: commit or move it, or add --force", Shown(file))
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
	if shallow, err := g.run(ctx, "", "rev-parse", "--is-shallow-repository"); err != nil {
		return "", nil, err
	} else if shallow == "true" {
		return "", nil, errors.New("the clone is shallow, and a merge needs the history: git fetch --unshallow (GitHub: fetch-depth: 0, GitLab: GIT_DEPTH: 0)")
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
	case err == nil && len(output) != 1:
		err = fmt.Errorf("git merge-tree printed %q", output)
	}
	return strings.Join(output, ""), nil, err
}

// blob is a file of a commit.
type blob struct {
	mode, id, path string
	size           int
	text           string
}

// decisions returns what a tree has in the folders decisions.
func (g git) decisions(ctx context.Context, tree string) (blobs []blob, err error) {
	lines, err := g.list(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", tree, "--", groupsFolder)
	for _, line := range lines {
		// MODE TYPE ID SIZE, a tab, and the path. The size of a submodule is "-".
		facts, file, _ := strings.Cut(line, "\t")
		fields := strings.Fields(facts)
		if len(fields) != 4 {
			return nil, fmt.Errorf("git ls-tree printed %q", line)
		}
		size, _ := strconv.Atoi(fields[3])
		if inDecisions(file) {
			blobs = append(blobs, blob{mode: fields[0], id: fields[2], path: file, size: size})
		}
	}
	return blobs, err
}

// foreign returns a problem for each change that is not one of a decision in a group that there is.
func (g git) foreign(changed []string) (problems []string) {
	for _, file := range changed {
		if !isDecision(file) {
			problems = append(problems, Shown(file)+": is changed, and is not a decision file: a pull request changes decisions or anything else, not both")
		} else if !g.hasFile(mainFile(groupOf(file))) {
			problems = append(problems, Shown(file)+": its group is not in the checked-out commit: a new group is merged first, without decisions")
		}
	}
	return problems
}

// unfit returns a problem for each entry of a folder decisions that cannot be a decision file.
func unfit(merged []blob) (problems []string) {
	seen := map[string]string{}
	for _, b := range merged {
		folded := strings.ToLower(b.path)
		switch twin, twice := seen[folded]; {
		case b.mode != "100644" && b.mode != "100755":
			problems = append(problems, Shown(b.path)+": is a link or a submodule, not a regular file")
		case !isDecision(b.path):
			problems = append(problems, Shown(b.path)+": is not groups/GROUP/decisions/NAME.yaml; "+nameRule)
		case twice:
			problems = append(problems, Shown(b.path)+": its name differs from "+Shown(twin)+" only in case")
		case b.size > largestFile:
			problems = append(problems, Shown(b.path)+": is larger than a decision file may be")
		}
		seen[folded] = b.path
	}
	return problems
}

// read sets the texts: the bytes in the commit, to which no filter or line-ending conversion was applied.
func (g git) read(ctx context.Context, blobs []blob) error {
	var ids strings.Builder
	for _, b := range blobs {
		ids.WriteString(b.id + "\n")
	}
	output, err := g.run(ctx, ids.String(), "cat-file", "--batch")
	if err != nil {
		return err
	}
	output += "\n" // run has cut it off.
	for i, b := range blobs {
		// ID blob SIZE, a line feed, the bytes, and a line feed.
		rest, found := strings.CutPrefix(output, fmt.Sprintf("%s blob %d\n", b.id, b.size))
		if !found || len(rest) <= b.size {
			return fmt.Errorf("git cat-file has no content of %s", Shown(b.path))
		}
		blobs[i].text, output = rest[:b.size], rest[b.size+1:]
	}
	return nil
}

// replaceDecisions removes every folder decisions, whatever is in it, and writes the files. A link in place of a folder
// would lead a removal or a file elsewhere.
func replaceDecisions(directory string, blobs []blob) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := requireFolders(root, groupsFolder); err != nil {
		return err
	}
	groups, err := fs.ReadDir(root.FS(), groupsFolder)
	groups = slices.DeleteFunc(groups, func(group fs.DirEntry) bool { return !group.IsDir() })
	for _, group := range groups {
		err = errors.Join(err, root.RemoveAll(path.Join(groupsFolder, group.Name(), "decisions")))
	}
	if err != nil {
		return err
	}
	for _, b := range blobs {
		if err := writeNew(root, b.path, b.text); err != nil {
			return err
		}
	}
	return nil
}

// Create writes a new decision file into a group, and returns its path. It follows no link, and fails if there is a file of
// this name.
func Create(directory, group, name, text string) (file string, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	file = path.Join(groupsFolder, group, "decisions", name)
	return file, writeNew(root, file, text)
}

// writeNew fails if there is a file, whatever the file system takes for the same name.
func writeNew(root *os.Root, file, text string) error {
	decisions := path.Dir(file)
	if err := requireFolders(root, groupsFolder, path.Dir(decisions)); err != nil {
		return err
	}
	if err := root.Mkdir(decisions, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := requireFolders(root, decisions); err != nil {
		return err
	}
	out, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.WriteString(text)
	return errors.Join(err, out.Close())
}

// requireFolders fails if a path is not a folder itself. os.Root follows links that stay in the repository.
func requireFolders(root *os.Root, names ...string) error {
	for _, name := range names {
		if info, err := root.Lstat(name); err != nil || !info.IsDir() {
			return fmt.Errorf("%s is not a folder of the working tree", name)
		}
	}
	return nil
}
