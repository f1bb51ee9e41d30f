// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/pages"
)

// TestReadme_CanBeFollowedFromAClone follows the beginning of the README as a new user
// does, before any release: nothing but the checkout and an empty home.
func TestReadme_CanBeFollowedFromAClone(t *testing.T) {
	t.Parallel()
	skipOnWindows(t)
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "provider functions")
	checkout, err := filepath.Abs("../..")
	noError(t, err)
	_, section, isThere := strings.Cut(content(t, "compliance-repo/README.md"), "## Try it on the simulator\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !isThere {
		t.Fatal("the README has no such section")
	}
	blocks, err := pages.Parse("<!-- test: an empty folder -->\n" + section)
	noError(t, err)
	replace := strings.NewReplacer(
		"make install", `make -C "$CHECKOUT" install`,
		"go build", `go -C "$CHECKOUT" build`,
		`make simulator ARGS="-listen 127.0.0.1:8080"`, ":", // It runs in this process.
		"http://127.0.0.1:8080", env.URL,
		"cd groups/2026", `cp -R "$CHECKOUT/examples/compliance-repo/." . && cd groups/2026`,
	)
	runner, err := pages.NewRunner(t.Context(), pages.Options{Didit: env.Server, Home: t.TempDir(), Checkout: checkout, Replace: replace.Replace})
	noError(t, err)

	for _, block := range blocks {
		err := runner.Follow(t.Context(), block)
		if _, isUnmet := errors.AsType[*pages.UnmetError](err); isUnmet {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("line %d: %v\n%s", block.Line, err, runner.Output)
		}
	}

	acctest.RequireText(t, runner.Output, "Resources: 7 added, 0 changed, 0 destroyed.", "No changes.")
	if changes := len(env.Trail("")); changes != 6 {
		t.Errorf("%d changes were made, want 6", changes)
	}

	// A saved plan has what the state has, so git must not take it.
	blocks, err = pages.Parse("```console\ntest -f tfplan\ncd ../..\ngit init -q\ngit add .\ngit ls-files groups\n```\n")
	noError(t, err)
	noError(t, runner.Follow(t.Context(), blocks[0]))
	acctest.RequireText(t, runner.Output, "groups/2026/main.tf")
	if strings.Contains(runner.Output, "tfplan") {
		t.Errorf("git takes the plan:\n%s", runner.Output)
	}
}

// TestReadme_RuleCanBeAdded adds the rule of the README as it says.
func TestReadme_RuleCanBeAdded(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	module := r.In(t, filepath.Join(r.Folder, "modules/decisions"))
	blocks := terraformBlocks.FindAllStringSubmatch(content(t, "compliance-repo/README.md"), -1)
	if len(blocks) != 2 {
		t.Fatalf("the README has %d configurations, want a rule and its run", len(blocks))
	}
	insert := func(file, after, text string) {
		t.Helper()
		before, rest, found := strings.Cut(module.Read(file), after)
		if !found {
			t.Fatalf("%s has no %q", file, after)
		}
		module.Write(file, before+after+text+rest)
	}
	const tests = "tests/rules.tftest.hcl"
	insert("rules.tf", "broken = concat(\n", blocks[0][1])
	insert(tests, "sessions = {\n", `"11111111-2222-4333-8444-000000000004" = {
  status = "In Review", session_kind = "business", aml_hits = []
  features = [{ node_id = "feature_kyb_documents_1", feature_type = "KYB_DOCUMENTS", status = "In Review" }]
}
`)
	module.Write(tests, module.Read(tests)+blocks[1][1])
	module.Write("tests/fixtures/company-without-ticket/case-4.yaml", "session_id: 11111111-2222-4333-8444-000000000004\nsteps:\n  papers: { node_id: feature_kyb_documents_1, from: In Review, to: Approved }\n")
	module.MustRun("init")

	acctest.RequireText(t, module.MustRun("test"), `run "company_without_ticket"... pass`, "0 failed.")
}
