// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Version is a decision file as one commit of the first-parent history left it.
type Version struct {
	// Path is groups/GROUP/decisions/NAME.yaml, Group its group.
	Path, Group string
	// Deleted versions have no text: the file is gone from here on.
	Deleted bool
	// IsFile is false for a link or a submodule, which has no text either.
	IsFile bool
	Text   string
	// Commit brought the text. Its author and committer are what git says, which is no proof.
	Commit Commit
	// Merge is the ID of the merge that put the commit on the first-parent history; "" if the commit
	// itself is there, as after a squash or a rebase. MergedAt is the time of the one that is there.
	Merge    string
	MergedAt time.Time
	// PullRequest is the number that the message of the merge has, or of the commit; "" for none.
	PullRequest string
}

// OnMain returns the ID of the commit of the first-parent history.
func (v Version) OnMain() string { return cmp.Or(v.Merge, v.Commit.ID) }

// Commit is a commit without its message. Author and Committer are written "Name <address>".
type Commit struct {
	ID, Author, Committer string
	// At is the committer's time, in UTC.
	At time.Time
}

// History is what the first-parent history of the checked-out commit did with decision files.
type History struct {
	// Head is the ID of the checked-out commit.
	Head string
	// Versions are in the order of the history, oldest first. Those with the same OnMain are adjacent.
	Versions []Version
	// ClosedGroups have a file named closed in the checked-out commit.
	ClosedGroups []string
}

// ReadHistory reads the decision files of every commit on the first-parent history of the
// checked-out commit: on the main branch, what each merge changed. A shallow clone is an error,
// because older versions would be missing without a word.
func ReadHistory(ctx context.Context, directory string) (History, error) {
	g, err := openGit(ctx, directory)
	if err == nil {
		err = g.refuseShallow(ctx, "an audit")
	}
	if err != nil {
		return History{}, err
	}
	commits, err := g.log(ctx)
	if err != nil || len(commits) == 0 {
		return History{}, err
	}
	h := history{byID: map[string]*logged{}, arrived: map[string]bool{}}
	for i := range commits {
		commits[i].order = i
		h.byID[commits[i].ID] = &commits[i]
	}
	head := &commits[len(commits)-1] // Every other commit is an ancestor of it.
	var line []*logged
	for c := head; c != nil; c = h.byID[c.parent()] {
		line = append(line, c)
	}
	for _, c := range slices.Backward(line) {
		h.add(c)
	}
	texts, err := g.blobs(ctx, h.blobs)
	for i := range h.result.Versions {
		h.result.Versions[i].Text = texts[h.blobs[i]]
	}
	h.result.Head = head.ID
	slices.Sort(h.result.ClosedGroups)
	return h.result, err
}

// logged is a commit with its changes against its first parent. order is topological: a parent has
// a lower one.
type logged struct {
	Commit
	parents []string
	message string
	changes []rawChange
	order   int
}

// parent returns the ID of the first parent, or "".
func (c *logged) parent() string {
	if len(c.parents) == 0 {
		return ""
	}
	return c.parents[0]
}

// log returns all ancestors of the checked-out commit, parents before children, and that commit at
// last.
func (g git) log(ctx context.Context) (commits []logged, err error) {
	// A message can have anything in it but a zero byte.
	fields, err := g.list(ctx, "log", "--topo-order", "--reverse", "--diff-merges=first-parent", "--raw", "--root", "--no-abbrev", "--no-renames",
		"--no-ext-diff", "--no-relative", "--ignore-submodules=none", "--no-notes", "--no-mailmap", "--no-show-signature", "--encoding=UTF-8", "-z", "--format=%H%x00%P%x00%an <%ae>%x00%cn <%ce>%x00%ct%x00%B%x00", "HEAD")
	for len(fields) > 0 && err == nil {
		if len(fields) < 6 {
			return nil, fmt.Errorf("git log printed %q", fields)
		}
		seconds, timeErr := strconv.ParseInt(fields[4], 10, 64)
		c := logged{Commit: Commit{fields[0], fields[2], fields[3], time.Unix(seconds, 0).UTC()}, parents: strings.Fields(fields[1]), message: fields[5]}
		fields, err = fields[6:], timeErr
		if len(fields) > 0 && fields[0] == "" {
			fields = fields[1:]
		}
		c.changes, fields = parseRaw(fields)
		commits = append(commits, c)
	}
	return commits, err
}

