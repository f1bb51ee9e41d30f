// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// Options are for Markdown.
type Options struct {
	// Size is the greatest size in bytes, see [DefaultSize]; 0 cuts nothing: no row, no
	// line and no text.
	Size int
	// SessionURL makes each session a link.
	SessionURL markdown.SessionURL
}

// limits are the numbers of characters of a text that are shown.
type limits struct{ comment, name, line int }

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
	w := writer{Options: options, limits: limits{maxComment, maxName, maxLine}}
	if options.Size == 0 {
		w.limits = limits{math.MaxInt, math.MaxInt, math.MaxInt}
	}
	for _, s := range summaries {
		w.writeHead(s)
		w.writeLists(s)
		w.writeCases(s)
	}
	return fit(w.blocks, options.Size)
}

func (w *writer) paragraph(format string, arguments ...any) {
	w.blocks = append(w.blocks, block{intro: fmt.Sprintf(format, arguments...)})
}

// list writes a paragraph and a line for each entry. The paragraph has their number and
// is never cut. rest is the priority of lines that are not among the first.
func (w *writer) list(rest int, intro string, entries []entry) {
	if len(entries) == 0 {
		return
	}
	b := block{intro: fmt.Sprintf(intro, len(entries)), noun: "line"}
	for i, e := range entries {
		it := item{text: "- " + w.line(e) + "\n", priority: rest}
		if i < alwaysListed {
			it.priority = firstOfList
		}
		if e.heading != "" {
			it.text = "  " + it.text
			if i == 0 || entries[i-1].address != e.address || entries[i-1].heading != e.heading {
				it.text = "- " + w.line(entry{address: e.address, text: e.heading}) + "\n" + it.text
			}
		}
		b.items = append(b.items, it)
	}
	w.blocks = append(w.blocks, b)
}

// line returns an entry as Markdown. Below a heading, which has the address, it is the
// text only.
func (w *writer) line(e entry) string {
	line := markdown.CodeSpan(e.text, w.limits.line)
	if e.address != "" && e.heading == "" {
		line = markdown.CodeSpan(e.address, w.comment) + ": " + line
	}
	if e.url.Kind != none {
		line += ", events go to " + e.url.cell(w.comment)
	}
	if e.urlBefore.Kind != none && e.urlBefore != e.url {
		line += ", and no longer to " + e.urlBefore.cell(w.comment)
	}
	switch e.mark {
	case "":
		return line
	case markEvents:
		return "⚠️ " + line
	default:
		return "⚠️ " + line + " (" + e.mark + ")"
	}
}

func (w *writer) writeHead(s *Summary) {
	group := ""
	if s.in.Group != "" {
		group = ": group " + markdown.CodeSpan(s.in.Group, w.name)
	}
	w.paragraph("## Didit decisions%s", group)
	plan := s.in.Plan
	switch {
	case plan == nil:
		w.paragraph("⛔ **There is no plan.** Terraform stopped before it could make one.")
		return
	case plan.errored: // It is always incomplete.
		w.paragraph("⛔ **The plan has errors.** Terraform cannot apply it. It holds only what was planned by then.")
	case s.in.Log.applied:
		w.paragraph("✅ **The plan was applied.**")
	case s.in.Log.begun:
		w.paragraph("⛔ **The apply failed.** What it made before the error is made; the next apply makes the rest.")
	case slices.ContainsFunc(s.in.Log.diagnostics, diagnostic.isError):
		w.paragraph("⛔ **The log has errors, but the plan has none.** They are of an apply that did not begin, or not of the same run.")
	case len(plan.DeferredChanges) > 0:
		w.paragraph("⚠️ **The plan is incomplete**: Terraform deferred %s. Decisions may be missing in it.", count(len(plan.DeferredChanges), "change"))
	case plan.Complete != nil && !*plan.Complete:
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
	counts := map[subjectKind]int{}
	for _, d := range s.decisions {
		counts[d.Kind]++
	}
	var texts []string
	for _, kind := range []struct {
		kind subjectKind
		noun string
	}{{hit, "AML hit"}, {feature, "step"}, {resubmission, "re-opening"}, {session, "session"}} {
		if counts[kind.kind] > 0 {
			texts = append(texts, count(counts[kind.kind], kind.noun))
		}
	}
	return strings.Join(texts, ", ")
}

// writeMarks writes how many marks there are.
func (w *writer) writeMarks(s *Summary) {
	var found []string
	for _, d := range s.decisions {
		found = append(found, d.marks...)
	}
	for _, other := range s.changes {
		if other.mark != "" {
			found = append(found, other.mark)
		}
	}
	if len(found) > 0 {
		w.paragraph("⚠️ **Needs attention**: %s.", w.some(countMarks(found)))
	}
}

// writeLists writes what refuses the plan, what warns about it, what it does or uses
// besides decisions, and what it does not show of the files.
func (w *writer) writeLists(s *Summary) {
	w.list(refused, "⛔ **Refused (%d)**", s.refused)
	w.list(restOfList, "⚠️ **Failed checks (%d)**: they stop nothing.", s.failed)
	w.list(restOfList, "**Checks that are not known before the apply (%d)**", s.unknown)
	w.list(restOfList, "⚠️ **Other warnings (%d)**", s.warnings)
	w.list(restOfList, "⚠️ **Providers that are not `didit-community/didit` (%d)**: each of them can run a program with this key.", s.providers)
	w.list(restOfList, "⚠️ **Other changes (%d)**: the values are in Terraform's own output and in the configuration.", s.changes)
	w.list(restOfList, "⚠️ **Actions (%d)** that the apply runs", s.actions)
	w.list(restOfList, "**Changed outputs (%d)**", s.outputs)
	w.list(restOfList, "**Moved blocks (%d)**: nothing is sent.", s.moves)
	if s.in.Files != nil {
		var problems []entry
		for _, p := range s.in.Files.Problems {
			problems = append(problems, entry{text: p.String()})
		}
		w.list(restOfList, "⛔ **Decision files with problems (%d)**", problems)
		w.list(restOfList, "⚠️ **Decisions in files that are not in this plan (%d)**", s.unplanned)
		w.list(restOfList, "⚠️ **Other files changed (%d)**: no plan shows all that they do.", s.in.Files.otherFiles())
	}
}

// some names at most 20 items, and counts the others.
func (w *writer) some(items []string) string {
	const most = 20
	if len(items) > most && w.Size > 0 {
		items = append(slices.Clone(items[:most]), fmt.Sprintf("and %d more", len(items)-most))
	}
	return strings.Join(items, ", ")
}
