// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/audit"
)

func TestEvidenceGuide_ExplainsEveryFindingAndColumn(t *testing.T) {
	t.Parallel()
	page := contentOf(t, guides+"/evidence.md")
	_, findings, _ := strings.Cut(page, "\n## The findings\n")
	findings, _, _ = strings.Cut(findings, "\n## ")
	sections := strings.Split(findings, "\n### ")[1:]
	var want, got []string
	for _, finding := range audit.Findings {
		want = append(want, finding.Name)
	}
	for _, section := range sections {
		name, text, _ := strings.Cut(section, "\n")
		got = append(got, name)
		if len(strings.TrimSpace(text)) < 100 {
			t.Errorf("docs/guides/evidence.md does not say what to do about %s", name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/guides/evidence.md explains %q, and the findings are %q", got, want)
	}
	_, table, _ := strings.Cut(page, "\n## The columns\n")
	table, _, _ = strings.Cut(table, "\n\nTimes are UTC")
	at := 0
	for _, column := range audit.Columns {
		next := strings.Index(table[at:], "`"+column+"`")
		if next < 0 {
			t.Errorf("docs/guides/evidence.md lacks the column %s, or has it in another order", column)
			continue
		}
		at += next
	}
}
