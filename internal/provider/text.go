// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// maxListed bounds the lists of steps and hits in errors.
	maxListed = 20
	// maxQuoted bounds each text from a report in a message, in runes.
	maxQuoted = 100
	// maxDisplayName bounds a line of terraform query, in runes.
	maxDisplayName = 300
)

// bulleted returns a title and a bounded list, or none if there are no lines.
func bulleted(title, none string, lines []string) string {
	if len(lines) == 0 {
		return none
	}
	if more := len(lines) - maxListed; more > 0 {
		lines = append(lines[:maxListed:maxListed], fmt.Sprintf("and %d more", more))
	}
	return title + "\n  - " + strings.Join(lines, "\n  - ") + "\n"
}

// quote quotes and bounds a text from a report, so that it can neither control the
// terminal nor look like a message of Terraform.
func quote(text string) string { return strconv.Quote(bounded(text, maxQuoted)) }

// displayName returns a text from the API for the output of terraform query, for which
// the same holds.
func displayName(text string) string {
	quoted := strconv.Quote(bounded(text, maxDisplayName))
	return quoted[1 : len(quoted)-1]
}

// bounded cuts a text after so many runes.
func bounded(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func capitalize(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// sentence adds a period to a text that has none, because the API's messages often do not.
func sentence(text string) string {
	if strings.TrimRight(text, ".!?…") == text {
		return text + "."
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// codeList formats names for a description.
func codeList(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
