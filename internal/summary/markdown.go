// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"math"
	"strings"
)

// Options are for Markdown.
type Options struct {
	// Size is the greatest size in bytes, see [DefaultSize]; 0 cuts nothing: no row, no
	// line and no text.
	Size int
	// SessionURL makes each session a link.
	SessionURL SessionURL
}

// limits are the numbers of characters of a text that are shown.
type limits struct{ comment, name, line int }

func (o Options) limits() limits {
	if o.Size == 0 {
		return limits{math.MaxInt, math.MaxInt, math.MaxInt}
	}
	return limits{maxComment, maxName, maxLine}
}

// writer turns summaries into the blocks of a page.
type writer struct {
	Options
	limits

	blocks []block
}

// Markdown writes summaries for a reviewer, each of them in this order: whether it can
// be applied, counts, what is refused, what else the plan does, and then each session
// as one case.
func Markdown(options Options, summaries ...*Summary) string {
	w := writer{Options: options, limits: options.limits()}
	for _, s := range summaries {
		w.writeHead(s)
		w.writeFindings(s)
		w.writeOthers(s)
		w.writeFiles(s)
		w.writeCases(s)
	}
	return fit(w.blocks, options.Size)
}

func (w *writer) paragraph(format string, arguments ...any) {
	w.blocks = append(w.blocks, block{intro: fmt.Sprintf(format, arguments...)})
}

// list writes a paragraph and a line for each item. The paragraph has their number and
// is never cut. rest is the priority of lines that are not among the first.
func (w *writer) list(rest int, intro string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b := block{intro: intro, noun: "line"}
	for i, line := range lines {
		priority := rest
		if i < alwaysListed {
			priority = firstOfList
		}
		b.items = append(b.items, item{text: "- " + line + "\n", priority: priority})
	}
	w.blocks = append(w.blocks, b)
}

func (w *writer) writeHead(s *Summary) {
	group := ""
	if s.group != "" {
		group = ": group " + codeSpan(s.group, w.name)
	}
	w.paragraph("## Didit decisions%s", group)
	switch {
	case !s.hasPlan:
		w.paragraph("⛔ **There is no plan.** Terraform stopped before it could make one.")
		return
	case s.errored:
		w.paragraph("⛔ **The plan has errors.** Terraform cannot apply it. It holds only what was planned by then.")
	case s.deferred > 0:
		w.paragraph("⚠️ **The plan is incomplete**: Terraform deferred %s. Decisions may be missing in it.", count(s.deferred, "change"))
	case s.incomplete:
		w.paragraph("⚠️ **The plan is incomplete**, as with -target. Decisions may be missing in it.")
	}
	w.writeCounts(s)
	w.writeMarks(s)
}

// writeCounts writes how many decisions there are of each effect, and what it means.
func (w *writer) writeCounts(s *Summary) {
	switch {
	case len(s.decisions) > 0:
		w.paragraph("**%s in %s:** %s.", count(len(s.decisions), nounDecision), count(len(s.cases()), "case"), s.countKinds())
	case len(s.unchanged) > 0:
		w.paragraph("No decision changes: **%d** unchanged.", len(s.unchanged))
		return
	default:
		w.paragraph("There is no decision in this plan.")
		return
	}
	counts := map[effect]int{}
	for _, d := range s.decisions {
		counts[d.effect]++
	}
	var lines []string
	for _, known := range effects {
		if n := counts[known.effect]; n > 0 {
			lines = append(lines, fmt.Sprintf("- **%d %s**: %s", n, known.effect, known.explanation))
		}
	}
	if n := len(s.unchanged); n > 0 {
		lines = append(lines, fmt.Sprintf("- **%d unchanged**.", n))
	}
	w.paragraph("%s", strings.Join(lines, "\n"))
}

