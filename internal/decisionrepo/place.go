// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisionrepo knows a repository of decisions: its groups, the places of its files, and
// git. It knows neither Terraform nor Didit's API.
//
// A group is a folder groups/GROUP with a main.tf. Its decision files are
// groups/GROUP/decisions/NAME.yaml. Nothing else may be below groups/ but what isGroupFile and
// isScratch name, so that no decision is overlooked.
package decisionrepo

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	groupsFolder = "groups"
	nameRule     = "a name has a to z, A to Z, 0 to 9, '.', '_' and '-' only, and begins with a letter or a digit"
)

// A name without other characters is the same on every file system, in every shell and in every
// Unicode form. One that begins with a dot is hidden from people; one that begins with a hyphen is
// an option to a command.
const namePattern = `[A-Za-z0-9][A-Za-z0-9._-]*`

var validName = regexp.MustCompile("^" + namePattern + "$").MatchString

// isDecision reports whether a path, with slashes and relative to the repository, is the place of a
// decision file. groupOf returns its group.
var isDecision = regexp.MustCompile("^groups/" + namePattern + "/decisions/" + namePattern + `\.yaml$`).MatchString

// groupOf returns the group whose folder a path is in, or an empty text if it is in none.
func groupOf(file string) string {
	parts := strings.SplitN(file, "/", 3)
	if len(parts) < 3 || parts[0] != groupsFolder {
		return ""
	}
	return parts[1]
}

// mainFile returns the path of the file that makes a folder a group.
func mainFile(group string) string { return path.Join(groupsFolder, group, "main.tf") }

// closedFile returns the path of the file that closes a group.
func closedFile(group string) string { return path.Join(groupsFolder, group, "closed") }

// inDecisions reports whether a path is the folder decisions of a group, or anything in it.
func inDecisions(file string) bool {
	parts := strings.SplitN(file, "/", 4)
	return len(parts) > 2 && parts[0] == groupsFolder && parts[2] == "decisions"
}

// isGroupFile reports whether a regular file of this name may be in the folder of a group.
func isGroupFile(name string) bool {
	return slices.Contains([]string{".terraform.lock.hcl", "README.md", "closed"}, name) || validName(name) && path.Ext(name) == ".tf"
}

// isScratch reports whether a name is of something that Terraform, a pipeline or macOS leaves
// behind in a working tree. Git ignores it, so it is left alone. What Terraform reads is never
// scratch, such as plan.json.yaml.
func isScratch(name string, isFolder bool) bool {
	patterns := []string{".DS_Store", ".terraform", "*.tfstate", "*.tfstate.*", "*.tfplan", "tfplan", "plan.json*", "crash.log", "crash.*.log"}
	if isFolder {
		patterns = []string{".terraform", "terraform.tfstate.d"}
	}
	return !isYAML(name) && path.Ext(name) != ".tf" && slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, _ := path.Match(pattern, name)
		return matched
	})
}

func isYAML(name string) bool {
	extension := strings.ToLower(path.Ext(name))
	return extension == ".yaml" || extension == ".yml"
}

// Shown returns a path for a message: in quotes, with escapes, if it has characters that cannot be
// printed, or begins like a command to GitHub.
func Shown(name string) string {
	quoted := strconv.Quote(name)
	if quoted != `"`+name+`"` || strings.HasPrefix(strings.TrimSpace(name), "::") {
		return quoted
	}
	return name
}
