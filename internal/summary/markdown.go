// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strings"
)

// groups are in the order in which a reviewer needs them.
var groups = []Group{Overturned, Changed, Replaced, NotAdopted, LetGo, CommentOnly, Followed, Adopted}

// titles say what a group is, and what the apply does about it.
var titles = map[Group]struct{ title, explanation string }{
	Overturned:  {"Overturned in the console", "The status was changed outside Terraform, by a person or by the flow. The apply puts it back."},
	Changed:     {"Changed", "The apply changes the status, and records the comment with it."},
	Replaced:    {"Adopted in place of another", "A block names another step now, or another block takes a step over. What is let go stays as it is. The apply changes the status where it needs it, but never overturns a decision that stands."},
	NotAdopted:  {"Not adopted yet", "Blocks without an import: the plan does not hold which status the step has (?). The apply changes the status where it needs it, but never overturns a decision that stands."},
	LetGo:       {"Let go", "Terraform forgets the step. Nothing is sent, and the decision stays in place."},
	CommentOnly: {"Comment only", "Nothing is sent: Didit records a comment only together with a change of status."},
	Followed:    {"Changed outside Terraform and left so", "Nothing is sent: the plan leaves the status that the step has by now."},
	Adopted:     {"Adopted as they stand", "Imports of steps that have the wanted status. Nothing is sent, and no comment is recorded."},
}

var columns = []string{"Session", "Step", "Type", "From", "To", "Comment", "Note"}

// Markdown writes the summary for a person, in at most size bytes (at least
// SmallestSize).
func (s Summary) Markdown(size int) string {
	p := &page{size: max(size, SmallestSize)}
	p.paragraph("## Didit decisions in this plan")
	s.writeState(p)
	s.writeCounts(p)
	for _, group := range groups {
		rows := s.rows(group)
		p.section(fmt.Sprintf("%s (%d)", titles[group].title, len(rows)), titles[group].explanation, columns, rows)
	}
	return p.String()
}

// rows are those of a group, the marked ones first: a page that is cut should
// not lack what deserves an eye.
func (s Summary) rows(group Group) []row {
	var marked, others []row
	for _, decision := range s.Decisions {
		switch {
		case decision.Group != group:
		case len(decision.marks()) > 0:
			marked = append(marked, row{decision.cells(), true})
		default:
			others = append(others, row{decision.cells(), false})
		}
	}
	return append(marked, others...)
}

// writeState says what is wrong with the plan as a whole.
func (s Summary) writeState(p *page) {
	if s.Errored {
		p.paragraph("⛔ **The plan has errors.** Terraform stopped, and cannot apply it. What follows is what it had planned by then.")
	}
	if s.Incomplete {
		p.paragraph("⚠️ **The plan is incomplete**, as with -target, or because Terraform had to put something off. Decisions may be missing here.")
	}
}

// writeCounts says how much there is of everything.
func (s Summary) writeCounts(p *page) {
	var counts []string
	for _, group := range groups {
		if n := len(s.rows(group)); n > 0 {
			title := titles[group].title
			counts = append(counts, fmt.Sprintf("**%d** %s", n, strings.ToLower(title[:1])+title[1:]))
		}
	}
	if s.Unchanged > 0 {
		counts = append(counts, fmt.Sprintf("**%d** unchanged", s.Unchanged))
	}
	switch {
	case len(counts) == 0:
		p.paragraph("There is no `%s` in this plan.", resourceType)
	case len(s.Decisions) == 0:
		p.paragraph("No decision changes: %s.", strings.Join(counts, ", "))
	default:
		p.paragraph("%s: %s.", count(len(s.Decisions)+s.Unchanged, "decision"), strings.Join(counts, ", "))
	}
	if marked, marks := s.countMarks(); marked > 0 {
		p.paragraph("⚠️ **To look at closely: %s**: %s.", count(marked, "decision"), strings.Join(marks, ", "))
	}
	if n := len(s.Others); n > 0 {
		p.paragraph("Besides, %s of other types, not shown here.", count(n, "change"))
	}
}

// countMarks counts the marked decisions, and each mark.
func (s Summary) countMarks() (marked int, marks []string) {
	counts := map[string]int{}
	for _, decision := range s.Decisions {
		found := decision.marks()
		if len(found) > 0 {
			marked++
		}
		for _, mark := range found {
			counts[mark]++
		}
	}
	for _, mark := range allMarks {
		if counts[mark] > 0 {
			marks = append(marks, fmt.Sprintf("%d %s", counts[mark], mark))
		}
	}
	return marked, marks
}

// cells are the decision's row.
func (d Decision) cells() []string {
	return append(d.Step.cells(), d.fromCell(), d.toCell(), d.Comment.cell(longestComment), d.noteCell())
}

func (d Decision) fromCell() string {
	if d.From.Kind == None {
		return "?"
	}
	return d.From.cell(longestName)
}

func (d Decision) toCell() string {
	switch {
	case d.Group == LetGo && d.Observed:
		return "_no longer there_"
	case d.Group == LetGo:
		return "_stays_"
	default:
		return d.To.cell(longestName)
	}
}

// noteCell has the marks first, then what is good to know.
func (d Decision) noteCell() string {
	var notes []string
	if marks := d.marks(); len(marks) > 0 {
		notes = append(notes, "⚠️ "+strings.Join(marks, ", "))
	}
	if d.Was.Kind != None && d.Was != d.To && !d.Observed {
		notes = append(notes, "was "+d.Was.cell(longestName))
	}
	if d.Imported && d.Group != Adopted {
		notes = append(notes, "imported")
	}
	switch {
	case d.InsteadOf == nil:
	case *d.InsteadOf == d.Step && d.isKnown():
		notes = append(notes, "the same step as before")
	default:
		notes = append(notes, "in place of "+d.InsteadOf.SessionID.cell(longestName)+" "+d.InsteadOf.NodeID.cell(longestName))
	}
	if d.has(Unknown) && d.Address != "" {
		notes = append(notes, code(d.Address, longestName))
	}
	return strings.Join(notes, "; ")
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
