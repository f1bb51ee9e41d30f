// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

func TestPrinter_WrapsParagraphs(t *testing.T) {
	t.Parallel()
	words := strings.Fields(strings.Repeat("a step of a session is … ", 20))
	var text strings.Builder

	Printer{Writer: &text}.paragraph(strings.Join(words, "\n\t"))

	for line := range strings.Lines(text.String()) {
		if length := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); length > pageWidth {
			t.Errorf("%d columns: %s", length, line)
		}
	}
	if got, want := strings.Join(strings.Fields(text.String()), " "), strings.Join(words, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPrinter_IndentsOutputHoweverItArrives(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 100} {
		t.Run(fmt.Sprintf("%d bytes at a time", size), func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			quoting := Printer{Writer: &text}.quoting()

			for output := "one\n\n  two\nthree"; output != ""; {
				n, err := quoting.Write([]byte(output[:min(size, len(output))]))
				if err != nil {
					t.Fatal(err)
				}
				output = output[n:]
			}

			if got, want := text.String(), "  one\n\n    two\n  three"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestPrinter_ColoursOnlyIfAsked(t *testing.T) {
	t.Parallel()
	var plain, coloured strings.Builder
	for _, printer := range []Printer{{&plain, false}, {&coloured, true}} {
		printer.heading("1. A plan")
		printer.command("terraform plan")
		printer.event("In the console")
		printer.verdict("As expected")
	}

	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("colours: %q", plain.String())
	}
	if !strings.Contains(coloured.String(), "\x1b") || terraformcli.Plain(coloured.String()) != terraformcli.Plain(plain.String()) {
		t.Errorf("more than the colours differs, or not even they:\n%s\n%s", coloured.String(), plain.String())
	}
}
