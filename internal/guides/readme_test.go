// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/pages"
)

const (
	install = "<!-- test: an empty folder -->\n```console\nmake -C \"$CHECKOUT\" install\n```\n"
	// logged plans the README's example as a pipeline does, whose comment has warnings, too.
	logged = "\n```console\nterraform plan -json -out=logged.tfplan >plan.jsonl\n```\n"
	// summary prints the comment of a pull request with that plan.
	summary = "\n```console\n" + `go -C "$CHECKOUT" build -buildvcs=false -o "$HOME/bin/" ./cmd/didit-decisions
terraform show -json logged.tfplan | didit-decisions summary - --log plan.jsonl` + "\n```\n"
)

func TestReadme_ExampleGivesTheCommentThatItShows(t *testing.T) {
	t.Parallel()
	// Given the simulator that a reader starts
	r := newReader(t)
	page := contentOf(t, filepath.Join(checkout, "README.md"))
	_, section, isThere := strings.Cut(page, "\n## Use it\n")
	section, _, _ = strings.Cut(section, "\n## ")
	planned, applied, isApplied := strings.Cut(section, "\n```console\nterraform apply")
	blocks, err := pages.Parse(install + planned + logged + "\n```console\nterraform apply" + applied + summary)
	if err != nil || !isThere || !isApplied || !strings.Contains(section, "```text") {
		t.Fatal("the README has no such section", err)
	}

	// When a reader follows the section, and prints the summary of its plan
	r.follow(blocks)

	// Then it is the comment at the beginning of the page, and the apply has made all changes
	_, printed, _ := strings.Cut(r.Output, "## Didit decisions\n\n")
	if shown := quotation(page); shown == "" || shown != strings.TrimSpace(printed) {
		t.Errorf("the README shows\n%s\n\nbut the summary is\n%s", shown, printed)
	}
	if changes := len(r.Didit.Trail("")); changes != 3 {
		t.Errorf("%d changes were made, want 3", changes)
	}
}

func TestFrontPage_ShowsPlanOfItsExample(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	_, section, isThere := strings.Cut(contentOf(t, filepath.Join(checkout, "docs", "index.md")), "\n## Example Usage\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, name := range []string{"# provider.tf\n", "# decision.tf\n"} {
		section = strings.Replace(section, "```terraform\n", "```hcl\n"+name, 1)
	}
	blocks, err := pages.Parse(install + section)
	if err != nil || !isThere || !strings.Contains(section, "```text") {
		t.Fatal("the page has no such section", err)
	}

	r.follow(blocks)
}

func TestFrontPage_ListsEveryGuide(t *testing.T) {
	t.Parallel()
	index := contentOf(t, filepath.Join(checkout, "docs", "index.md"))
	for _, guide := range allGuides(t) {
		name := strings.TrimSuffix(filepath.Base(guide), ".md")
		if rows := strings.Count(index, "]("+registryDocs+"/guides/"+name+") |"); rows != 1 {
			t.Errorf("the table of guides has %d rows of %s", rows, name)
		}
	}
}

func TestMakeInstall_SaysWhatToDeleteAfterReplacingABuild(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	const advice = "delete .terraform.lock.hcl"

	for i, text := range []string{install, install} {
		blocks, err := pages.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		r.follow(blocks)
		if isAdvised := strings.Contains(r.Output, advice); isAdvised != (i > 0) {
			t.Errorf("install number %d printed\n%s", i+1, r.Output)
		}
	}
}

// quotation returns the quoted lines of a page.
func quotation(page string) string {
	var quoted []string
	for line := range strings.Lines(page) {
		if rest, isQuoted := strings.CutPrefix(line, ">"); isQuoted {
			quoted = append(quoted, strings.TrimSpace(rest))
		}
	}
	return strings.Join(quoted, "\n")
}

// TestReadme_IsShort keeps the first page readable in five minutes.
func TestReadme_IsShort(t *testing.T) {
	t.Parallel()
	if words := len(strings.Fields(contentOf(t, filepath.Join(checkout, "README.md")))); words > 1000 {
		t.Errorf("the README has %d words, at most 1000 are wanted", words)
	}
}
