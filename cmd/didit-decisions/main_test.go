// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "Officer", "GIT_AUTHOR_EMAIL": "officer@example.com", "GIT_COMMITTER_NAME": "Officer", "GIT_COMMITTER_EMAIL": "officer@example.com",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

const (
	caseOne   = "session_id: 11111111-2222-4333-8444-000000000001\nsession: {from: In Review, to: Declined, comment: A specimen document.}\n"
	caseTwo   = "session_id: 11111111-2222-4333-8444-000000000002\nsession: {from: In Review, to: Declined, comment: A specimen document.}\n"
	undecided = "session_id: 11111111-2222-4333-8444-000000000001\nsession: {from: In Review, to: 100%}\n"
)

// repository is a working tree with one group of one decision, and its branch that has another.
func repository(t *testing.T) (directory string) {
	t.Helper()
	directory = t.TempDir()
	write(t, directory, "groups/2026/main.tf", "")
	write(t, directory, "groups/2026/decisions/one.yaml", caseOne)
	git(t, directory, "init", "--quiet", "--initial-branch=main")
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=Decide")
	git(t, directory, "checkout", "--quiet", "-b", "case-2")
	write(t, directory, "groups/2026/decisions/two.yaml", caseTwo)
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=Decide case 2")
	git(t, directory, "checkout", "--quiet", "main")
	return directory
}

