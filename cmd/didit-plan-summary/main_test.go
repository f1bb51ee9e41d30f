// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sessionID = "11111111-2222-4333-8444-555555555555"

// planOf returns the JSON of a plan that decides a session and an AML hit: each with an
// action, and a value before and after.
func planOf(session, hit [3]string) string {
	change := func(resourceType, attribute, more string, is [3]string) string {
		side := func(value string) string {
			return `{"session_id":"` + sessionID + `",` + more + `"` + attribute + `":"` + value + `"}`
		}
		return `{"address":"` + resourceType + `.it","mode":"managed","type":"` + resourceType + `","provider_name":"registry.terraform.io/didit-community/didit","change":{"actions":["` + is[0] + `"],"before":` + side(is[1]) + `,"after":` + side(is[2]) + `}}`
	}
	return `{"format_version":"1.2","planned_values":{},"resource_changes":[` + change("didit_session_status", "status", "", session) + "," +
		change("didit_session_aml_hit_status", "review_status", `"node_id":"feature_aml_1","hit_id":"hit_1",`, hit) + `]}`
}

var (
	declining = planOf([3]string{"update", "In Review", "Declined"}, [3]string{"update", "Unreviewed", "Inconclusive"})
	approving = planOf([3]string{"update", "In Review", "Approved"}, [3]string{"update", "Unreviewed", "Inconclusive"})
	hitDone   = planOf([3]string{"update", "In Review", "Declined"}, [3]string{"no-op", "Inconclusive", "Inconclusive"})
)

type result struct {
	code           int
	stdout, stderr string
}

func runWith(stdin string, args ...string) result {
	var stdout, stderr strings.Builder
	code := run(args, strings.NewReader(stdin), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func requireFile(t *testing.T, path, want string) {
	t.Helper()
	if content, err := os.ReadFile(path); err != nil || string(content) != want {
		t.Errorf("the file has %q (%v), want %q", content, err, want)
	}
}

func TestRun_ReadsThePlanFromStandardInputOrAFile(t *testing.T) {
	t.Parallel()
	piped, dashed, named := runWith(declining), runWith(declining, "-"), runWith("", file(t, declining))

	if piped.code != 0 || piped != dashed || piped != named {
		t.Errorf("piped: %+v, with -: %+v, named: %+v", piped, dashed, named)
	}
	if !strings.HasPrefix(piped.stdout, "## Didit decisions in this plan\n") || piped.stderr != "" {
		t.Errorf("got %+v, want Markdown and nothing else", piped)
	}
}

func TestRun_WritesToTheFileOfOut(t *testing.T) {
	t.Parallel()
	want := runWith(declining, "-format", "json")
	path := file(t, "what was there before")

	if got := runWith(declining, "-format=json", "-out", path); got.code != 0 || got.stdout != "" {
		t.Errorf("got %+v, want nothing on standard output", got)
	}
	requireFile(t, path, want.stdout)
	if !strings.HasPrefix(want.stdout, "{") {
		t.Errorf("got %q, want JSON", want.stdout)
	}
}

func TestRun_GroupAndSessionURLAreShown(t *testing.T) {
	t.Parallel()
	flags := []string{"-group", "2026-q4", "-session-url", "https://example.com/{session_id}"}
	text := runWith(declining, flags...).stdout
	reviewed := file(t, runWith(declining, append(flags, "-format", "json")...).stdout)
	difference := runWith(approving, append(flags, "-compare", reviewed)...).stdout

	for _, part := range []string{"## Didit decisions in this plan: group `2026-q4`\n", "### Session [`" + sessionID + "`](https://example.com/" + sessionID + ")\n"} {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in:\n%s", part, text)
		}
	}
	for _, part := range []string{"reviewed one: group `2026-q4`\n", "| now | [`" + sessionID + "`](https://example.com/"} {
		if !strings.Contains(difference, part) {
			t.Errorf("there is no %q in:\n%s", part, difference)
		}
	}
}

func TestRun_ExitCodeOfCompare(t *testing.T) {
	t.Parallel()
	reviewed := file(t, runWith(declining, "-format", "json").stdout)
	for name, test := range map[string]struct {
		plan    string
		code    int
		heading string
	}{
		"the same":    {declining, 0, "## The plan is the reviewed one\n"},
		"another":     {approving, 3, "## The plan differs from the reviewed one\n"},
		"with errors": {strings.Replace(declining, `{`, `{"errored":true,`, 1), 3, "## The plan differs from the reviewed one\n\n⛔ **The plan has errors.**"},
		"partly done": {hitDone, 4, "## The plan is the rest of the reviewed one\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "difference.md")

			got := runWith(test.plan, "-compare", reviewed)
			toFile := runWith(test.plan, "-compare", reviewed, "-out", path)

			if got.code != test.code || toFile.code != test.code || !strings.HasPrefix(got.stdout, test.heading) {
				t.Errorf("got %+v, want %d and %q", got, test.code, test.heading)
			}
			requireFile(t, path, got.stdout)
		})
	}
}

