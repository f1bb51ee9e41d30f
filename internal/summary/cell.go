// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strings"
	"unicode"
)

// The most characters that are shown of a value.
const (
	longestComment = 300
	longestName    = 100
)

// zeroWidth stands between characters that must not meet.
const zeroWidth = "\u200b"

// code makes a code span that is one cell of a table, whatever the text is. In
// one, Markdown, HTML, mentions, references and links are text; what could end
// it, end the cell, or hide something is shown in another way.
func code(text string, longest int) string {
	shown, left := visible(text, longest)
	fence := strings.Repeat("`", longestRun(shown, '`')+1)
	padding := ""
	if strings.HasPrefix(shown, "`") || strings.HasSuffix(shown, "`") || strings.HasPrefix(shown, " ") && strings.HasSuffix(shown, " ") {
		padding = " " // Markdown takes it away again.
	}
	span := fence + padding + escapePipes(shown) + padding + fence
	if left > 0 {
		span += fmt.Sprintf(" … _cut: %d more characters_", left)
	}
	return span
}

// visible cuts a text, and shows what would otherwise not be seen: line breaks
// as a sign, control characters, those that turn the direction of the text, that
// have no width or only look empty by their number. left is how many characters
// are cut off.
func visible(text string, longest int) (shown string, left int) {
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
		case isLineBreak(r):
			sign = " ⏎ "
		case r == '\t' || unicode.Is(unicode.Zs, r):
			sign = " "
		case isHidden(r) || accents > mostAccents:
			sign = fmt.Sprintf("[U+%04X]", r)
		case r == '@' || r == '#':
			// Breaks @name and #12 also where Markdown is not read, such as in the
			// message of a commit.
			sign += zeroWidth
		}
		width += len([]rune(sign))
		if width > longest {
			return out.String(), len(runes) - i
		}
		out.WriteString(sign)
	}
	return out.String(), 0
}

// mostAccents on one letter are kept; heaps of them reach over other rows.
const mostAccents = 3

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	default:
		return false
	}
}

// isHidden holds for what no reader sees, letters and signs that are drawn empty
// among them.
func isHidden(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U0001d159':
		return true
	default:
		return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	}
}

// escapePipes keeps a table's cell one. Renderers differ on several backslashes
// before a pipe, so that there is only ever the one that escapes it.
func escapePipes(text string) string {
	return strings.NewReplacer(`\|`, `\`+zeroWidth+`\|`, `|`, `\|`).Replace(text)
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

// cell shows a value; what stands in place of a text is no code, so that no text
// looks like it.
func (v Value) cell(longest int) string {
	switch {
	case v.Kind == Unknown:
		return "_known after apply_"
	case v.Kind == Sensitive:
		return "_sensitive_"
	case v.Kind == None:
		return "—"
	case v.Text == "":
		return "_empty_"
	default:
		return code(v.Text, longest)
	}
}

func (s Step) cells() []string {
	return []string{s.SessionID.cell(longestName), s.NodeID.cell(longestName), s.FeatureType.cell(longestName)}
}