// history follows the first-parent history, oldest commit first.
type history struct {
	byID    map[string]*logged
	arrived map[string]bool // commits that are ancestors of what was followed so far
	result  History
	blobs   []string // of result.Versions
}

// add follows one commit of the first-parent history.
func (h *history) add(c *logged) {
	branch := h.arrive(c)
	for _, change := range c.changes {
		if group := groupOf(change.path); validName(group) && change.path == closedFile(group) {
			h.result.ClosedGroups = slices.DeleteFunc(h.result.ClosedGroups, func(name string) bool { return name == group })
			if isFile(change.mode) {
				h.result.ClosedGroups = append(h.result.ClosedGroups, group)
			}
		}
		if !isDecision(change.path) {
			continue
		}
		v := Version{Path: change.path, Group: groupOf(change.path), Deleted: change.mode == deleted, IsFile: isFile(change.mode), MergedAt: c.At, PullRequest: pullRequest(c.message)}
		brought := broughtBy(branch, change)
		if v.Commit = c.Commit; brought != nil {
			v.Commit, v.Merge = brought.Commit, c.ID
		} else if len(c.parents) > 1 {
			v.Merge = c.ID // The merge itself made the text, from both sides or by hand.
		}
		if !v.IsFile {
			change.blob = ""
		}
		h.result.Versions, h.blobs = append(h.result.Versions, v), append(h.blobs, change.blob)
	}
}

// arrive returns the commits that a merge brings, newest first.
func (h *history) arrive(c *logged) (brought []*logged) {
	todo := []*logged{c}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		if next == nil || h.arrived[next.ID] {
			continue
		}
		h.arrived[next.ID] = true
		if next != c {
			brought = append(brought, next)
		}
		for _, id := range next.parents {
			todo = append(todo, h.byID[id])
		}
	}
	slices.SortFunc(brought, func(a, b *logged) int { return b.order - a.order })
	return brought
}

// broughtBy returns the newest commit of a branch that made the same change, or nil. A merge made
// it only if no other commit did: it repeats what the other side changed.
func broughtBy(branch []*logged, change rawChange) *logged {
	for _, isMerge := range []bool{false, true} {
		for _, c := range branch {
			if len(c.parents) > 1 == isMerge && slices.Contains(c.changes, change) {
				return c
			}
		}
	}
	return nil
}

// numbered are the messages of merges: of GitHub, of GitHub's squash, of GitLab.
var numbered = []*regexp.Regexp{
	regexp.MustCompile(`^Merge pull request #([0-9]+)`),
	regexp.MustCompile(`^[^\n]* \(#([0-9]+)\)\r?(?:\n|$)`),
	regexp.MustCompile(`(?m)^See merge request \S*!([0-9]+)\s*$`),
}

func pullRequest(message string) string {
	for _, form := range numbered {
		if found := form.FindStringSubmatch(message); found != nil {
			return found[1]
		}
	}
	return ""
}

// blobs returns the contents of blobs, from one process; "" has none.
func (g git) blobs(ctx context.Context, ids []string) (map[string]string, error) {
	unique := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	output, err := g.run(ctx, strings.NewReader(strings.Join(append(unique, ""), "\n")), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	texts, from := map[string]string{}, bufio.NewReader(strings.NewReader(output))
	for _, id := range unique {
		head, err := from.ReadString('\n') // ID, type and size, or "missing".
		facts := strings.Fields(head)
		if err != nil || len(facts) != 3 {
			return nil, fmt.Errorf("git cat-file printed %q for %s", head, id)
		}
		size, err := strconv.Atoi(facts[2])
		text := make([]byte, size+1) // A line break follows.
		if _, readErr := io.ReadFull(from, text); err != nil || readErr != nil {
			return nil, fmt.Errorf("git cat-file %s: %w", id, errors.Join(err, readErr))
		}
		texts[id] = string(text[:size])
	}
	return texts, nil
}
