// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns are those of a Markdown table, wide enough for a reader of the bare
// text: rows come one by one, long before the last is known.
type columns []column

type column struct {
	title string
	width int
}

func (c columns) head(to io.Writer) {
	titles, rules := make([]string, len(c)), make([]string, len(c))
	for n, column := range c {
		titles[n] = column.title
		rules[n] = strings.Repeat("-", column.wide())
	}
	c.row(to, titles)
	c.row(to, rules)
}

func (c columns) row(to io.Writer, cells []string) {
	var line strings.Builder
	for n, cell := range cells {
		padding := max(c[n].wide()-utf8.RuneCountInString(cell), 0)
		line.WriteString("| " + cell + strings.Repeat(" ", padding+1))
	}
	_, _ = fmt.Fprintln(to, line.String()+"|")
}

// wide is the width of a column, whose title has to fit too.
func (c column) wide() int { return max(c.width, utf8.RuneCountInString(c.title)) }

// median is the middle one of several numbers, or lies between the two.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// span shows one number where all are the same, else the least and the most.
func span(of []float64, decimals int) string {
	least, most := fmt.Sprintf("%.*f", decimals, slices.Min(of)), fmt.Sprintf("%.*f", decimals, slices.Max(of))
	if least == most {
		return least
	}
	return least + "–" + most
}

// ratios shows the median, and how far apart they were.
func ratios(of []float64) string {
	shown := fmt.Sprintf("%.2f", median(of))
	if all := span(of, 2); all != shown {
		shown += " (" + all + ")"
	}
	return shown
}

func seconds(of float64) string { return fmt.Sprintf("%.1f s", of) }

// megabytes shows bytes; "-" where none were seen.
func megabytes(bytes float64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f MB", bytes/1e6)
}
