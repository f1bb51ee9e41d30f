// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// declined is the JSON of a plan that declines this session.
func declined(session string) string {
	return fmt.Sprintf(`{"format_version": "1.2", "planned_values": {}, "configuration": {}, "resource_changes": [{
  "address": "didit_session_status.it", "mode": "managed", "type": "didit_session_status", "provider_name": "registry.terraform.io/didit-community/didit",
  "change": {"actions": ["create"], "before": null, "after": {"session_id": %q, "from": "In Review", "status": "Declined", "comment": "A specimen document.", "outcome": "stands"}}
}]}`, session)
}

const (
	one = "11111111-2222-4333-8444-000000000001"
	two = "11111111-2222-4333-8444-000000000002"

	refusal = `{"@level":"info","@message":"Terraform 1.11.4","type":"version"}` + "\n" +
		`{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"Session not found","detail":"Check the ID."}}` + "\n"
)

// requireParts checks the output of a command that succeeds.
func requireParts(t *testing.T, got result, parts ...string) {
	t.Helper()
	if got.code != 0 || got.stderr != "" {
		t.Fatalf("got code %d, messages\n%s", got.code, got.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("there is no %q in:\n%s", part, got.stdout)
		}
	}
}

func TestSummary_ReadsPlanLogAndFilesOfTheGroup(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "plan.json", declined(one))
	write(t, directory, "plan.jsonl", refusal)
	write(t, directory, "groups/2026/decisions/bad.yaml", strings.Replace(undecided, one, two, 1))
	plan, log := filepath.Join(directory, "plan.json"), filepath.Join(directory, "plan.jsonl")

	requireParts(t, runWith(t, "summary", plan, "--log", log, "--group", "2026", "-C", directory, "--session-url", "https://example.com/{session_id}"),
		"## Didit decisions: group `2026`\n", "⛔ **Refused (1)**\n\n- `Session not found: Check the ID.`\n", "`groups/2026/decisions/bad.yaml:2:",
		"### `one.yaml`, session [`"+one+"`](https://example.com/"+one+")\n", "| **session** | `In Review` | `Declined` | `A specimen document.` | — |  |\n")
	requireParts(t, runWith(t, "summary", "--log", log), "⛔ **There is no plan.**", "`Session not found: Check the ID.`")
	write(t, directory, "empty.json", "")
	empty := filepath.Join(directory, "empty.json")
	requireParts(t, runWith(t, "summary", empty, "--log", log), "⛔ **There is no plan.**", "`Session not found: Check the ID.`")
	if got := runWith(t, "summary", empty); got.code != 3 || !strings.Contains(got.stderr, "it is empty") {
		t.Errorf("an empty plan without a log: code %d, %s", got.code, got.stderr)
	}
}

func TestSummary_MarksWhatAPullRequestDoesNotExplain(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	plans := t.TempDir()
	write(t, plans, "one.json", declined(one))
	write(t, plans, "two.json", declined(two))
	git(t, directory, "checkout", "--quiet", "case-2", "--", "groups")
	of := func(plan string) result {
		return runWith(t, "summary", filepath.Join(plans, plan), "--group", "2026", "--since", "HEAD", "-C", directory)
	}

	requireParts(t, of("one.json"), "| ⚠️ not of this pull request |")
	requireParts(t, of("two.json"), "### `two.yaml`, session", "| `A specimen document.` | — |  |")
}

// The function reads the files of one group: it leaves out both files of a session, but not one of another group.
func TestSummary_ValidFilesAreThoseOfTheFunction(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "groups/kyb/main.tf", "")
	write(t, directory, "groups/kyb/decisions/twin.yaml", caseOne)
	write(t, directory, "plan.json", declined(one))
	of := func() result {
		return runWith(t, "summary", filepath.Join(directory, "plan.json"), "--group", "kyb", "-C", directory)
	}

	requireParts(t, of(), "### `twin.yaml`, session", "| `A specimen document.` | — |  |", "`groups/kyb/decisions/twin.yaml:1:1: session "+one+" is in groups/2026/decisions/one.yaml, too")
	write(t, directory, "groups/kyb/decisions/twin-2.yaml", caseOne)
	requireParts(t, of(), "### ⚠️ Session `"+one+"`", "| ⚠️ in no valid file |")
}

