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
// returns the text with a space for each character that it reports. So a reader of the
// file and the parser see the same lines: YAML, for example, also breaks lines at
// U+2028. Of each line it reports the first character only.
func (r *reader) readText(text string) string {
	text, marked := strings.CutPrefix(text, byteOrderMark)
	if marked {
		r.problem(1, 1, "the file begins with a byte order mark: save it as UTF-8 without one")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i < len(lines)-1 {
			line = strings.TrimSuffix(line, "\r")
		}
		visible, column, problem := readLine(line)
		if problem != "" {
			r.problem(i+1, column, "%s", problem)
		}
		lines[i] = string(visible)
		if column, problem := composed(lines[i]); problem != "" {
			r.problem(i+1, column, "%s", problem)
		}
		r.lines = append(r.lines, visible)
	}
	return strings.Join(lines, "\n")
}

// readLine returns the characters, and the first problem with one of them.
func readLine(line string) (visible []rune, column int, problem string) {
	if strings.HasPrefix(line, "%") {
		line = "#" + line[1:] // A comment, so that the parser goes on.
		column, problem = 1, "directives such as %YAML are not allowed"
	}
	for rest := line; rest != ""; {
		char, size := utf8.DecodeRuneInString(rest)
		found := ""
		switch {
		case char == utf8.RuneError && size == 1:
			found = fmt.Sprintf("byte %#x is not UTF-8: save the file as UTF-8", rest[0])
		case char == '\r':
			found = "a carriage return without a line feed is no line break: write line breaks as LF or CRLF"
		case char == '\t':
			found = "a tab: write spaces"
		case check.Hidden(char):
			found = hiddenProblem(char)
		}
		if found != "" && problem == "" {
			column, problem = len(visible)+1, found
		}
		if found != "" {
			char = ' '
		}
		visible, rest = append(visible, char), rest[size:]
	}
	return visible, column, problem
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
	return utf8.RuneCountInString(text[:same]) + 1, "this character is not in Unicode's composed form: save the text as NFC"
}
