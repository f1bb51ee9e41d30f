// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// requirements are what a page says that it needs: a minor version of 1.x, of
// Terraform and OpenTofu alike where no other is named, and commands.
var requirements = map[string]struct {
	minor, minorOfTofu int
	command            string
}{
	"adopting-existing-decisions": {minor: 7, minorOfTofu: 8},
	"getting-started":             {minor: 5},
	"installing":                  {command: "sha256sum"},
	"messages":                    {minor: 5},
	"reviewing-decisions":         {minor: 7, minorOfTofu: 8},
	"shared-and-scoped-keys":      {},
	"without-an-account":          {command: "curl"},
}

func TestGuidesCanBeFollowedWordByWord(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(guides + "/*.md")
	if err != nil || len(pages) != len(requirements) {
		t.Errorf("there are %d guides, want %d: %v %v", len(pages), len(requirements), pages, err)
	}
	for _, page := range pages {
		name := strings.TrimSuffix(filepath.Base(page), ".md")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blocks := blocksOf(t, page)
			r := newReader(t)
			r.requires(name)
			for _, block := range blocks {
				passed := t.Run(fmt.Sprintf("line %d", block.line), func(t *testing.T) {
					r.t = t
					r.follow(block)
				})
				if !passed {
					t.Fatal("the rest of the page needs what failed")
				}
			}
			r.t = t
			r.sentNothingInVain()
		})
	}
}

func (r *reader) requires(page string) {
	r.t.Helper()
	needed, known := requirements[page]
	if !known {
		r.t.Fatalf("what does %s need? Say so in requirements", page)
	}
	minor := needed.minor
	if r.tools.cli.IsOpenTofu() && needed.minorOfTofu > 0 {
		minor = needed.minorOfTofu
	}
	if r.tools.minor < minor {
		r.t.Skipf("the page needs 1.%d or later; this is %s", minor, r.tools.cli.Version)
	}
	if _, err := exec.LookPath(needed.command); needed.command != "" && err != nil {
		r.t.Skipf("the page needs %s: %v", needed.command, err)
	}
}

// sentNothingInVain expects that every change that was sent was made: the pages
// show no request that Didit refuses.
func (r *reader) sentNothingInVain() {
	r.t.Helper()
	byTerraform := slices.DeleteFunc(r.didit.Trail(""), func(change simulator.TrailEntry) bool { return change.Actor == "console" })
	if sent := r.didit.Count("PATCH"); sent != len(byTerraform) {
		r.t.Errorf("%d PATCH made %d changes", sent, len(byTerraform))
	}
}

func TestEverySubstitutionIsOfACommandInAGuide(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(guides + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, page := range pages {
		for _, block := range blocksOf(t, page) {
			if block.language == "console" {
				all.WriteString(block.text)
			}
		}
	}
	for _, substitution := range substitutions {
		if !strings.Contains(all.String(), substitution.command) {
			t.Errorf("no guide has the command %s any more", substitution.command)
		}
	}
}

func TestResourcePageShowsThePlanOfItsExample(t *testing.T) {
	t.Parallel()
	var shown string
	for _, block := range blocksOf(t, filepath.Join(checkout, "docs", "resources", "session_feature_status.md")) {
		if block.language == "text" {
			shown = block.text
		}
	}
	r := newReader(t)
	if r.tools.minor < 5 {
		r.t.Skipf("import blocks need 1.5 or later; this is %s", r.tools.cli.Version)
	}
	// Given the sessions that the example names
	ocr := simulator.Feature{Array: "id_verifications", NodeID: "feature_ocr_1", Status: simulator.StatusInReview}
	liveness := simulator.Feature{Array: "liveness_checks", Status: simulator.StatusInReview}
	r.didit.AddSession(simulator.Session{ID: "11111111-2222-4333-8444-555555555555", Features: []simulator.Feature{ocr}})
	r.didit.AddSession(simulator.Session{ID: "11111111-2222-4333-8444-666666666666", Features: []simulator.Feature{liveness}})

	// When the example is planned
	r.run(`export DIDIT_API_KEY=…
cp "$CHECKOUT/examples/provider/provider.tf" "$CHECKOUT/examples/resources/didit_session_feature_status/resource.tf" .
terraform init
terraform plan`)

	// Then Terraform says what the page shows
	r.expect(shown)
}