// countKinds returns how many decisions there are of each kind, in reading order.
func (s *Summary) countKinds() string {
	counts := map[Kind]int{}
	for _, d := range s.decisions {
		counts[d.Kind]++
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

// writeMarks writes how much there is to look at closely.
func (w *writer) writeMarks(s *Summary) {
	var found, warnings []string
	for _, d := range s.decisions {
		found = append(found, d.marks...)
		warnings = append(warnings, d.warnings...)
	}
	for _, other := range s.changes {
		found = append(found, other.mark)
	}
	if counts := countMarks(found, warnings); counts != "" {
		w.paragraph("⚠️ **Look closely at**: %s.", counts)
	}
}

// writeFindings writes what refuses the plan, and what warns about it.
func (w *writer) writeFindings(s *Summary) {
	w.list(refused, fmt.Sprintf("⛔ **Refused (%d)**", len(s.refused)), w.problems(s.refused))
	w.list(restOfList, fmt.Sprintf("⚠️ **Failed checks (%d)**: they stop nothing.", len(s.failed)), w.problems(s.failed))
	w.list(restOfList, fmt.Sprintf("**Checks that are not known before the apply (%d)**", len(s.unknown)), w.codeSpans(s.unknown))
	w.list(restOfList, fmt.Sprintf("⚠️ **Other warnings (%d)**", len(s.warnings)), w.problems(s.warnings))
}

// writeOthers writes what the plan does or uses besides decisions.
func (w *writer) writeOthers(s *Summary) {
	w.list(restOfList, fmt.Sprintf("⚠️ **Providers that are not `didit-community/didit` (%d)**: each of them can run a program with this key.", len(s.providers)), w.codeSpans(s.providers))
	var changes []string
	for _, other := range s.sorted() {
		changes = append(changes, w.otherChange(other))
	}
	w.list(restOfList, fmt.Sprintf("⚠️ **Other changes (%d)**: the values are in Terraform's own output and in the configuration.", len(changes)), changes)
	w.list(restOfList, fmt.Sprintf("⚠️ **Actions (%d)** that the apply runs", len(s.actions)), w.codeSpans(s.actions))
	w.list(restOfList, fmt.Sprintf("**Changed outputs (%d)**", len(s.outputs)), w.problems(s.outputs))
	w.list(restOfList, fmt.Sprintf("**Moved blocks (%d)**: nothing is sent.", len(s.moves)), w.codeSpans(s.moves))
}

func (w *writer) otherChange(other otherChange) string {
	line := codeSpan(other.address, w.comment) + ": " + codeSpan(other.what, w.comment)
	if other.url.Kind != None {
		line += ", events go to " + other.url.cell(w.comment)
	}
	if other.urlBefore.Kind != None && other.urlBefore != other.url {
		line += ", and no longer to " + other.urlBefore.cell(w.comment)
	}
	switch other.mark {
	case "":
	case markEvents:
		line = "⚠️ " + line
	default:
		line = "⚠️ " + line + " (" + other.mark + ")"
	}
	return line
}

// writeFiles writes what the plan does not show of the files.
func (w *writer) writeFiles(s *Summary) {
	if s.files == nil {
		return
	}
	var problems []string
	for _, p := range s.files.Problems {
		problems = append(problems, codeSpan(p.String(), w.line))
	}
	w.list(restOfList, fmt.Sprintf("⛔ **Decision files with problems (%d)**", len(problems)), problems)
	w.list(restOfList, fmt.Sprintf("⚠️ **Decisions in files that are not in this plan (%d)**", len(s.unplanned)), w.codeSpans(s.unplanned))
	others := s.otherFiles()
	w.list(restOfList, fmt.Sprintf("⚠️ **Other files changed (%d)**: no plan shows all that they do.", len(others)), w.codeSpans(others))
}

func (w *writer) codeSpans(texts []string) []string {
	var spans []string
	for _, text := range texts {
		spans = append(spans, codeSpan(text, w.line))
	}
	return spans
}

func (w *writer) problems(problems []problem) []string {
	var lines []string
	for _, p := range problems {
		line := codeSpan(p.text, w.line)
		if p.address != "" {
			line = codeSpan(p.address, w.comment) + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}
