// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// The maximum number of characters that are shown.
const (
	maxComment = 300
	maxName    = 100
	maxLine    = 2000
)

// zeroWidth separates characters that have a meaning only side by side.
const zeroWidth = "\u200b"

// mentions separates @ and # from what follows: @name and #12 would notify people and
// link issues also where Markdown is not read, such as in the message of a commit.
var mentions = strings.NewReplacer("@", "@"+zeroWidth, "#", "#"+zeroWidth)

// codeSpan returns a code span that is one cell of a table, whatever the text is. In a
// code span, Markdown, HTML, mentions and links are plain text; what could end the
// span or the cell, or hide something, is replaced.
func codeSpan(text string, longest int) string {
	shown, left := escapeInvisible(text, longest)
	shown = mentions.Replace(shown)
	fence := strings.Repeat("`", longestRun(shown, '`')+1)
	padding := ""
	if strings.HasPrefix(shown, "`") || strings.HasSuffix(shown, "`") || strings.HasPrefix(shown, " ") && strings.HasSuffix(shown, " ") {
		padding = " " // Markdown removes it.
	}
	span := fence + padding + escapePipes(shown) + padding + fence
	if left > 0 {
		span += fmt.Sprintf(" … _cut: %d more characters_", left)
	}
	return span
}

// Line returns a text as one line for a terminal or a log, in which it cannot pass
// for a command to the CI service, such as ::error or ##[error].
func Line(text string) string {
	shown, left := escapeInvisible(text, maxLine)
	if left > 0 {
		shown += " …"
	}
	return strings.TrimLeft(strings.ReplaceAll(shown, "#", "#"+zeroWidth), " :")
}

// escapeInvisible cuts a text, and shows what a reader would not see: line breaks as ⏎; by
// their number, control characters, those that reverse the direction of the text,
// that have no width or that only look empty. left is the number of characters cut.
func escapeInvisible(text string, longest int) (shown string, left int) {
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

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	default:
		return false
	}
}

// escapePipes keeps a text in its cell. Renderers disagree about several backslashes
// before a pipe, so there is never more than the one that escapes it.
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

// cell returns a value for a table. What replaces a text is not code, so that no text
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
		return codeSpan(v.Text, longest)
	}
}

// cell returns the subject within its session.
func (s Subject) cell(l limits) string {
	node := s.NodeID.cell(l.name)
	switch s.Kind {
	case Hit:
		hit := "AML hit " + s.HitID.cell(l.name)
		if s.NodeID.is(defaultNode) {
			return hit
		}
		return hit + " of " + node
	case Feature:
		if s.FeatureType.Kind == None {
			return "step " + node
		}
		return "step " + node + " " + s.FeatureType.cell(l.name)
	case Resubmission:
		return "**repeat steps** " + s.NodeID.cell(l.comment)
	default:
		return "**session**"
	}
}
