// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Markdown writes the summary for a reviewer: counts, what deserves a close look,
// other changes, and then each session as one case.
func (s Summary) Markdown(options Options) string {
	p := newPage(options)
	p.paragraph("## Didit decisions in this plan%s", inGroup(s.Group))
	s.writeState(p, "The plan")
	cases := s.cases()
	s.writeCounts(p, len(cases))
	s.writeMarks(p, cases)
	var sections []section
	if len(s.Others) > 0 {
		sections = append(sections, section{
			heading:    fmt.Sprintf("Other changes (%d)", len(s.Others)),
			paragraphs: []string{"What the plan does or uses besides decisions. The values are in Terraform's own output and in the configuration."},
			columns:    []string{"Address", "Action", "Note"},
			rows:       otherRows(s.Others),
			isCutFirst: true,
		})
	}
	for _, c := range cases {
		sections = append(sections, c.section(options.SessionURL))
	}
	p.sections(sections)
	return p.text.String()
}

func (s Summary) writeState(p *page, name string) {
	if s.Errored {
		p.paragraph("⛔ **%s has errors.** Terraform stopped, and cannot apply it. It holds only what was planned by then.", name)
	}
	if s.Incomplete {
		p.paragraph("⚠️ **%s is incomplete**, as with -target, or because Terraform deferred something. Decisions may be missing in it.", name)
	}
}

func inGroup(group string) string {
	if group == "" {
		return ""
	}
	return ": group " + code(group, longestName)
}

// writeCounts writes how many decisions there are of each effect, and what it means.
func (s Summary) writeCounts(p *page, cases int) {
	switch {
	case len(s.Decisions) > 0:
		p.paragraph("**%s in %s:** %s.", count(len(s.Decisions), "decision"), count(cases, "session"), s.countKinds())
	case len(s.Unchanged) > 0:
		p.paragraph("No decision changes: **%d** unchanged.", len(s.Unchanged))
		return
	default:
		p.paragraph("There is no decision in this plan.")
		return
	}
	counts := map[Effect]int{}
	for _, decision := range s.Decisions {
		counts[decision.Effect]++
	}
	var lines []string
	for _, known := range effects {
		if n := counts[known.effect]; n > 0 {
			lines = append(lines, fmt.Sprintf("- **%d %s**: %s", n, known.name, known.explanation))
		}
	}
	if n := len(s.Unchanged); n > 0 {
		lines = append(lines, fmt.Sprintf("- **%d unchanged**.", n))
	}
	p.paragraph("%s", strings.Join(lines, "\n"))
}

// countKinds returns how many decisions there are of each kind, in reading order.
func (s Summary) countKinds() string {
	counts := map[Kind]int{}
	for _, decision := range s.Decisions {
		counts[decision.Kind]++
	}
	var texts []string
	for _, kind := range []struct {
		kind Kind
		noun string
	}{{Hit, "AML hit"}, {Feature, "step"}, {Resubmission, "re-opening"}, {Session, "session"}} {
		if counts[kind.kind] > 0 {
			texts = append(texts, count(counts[kind.kind], kind.noun))
		}
	}
	return strings.Join(texts, ", ")
}

// writeMarks writes how much there is to look at closely, and what could not be
// checked.
func (s Summary) writeMarks(p *page, cases []sessionCase) {
	var found []string
	for _, c := range cases {
		found = append(found, c.marks()...)
	}
	for _, other := range s.Others {
		found = append(found, other.marks()...)
	}
	if len(found) > 0 {
		p.paragraph("⚠️ **Look closely at**: %s.", countMarks(found))
	}
	if n := len(s.unchecked); n > 0 {
		p.paragraph("For **%s**, the plan has no data source `didit_session_decision`: hits and steps that contradict the decision are marked only if the plan knows them.", count(n, "session"))
	}
}

// sessionCase is what a plan does in one session.
type sessionCase struct {
	session   Value
	decisions []Decision
	warnings  []Warning
	unchanged []Decision
}

