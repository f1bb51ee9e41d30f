// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// blocksOfImport are those that a snippet of its own stands for.
var blocksOfImport = regexp.MustCompile(`(?ms)^import \{.*?^\}\n`)

// sessionIDs are those that an example names.
var sessionIDs = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

// snippet is a file of the registry's pages, and what it takes to be a
// configuration.
type snippet struct {
	name, configuration string
	// minor is the first version of 1.x that knows it.
	minor int
}

// snippets are all of them, whatever is added.
func snippets(t *testing.T) []snippet {
	t.Helper()
	var all []snippet
	provider := content(t, "provider/provider.tf")
	for _, pattern := range []string{"provider/*.tf", "resources/*/*.tf", "data-sources/*/*.tf"} {
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
			case strings.Contains(found.configuration, "identity = {"):
				found.minor = 12
			case strings.Contains(found.configuration, "import {"):
				found.minor = 5
			}
			all = append(all, found)
		}
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

// addSessions lets Didit know every session that a configuration names, with
// steps of every kind in them.
func (r *root) addSessions(configuration string) {
	ids := slices.Compact(slices.Sorted(slices.Values(sessionIDs.FindAllString(configuration, -1))))
	for _, id := range ids {
		steps := simulator.Fixtures()[0].Features
		steps = append(steps, simulator.Feature{Array: "id_verifications"}, simulator.Feature{Array: "liveness_checks"})
		r.didit.AddSession(simulator.Session{ID: id, Features: steps})
	}
}

func TestSnippetsOfThePagesCanBeApplied(t *testing.T) {
	t.Parallel()
	for _, snippet := range snippets(t) {
		t.Run(snippet.name, func(t *testing.T) {
			t.Parallel()
			r := newRoot(t)
			r.requires(snippet.minor, "its blocks")
			r.addSessions(snippet.configuration)
			r.write("main.tf", snippet.configuration)
			r.must(0, "init")
			r.must(0, "validate")

			r.must(0, "apply", "-auto-approve")

			if sent, changed := r.didit.Count("PATCH"), len(r.didit.Trail("")); sent != changed {
				t.Errorf("%d PATCH made %d changes", sent, changed)
			}
			for _, request := range r.didit.Requests() {
				if request.Status != 200 {
					t.Errorf("%s %s was answered %d", request.Method, request.Path, request.Status)
				}
			}
			r.plansNothing()
		})
	}
}

func TestExampleOfTheResourceChangesTwoSteps(t *testing.T) {
	t.Parallel()
	r := newRoot(t)
	r.requires(5, "import blocks")
	configuration := content(t, "provider/provider.tf") + content(t, "resources/didit_session_feature_status/resource.tf")
	r.addSessions(configuration)
	r.write("main.tf", configuration)
	r.must(0, "init")

	r.must(0, "apply", "-auto-approve")

	r.trail(
		simulator.TrailEntry{SessionID: "11111111-2222-4333-8444-555555555555", NodeID: "feature_ocr_1", From: "In Review", To: "Declined", Comment: "Specimen document, see ticket COMPL-17."},
		simulator.TrailEntry{SessionID: "11111111-2222-4333-8444-666666666666", NodeID: "default", From: "In Review", To: "Approved", Comment: "Second look at the video: same person."},
	)
}

func TestQueriesOfThePagesAreValid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "list-resources/*/*.tfquery.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r := newRoot(t)
			r.requires(14, "list resources")
			if r.cli.IsOpenTofu() {
				t.Skip("OpenTofu has no list resources")
			}
			query, err := os.ReadFile(file)
			r.ok(err)
			r.write("main.tf", content(t, "provider/provider.tf"))
			r.write("main.tfquery.hcl", string(query))
			r.must(0, "init")

			r.must(0, "validate", "-query")
		})
	}
}

func TestExamplesAreFormatted(t *testing.T) {
	t.Parallel()
	r := newRoot(t)
	r.requires(7, "the example's tests")

	result := r.at(examples).run("fmt", "-check", "-diff", "-recursive")

	if result.ExitCode != 0 {
		t.Errorf("terraform fmt would change:\n%s", result.Output)
	}
}
