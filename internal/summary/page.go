// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strings"
)

// The size of a page, in bytes.
const (
	// DefaultSize leaves room in a comment on GitHub, which ends at 65,536
	// characters.
	DefaultSize = 64_000
	// SmallestSize has room for everything but the tables.
	SmallestSize = 4_000
)

// page is Markdown of a bounded size: what stands before the tables is short,
// and the tables are cut, never silently.
type page struct {
	text strings.Builder
	size int
	// rows and marked count what was to be shown; missing and missingMarked what
	// was not.
	rows, marked, missing, missingMarked int
}

// row is one of a table.
type row struct {
	cells    []string
	isMarked bool
}

// spaceForCut is left for the line that says what is missing.
const spaceForCut = 400

// section writes a table under a heading. After the first row that does not fit,
// none is written in this and the following sections.
func (p *page) section(heading, explanation string, columns []string, rows []row) {
	if len(rows) == 0 {
		return
	}
	head := fmt.Sprintf("\n### %s\n\n%s\n\n%s|%s\n", heading, explanation, line(columns), strings.Repeat(" --- |", len(columns)))
	for _, row := range rows {
		p.rows++
		if row.isMarked {
			p.marked++
		}
		text := head + line(row.cells)
		if p.missing > 0 || p.text.Len()+len(text) > p.size-spaceForCut {
			p.missing++
			if row.isMarked {
				p.missingMarked++
			}
			continue
		}
		p.text.WriteString(text)
		head = ""
	}
}

// line is one line of a table.
func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// paragraph writes what is always there.
func (p *page) paragraph(format string, arguments ...any) {
	if p.text.Len() > 0 {
		p.text.WriteString("\n")
	}
	fmt.Fprintf(&p.text, format+"\n", arguments...)
}

// String ends the page.
func (p *page) String() string {
	if p.missing > 0 {
		p.paragraph("⚠️ **Cut here: %d of %d rows are missing, %d of them marked ⚠️.** This page ends at %d bytes; the plan itself has everything.",
			p.missing, p.rows, p.missingMarked, p.size)
	}
	return p.text.String()
}