func TestSummary_SeveralPlansAreOnePage(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "groups/kyb/main.tf", "")
	write(t, directory, "groups/kyb/decisions/two.yaml", caseTwo)
	plans := t.TempDir()
	write(t, plans, "1.json", declined(one))
	write(t, plans, "2.json", declined(two))

	requireParts(t, runWith(t, "summary", filepath.Join(plans, "1.json"), filepath.Join(plans, "2.json"), "--group", "2026", "--group", "kyb", "-C", directory),
		"## Didit decisions: group `2026`\n", "### `one.yaml`", "## Didit decisions: group `kyb`\n", "### `two.yaml`")
}

func TestSummary_FullCutsNothing(t *testing.T) {
	t.Parallel()
	var changes []string
	for i := range 100 {
		_, after, _ := strings.Cut(declined(fmt.Sprintf("11111111-2222-4333-8444-%012d", i)), `"resource_changes": [`)
		changes = append(changes, strings.Replace(strings.TrimSuffix(after, "]}"), ".it", fmt.Sprintf(".it[%d]", i), 1))
	}
	plan := `{"format_version": "1.2", "planned_values": {}, "configuration": {}, "resource_changes": [` + strings.Join(changes, ",") + "]}"
	of := func(args ...string) result {
		var stdout, stderr strings.Builder
		code := run(t.Context(), append([]string{"summary", "-"}, args...), strings.NewReader(plan), &stdout, &stderr)
		return result{code, stdout.String(), stderr.String()}
	}

	requireParts(t, of("--size", "5000"), "⚠️ **Cut: ", " of 100 decisions are missing on this page")
	if whole := of("--full"); strings.Contains(whole.stdout, "Cut") || strings.Count(whole.stdout, "| **session** |") != 100 {
		t.Errorf("got %+v", whole)
	}
}

func TestSummary_UsageErrors(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "plan.json", declined(one))
	write(t, directory, "odd.json", strings.Replace(declined(one), `"create"`, `"odd"`, 1))
	plan := filepath.Join(directory, "plan.json")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":           {nil, "name the JSON of a plan, or a log with --log"},
		"no such plan":      {[]string{filepath.Join(directory, "none.json")}, "reading the plan: open "},
		"not a plan":        {[]string{filepath.Join(directory, "groups/2026/decisions/one.yaml")}, "the plan in " + directory + "/groups/2026/decisions/one.yaml: it does not begin with JSON"},
		"nothing on stdin":  {[]string{"-"}, "the plan in standard input: it is empty"},
		"not a log":         {[]string{plan, "--log", plan}, "the log in " + plan + ": "},
		"a newer plan":      {[]string{filepath.Join(directory, "odd.json")}, "the plan in " + directory + "/odd.json: didit_session_status.it: this version of didit-decisions does not know the action"},
		"no such group":     {[]string{plan, "--group", "2025", "-C", directory}, "there is no group 2025 in " + directory + "/groups"},
		"no repository":     {[]string{plan, "--group", "2026", "-C", t.TempDir()}, "there is no folder groups"},
		"too many groups":   {[]string{plan, "--group", "2025", "--group", "2026"}, "there are 1 plans and 2 groups: give --group once for each plan, in the same order"},
		"too few logs":      {[]string{plan, plan, "--log", "x"}, "there are 2 plans and 1 logs: give --log once"},
		"since alone":       {[]string{plan, "--since", "HEAD"}, "--since compares decision files: give --group, too"},
		"empty variables":   {[]string{"", "--log", ""}, "a PLAN, --log or --group is empty: see whether a variable is"},
		"an empty log":      {[]string{plan, "--log", ""}, "a PLAN, --log or --group is empty"},
		"an empty group":    {[]string{plan, "--group", ""}, "a PLAN, --log or --group is empty"},
		"an empty commit":   {[]string{plan, "--group", "2026", "--since", "", "-C", directory}, `there is no commit ""`},
		"no such commit":    {[]string{plan, "--group", "2026", "--since", "none", "-C", directory}, `there is no commit "none"`},
		"too small":         {[]string{plan, "--size", "100"}, "--size 100 is too small: give at least 5000"},
		"full and small":    {[]string{plan, "--size", "9000", "--full"}, "if any flags in the group [full size] are set none of the others can be"},
		"a session without": {[]string{plan, "--session-url", "https://example.com/"}, "--session-url: write it like 'https://example.com/sessions/{session_id}'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runWith(t, append([]string{"summary"}, test.args...)...)
			if got.code != 3 || got.stdout != "" || !strings.HasPrefix(got.stderr, "didit-decisions: "+test.want) {
				t.Errorf("got %+v, want %q", got, test.want)
			}
		})
	}
}
