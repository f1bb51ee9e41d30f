// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// reader follows a page: at a machine with a home of their own, a CLI, and a
// simulated Didit.
type reader struct {
	t     *testing.T
	tools tools
	didit *simulator.Server
	// home holds everything that the reader writes, the folder that each shell
	// starts in, and its variables.
	home string
	// exitCode is what the next command shall end with.
	exitCode int
	// said is what the last block of commands has said.
	said string
	// skipped is why the blocks up to the next fresh folder cannot be run.
	skipped string
}

func newReader(t *testing.T) *reader {
	t.Helper()
	switch {
	case os.Getenv("TF_ACC") == "":
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	case runtime.GOOS == "windows":
		t.Skip("the commands of the guides are for a POSIX shell")
	}
	tools := installedTools(t)
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	for _, session := range simulator.Fixtures() {
		didit.AddSession(session)
	}
	r := &reader{t: t, tools: tools, didit: didit, home: t.TempDir()}
	r.logIn()
	r.enterFreshFolder()
	return r
}

// logIn gives the first shell its variables.
func (r *reader) logIn() {
	r.t.Helper()
	var script strings.Builder
	for _, variable := range r.tools.environment(r.home) {
		name, value, _ := strings.Cut(variable, "=")
		if variableName.MatchString(name) {
			fmt.Fprintf(&script, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
	}
	r.ok(os.WriteFile(filepath.Join(r.home, shellVariables), []byte(script.String()), 0o600))
}

// variableName keeps out what a shell exports, but cannot read again.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// follow does what the block says.
func (r *reader) follow(b block) {
	r.t.Helper()
	for _, directive := range b.directives {
		r.obey(directive)
	}
	name, isFile := b.file()
	switch {
	case r.skipped != "":
		if b.language == "console" {
			r.t.Skip(r.skipped)
		}
	case isFile:
		r.write(name, b.text)
	case b.language == "console":
		r.run(b.text)
	case b.language == "text" && r.said != "":
		r.expect(b.text)
	}
	if b.language != "text" {
		r.exitCode = 0
	}
}

// directives are what a test can be told, and what it does then, with the words
// that the pattern captures.
var directives = []struct {
	pattern *regexp.Regexp
	do      func(r *reader, words []string)
}{
	{regexp.MustCompile(`^an empty folder$`), func(r *reader, _ []string) {
		r.enterFreshFolder()
	}},
	{regexp.MustCompile(`^a folder with versions\.tf$`), func(r *reader, _ []string) {
		r.enterFreshFolder()
		r.write("versions.tf", versionsFile)
	}},
	{regexp.MustCompile(`^a folder with versions\.tf and provider\.tf$`), func(r *reader, _ []string) {
		r.enterFreshFolder()
		r.write("versions.tf", versionsFile)
		r.write("provider.tf", "provider \"didit\" {}\n")
		r.run("export DIDIT_API_KEY=…\nterraform init")
	}},
	{regexp.MustCompile(`^run: (.+)$`), func(r *reader, words []string) {
		r.run(words[0])
	}},
	{regexp.MustCompile(`^on Terraform 1\.(\d+): (.+)$`), func(r *reader, words []string) {
		if minor, _ := strconv.Atoi(words[0]); !r.tools.cli.IsOpenTofu() && r.tools.minor >= minor {
			r.run(words[1])
		}
	}},
	{regexp.MustCompile(`^exit code (\d)$`), func(r *reader, words []string) {
		r.exitCode, _ = strconv.Atoi(words[0])
	}},
	{regexp.MustCompile(`^decide (\S+) (\S+) (.+)$`), func(r *reader, words []string) {
		r.ok(r.didit.DecideFeature(words[0], words[1], "", words[2], ""))
	}},
	{regexp.MustCompile(`^needs Terraform 1\.(\d+)$`), func(r *reader, words []string) {
		minor, _ := strconv.Atoi(words[0])
		if r.tools.cli.IsOpenTofu() || r.tools.minor < minor {
			r.skipped = fmt.Sprintf("needs Terraform 1.%d or later; this is %s", minor, r.tools.cli.Version)
		}
	}},
}

const versionsFile = "terraform {\n  required_providers {\n    didit = {\n      source = \"didit-community/didit\"\n    }\n  }\n}\n"

func (r *reader) obey(directive string) {
	r.t.Helper()
	for _, known := range directives {
		if found := known.pattern.FindStringSubmatch(directive); found != nil {
			known.do(r, found[1:])
			return
		}
	}
	r.t.Fatalf("unknown directive %q", directive)
}

// enterFreshFolder goes to a new folder, in the same shell.
func (r *reader) enterFreshFolder() {
	r.t.Helper()
	r.skipped = ""
	folder, err := os.MkdirTemp(r.home, "folder-")
	r.ok(err)
	r.ok(os.WriteFile(filepath.Join(r.home, shellFolder), []byte(folder), 0o600))
}

// What one shell leaves in the home for the next: the folder that it is in, and
// its variables.
const (
	shellFolder    = "shell-folder"
	shellVariables = "shell-variables"
)

// folder is where the next shell will be.
func (r *reader) folder() string {
	r.t.Helper()
	folder, err := os.ReadFile(filepath.Join(r.home, shellFolder))
	r.ok(err)
	return strings.TrimSpace(string(folder))
}

func (r *reader) write(name, content string) {
	r.t.Helper()
	path := filepath.Join(r.folder(), name)
	r.ok(os.MkdirAll(filepath.Dir(path), 0o700))
	r.ok(os.WriteFile(path, []byte(content), 0o600))
}

// run runs commands in one shell, which ends at the first that fails.
func (r *reader) run(commands string) {
	r.t.Helper()
	script := `. "$HOME/` + shellVariables + `"
cd "$(cat "$HOME/` + shellFolder + `")"
trap 'code=$?; pwd >"$HOME/` + shellFolder + `"; export -p >"$HOME/` + shellVariables + `"; exit $code' EXIT
set -e
` + r.substitute(commands)
	shell := exec.CommandContext(r.t.Context(), "sh", "-c", script)
	shell.Dir = r.home
	shell.Env = []string{"HOME=" + r.home}
	// Where Terraform asks, the reader says yes.
	shell.Stdin = strings.NewReader("yes\n")
	output, err := shell.CombinedOutput()
	if shell.ProcessState == nil {
		r.t.Fatal(err)
	}
	// What OpenTofu says is the same but for its name.
	r.said = strings.ReplaceAll(colours.ReplaceAllString(string(output), ""), "OpenTofu", "Terraform")
	if code := shell.ProcessState.ExitCode(); code != r.exitCode {
		r.t.Fatalf("the commands ended with %d, want %d:\n%s\n%s", code, r.exitCode, commands, r.said)
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// expect wants the lines in the order in which they are shown.
func (r *reader) expect(excerpt string) {
	r.t.Helper()
	rest := plain(r.said)
	for line := range strings.Lines(excerpt) {
		line = plain(line)
		_, after, found := strings.Cut(rest, line)
		if !found {
			r.t.Fatalf("%q is not said, or not in this order:\n%s", line, r.said)
		}
		rest = after
	}
}

var boxes = strings.NewReplacer("╷", " ", "│", " ", "╵", " ")

// plain is a text on one line, without the boxes of errors.
func plain(text string) string { return strings.Join(strings.Fields(boxes.Replace(text)), " ") }

func (r *reader) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}