func TestRun_BadInputIsOneErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	reviewed := file(t, runWith(declining, "-format", "json", "-group", "a").stdout)
	forged := strings.Replace(declining, `"address":"didit_session_status.it"`, `"address":"x\n::error::a\r##[error]b"`, 1)
	for name, test := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"no plan":              {"", nil, "the plan in standard input: it is empty"},
		"a plan file":          {"", []string{file(t, "PK\x03\x04")}, "it is a plan file; pass the output of terraform show -json"},
		"no file":              {"", []string{"missing.json"}, "reading the plan: open missing.json"},
		"no reviewed file":     {declining, []string{"-compare", "missing.json"}, "reading the reviewed summary: open missing.json"},
		"reviewed is a plan":   {declining, []string{"-compare", file(t, declining)}, "it is JSON, but not of a summary"},
		"reviewed is older":    {declining, []string{"-compare", file(t, `{"format":2,"decisions":[]}`)}, "it has format 2, but this version of didit-plan-summary reads format 3"},
		"another group":        {declining, []string{"-compare", reviewed, "-group", "b"}, `it is of group "a", but this plan is of group "b"; pass`},
		"no group":             {declining, []string{"-compare", reviewed}, `it is of group "a", but this plan is of group "";`},
		"the wrong way round":  {runWith(declining, "-format", "json").stdout, []string{"-compare", reviewed}, "the plan in standard input: it cannot be read as the JSON of a plan"},
		"no folder for -out":   {declining, []string{"-out", filepath.Join(t.TempDir(), "none", "out.md")}, "writing -out"},
		"an unknown format":    {declining, []string{"-format", "yaml"}, `-format "yaml" is neither markdown nor json`},
		"JSON of a difference": {declining, []string{"-format", "json", "-compare", reviewed}, "-compare writes Markdown only"},
		"a size too small":     {declining, []string{"-size", "10"}, "-size 10 is too small; give at least 5000"},
		"plain http":           {declining, []string{"-session-url", "http://example.com/{session_id}"}, "for flag -session-url: it has to begin with https://"},
		"no placeholder":       {declining, []string{"-session-url", "https://example.com/"}, "for flag -session-url: it lacks {session_id}"},
		"an unknown flag":      {declining, []string{"-colour"}, "-colour (see -help)"},
		"a flag too late":      {"", []string{file(t, declining), "-format", "json"}, `unexpected argument "-format": put flags before the plan`},
		"a forged command":     {strings.Replace(forged, `["update"]`, `["freeze"]`, 1), nil, "x ⏎ ::error::a ⏎ #\u200b#\u200b[error]b: this version of didit-plan-summary does not know the action"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runWith(test.stdin, test.args...)

			if got.code != 1 || got.stdout != "" || !strings.HasPrefix(got.stderr, "didit-plan-summary: ") || !strings.Contains(got.stderr, test.want) {
				t.Errorf("got %+v, want 1 and %q", got, test.want)
			}
			if strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("the error has several lines: %q", got.stderr)
			}
		})
	}
}

func TestRun_BadInputLeavesTheFileOfOutAsItWas(t *testing.T) {
	t.Parallel()
	path := file(t, "what was there before")

	if got := runWith("no plan", "-out", path); got.code != 1 {
		t.Errorf("got %+v, want 1", got)
	}
	requireFile(t, path, "what was there before")
}

func TestRun_OutputHasNoCommandsForACIService(t *testing.T) {
	t.Parallel()
	const hostile = `x\n::error::a\r\n##[error]b\u2028::set-output name=c::d ##vso[task.complete]`
	plan := strings.ReplaceAll(strings.ReplaceAll(declining, "hit_1", hostile), "Declined", hostile)
	group := "x\n::error::a\n##[error]b"
	reviewed := file(t, runWith(declining, "-format", "json", "-group", group).stdout)
	for name, args := range map[string][]string{
		"Markdown":   {"-group", group},
		"JSON":       {"-group", group, "-format", "json"},
		"difference": {"-group", group, "-compare", reviewed},
		"error":      {"-compare", reviewed},
	} {
		got := runWith(plan, args...)
		if !strings.Contains(got.stdout+got.stderr, "::error::a") {
			t.Errorf("%s: the hostile text is not in the output: %+v", name, got)
		}
		for line := range strings.Lines(got.stdout + got.stderr) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
				t.Errorf("%s: the line %q is a command", name, line)
			}
		}
	}
}

func TestRun_HelpNamesEveryFlagAndExitCode(t *testing.T) {
	t.Parallel()
	got := runWith("", "-help")

	if got.code != 0 || got.stderr != "" {
		t.Errorf("got %+v, want help and 0", got)
	}
	for _, part := range []string{"-compare", "-format", "-group", "-out", "-session-url", "-size", "-version", "\n  0  ", "\n  1  ", "\n  3  ", "\n  4  ", "terraform show -json"} {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("the help lacks %q:\n%s", part, got.stdout)
		}
	}
}
