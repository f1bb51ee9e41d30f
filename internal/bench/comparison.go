// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// compare runs two variants of the same work in turn, so that whatever else the machine
// does meets both, and prints a row for each command.
func compare(ctx context.Context, folder string, to io.Writer, o options, w workload, size int, measured, beside variant) error {
	var runs [][2][]figures
	for range o.runs {
		var pair [2][]figures
		for n, v := range []variant{measured, beside} {
			var err error
			if pair[n], err = v.run(ctx, folder, w, o.parallelism); err != nil {
				return err
			}
		}
		runs = append(runs, pair)
	}
	for n, command := range commands {
		var ratios []float64
		var peaks [2]int64
		for _, pair := range runs {
			ratios = append(ratios, pair[0][n].cpu.Seconds()/pair[1][n].cpu.Seconds())
			peaks = [2]int64{max(peaks[0], pair[0][n].peak), max(peaks[1], pair[1][n].peak)}
		}
		first := runs[0][0][n]
		_, _ = fmt.Fprintf(to, rowFormat, command.name, size, w.sessions, first.reads, first.writes, first.limited,
			fmt.Sprintf("%.2f", median(ratios)), megabytes(peaks[0]), megabytes(peaks[1]))
	}
	return nil
}

// rowFormat is a row of a Markdown table that can also be read bare.
const rowFormat = "| %-10s | %5v | %8v | %5v | %6v | %4v | %9v | %11v | %7v |\n"

func printHead(to io.Writer, title, size string) {
	_, _ = fmt.Fprintf(to, "\nThe provider, %s:\n\n"+rowFormat+rowFormat, title,
		"work", size, "sessions", "reads", "writes", "429s", "CPU ratio", "peak memory", "other's",
		"---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:")
}

// median returns the middle one, or the mean of the two in the middle.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// megabytes shows bytes; "-" if they are not known.
func megabytes(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}
