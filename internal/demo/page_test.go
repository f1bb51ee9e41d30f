// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParagraphKeepsWithinThePage(t *testing.T) {
	t.Parallel()
	words := strings.Fields(strings.Repeat("a step of a session stands … ", 20))
	var text strings.Builder

	page{writer: &text}.paragraph(strings.Join(words, "\n\t"))

	for line := range strings.Lines(text.String()) {
		if length := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); length > pageWidth {
			t.Errorf("%d columns: %s", length, line)
		}
	}
	if got, want := strings.Join(strings.Fields(text.String()), " "), strings.Join(words, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQuotedLinesAreIndentedHoweverTheyArrive(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 100} {
		t.Run(fmt.Sprintf("%d bytes at a time", size), func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			quoting := page{writer: &text}.quoting()

			for said := "one\n\n  two\nthree"; said != ""; {
				n, err := quoting.Write([]byte(said[:min(size, len(said))]))
				if err != nil {
					t.Fatal(err)
				}
				said = said[n:]
			}

			if got, want := text.String(), "  one\n\n    two\n  three"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestColoursAreForTerminalsOnly(t *testing.T) {
	t.Parallel()
	var dull, bright strings.Builder
	for _, page := range []page{{&dull, false}, {&bright, true}} {
		page.heading("Act 1")
		page.command("terraform plan")
		page.event("In the console")
		page.verdict("As told")
	}

	if strings.Contains(dull.String(), "\x1b") {
		t.Errorf("colours: %q", dull.String())
	}
	if got := colourCodes.ReplaceAllString(bright.String(), ""); got == bright.String() || got != dull.String() {
		t.Errorf("the page differs in more than its colours, or not in them:\n%s\n%s", bright.String(), dull.String())
	}
}
