// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

const nounDecision = "decision"

// sessionCase is what a plan does in one session.
type sessionCase struct {
	session   value
	file      string
	decisions []decision
}

// cases returns the sessions of the decisions: those in which the apply does something, then
// the idle ones, each with the most serious marks first.
func (s *Summary) cases() []sessionCase {
	var cases []sessionCase
	for _, d := range s.decisions {
		if n := len(cases); n == 0 || cases[n-1].session != d.SessionID {
			cases = append(cases, sessionCase{session: d.SessionID, file: s.caseFiles[d.SessionID.Text].Name})
		}
		last := &cases[len(cases)-1]
		last.decisions = append(last.decisions, d)
	}
	slices.SortStableFunc(cases, func(a, b sessionCase) int {
		switch {
		case a.isIdle() == b.isIdle():
			return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.file, b.file))
		case a.isIdle():
			return 1
		}
		return -1
	})
	return cases
}

// isIdle reports whether the apply does nothing in the session, as where a decision was superseded.
func (c sessionCase) isIdle() bool {
	return !slices.ContainsFunc(c.decisions, func(d decision) bool { return d.effect.isPlanned() })
}

// rank is lower for a more serious case.
func (c sessionCase) rank() int {
	rank := unmarked
	for _, d := range c.decisions {
		for _, mark := range d.marks {
			rank = min(rank, rankOf(mark))
		}
	}
	return rank
}

// mostHeadings is the number of cases without a mark that have a heading of their own.
// More of them share one table, in which three times as many fit.
const mostHeadings = 10

// writeCases writes a section for each case. A case is in reading order and is cut as
// a whole: idle ones first, then those without a mark, then those with less serious marks.
func (w *writer) writeCases(s *Summary) {
	cases := s.cases()
	active, idle := cases, []sessionCase(nil)
	if i := slices.IndexFunc(cases, sessionCase.isIdle); i >= 0 {
		active, idle = cases[:i], cases[i:]
	}
	w.sections(s, active, markedCase, unmarkedCase)
	w.sections(s, idle, idleCase, idleCase)
}

// sections writes cases, the marked ones first, with the priorities of those with and
// without a mark.
func (w *writer) sections(s *Summary, cases []sessionCase, withMark, without int) {
	marked := slices.IndexFunc(cases, func(c sessionCase) bool { return c.rank() == unmarked })
	if marked < 0 {
		marked = len(cases)
	}
	for _, c := range cases[:marked] {
		w.section(s, "⚠️ "+w.title(c), withMark, c)
	}
	plain := cases[marked:]
	if len(plain) > mostHeadings {
		w.section(s, "Cases without a mark", without, plain...)
		return
	}
	for _, c := range plain {
		w.section(s, w.title(c), without, c)
	}
}

// title returns the file and the session, as a link if its ID is known.
func (w *writer) title(c sessionCase) string {
	session := c.session.cell(w.name)
	if c.session.Kind == known {
		session = w.SessionURL.Link(c.session.Text, session)
	}
	if c.file == "" {
		return "Session " + session
	}
	return markdown.CodeSpan(path.Base(c.file), w.name) + ", session " + session
}

// section writes the table of a case, or of several, each named in its first row.
func (w *writer) section(s *Summary, title string, priority int, cases ...sessionCase) {
	columns := s.columns()
	if len(cases) > 1 {
		columns = slices.Insert(columns, 0, "Case")
	}
	b := block{head: "### " + title + "\n\n" + tableHead(columns), noun: nounDecision}
	for _, c := range cases {
		for i, d := range c.decisions {
			cells := w.cells(s, d)
			if len(cases) > 1 {
				cells = slices.Insert(cells, 0, "")
			}
			if len(cases) > 1 && i == 0 {
				cells[0] = w.title(c)
			}
			b.items = append(b.items, item{text: markdown.TableRow(cells), priority: priority, isMarked: len(d.marks) > 0})
		}
	}
	if len(cases) == 1 {
		b.foot = w.unchangedIn(s, cases[0].session)
	}
	w.blocks = append(w.blocks, b)
}

// unchangedIn returns a paragraph about what a session has besides, if that is known.
func (w *writer) unchangedIn(s *Summary, session value) string {
	var unchanged []string
	for _, d := range s.unchanged {
		if d.SessionID == session && session.Kind == known {
			unchanged = append(unchanged, d.cell(w.limits)+" "+d.to.cell(w.name))
		}
	}
	if len(unchanged) == 0 {
		return ""
	}
	return "Unchanged: " + w.some(unchanged) + "."
}

// columns of the table of a case; tickets are in the files only.
func (s *Summary) columns() []string {
	if s.in.Files == nil {
		return []string{"Decision on", "From", "To", "Comment", "Notes"}
	}
	return []string{"Decision on", "From", "To", "Reason", "Ticket", "Notes"}
}

func (w *writer) cells(s *Summary, d decision) []string {
	subject, from, to := d.cell(w.limits), "?", "_stays_"
	if d.file != nil && d.file.Key != "" {
		subject = "**" + markdown.CodeSpan(d.file.Key, w.name) + "** " + subject
	}
	if d.from.Kind != none {
		from = d.from.cell(w.name)
	}
	if d.effect != forgotten || d.to.Kind != none || slices.Contains(d.marks, markGone) {
		to = d.to.cell(w.name)
	}
	reason, ticket := d.comment, value{}
	// The apply records the plan's comment, also where the file has another one.
	if d.file != nil && (d.effect == forgotten || !differs(d.comment, d.file.Recorded())) {
		reason, ticket = textOrNone(strings.TrimSpace(d.file.Comment)), textOrNone(d.file.Ticket)
	}
	cells := []string{subject, from, to, reason.cell(w.comment)}
	if s.in.Files != nil {
		cells = append(cells, ticket.cell(w.name))
	}
	return append(cells, w.notes(d))
}

// quiet are the effects that a row does not name, because From, To or a mark show it.
var quiet = []effect{decided, restored, superseded, gone, waits, alreadySo, reopened, changedInDidit}

// notes returns the marks, and what is good to know besides.
func (w *writer) notes(d decision) string {
	var marked, others []string
	for _, mark := range d.marks {
		switch mark {
		case markException:
			mark += ": " + markdown.CodeSpan(d.file.Exception, w.comment)
		case markSuperseded, markMoved:
			if d.current.Kind != none {
				mark += ": Didit has " + d.current.cell(w.name)
			}
		default:
			mark = markText(mark, w.comment)
		}
		marked = append(marked, mark)
	}
	if !slices.Contains(quiet, d.effect) {
		others = append(others, string(d.effect))
	}
	if d.address != "" && (d.has(unknown) || d.effect == reopened) {
		others = append(others, markdown.CodeSpan(d.address, w.name))
	}
	if len(marked) > 0 {
		others = slices.Insert(others, 0, "⚠️ "+w.some(marked))
	}
	return strings.Join(others, "; ")
}
