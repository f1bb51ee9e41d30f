// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisionfile is the format of decision files: YAML in which a team writes
// its decisions about one session. [Read] is the only reader; [Schema] describes the
// same format to editors.
package decisionfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is what a decision decides.
type Kind int

// Hit is an AML hit, Step a step (feature) of the session, Session the session itself.
const (
	Hit Kind = iota
	Step
	Session
)

// Decision is one decision of a file. A text that the file leaves out is "".
type Decision struct {
	Kind Kind
	// Key is the decision's name within the file, such as passport; "" for the session.
	Key string
	// NodeID of a hit or a step; default if the file leaves it out.
	NodeID string
	// FeatureType of a step, such as LIVENESS.
	FeatureType string
	// HitID of a hit.
	HitID string
	// From is the value that the reviewer saw, To the value that is decided, both in
	// Didit's spelling.
	From, To string
	// Comment is the comment of a step or session, and the reason of a hit.
	Comment string
	// Ticket names the decision in another system; Exception says why a rule of the team
	// does not apply.
	Ticket, Exception string
	// Defer is defer_until_flow_finishes of a step.
	Defer bool
	// Line and Column of the decision's key, 1-based, in characters.
	Line, Column int
}

// Subject returns what is decided as a path within the file: steps.passport,
// hits.politician or session.
func (d Decision) Subject() string {
	switch d.Kind {
	case Hit:
		return hits + "." + d.Key
	case Step:
		return steps + "." + d.Key
	default:
		return session
	}
}

// SameSubject reports whether both decide about the same step, hit, or session itself, of
// one session.
func (d Decision) SameSubject(other Decision) bool { return d.address() == other.address() }

// address returns the decision with nothing but the address of its subject. A node ID
// alone names a step, except default, which needs the type.
func (d Decision) address() Decision {
	address := Decision{Kind: d.Kind, NodeID: d.NodeID, HitID: d.HitID}
	if d.Kind == Step && d.NodeID == DefaultNodeID {
		address.FeatureType = d.FeatureType
	}
	return address
}

// Recorded returns the comment as it is recorded with the decision, "comment (ticket)":
// by Didit for steps and sessions, only by Terraform for hits. It is "" if the file has
// neither.
func (d Decision) Recorded() string {
	comment := strings.TrimSpace(d.Comment) // A block of lines ends in a line break.
	switch {
	case d.Ticket == "":
		return comment
	case comment == "":
		return d.Ticket
	default:
		return comment + " (" + d.Ticket + ")"
	}
}

// File is a decision file.
type File struct {
	// Name is the name that the caller gave to the file.
	Name string
	// SessionID is the UUID of the session, in lower case.
	SessionID string
	// Archived is set if the file is kept as a record, and manages nothing.
	Archived bool
	// Decisions are hits, then steps, then the session, each in the file's order.
	Decisions []Decision
}

// Problem is what is wrong in one place of a file.
type Problem struct {
	File string
	// Line and Column are 1-based, in characters.
	Line, Column int
	// Text is one line, without a period at its end.
	Text string
}

// String returns file:line:column: text.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

const (
	// maxBytes bounds a file, and with it the work of the YAML parser.
	maxBytes = 64 << 10
	// maxProblems bounds the problems that are reported of one file.
	maxProblems = 100
	// maxName bounds the names of decisions, which problems and tables repeat.
	maxName = 100
)

// Read reads a file, and reports all of its problems in the file's order. Where there
// is a problem, the file has what could be read, and must not be used for a decision.
// If the text is not YAML, the problems are those of the text and the first of its
// syntax.
func Read(name string, text []byte) (File, []Problem) {
	r := reader{file: File{Name: name}}
	r.read(text)
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := len(r.problems) - maxProblems; more > 0 {
		last := r.problems[maxProblems]
		last.Text = fmt.Sprintf("there are %d more problems from here on", more)
		r.problems = append(r.problems[:maxProblems], last)
	}
	return r.file, r.problems
}

// Valid returns the files that can be planned: those without a problem whose session no
// other of the files names. all are the problems, which are those of [Read], and the
// sessions that several files name.
func Valid(files []File, problems []Problem) (valid []File, all []Problem) {
	all = slices.Concat(problems, SharedSessions(files))
	isInvalid := map[string]bool{}
	for _, problem := range all {
		isInvalid[problem.File] = true
	}
	for _, file := range files {
		if !isInvalid[file.Name] {
			valid = append(valid, file)
		}
	}
	return valid, all
}

// SharedSessions reports the files that name the same session: its decisions belong in
// one file, or a reviewer of one does not see the other.
func SharedSessions(files []File) (problems []Problem) {
	named := map[string][]string{}
	for _, file := range files {
		if file.SessionID != "" {
			named[file.SessionID] = append(named[file.SessionID], file.Name)
		}
	}
	for _, file := range files {
		if same := named[file.SessionID]; len(same) > 1 {
			other := same[(slices.Index(same, file.Name)+1)%len(same)]
			problems = append(problems, Problem{file.Name, 1, 1, "session " + file.SessionID + " is in " + other + ", too: keep its decisions in one file"})
		}
	}
	return problems
}
