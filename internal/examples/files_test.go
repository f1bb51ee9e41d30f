// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

const complianceRepo = examples + "/compliance-repo"

func TestDecisionFiles_AreValidAndNameTheirSchema(t *testing.T) {
	t.Parallel()
	groups, problems, err := decisionrepo.Read(complianceRepo)
	noError(t, err)
	if len(groups) != 1 || len(groups[0].Files) != 3 || len(problems) > 0 {
		t.Errorf("there are %d groups, with problems %v", len(groups), problems)
	}
	files, err := filepath.Glob(complianceRepo + "/groups/*/decisions/*.yaml")
	noError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		noError(t, err)
		_, name, _ := strings.Cut(decisionrepo.SchemaLine, "=")
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), name)); !strings.HasPrefix(string(text), decisionrepo.SchemaLine+"\n") || err != nil {
			t.Errorf("%s does not begin with its schema: %v", file, err)
		}
	}
	if content(t, "compliance-repo/decisions.schema.json") != string(decisionfile.Schema()) {
		t.Error("decisions.schema.json differs from didit-decisions schema")
	}
}

// GitHub and GitLab both read the file in the root, and each reads other folders that the
// other does not.
func TestCodeOwners_OwnDecisionsAndEverythingElse(t *testing.T) {
	t.Parallel()
	var lines []string
	for line := range strings.Lines(content(t, "compliance-repo/CODEOWNERS")) {
		if line = strings.Join(strings.Fields(line), " "); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if got, want := strings.Join(lines, "\n"), "* @example/platform\n/groups/*/decisions/ @example/compliance"; got != want {
		t.Errorf("the owners are\n%s\nwant\n%s", got, want)
	}
	for _, folder := range []string{".github", ".gitlab", "docs"} {
		if _, err := os.Stat(filepath.Join(complianceRepo, folder, "CODEOWNERS")); err == nil {
			t.Errorf("%s/CODEOWNERS is read instead", folder)
		}
	}
}
