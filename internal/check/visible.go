// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package check

import (
	"strconv"
	"strings"
	"unicode"
)

// Hidden reports whether a reader would not see the character, or would take it for a
// space. Some letters and symbols are drawn empty.
func Hidden(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U0001d159':
		return true
	default:
		return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	}
}

// maxQuoted is the maximum number of characters that are quoted.
const maxQuoted = 200

// Quote returns the text in quotes, as one line that shows what a reader would not see.
func Quote(text string) string { return quote(text, Hidden) }

// QuoteASCII is Quote for a text that ought to be ASCII: it shows the number of every
// other character, because a Cyrillic letter can look like a Latin one.
func QuoteASCII(text string) string {
	return quote(text, func(r rune) bool { return r > unicode.MaxASCII || Hidden(r) })
}

func quote(text string, shown func(rune) bool) string {
	cut := ""
	if runes := []rune(text); len(runes) > maxQuoted {
		text, cut = string(runes[:maxQuoted]), "…"
	}
	var quoted strings.Builder
	for _, r := range strconv.Quote(text) {
		if shown(r) {
			quoted.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			quoted.WriteRune(r)
		}
	}
	return quoted.String() + cut
}
