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

// documents are the README and all files of docs/.
func documents(t *testing.T) []string {
	t.Helper()
	found := []string{filepath.Join(checkout, "README.md")}
	err := filepath.WalkDir(filepath.Join(checkout, "docs"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) < 13 {
		t.Fatalf("there are %d documents: %v", len(found), err)
	}
	return found
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)"`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	// thisRepository matches links to a file or folder of the repository.
	thisRepository = regexp.MustCompile(`^https://github\.com/didit-community/terraform-provider-didit/(?:tree|blob)/main/`)
)

func TestLinks_LeadToFilesAndSections(t *testing.T) {
	t.Parallel()
	for _, page := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(contentOf(t, page), ""), -1) {
			target, section, _ := strings.Cut(found[1], "#")
			path := filepath.Join(filepath.Dir(page), target)
			switch {
			case thisRepository.MatchString(target):
				path = filepath.Join(checkout, thisRepository.ReplaceAllString(target, ""))
			case strings.Contains(target, "://"):
				continue
			case target == "":
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: there is no file for the link %s", page, found[1])
			} else if section != "" && !slices.Contains(sectionsOf(t, path), section) {
				t.Errorf("%s: the page of the link %s has no such section", page, found[1])
			}
		}
	}
}

// sectionsOf returns the names by which a page's sections are linked.
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

func TestDocuments_NameNoPathOfTheBuildMachine(t *testing.T) {
	t.Parallel()
	for _, page := range documents(t) {
		for _, found := range machinePath.FindAllStringSubmatch(contentOf(t, page), -1) {
			t.Errorf("%s names %s", page, found[1])
		}
	}
}
