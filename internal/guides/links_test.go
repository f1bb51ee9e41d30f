// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are all files of docs/.
func pages(t *testing.T) (pages []string) {
	t.Helper()
	root := filepath.Join(checkout, "docs")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil || len(pages) < 12 {
		t.Fatalf("there are %d pages in docs/: %v", len(pages), err)
	}
	return pages
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)"`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	// thisCheckout is where links to the repository itself lead.
	thisCheckout = regexp.MustCompile(`^https://github\.com/didit-community/terraform-provider-didit/(?:tree|blob)/main/`)
)

func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range append(pages(t), filepath.Join(checkout, "README.md")) {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(contentOf(t, page), ""), -1) {
			target, section, _ := strings.Cut(found[1], "#")
			path := filepath.Join(filepath.Dir(page), target)
			switch {
			case thisCheckout.MatchString(target):
				path = filepath.Join(checkout, thisCheckout.ReplaceAllString(target, ""))
			case strings.Contains(target, "://"):
				continue
			case target == "":
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, found[1])
			} else if section != "" && !slices.Contains(sectionsOf(t, path), section) {
				t.Errorf("%s: the page of the link %s has no such section", page, found[1])
			}
		}
	}
}

// sectionsOf are the names by which a page's sections are linked.
func sectionsOf(t *testing.T, page string) (sections []string) {
	t.Helper()
	text := contentOf(t, page)
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		name := notSlug.ReplaceAllString(strings.ToLower(found[1]), "")
		sections = append(sections, strings.ReplaceAll(name, " ", "-"))
	}
	for _, found := range anchor.FindAllStringSubmatch(text, -1) {
		sections = append(sections, found[1])
	}
	return sections
}

var machinePath = regexp.MustCompile(`(?:^|[\s"'` + "`" + `=(])(/(?:root|home|Users|tmp|work|private|var/folders)/\S*)`)

func TestPagesNameNoPathOfTheMachineThatMadeThem(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, found := range machinePath.FindAllStringSubmatch(contentOf(t, page), -1) {
			t.Errorf("%s names %s", page, found[1])
		}
	}
}
