// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

// blocksOfImport matches the import blocks that a snippet of its own replaces.
var blocksOfImport = regexp.MustCompile(`(?ms)^import \{.*?^\}\n`)

// terraformBlocks matches the configurations of a page.
var terraformBlocks = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// snippet is a file of the registry's pages or a block of the README, and what it takes to be a
// configuration.
type snippet struct {
	name, configuration string
	// minor is the first version of 1.x that has its blocks; terraform is that of
	// Terraform, if OpenTofu does not have them.
	minor, terraform int
}

// snippets returns all of them.
func snippets(t *testing.T) []snippet {
	t.Helper()
	var all []snippet
	provider := content(t, "provider/provider.tf")
	for _, pattern := range []string{"provider/*.tf", "resources/*/*.tf", "data-sources/*/*.tf", "functions/*/*.tf", "ephemeral-resources/*/*.tf", "actions/*/*.tf"} {
		files, err := filepath.Glob(filepath.Join(examples, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name, _ := filepath.Rel(examples, file)
			found := snippet{name: filepath.ToSlash(name), configuration: content(t, name)}
			if found.name != "provider/provider.tf" && !strings.Contains(found.configuration, "required_providers") {
				found.configuration = provider + found.configuration
			}
			if strings.HasPrefix(filepath.Base(name), "import-by") {
				found.configuration += blocksOfImport.ReplaceAllString(content(t, filepath.Join(filepath.Dir(name), "resource.tf")), "")
			}
			switch {
			case strings.Contains(found.configuration, "\naction "):
				found.terraform = 14
			case strings.Contains(found.configuration, "\nephemeral "):
				found.minor = 11
			case strings.Contains(found.configuration, "provider::"):
				found.minor = 8
			case strings.Contains(found.configuration, "identity = {"):
				found.minor = 12
			case strings.Contains(found.configuration, "import {"), strings.Contains(found.configuration, "\ncheck "):
				found.minor = 5
			}
			all = append(all, found)
		}
	}
	for i, block := range terraformBlocks.FindAllStringSubmatch(content(t, "../README.md"), -1) {
		found := snippet{name: fmt.Sprintf("README.md block %d", i+1), configuration: block[1], minor: 5}
		if !strings.Contains(block[1], "required_providers") {
			found.configuration = provider + block[1]
		}
		all = append(all, found)
	}
	if len(all) < 4 {
		t.Fatalf("only %d snippets were found", len(all))
	}
	return all
}

func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newSnippetWorkspace returns a workspace with this configuration, and the simulator as its command
// serves it: an example that needs more fails for a reader, too.
func newSnippetWorkspace(t *testing.T, configuration string) (*acctest.Env, *acctest.Workspace) {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	env.AddDemoData()
	w := env.InstalledWorkspace()
	w.Write("main.tf", configuration)
	return env, w
}

func TestSnippets_CanBeApplied(t *testing.T) {
	t.Parallel()
	for _, snippet := range snippets(t) {
		t.Run(snippet.name, func(t *testing.T) {
			t.Parallel()
			env, w := newSnippetWorkspace(t, snippet.configuration)
			env.RequireCLI(snippet.minor, "its blocks")
			if snippet.terraform > 0 {
				env.RequireTerraform(snippet.terraform, "its blocks")
			}
			w.MustRun("init")
			w.MustRun("validate")

			w.MustRun("apply", "-auto-approve")

			changed := len(env.Trail(""))
			for _, request := range env.Requests() {
				if request.Method == http.MethodPatch && strings.HasPrefix(request.Path, "/v3/session/") {
					changed--
				}
				if request.Status >= 300 {
					t.Errorf("%s %s returned %d", request.Method, request.Path, request.Status)
				}
			}
			if changed != 0 {
				t.Errorf("each PATCH of a session should have made one change: %+v", env.Trail(""))
			}
			requireEmptyPlan(w)
		})
	}
}

func TestSnippets_ResourceChangesTwoSteps(t *testing.T) {
	t.Parallel()
	env, w := newSnippetWorkspace(t, content(t, "provider/provider.tf")+content(t, "resources/didit_session_feature_status/resource.tf"))
	env.RequireCLI(5, "import blocks")
	w.MustRun("init")

	w.MustRun("apply", "-auto-approve")

	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Specimen document, see ticket COMPL-17."),
		acctest.ByTerraform("default", "In Review", "Approved", "Second look at the video: same person."),
	)
}

func TestSnippets_RulesPassTheirTests(t *testing.T) {
	t.Parallel()
	folder := "data-sources/didit_session_decisions/"
	env, w := newSnippetWorkspace(t, content(t, "provider/provider.tf")+content(t, folder+"data-source.tf"))
	env.RequireCLI(8, "mock providers")
	w.Write("tests/rules.tftest.hcl", content(t, folder+"rules.tftest.hcl"))
	w.MustRun("init")

	acctest.RequireText(t, w.MustRun("test"), "1 passed, 0 failed.")
	env.RequireRequests(0, 0)
}

func TestSnippets_QueriesAreValid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "list-resources/*/*.tfquery.hcl"))
	noError(t, err)
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, acctest.Unlimited)
			env.RequireTerraform(14, "list resources")
			query, err := os.ReadFile(file)
			noError(t, err)
			w := env.InstalledWorkspace()
			w.Write("main.tf", content(t, "provider/provider.tf"))
			w.Write("main.tfquery.hcl", string(query))
			w.MustRun("init")

			w.MustRun("validate", "-query")
		})
	}
}

func TestExamples_AreFormatted(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(7, "the tests of the example")

	result := env.InstalledWorkspace().In(t, examples).Run("fmt", "-check", "-diff", "-recursive")

	if result.ExitCode != 0 {
		t.Errorf("terraform fmt would change:\n%s", result.Output)
	}
}
