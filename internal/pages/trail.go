// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// trail shows Didit's audit trail, and compares it with the page, in any order, because
// Terraform makes changes concurrently.
func (r *Runner) trail(b Block) error {
	var table strings.Builder
	printTrail(&table, r.Didit.Trail(""))
	r.Printer.line("", "")
	r.Printer.quote(table.String())
	if expected, found := sortedLines(b.Text), sortedLines(table.String()); !slices.Equal(expected, found) {
		return &MismatchError{r.section, b.Line, "the audit trail", "\n    " + strings.Join(expected, "\n    "), "\n    " + strings.Join(found, "\n    ")}
	}
	r.Printer.verdict(fmt.Sprintf("As expected. In all, Didit got %s: one PATCH for each change by %q.\n", count(r.Didit.Requests()), "API Client"))
	return nil
}

func printTrail(to io.Writer, changes []simulator.TrailEntry) {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "BY\tSESSION\tWHAT\tFROM\tTO\tCOMMENT")
	for _, c := range changes {
		what := c.NodeID
		switch c.Kind {
		case simulator.DecidedHit:
			what = c.HitID
		case simulator.DecidedSession:
			what = "the session"
		}
		_, _ = fmt.Fprintf(table, "%s\t…%s\t%s\t%s\t%s\t%s\n", c.Actor, c.SessionID[len(c.SessionID)-4:], what, c.From, c.To, c.Comment)
	}
	_ = table.Flush()
}

// sortedLines returns the lines of a table, however its columns are aligned.
func sortedLines(table string) (lines []string) {
	for line := range strings.Lines(table) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	slices.Sort(lines)
	return lines
}

// countByTerraform returns the number of changes that were not made in the console.
func countByTerraform(changes []simulator.TrailEntry) (n int) {
	for _, change := range changes {
		if change.ActorType != simulator.ActorConsoleUser {
			n++
		}
	}
	return n
}
