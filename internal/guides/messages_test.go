// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

var thirdHeading = regexp.MustCompile(`(?m)^### (.*)$`)

// foreign are summaries that the page explains though the provider does not contain
// them.
var foreign = []string{
	"Invalid Attribute Value", // terraform-plugin-framework-validators
}

func TestMessagesGuide_ExplainsEverySummary(t *testing.T) {
	t.Parallel()
	var sections []string
	for _, heading := range thirdHeading.FindAllStringSubmatch(contentOf(t, guides+"/messages.md"), -1) {
		sections = append(sections, heading[1])
	}

	for _, summary := range provider.Summaries {
		if !slices.Contains(sections, summary) {
			t.Errorf("docs/guides/messages.md does not explain %q: write a section into templates/guides/messages.md", summary)
		}
	}
	for _, section := range sections {
		if !slices.Contains(provider.Summaries, section) && !slices.Contains(foreign, section) {
			t.Errorf("docs/guides/messages.md explains %q, which is not a summary of the provider any more", section)
		}
	}
}
