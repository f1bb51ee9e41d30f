// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var thirdHeading = regexp.MustCompile(`(?m)^### (.*)$`)

// foreign are summaries that the page explains though the provider does not contain
// them.
var foreign = []string{
	"Invalid Attribute Value", // terraform-plugin-framework-validators
}

func TestMessagesGuide_ExplainsEverySummary(t *testing.T) {
	t.Parallel()
	// What precedes the warnings is about drift and conflicts in general.
	_, page, _ := strings.Cut(contentOf(t, guides+"/messages.md"), "\n## Warnings\n")
	var sections []string
	for _, heading := range thirdHeading.FindAllStringSubmatch(page, -1) {
		sections = append(sections, heading[1])
	}

	summaries := allSummaries(t)

	if len(summaries) < 40 {
		t.Errorf("only %d summaries were found: %q", len(summaries), summaries)
	}
	for _, summary := range summaries {
		if !slices.Contains(sections, summary) {
			t.Errorf("docs/guides/messages.md does not explain %q: write a section into templates/guides/messages.md", summary)
		}
	}
	for _, section := range sections {
		if !slices.Contains(summaries, section) && !slices.Contains(foreign, section) {
			t.Errorf("docs/guides/messages.md explains %q, which is not a summary of the provider any more", section)
		}
	}
}

// summary matches the ways in which the provider writes a summary: as a constant, as an
// argument of a function that makes a diagnostic, as the first field of a validator.
var summary = regexp.MustCompile(`\bsummary\w*\s*=\s*"([^"]+)"` +
	`|\b(?:Add|add|New)\w*(?:Error|Warning)(?:Diagnostic)?\((?:path\.Root\([^)]*\),\s*)?"([^"]+)"` +
	`|\bstringValidator\{\s*"([^"]+)"`)

// allSummaries reads the summaries of all messages from the provider's source.
func allSummaries(t *testing.T) (summaries []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(checkout, "internal", "provider", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, found := range summary.FindAllStringSubmatch(contentOf(t, file), -1) {
			summaries = append(summaries, found[1]+found[2]+found[3])
		}
	}
	slices.Sort(summaries)
	return slices.Compact(summaries)
}