func git(t *testing.T, directory string, args ...string) {
	t.Helper()
	if output, err := exec.Command("git", append([]string{"-C", directory}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

func write(t *testing.T, directory, file, text string) {
	t.Helper()
	file = filepath.Join(directory, file)
	err := os.MkdirAll(filepath.Dir(file), 0o750)
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

type result struct {
	code           int
	stdout, stderr string
}

func runWith(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr strings.Builder
	code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

func require(t *testing.T, got, want result) {
	t.Helper()
	if got != want {
		t.Errorf("got code %d, output\n%s\nmessages\n%s\nwant code %d, output\n%s\nmessages\n%s", got.code, got.stdout, got.stderr, want.code, want.stdout, want.stderr)
	}
}

func TestRun_UsageErrorsNameTheHelp(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"valid":                       `didit-decisions: unknown command "valid" for "didit-decisions" Did you mean this? validate` + "\nSee: didit-decisions --help\n",
		"validate x":                  `didit-decisions: unknown command "x" for "didit-decisions validate"` + "\nSee: didit-decisions validate --help\n",
		"checkout":                    "didit-decisions: accepts 1 arg(s), received 0\nSee: didit-decisions checkout --help\n",
		"groups --until x":            "didit-decisions: unknown flag: --until\nSee: didit-decisions groups --help\n",
		"validate --annotate=unknown": "didit-decisions: --annotate=unknown: the only service is github\n",
	} {
		require(t, runWith(t, strings.Fields(args)...), result{code: 3, stderr: want})
	}
}

func TestRun_FailureIsOneLineThatNoServiceTakesForACommand(t *testing.T) {
	t.Parallel()
	got := runWith(t, "validate", "--directory", "none\n::error::\x1b[2J##[add-mask]x")
	if got.code != 3 || strings.Count(got.stderr, "\n") != 1 || strings.Contains(got.stderr, "\x1b") || strings.Contains(got.stderr, "##[") || !strings.HasPrefix(got.stderr, "didit-decisions: ") {
		t.Errorf("got %+v", got)
	}
}

func TestRun_EveryCommandHasHelpAndCompletion(t *testing.T) {
	t.Parallel()
	for _, command := range rootCommand().Commands() {
		if help := runWith(t, command.Name(), "--help"); help.code != 0 || !strings.Contains(help.stdout, "Usage:") || command.Short == "" {
			t.Errorf("%s: %+v", command.Name(), help)
		}
		if command.Name() != "version" && command.Example == "" {
			t.Errorf("%s has no example", command.Name())
		}
	}
	if help := runWith(t); help.code != 0 || !strings.Contains(help.stdout, "Exit codes:") {
		t.Errorf("got %+v", help)
	}
	if script := runWith(t, "completion", "bash"); script.code != 0 || !strings.Contains(script.stdout, "didit-decisions") {
		t.Errorf("got %+v", script)
	}
}

func TestVersion_PrintsVersionAndCommit(t *testing.T) {
	t.Parallel()
	require(t, runWith(t, "version"), result{stdout: "didit-decisions dev (unknown)\n"})
}

func TestSchema_IsThatOfDecisionFiles(t *testing.T) {
	t.Parallel()
	require(t, runWith(t, "schema"), result{stdout: string(decisionfile.Schema())})
}

func TestValidate_PrintsProblemsInOrder(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	require(t, runWith(t, "-C", directory, "validate"), result{stderr: "decision files: 1, open groups: 1, problems: 0\n"})

	write(t, directory, "groups/2026/decisions/one.yaml", undecided)
	write(t, directory, "groups/2026/x\n::error::y", "")
	got := runWith(t, "validate", "-C", directory)
	lines := strings.Split(got.stdout, "\n")
	if got.code != 1 || got.stderr != "decision files: 1, open groups: 1, problems: 2\n" || len(lines) != 3 ||
		!strings.HasPrefix(lines[0], "groups/2026/decisions/one.yaml:2:32: session.to: ") ||
		!strings.HasPrefix(lines[1], `"groups/2026/x\n::error::y":1:1: has no place`) {
		t.Errorf("got %+v", got)
	}
}

func TestValidate_AnnotatesTheDiffOnGitHub(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "groups/2026/decisions/one.yaml", undecided)
	write(t, directory, "groups/2026/x\n::error::y,z%0A", "")

	got := runWith(t, "-C", directory, "validate", "--annotate=github")
	lines := strings.Split(got.stdout, "\n")
	if got.code != 1 || len(lines) != 3 ||
		!strings.HasPrefix(lines[0], "::error file=groups/2026/decisions/one.yaml,line=2,col=32,title=Decision file::session.to: ") || !strings.Contains(lines[0], "100%25") ||
		!strings.HasPrefix(lines[1], "::error file=groups/2026/x%0A%3A%3Aerror%3A%3Ay%2Cz%250A,line=1,col=1,title=Decision file::has no place") {
		t.Errorf("got %+v", got)
	}
}

func TestGroups_ListsOpenGroups(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	write(t, directory, "groups/2025/closed", "")
	write(t, directory, "groups/kyb/main.tf", "")
	require(t, runWith(t, "-C", directory, "groups"), result{stdout: "2026\nkyb\n"})
	require(t, runWith(t, "-C", directory, "groups", "--since", "case-2"), result{stdout: "kyb\n"})
	require(t, runWith(t, "-C", directory, "groups", "--since", ""), result{code: 3, stderr: "didit-decisions: there is no commit \"\" in this clone: fetch it first\n"})

	// A file with a problem keeps no group from being planned; a folder that is no group is named.
	write(t, directory, "groups/2026/decisions/one.yaml", undecided)
	write(t, directory, "groups/2028/decisions/one.yaml", caseOne)
	write(t, directory, "groups/x\ny/main.tf", "")
	got := runWith(t, "-C", directory, "groups")
	if got.code != 1 || got.stdout != "2026\nkyb\n" || !strings.HasPrefix(got.stderr, "groups/2028/main.tf: is missing: ") || !strings.Contains(got.stderr, "\n\"groups/x\\ny\": cannot be") {
		t.Errorf("got %+v", got)
	}
}

func TestCheckout_PrintsWhatItChanges(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	require(t, runWith(t, "-C", directory, "checkout", "case-2"), result{stdout: "groups/2026/decisions/two.yaml\n"})
	if text, err := os.ReadFile(filepath.Join(directory, "groups/2026/decisions/two.yaml")); err != nil || string(text) != caseTwo {
		t.Errorf("got %q, %v", text, err)
	}
	require(t, runWith(t, "-C", directory, "groups", "--since", "HEAD"), result{stdout: "2026\n"})

	again := runWith(t, "-C", directory, "checkout", "case-2")
	require(t, again, result{code: 3, stderr: "didit-decisions: groups/2026/decisions/two.yaml is not committed, and would be lost: commit it, or move it elsewhere\n"})

	// The way back that the help names.
	git(t, directory, "checkout", "--", "groups")
	git(t, directory, "clean", "--quiet", "-f", "groups")
	require(t, runWith(t, "-C", directory, "checkout", "case-2"), result{stdout: "groups/2026/decisions/two.yaml\n"})
}

// GitHub takes ##[name]… for a command wherever it is in a line.
func TestCheckout_PrintsNoCommandOfGitHub(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	git(t, directory, "checkout", "--quiet", "case-2")
	write(t, directory, "groups/2026/decisions/##[set-output name=groups]2026", "")
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=More")
	git(t, directory, "checkout", "--quiet", "main")

	got := runWith(t, "-C", directory, "checkout", "case-2")
	if got.code != 1 || !strings.HasPrefix(got.stderr, "groups/2026/decisions/## [set-output name=groups]2026: is not") {
		t.Errorf("got %+v", got)
	}
}

// GitHub also takes a line for a command that begins with two colons, after spaces or none.
func TestRun_PathBeginsNoCommandOfGitHub(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"::set-output name=groups::2026", "  ::add-mask::2026"} {
		directory := repository(t)
		git(t, directory, "checkout", "--quiet", "case-2")
		file := folder + "/decisions/nine.yaml"
		write(t, directory, file, strings.ReplaceAll(caseTwo, "000000000002", "000000000009"))
		git(t, directory, "add", ".")
		git(t, directory, "commit", "--quiet", "--message=More")
		validated := runWith(t, "-C", directory, "validate")
		git(t, directory, "checkout", "--quiet", "main")
		checkedOut := runWith(t, "-C", directory, "checkout", "case-2")

		want := `"` + file + `":`
		if validated.code != 1 || !strings.HasPrefix(validated.stdout, want) {
			t.Errorf("validate: got %+v", validated)
		}
		if checkedOut.code != 1 || !strings.HasPrefix(checkedOut.stderr, want) {
			t.Errorf("checkout: got %+v", checkedOut)
		}
	}
}

func TestCheckout_ProblemsEndWithOne(t *testing.T) {
	t.Parallel()
	directory := repository(t)
	git(t, directory, "checkout", "--quiet", "case-2")
	write(t, directory, "modules/main.tf", "")
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=More")
	git(t, directory, "checkout", "--quiet", "main")

	require(t, runWith(t, "-C", directory, "checkout", "case-2"), result{code: 1, stderr: "modules/main.tf: is changed, and is not a decision file: a pull request changes decisions or anything else, not both\n"})
}
