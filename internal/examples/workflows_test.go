// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	uses   = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// workflows are those of the example, by name.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examples, "compliance-repo/.github/workflows/*.yml"))
	if err != nil || len(files) != 3 {
		t.Fatalf("found %v, %v; want plan, apply and drift", files, err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

func TestWorkflowsPinTheirActions(t *testing.T) {
	t.Parallel()
	for name, text := range workflows(t) {
		for _, use := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(use[1]) {
				t.Errorf("%s: %s is not pinned to a commit with its version beside it", name, use[1])
			}
		}
	}
}

func TestWorkflowsRunNothingThatAPullRequestCanSay(t *testing.T) {
	t.Parallel()
	for name, text := range workflows(t) {
		if strings.Contains(text, "\n  pull_request_target:") {
			t.Errorf("%s runs the configuration of any fork with the key", name)
		}
		if strings.Contains(text, "TF_VAR_") {
			t.Errorf("%s hands on something in a variable, which ends up in the plan file", name)
		}
		if !strings.Contains(text, "\npermissions: {}\n") {
			t.Errorf("%s does not begin with no permissions", name)
		}
		for _, line := range scriptLines(text) {
			if strings.Contains(line, "${{") {
				t.Errorf("%s puts an expression into a shell: %s", name, line)
			}
		}
	}
}

// scriptLines are the lines that a shell gets.
func scriptLines(workflow string) (lines []string) {
	block := -1
	for line := range strings.Lines(workflow) {
		indentation := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && (indentation > block || strings.TrimSpace(line) == "") {
			lines = append(lines, line)
			continue
		}
		block = -1
		if _, command, found := strings.Cut(line, "run: "); found {
			if strings.TrimSpace(command) == "|" {
				block = indentation
				continue
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// The artifact is made by the pull request's own code.
func TestWorkflowsTakeTheCommitOfACommentFromTheEvent(t *testing.T) {
	t.Parallel()
	plan := workflows(t)["plan.yml"]
	_, job, _ := strings.Cut(plan, "\n  comment:\n")
	if !strings.Contains(job, "COMMIT: ${{ github.event.pull_request.head.sha }}\n") || !strings.Contains(job, `echo "$COMMIT" >summary/commit`) {
		t.Errorf("the job comment does not say which commit the run is for:\n%s", job)
	}
}

// The end of an issue can be cut.
func TestWorkflowsLinkTheRunAtTheBeginningOfAnIssue(t *testing.T) {
	t.Parallel()
	if drift := workflows(t)["drift.yml"]; !strings.Contains(drift, `drift) { echo "Found by [this run]($RUN)`) {
		t.Errorf("the issue does not begin with a link:\n%s", drift)
	}
}

// GitHub and GitLab both read the file in the root, and each reads other folders that the other does not.
func TestCodeOwnersOwnEverythingButDecisions(t *testing.T) {
	t.Parallel()
	var lines []string
	for line := range strings.Lines(content(t, "compliance-repo/CODEOWNERS")) {
		if line = strings.Join(strings.Fields(line), " "); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if got, want := strings.Join(lines, "\n"), "* @example/platform\n/groups/*/decisions/"; got != want {
		t.Errorf("the owners are\n%s\nwant\n%s", got, want)
	}
	for _, folder := range []string{".github", ".gitlab", "docs"} {
		if _, err := os.Stat(filepath.Join(examples, "compliance-repo", folder, "CODEOWNERS")); err == nil {
			t.Errorf("%s/CODEOWNERS is read instead", folder)
		}
	}
}
