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
}
