// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// What a page shows: the rest is counted. An issue has at most 65,536 characters: no row begins
// behind maxPage, in bytes.
const (
	maxPage     = 50_000
	maxRows     = 50
	maxProblems = 20
	maxText     = 200
)

// WriteMarkdown writes the findings for people, grouped by what to do.
func (r *Report) WriteMarkdown(to io.Writer, sessions markdown.SessionURL) error {
	var page strings.Builder
	say := func(format string, arguments ...any) { _, _ = fmt.Fprintf(&page, format, arguments...) }
	decisions, byConsole := 0, 0
	found := map[string][]Row{}
	for _, row := range r.Rows {
		found[row.Finding] = append(found[row.Finding], row)
		if row.Commit != "" {
			decisions++
			if row.TrailActor == consoleUser {
				byConsole++
			}
		}
	}
	say("# Audit of Didit decisions\n\nDecisions in git: %d, at commit %s. Findings: %d. Waiting: %d. Written at %s; sessions without a file since %s.\n",
		decisions, code(r.Commit), len(r.Rows)-len(found[""])-len(found[waiting]), len(found[waiting]), r.GeneratedAt, r.Since)
	if byConsole > 0 {
		say("\nDecisions in git that a console user made, with the same values and comment: %d.\n", byConsole)
	}
	for _, finding := range Findings {
		rows := found[finding.Name]
		if len(rows) == 0 {
			continue
		}
		say("\n## %s (%d)\n\n%s %s\n\n| session | decision | from | to | Didit has | on the trail | commit | note |\n|---|---|---|---|---|---|---|---|\n", finding.Name, len(rows), finding.Means, finding.Do)
		shown := 0
		for ; shown < min(len(rows), maxRows) && page.Len() < maxPage; shown++ {
			page.WriteString(markdown.TableRow(rows[shown].cells(sessions)))
		}
		if more := len(rows) - shown; more > 0 {
			say("\n**%d more** of them are in the CSV.\n", more)
		}
	}
	if len(r.Problems) > 0 {
		say("\n## Versions of files that cannot be read (%d)\n\nThe version before is used instead.\n\n", len(r.Problems))
		for _, problem := range r.Problems[:min(len(r.Problems), maxProblems)] {
			say("- %s\n", code(problem))
		}
		if more := len(r.Problems) - maxProblems; more > 0 {
			say("- %d more\n", more)
		}
	}
	say("\n## What this page cannot show\n\n")
	if r.BusinessWithoutFile > 0 {
		say("- Business sessions without a file that are decided or wait: %d. Nothing says who decided them.\n", r.BusinessWithoutFile)
	}
	for _, limit := range r.Limits {
		say("- %s\n", limit)
	}
	_, err := io.WriteString(to, page.String())
	return err
}

func (r Row) cells(sessions markdown.SessionURL) []string {
	decision := code(r.Subject)
	if r.File != "" {
		decision += " in " + code(r.File)
	}
	note := r.Note
	if len(r.OneOf) > 0 {
		note = strings.TrimSpace(note + " Or one of: " + strings.Join(r.OneOf, ", ") + ".")
	}
	brought := code(r.Commit[:min(len(r.Commit), 12)])
	if r.PullRequest != "" {
		brought += " (" + r.PullRequest + ")"
	}
	return []string{
		sessions.Link(r.SessionID, code(r.SessionID)), decision, code(r.From), code(r.To), code(r.Value),
		strings.TrimSpace(cmp.Or(r.TrailAt, "—") + " " + r.TrailActor), brought, code(note),
	}
}

func code(text string) string {
	if text == "" {
		return "—"
	}
	return markdown.CodeSpan(text, maxText)
}
