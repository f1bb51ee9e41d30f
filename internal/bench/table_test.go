// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMedianIsTheMiddleOne(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		of   []float64
		want float64
	}{
		"one":            {[]float64{3}, 3},
		"an odd number":  {[]float64{9, 1, 2}, 2},
		"an even number": {[]float64{4, 1, 10, 2}, 3},
		"an outlier":     {[]float64{1, 1, 1, 1, 1000}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := median(test.of); got != test.want {
				t.Errorf("the median of %v is %v, want %v", test.of, got, test.want)
			}
		})
	}
}

func TestMedianLeavesTheOrderOfTheRunsAlone(t *testing.T) {
	t.Parallel()
	runs := []float64{3, 1, 2}

	median(runs)

	if runs[0] != 3 || runs[1] != 1 || runs[2] != 2 {
		t.Errorf("the runs are %v now", runs)
	}
}

func TestFiguresSayHowFarApartTheRunsWere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ got, want string }{
		"counts that agree":     {span([]float64{200, 200, 200}, 0), "200"},
		"counts that differ":    {span([]float64{1200, 1150, 1180}, 0), "1150–1200"},
		"ratios that agree":     {ratios([]float64{0.811, 0.809}), "0.81"},
		"ratios that differ":    {ratios([]float64{0.9, 0.7, 0.75}), "0.75 (0.70–0.90)"},
		"seconds":               {seconds(1.94), "1.9 s"},
		"megabytes":             {megabytes(33_400_000), "33 MB"},
		"memory nobody can see": {megabytes(0), "-"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
}

func TestTableIsMarkdownThatCanBeReadBare(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	table := columns{{"work", 6}, {"a longer title", 3}}

	table.head(&text)
	table.row(&text, []string{"plan", "0.75 – ×"})

	want := "| work   | a longer title |\n" +
		"| ------ | -------------- |\n" +
		"| plan   | 0.75 – ×       |\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
}

func TestEveryColumnOfBothTablesIsFilledAndWideEnough(t *testing.T) {
	t.Parallel()
	for _, c := range testedOptions(t, "-steps", "1000,5000").comparisons() {
		c.pairs = []pair{{figures{wall: 190e9, cpu: 1, peak: 1}, figures{wall: 1e9, cpu: 2}}, {figures{wall: 1e9, cpu: 1}, figures{wall: 1e9, cpu: 1}}}
		expectCells(t, comparisonColumns, c.cells())
	}
	for _, l := range allLimitedWork() {
		l.taken = figures{wall: 190e9, counts: counts{reads: 50, writes: 25, others: 20, limited: 3}}
		expectCells(t, limitedColumns, l.cells())
	}
}

func expectCells(t *testing.T, columns columns, cells []string) {
	t.Helper()
	if len(cells) != len(columns) {
		t.Fatalf("%d cells in %d columns", len(cells), len(columns))
	}
	for n, cell := range cells {
		if length := utf8.RuneCountInString(cell); cell == "" || length > columns[n].wide() && columns[n].title != "ratio" {
			t.Errorf("%q does not fill or does not fit the column %q", cell, columns[n].title)
		}
	}
}
