// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"fmt"
	"slices"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

// decided is a decision of the history: what a commit brought, until a later version decides about
// the same subject.
type decided struct {
	decisionfile.Decision
	version decisionrepo.Version
	// endedAt is when a later decision about the subject came to the main branch; zero for the last one.
	endedAt time.Time
	// path is where the checked-out commit has the decision; "" if it does not. isRecord is set if it
	// manages nothing there: the file is archived, or the group closed.
	path     string
	isRecord bool

	// What Didit has: a value, or none because the report lacks or hides it; and the entry of the feed
	// that fits.
	value               string
	isMissing, isHidden bool
	entry               *entry
	// almost is a change to the same values that has another comment, or was before the commit, for a
	// decision without an entry.
	almost *entry
	// oneOf is what else the entry, or the change that the finding is about, can be about.
	oneOf         []string
	finding, note string
}

func (d *decided) isLast() bool { return d.endedAt.IsZero() }

// stood reports whether the decision was made before the file: nothing is sent.
func (d *decided) stood() bool { return d.From == d.To }

// sameDecision ignores what neither Didit nor Terraform takes for a part of the decision, such as
// its name in the file.
func sameDecision(a, b decisionfile.Decision) bool {
	return a.SameSubject(b) && a.From == b.From && a.To == b.To && a.Recorded() == b.Recorded()
}

// register is what the history decided, by session ID, in the order of the history.
type register struct {
	sessions map[string][]*decided
	problems []string
	// isUnread is set if the checked-out commit has a file with problems: its decisions are unknown.
	isUnread bool

	// As of the commit that is followed: files by path, and the paths of the files about a session, in
	// order.
	files map[string]readFile
	paths map[string][]string
}

type readFile struct {
	decisionfile.File
	version decisionrepo.Version
}

func newRegister(history decisionrepo.History) *register {
	r := &register{sessions: map[string][]*decided{}, files: map[string]readFile{}, paths: map[string][]string{}}
	unread := map[string]bool{}
	for rest := history.Versions; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].OnMain() == rest[0].OnMain() {
			n++
		}
		r.follow(rest[:n], unread)
		rest = rest[n:]
	}
	r.isUnread = len(unread) > 0
	for _, rows := range r.sessions {
		for _, row := range rows {
			file := r.files[row.path]
			row.isRecord = row.path != "" && (file.Archived || slices.Contains(history.ClosedGroups, file.version.Group))
		}
	}
	return r
}

// follow follows one commit of the main branch. A file is known by its session: one that is renamed
// is the same. A version that cannot be read is reported, and the one before it counts.
func (r *register) follow(versions []decisionrepo.Version, unread map[string]bool) {
	touched := map[string]bool{}
	for _, v := range versions {
		delete(unread, v.Path)
		if v.Deleted {
			touched[r.set(v.Path, readFile{})] = true
			continue
		}
		file, problems := decisionfile.Read(v.Path, []byte(v.Text))
		if !v.IsFile {
			problems = []decisionfile.Problem{{File: v.Path, Line: 1, Column: 1, Text: "is a link or a submodule, not a regular file"}}
		}
		for _, p := range problems {
			r.problems = append(r.problems, fmt.Sprintf("commit %s: %s:%d:%d: %s", v.Commit.ID, decisionrepo.Shown(p.File), p.Line, p.Column, p.Text))
		}
		if len(problems) > 0 {
			unread[v.Path] = true
			continue
		}
		touched[r.set(v.Path, readFile{file, v})], touched[file.SessionID] = true, true
	}
	delete(touched, "")
	for session := range touched {
		r.update(session)
	}
}

// set replaces a file, or with one of no session deletes it, and returns the session of the file
// before.
func (r *register) set(path string, file readFile) (before string) {
	before = r.files[path].SessionID
	r.paths[before] = slices.DeleteFunc(r.paths[before], func(other string) bool { return other == path })
	delete(r.files, path)
	if file.SessionID != "" {
		r.files[path] = file
		r.paths[file.SessionID] = slices.Sorted(slices.Values(append(r.paths[file.SessionID], path)))
	}
	return before
}

// update compares the decisions about a session with those before.
func (r *register) update(session string) {
	rows := r.sessions[session]
	for _, row := range rows {
		row.path = ""
	}
	for _, path := range r.paths[session] {
		file := r.files[path]
		for _, d := range file.Decisions {
			at := slices.IndexFunc(rows, func(row *decided) bool { return row.isLast() && row.SameSubject(d) })
			if at >= 0 && sameDecision(rows[at].Decision, d) {
				rows[at].path = path
				continue
			}
			added := &decided{Decision: d, version: file.version, path: path}
			if at >= 0 {
				rows[at].endedAt = added.version.MergedAt
			}
			rows = append(rows, added)
		}
	}
	r.sessions[session] = rows
}
