// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"io/fs"
	"net/url"
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
	thisRepository = regexp.MustCompile(`^https://(?:github\.com/didit-community/terraform-provider-didit/(?:tree|blob)|raw\.githubusercontent\.com/didit-community/terraform-provider-didit)/main/`)
)

// registryDocs is the registry's front page of the provider. It has no trailing slash, so
// a browser resolves a relative link on it one folder above docs/.
const registryDocs = "https://registry.terraform.io/providers/didit-community/didit/latest/docs"

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

// TestLinks_ResolveInTheRegistry resolves links as a browser does on the registry's pages,
// which have the paths of docs/ without .md. The registry has no images of its own.
func TestLinks_ResolveInTheRegistry(t *testing.T) {
	t.Parallel()
	addresses := map[string]string{}
	for _, page := range documents(t)[1:] {
		name, err := filepath.Rel(filepath.Join(checkout, "docs"), page)
		if err != nil {
			t.Fatal(err)
		}
		addresses[registryAddress(filepath.ToSlash(name))] = page
	}
	for address, page := range addresses {
		base, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(contentOf(t, page), ""), -1) {
			target, err := base.Parse(found[1])
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			section := target.Fragment
			target.Fragment = ""
			if target.Host != base.Host {
				continue
			}
			linked, isThere := addresses[strings.TrimSuffix(target.String(), ".md")]
			if !isThere {
				t.Errorf("%s: in the registry, the link %s leads to %s, which does not exist", page, found[1], target)
			} else if section != "" && !slices.Contains(sectionsOf(t, linked), section) {
				t.Errorf("%s: the page of the link %s has no such section", page, found[1])
			}
		}
	}
}

// registryAddress returns the address of a file of docs/ in the registry.
func registryAddress(name string) string {
	if name == "index.md" {
		return registryDocs
	}
	return registryDocs + "/" + strings.TrimSuffix(name, ".md")
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
