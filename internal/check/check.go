// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package check checks the texts with which people name a decision: IDs, labels and
// statuses. The provider's attributes and the decision files use the same checks.
//
// A check returns "" for a valid text. Otherwise it returns the problem as the rest of
// a sentence that begins with the attribute's name ("must be …").
package check

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Patterns of texts that a regular expression describes completely.
const (
	UUIDPattern        = `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`
	FeatureTypePattern = `^[A-Z][A-Z0-9_]*$`
)

var (
	uuid         = regexp.MustCompile(UUIDPattern)
	uuidDigits   = regexp.MustCompile(`^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$`)
	uuidNoise    = strings.NewReplacer("urn:uuid:", "", "-", "", "{", "", "}", "")
	valueNoise   = strings.NewReplacer(" ", "", "_", "", "-", "", "\t", "", "\n", "")
	featureLabel = regexp.MustCompile(FeatureTypePattern)
)

// SessionID accepts Didit's spelling only. With another spelling, Terraform would
// plan a replacement after an import.
func SessionID(text string) string { return UUID("a session", text) }

// UUID accepts Didit's spelling of a UUID. of names what it belongs to.
func UUID(of, text string) string {
	if uuid.MatchString(text) {
		return ""
	}
	if problem := ends(text); problem != "" {
		return problem
	}
	digits := uuidNoise.Replace(strings.ToLower(strings.TrimSpace(text)))
	if groups := uuidDigits.FindStringSubmatch(digits); groups != nil {
		return fmt.Sprintf("must be written as Didit writes it, in lower case: %q instead of %s", strings.Join(groups[1:], "-"), Quote(text))
	}
	return fmt.Sprintf("must be the UUID of %s, such as 11111111-2222-4333-8444-555555555555, not %s", of, Quote(text))
}

// NodeID rejects a text that cannot be one segment of the API's path.
func NodeID(text string) string {
	switch {
	case text == "":
		return `must not be empty; write "default" for a workflow without a graph`
	case text == "." || text == ".." || strings.Contains(text, "/"):
		return fmt.Sprintf("must be a node ID of the workflow graph, such as feature_ocr_1, not a path like %s", Quote(text))
	case strings.TrimSpace(text) != text || strings.ContainsFunc(text, Hidden):
		return fmt.Sprintf("must not begin or end with a space or contain invisible characters, as %s does", Quote(text))
	}
	return ""
}

// HitID rejects a text that cannot be a part of an import ID.
func HitID(text string) string {
	switch {
	case text == "":
		return "must not be empty"
	case ends(text) != "":
		return ends(text)
	case strings.Contains(text, "/") || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || Hidden(r) }):
		return fmt.Sprintf("must be the ID of an AML hit, such as hit_7c1e9a40b2d35f86e0a4c912, not %s", Quote(text))
	}
	return ""
}

// ends rejects a text with white space at an end, which is copied with it from a page and
// cannot be seen in other messages.
func ends(text string) string {
	isBlank := func(r rune) bool { return unicode.IsSpace(r) || Hidden(r) }
	switch {
	case strings.TrimFunc(text, isBlank) == "":
		return ""
	case strings.TrimLeftFunc(text, isBlank) != text:
		return fmt.Sprintf("must not begin with a space or an invisible character, as %s does", Quote(text))
	case strings.TrimRightFunc(text, isBlank) != text:
		return fmt.Sprintf("must not end with a space or an invisible character, as %s does", Quote(text))
	}
	return ""
}

// Day accepts a day such as 2026-06-30.
func Day(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "must be a day written like 2026-06-30, not " + Quote(text)
	}
	return ""
}

// OneOf returns a check for one of the allowed values, in Didit's spelling. others
// explains other values to a reader who expects them to be allowed, too.
func OneOf(others string, allowed ...string) func(text string) string {
	return func(text string) string {
		for _, value := range allowed {
			switch {
			case text == value:
				return ""
			case strings.EqualFold(valueNoise.Replace(text), valueNoise.Replace(value)):
				return fmt.Sprintf("must be written %q, not %s", value, QuoteASCII(text))
			}
		}
		return fmt.Sprintf("must be %s, not %s%s", List(allowed), QuoteASCII(text), others)
	}
}

// List returns the values in quotes, as in "a", "b" or "c".
func List(values []string) string {
	last := len(values) - 1
	if last == 0 {
		return fmt.Sprintf("%q", values[0])
	}
	return fmt.Sprintf("\"%s\" or %q", strings.Join(values[:last], `", "`), values[last])
}