// cases returns the sessions of the decisions, those with the most serious marks first.
func (s Summary) cases() []sessionCase {
	var cases []sessionCase
	for _, decision := range s.Decisions {
		if n := len(cases); n == 0 || cases[n-1].session != decision.SessionID {
			cases = append(cases, sessionCase{session: decision.SessionID})
		}
		last := &cases[len(cases)-1]
		last.decisions = append(last.decisions, decision)
	}
	index := map[Value]*sessionCase{}
	for i := range cases {
		index[cases[i].session] = &cases[i]
	}
	for _, warning := range s.Warnings {
		if c := index[warning.SessionID]; c != nil {
			c.warnings = append(c.warnings, warning)
		}
	}
	for _, decision := range s.Unchanged {
		if c := index[decision.SessionID]; c != nil && decision.SessionID.Kind == Known {
			c.unchanged = append(c.unchanged, decision)
		}
	}
	slices.SortStableFunc(cases, func(a, b sessionCase) int { return cmp.Compare(a.rank(), b.rank()) })
	return cases
}

// marks returns all marks and warnings of the case.
func (c sessionCase) marks() []string {
	var found []string
	for _, warning := range c.warnings {
		found = append(found, warning.Text)
	}
	for _, decision := range c.decisions {
		found = append(found, decision.marks()...)
	}
	return found
}

// rank is lower for a more serious case.
func (c sessionCase) rank() int {
	rank := len(marks)
	for _, mark := range c.marks() {
		rank = min(rank, slices.Index(marks, mark))
	}
	return rank
}

var columns = []string{"Decision on", "From", "To", "What happens", "Comment", "Note"}

func (c sessionCase) section(sessionURL SessionURL) section {
	heading := "Session " + sessionURL.link(c.session)
	if c.rank() < len(marks) {
		heading = "⚠️ " + heading
	}
	section := section{heading: heading, columns: columns}
	for _, text := range warnings {
		var subjects []string
		for _, warning := range c.warnings {
			if warning.Text == text {
				subjects = append(subjects, warning.cell())
			}
		}
		if len(subjects) > 0 {
			section.paragraphs = append(section.paragraphs, "⚠️ **"+text+"**: "+list(subjects)+".")
		}
	}
	for i, decision := range c.decisions {
		// A warning about the session comes with its last row, which is its status if
		// that is decided.
		isWarned := len(c.warnings) > 0 && i == len(c.decisions)-1
		section.rows = append(section.rows, row{decision.cells(), isWarned || len(decision.marks()) > 0})
	}
	var unchanged []string
	for _, decision := range c.unchanged {
		unchanged = append(unchanged, decision.cell()+" "+decision.To.cell(longestName))
	}
	if len(unchanged) > 0 {
		section.foot = "Unchanged: " + list(unchanged) + "."
	}
	return section
}

// list names at most ten items.
func list(items []string) string {
	const most = 10
	if len(items) > most {
		items = append(slices.Clone(items[:most]), fmt.Sprintf("and %d more", len(items)-most))
	}
	return strings.Join(items, ", ")
}

func (d Decision) cells() []string {
	return []string{d.cell(), d.fromCell(), d.toCell(), d.Effect.name(), d.Comment.cell(longestComment), d.noteCell()}
}

func (d Decision) fromCell() string {
	if d.From.Kind == None {
		return "?"
	}
	return d.From.cell(longestName)
}

func (d Decision) toCell() string {
	switch d.Effect {
	case Released:
		return "_stays_"
	case Gone:
		return "—"
	default:
		return d.To.cell(longestName)
	}
}

func (d Decision) noteCell() string {
	var others []string
	if d.Was.Kind != None && d.Was != d.To && d.Effect.isPlanned() {
		others = append(others, "was "+d.Was.cell(longestName))
	}
	if d.Imported && d.Effect != Adopted {
		others = append(others, "imported")
	}
	switch {
	case d.InsteadOf == nil:
	case d.InsteadOf.SessionID == d.SessionID:
		others = append(others, "in place of "+d.InsteadOf.cell())
	default:
		others = append(others, "in place of "+d.InsteadOf.cell()+" of session "+d.InsteadOf.SessionID.cell(longestName))
	}
	if d.Address != "" && (d.has(Unknown) || d.Effect == Reopened) {
		others = append(others, code(d.Address, longestName))
	}
	return note(d.marks(), others...)
}

// otherRows returns a row for each; the cells of plan come first.
func otherRows(others []Other, plan ...string) []row {
	rows := make([]row, len(others))
	for i, other := range others {
		found := other.marks()
		cells := []string{code(other.Address, longestComment), code(other.Action, longestName), note(found)}
		rows[i] = row{slices.Concat(plan, cells), len(found) > 0}
	}
	return rows
}
