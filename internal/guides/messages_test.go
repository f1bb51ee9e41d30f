// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"regexp"
	"slices"
	"testing"
)

var (
	thirdHeading = regexp.MustCompile(`(?m)^### (.*)$`)
	constant     = regexp.MustCompile(`(?m)^\tsummary\w+ += "(.*?)"`)
)

// foreign are summaries that the page explains though the provider does not contain
// them.
var foreign = []string{
	"Invalid Attribute Value", // terraform-plugin-framework-validators
}

func TestMessagesGuide_ExplainsEverySummary(t *testing.T) {
	t.Parallel()
	sections := firstGroups(thirdHeading, contentOf(t, guides+"/messages.md"))
	summaries := firstGroups(constant, contentOf(t, checkout+"/internal/provider/summaries.go"))
	if len(summaries) == 0 {
		t.Error("summaries.go has no summaries in the expected form")
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

// firstGroups returns the first group of each match.
func firstGroups(pattern *regexp.Regexp, text string) (groups []string) {
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		groups = append(groups, match[1])
	}
	return groups
}
