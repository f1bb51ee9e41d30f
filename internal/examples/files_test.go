// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

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

// TestComplianceRepository_ReadmeIsShort keeps it readable in six minutes.
func TestComplianceRepository_ReadmeIsShort(t *testing.T) {
	t.Parallel()
	if words := len(strings.Fields(content(t, "compliance-repo/README.md"))); words > 1200 {
		t.Errorf("the README has %d words, want at most 1200", words)
	}
}

// A team owns what it copies, of one of the services. Decisions, tests, lock files and the schema
// do not count.
func TestComplianceRepository_IsSmall(t *testing.T) {
	t.Parallel()
	for service, other := range map[string]string{"GitHub": ".gitlab-ci.yml", "GitLab": ".github/"} {
		var lines, files, shell int
		err := fs.WalkDir(os.DirFS(complianceRepo), ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasPrefix(name, other) || strings.Contains(name, ".terraform") ||
				strings.Contains(name, "/tests/") || path.Ext(name) == ".json" || path.Base(path.Dir(name)) == "decisions" && path.Ext(name) == ".yaml" {
				return err
			}
			text := content(t, path.Join("compliance-repo", name))
			lines, files = lines+strings.Count(text, "\n"), files+1
			switch {
			case strings.HasPrefix(name, "scripts/"):
				shell += strings.Count(text, "\n")
			case strings.HasPrefix(name, ".github/"):
				var parsed yaml.Node
				err = yaml.Unmarshal([]byte(text), &parsed)
				shell += linesOfRun(&parsed)
			}
			return err
		})
		noError(t, err)
		if lines > 700 || files > 25 || shell > 100 || shell == 0 {
			t.Errorf("%s: %d lines in %d files, and %d lines of shell; want at most 700, 25 and 100", service, lines, files, shell)
		}
	}
}

// linesOfRun counts the lines of all values of a key run.
func linesOfRun(node *yaml.Node) (lines int) {
	for i, child := range node.Content {
		lines += linesOfRun(child)
		if isKey := node.Kind == yaml.MappingNode && i%2 == 0; isKey && child.Value == "run" {
			lines += len(strings.Split(strings.TrimSpace(node.Content[i+1].Value), "\n"))
		}
	}
	return lines
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
