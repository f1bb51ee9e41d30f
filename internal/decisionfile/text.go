// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

const byteOrderMark = "\ufeff"

// readText reports what is wrong with the characters, whatever they mean in YAML, and
// returns the lines with a space for each character that it reports. So a reader of
// the file and the parser see the same lines: YAML, for example, also breaks lines at
// U+2028. Of each line it reports the first character only.
func (r *reader) readText(text string) (lines []string) {
	if strings.HasPrefix(text, byteOrderMark) {
		r.problem(1, 1, "the file begins with a byte order mark: save it as UTF-8 without one")
		text = text[len(byteOrderMark):]
	}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		clean, reported := []rune{}, false
		for rest := line; rest != ""; {
			char, size := utf8.DecodeRuneInString(rest)
			problem := ""
			switch {
			case char == utf8.RuneError && size == 1:
				problem = fmt.Sprintf("byte %#x is not UTF-8: save the file as UTF-8", rest[0])
			case char == '\r':
				problem = "a carriage return without a line feed is no line break: write line breaks as LF or CRLF"
			case char == '\t':
				problem = "a tab: write spaces"
			case check.Hidden(char):
				problem = hiddenProblem(char)
			}
			if problem != "" {
				if !reported {
					r.problem(i+1, len(clean)+1, "%s", problem)
				}
				char, reported = ' ', true
			}
			clean, rest = append(clean, char), rest[size:]
		}
		lines = append(lines, string(clean))
		if at, problem := composed(lines[i]); problem != "" {
			r.problem(i+1, at, "%s", problem)
		}
	}
	return lines
}

func hiddenProblem(char rune) string {
	return fmt.Sprintf("character U+%04X cannot be seen, or is seen as a space: remove it", char)
}

// composed reports the first character that is not in the composed form (NFC), to
// which Terraform converts every text.
func composed(text string) (column int, problem string) {
	if norm.NFC.IsNormalString(text) {
		return 0, ""
	}
	before := norm.NFC.String(text)
	same := 0
	for same < len(before) && before[same] == text[same] {
		same++
	}
	for !utf8.RuneStart(text[same]) {
		same--
	}
	return utf8.RuneCountInString(text[:same]) + 1, "this character is written in decomposed or outdated form: save the text in Unicode's composed form (NFC)"
}
