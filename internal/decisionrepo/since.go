// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
)

// TouchedSince returns those of the open groups that differ, in the working tree, from the newest
// commit that HEAD and the named one have in common. Files that are not committed count, so it also
// serves after Checkout.
//
// A file in a group touches its group. Anything else touches all of them, because modules and
// pipelines are outside; pages (*.md) touch none. problems are groups that were deleted while they
// were open: no plan would show that their decisions are no longer managed.
func TouchedSince(ctx context.Context, directory, commit string, open []string) (touched, problems []string, err error) {
	g, err := openGit(ctx, directory)
	if err != nil {
		return nil, nil, err
	}
	changed, base, err := g.changedSince(ctx, commit)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range changed {
		group := groupOf(file)
		switch {
		case slices.Contains(open, group):
			touched = append(touched, group)
		case group == "" && path.Ext(file) != ".md":
			touched = append(touched, open...)
		case group != "" && file == mainFile(group) && !g.hasFile(file):
			if closed, err := g.list(ctx, "ls-tree", "-z", "--full-tree", base, "--", closedFile(group)); err != nil {
				return nil, nil, err
			} else if len(closed) == 0 {
				problems = append(problems, Shown(path.Dir(file))+": was deleted while it was open: close it first, with a file named closed")
			}
		}
	}
	slices.Sort(touched)
	return slices.Compact(touched), problems, nil
}

// ChangedSince returns the paths that differ, in the working tree, from the newest commit that HEAD
// and the named one have in common, in order. Files that are not committed count, deleted ones as
// well.
func ChangedSince(ctx context.Context, directory, commit string) ([]string, error) {
	g, err := openGit(ctx, directory)
	if err != nil {
		return nil, err
	}
	changed, _, err := g.changedSince(ctx, commit)
	slices.Sort(changed)
	return changed, err
}

// changedSince also returns the commit in common.
func (g git) changedSince(ctx context.Context, commit string) (changed []string, base string, err error) {
	id, err := g.commit(ctx, commit)
	if err != nil {
		return nil, "", err
	}
	base, err = g.line(ctx, "merge-base", "HEAD", id)
	if exitCode(err) == 1 {
		return nil, "", fmt.Errorf("%s and HEAD have no history in common; a shallow clone lacks it: git fetch --unshallow", Shown(commit))
	} else if err != nil {
		return nil, "", err
	}
	changed, err = g.list(ctx, "diff", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=dirty", base)
	untracked, untrackedErr := g.list(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	// A plan reads decision files that git ignores, too.
	ignored, ignoredErr := g.list(ctx, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", groupsFolder)
	ignored = slices.DeleteFunc(ignored, func(file string) bool { return !isDecision(file) })
	return slices.Concat(changed, untracked, ignored), base, errors.Join(err, untrackedErr, ignoredErr)
}
