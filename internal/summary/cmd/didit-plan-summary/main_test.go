// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	step = `"session_id":"11111111-2222-4333-8444-555555555555","node_id":"feature_ocr_1","feature_type":"ID_VERIFICATION"`
	head = `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"didit_session_feature_status.ocr","mode":"managed","type":"didit_session_feature_status",` +
		`"change":{"actions":["update"],"before":{` + step + `,"status":"In Review"},"after":{` + step + `,"status":`
	declining = head + `"Declined"}}}]}`
	approving = head + `"Approved"}}}]}`
)

type outcome struct {
	code           int
	stdout, stderr string
}

func runWith(stdin string, args ...string) outcome {
	var stdout, stderr strings.Builder
	code := run(args, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlanIsReadFromStandardInputOrAFile(t *testing.T) {
	t.Parallel()
	piped, dashed, named := runWith(declining), runWith(declining, "-"), runWith("", file(t, declining))

	if piped.code != 0 || piped != dashed || piped != named {
		t.Errorf("piped: %+v, with -: %+v, named: %+v", piped, dashed, named)
	}
	if !strings.HasPrefix(piped.stdout, "## Didit decisions in this plan\n") || piped.stderr != "" {
		t.Errorf("got %+v, want Markdown and nothing else", piped)
	}
}

func TestOutTakesWhatElseGoesToStandardOutput(t *testing.T) {
	t.Parallel()
	want := runWith(declining, "-format", "json")
	path := file(t, "what was there before")

	if got := runWith(declining, "-format=json", "-out", path); got.code != 0 || got.stdout != "" {
		t.Errorf("got %+v, want nothing on standard output", got)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != want.stdout || !strings.HasPrefix(want.stdout, "{") {
		t.Errorf("the file has %q (%v), want %q", content, err, want.stdout)
	}
}

func TestCompareEndsWithThreeWhereSomethingElseIsPlanned(t *testing.T) {
	t.Parallel()
	reviewed := file(t, runWith(declining, "-format", "json").stdout)
	errored := strings.Replace(declining, `{`, `{"errored":true,`, 1)
	for name, test := range map[string]struct {
		plan  string
		code  int
		heads string
	}{
		"the same":    {declining, 0, "## The plan is the reviewed one"},
		"another":     {approving, 3, "## The plan differs from the reviewed one"},
		"with errors": {errored, 3, "## The plan differs from the reviewed one\n\n⛔ **The plan has errors.**"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "difference.md")

			got := runWith(test.plan, "-compare", reviewed)
			toFile := runWith(test.plan, "-compare", reviewed, "-out", path)

			if got.code != test.code || toFile.code != test.code || !strings.HasPrefix(got.stdout, test.heads) {
				t.Errorf("got %+v, want %d and %q", got, test.code, test.heads)
			}
			if content, err := os.ReadFile(path); err != nil || string(content) != got.stdout {
				t.Errorf("the file has %q (%v)", content, err)
			}
		})
	}
}

func TestBadInputEndsWithOneAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	reviewed := file(t, runWith(declining, "-format", "json").stdout)
	for name, test := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"no plan":               {"", nil, "the plan in standard input: it is empty"},
		"a file that is none":   {"", []string{file(t, "PK\x03\x04")}, "it is a plan file itself"},
		"no file":               {"", []string{"missing.json"}, "reading the plan: open missing.json"},
		"no reviewed file":      {declining, []string{"-compare", "missing.json"}, "reading the reviewed summary: open missing.json"},
		"reviewed is a plan":    {declining, []string{"-compare", file(t, declining)}, "it is JSON, but not of a summary"},
		"both ways round":       {runWith(declining, "-format", "json").stdout, []string{"-compare", reviewed}, "the plan in standard input: it cannot be read as the JSON of a plan"},
		"no folder for -out":    {declining, []string{"-out", filepath.Join(t.TempDir(), "none", "out.md")}, "writing -out"},
		"another format":        {declining, []string{"-format", "yaml"}, `-format "yaml" is neither markdown nor json`},
		"JSON of a difference":  {declining, []string{"-format", "json", "-compare", reviewed}, "-compare writes Markdown only"},
		"a page that is no one": {declining, []string{"-size", "10"}, "-size 10 is less than 4000"},
		"an unknown flag":       {declining, []string{"-colour"}, "-colour (see -help)"},
		"a flag too late":       {"", []string{file(t, declining), "-format", "json"}, `unexpected argument "-format": flags come before the plan`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runWith(test.stdin, test.args...)

			if got.code != 1 || got.stdout != "" || !strings.HasPrefix(got.stderr, "didit-plan-summary: ") || !strings.Contains(got.stderr, test.want) {
				t.Errorf("got %+v, want 1 and %q", got, test.want)
			}
		})
	}
}

func TestBadInputLeavesTheFileOfOutAsItWas(t *testing.T) {
	t.Parallel()
	path := file(t, "what was there before")

	if got := runWith("no plan", "-out", path); got.code != 1 {
		t.Errorf("got %+v, want 1", got)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "what was there before" {
		t.Errorf("the file has %q (%v)", content, err)
	}
}

func TestHelpNamesEveryFlagAndExitCode(t *testing.T) {
	t.Parallel()
	got := runWith("", "-help")

	if got.code != 0 || got.stderr != "" {
		t.Errorf("got %+v, want help and 0", got)
	}
	for _, part := range []string{"-format", "-out", "-compare", "-size", "\n  0  ", "\n  1  ", "\n  3  ", "terraform show -json"} {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("the help lacks %q:\n%s", part, got.stdout)
		}
	}
}
