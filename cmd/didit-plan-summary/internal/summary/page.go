// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"slices"
	"strings"
)

// Options are for Markdown.
type Options struct {
	// Size is the greatest size in bytes; at least SmallestSize.
	Size int
	// SessionURL makes each session a link.
	SessionURL SessionURL
}

// The sizes of a page, in bytes.
const (
	// DefaultSize leaves room in a comment on GitHub, which can have 65,536
	// characters.
	DefaultSize = 64_000
	// SmallestSize has room for everything except the tables.
	SmallestSize = 5_000
)

// page is Markdown of a bounded size. Its paragraphs are short and always there; its
// tables are cut, and the page says what is missing.
type page struct {
	Options

	text strings.Builder
}

func newPage(options Options) *page {
	options.Size = max(options.Size, SmallestSize)
	return &page{Options: options}
}

// section is a table with a heading.
type section struct {
	heading string
	// paragraphs stand above the table, foot below it.
	paragraphs []string
	columns    []string
	rows       []row
	foot       string
	// isCutFirst: its unmarked rows come after those of all other sections.
	isCutFirst bool
}

// row is a row of a table.
type row struct {
	cells []string
	// isMarked rows deserve a close look.
	isMarked bool
}

// paragraph writes what is always there.
func (p *page) paragraph(format string, arguments ...any) {
	if p.text.Len() > 0 {
		p.text.WriteString("\n")
	}
	fmt.Fprintf(&p.text, format+"\n", arguments...)
}

const (
	// roomForEnd is reserved for the last line of a page that is cut.
	roomForEnd = 400
	// roomForCut is reserved in a section for the line of a table that is cut.
	roomForCut = 60
)

// sections writes tables. If their rows do not all fit, marked rows come first and
// those of a section that is cut first come last. After the first row that does not
// fit none is written. The order on the page stays.
func (p *page) sections(sections []section) {
	type place struct{ section, row int }
	var marked, unmarked, last []place
	for i, section := range sections {
		for j, row := range section.rows {
			switch {
			case row.isMarked:
				marked = append(marked, place{i, j})
			case section.isCutFirst:
				last = append(last, place{i, j})
			default:
				unmarked = append(unmarked, place{i, j})
			}
		}
	}
	all := slices.Concat(marked, unmarked, last)
	shown := make([][]int, len(sections))
	left := p.Size - p.text.Len() - roomForEnd
	fit := 0
	for _, at := range all {
		section := sections[at.section]
		left -= len(line(section.rows[at.row].cells))
		if shown[at.section] == nil {
			left -= len(section.text(nil))
			if len(section.rows) > 1 {
				left -= roomForCut
			}
		}
		if left < 0 {
			break
		}
		shown[at.section] = append(shown[at.section], at.row)
		fit++
	}
	for i, section := range sections {
		if shown[i] != nil {
			p.text.WriteString(section.text(shown[i]))
		}
	}
	if fit < len(all) {
		p.paragraph("⚠️ **Cut here: %d of %d rows are missing, %d of them marked ⚠️.** This page ends at %d bytes; the plan itself has everything.",
			len(all)-fit, len(all), max(0, len(marked)-fit), p.Size)
	}
}

// text returns the section with some of its rows.
func (s section) text(shown []int) string {
	var text strings.Builder
	text.WriteString("\n### " + s.heading + "\n\n")
	for _, paragraph := range s.paragraphs {
		text.WriteString(paragraph + "\n\n")
	}
	text.WriteString(line(s.columns) + "|" + strings.Repeat(" --- |", len(s.columns)) + "\n")
	for _, i := range slices.Sorted(slices.Values(shown)) {
		text.WriteString(line(s.rows[i].cells))
	}
	if missing := len(s.rows) - len(shown); missing > 0 && len(shown) > 0 {
		fmt.Fprintf(&text, "\n_%d more rows of this table are cut._\n", missing)
	}
	if s.foot != "" {
		text.WriteString("\n" + s.foot + "\n")
	}
	return text.String()
}

// line returns a line of a table.
func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
