// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package markdown writes texts that other people wrote into pages for reviewers, so that
// they are seen and do nothing.
package markdown

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// zeroWidth separates characters that have a meaning only side by side.
const zeroWidth = "\u200b"

// mentions separates @ and # from what follows: @name and #12 would notify people and
// link issues also where Markdown is not read, such as in the message of a commit.
var mentions = strings.NewReplacer("@", "@"+zeroWidth, "#", "#"+zeroWidth)

// CodeSpan returns a code span of one line, whatever the text is. In a code span, Markdown,
// HTML, mentions and links are plain text; what could end the span, or hide something, is
// replaced.
func CodeSpan(text string, longest int) string {
	if text == "" {
		return "_empty_" // Two backticks would begin a span.
	}
	shown, left := Visible(text, longest)
	shown = mentions.Replace(shown)
	fence := strings.Repeat("`", longestRun(shown, '`')+1)
	padding := ""
	if strings.HasPrefix(shown, "`") || strings.HasSuffix(shown, "`") || strings.HasPrefix(shown, " ") && strings.HasSuffix(shown, " ") {
		padding = " " // Markdown removes it.
	}
	span := fence + padding + shown + padding + fence
	if left > 0 {
		span += fmt.Sprintf(" … _cut: %d more characters_", left)
	}
	return span
}

// Visible cuts a text, and shows what a reader would not see: line breaks as ⏎; by
// their number, control characters, those that reverse the direction of the text,
// that have no width or that only look empty. left is the number of characters cut.
func Visible(text string, longest int) (shown string, left int) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var out strings.Builder
	width, accents := 0, 0
	runes := []rune(text)
	for i, r := range runes {
		accents++
		if !unicode.Is(unicode.M, r) {
			accents = 0
		}
		sign := string(r)
		switch {
		case strings.ContainsRune(lineBreaks, r):
			sign = " ⏎ "
		case r == '\t' || unicode.Is(unicode.Zs, r):
			sign = " "
		case check.Hidden(r) || accents > maxCombiningMarks:
			sign = fmt.Sprintf("[U+%04X]", r)
		}
		width += len([]rune(sign))
		if width > longest {
			return out.String(), len(runes) - i
		}
		out.WriteString(sign)
	}
	return out.String(), 0
}

// maxCombiningMarks are shown on one letter; more would cover other rows.
const maxCombiningMarks = 3

const lineBreaks = "\n\r\v\f\u0085\u2028\u2029"

// pipes keeps a text in its cell. Renderers disagree about several backslashes before a pipe,
// so there is never more than the one that escapes it.
var pipes = strings.NewReplacer(`\|`, `\`+zeroWidth+`\|`, `|`, `\|`)

// TableRow returns a line of a table. Cells are Markdown of one line.
func TableRow(cells []string) string {
	var row strings.Builder
	for _, cell := range cells {
		row.WriteString("| " + pipes.Replace(cell) + " ")
	}
	return row.String() + "|\n"
}

func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, r := range text {
		run++
		if r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
