// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

// pipeline runs the scripts of the compliance repository as a pipeline does: in a
// clone, with stubs of the programs that reach a service.
type pipeline struct {
	*acctest.Workspace
	// stubs holds programs/, responses/ and the file called, which lists the calls.
	stubs *acctest.Workspace
}

// newPipeline returns a pipeline in a clone with one commit. It needs no CLI.
func newPipeline(t testing.TB) *pipeline {
	t.Helper()
	return pipelineIn(&acctest.Workspace{T: t, Folder: t.TempDir()}, func(w *acctest.Workspace) {
		noError(t, os.CopyFS(w.Folder, os.DirFS(filepath.Join(examples, "compliance-repo"))))
	})
}

// pipeline returns a pipeline in the repository, with the CLI and didit-plan-summary.
func (r *repository) pipeline() *pipeline {
	p := pipelineIn(r.Workspace, func(*acctest.Workspace) {})
	summaryCommand(r.T, filepath.Join(p.stubs.Folder, "programs"))
	config, found := lookUp(r.CLI.Command(r.T.Context(), r.Folder, nil).Env, "TF_CLI_CONFIG_FILE")
	if !found {
		r.T.Fatal("the CLI has no configuration")
	}
	p.Variables = append(p.Variables, "TERRAFORM="+r.CLI.Path, "TF_CLI_CONFIG_FILE="+config)
	return p
}

func pipelineIn(w *acctest.Workspace, fill func(*acctest.Workspace)) *pipeline {
	w.T.Helper()
	skipOnWindows(w.T)
	for _, program := range []string{"sh", "git", "jq", "unzip", "awk", "sha256sum", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			w.T.Skipf("the scripts need %s, which runners of pipelines have: %v", program, err)
		}
	}
	fill(w)
	p := &pipeline{w, &acctest.Workspace{T: w.T, Folder: w.T.TempDir()}}
	p.program("gh", ghStub)
	p.program("curl", curlStub)
	p.git("init", "-q", "-b", "main")
	p.commit("A repository for decisions")
	return p
}

// ghStub records its call, and prints the response for the path of the API that it
// was called with; without one it fails as gh does.
const ghStub = `#!/bin/sh
echo "$*" >>"$STUBS/called"
case "$1 $2" in
"issue list") path=issues ;;
issue*) exit ;;
esac
for argument in "$@"; do
	case $argument in
	repos/*) path=${argument#repos/team/decisions/} ;;
	--method) exit ;;
	esac
done
file=$STUBS/responses/$(printf %s "$path" | tr '/?&=:%' _)
[ -f "$file" ] || { echo "gh: Not Found (HTTP 404): $path" >&2; exit 1; }
cat "$file"
`

// curlStub records its call, and gives the response for the address: a path of GitLab's
// API, or the last part of another address.
const curlStub = `#!/bin/sh
echo "$*" >>"$STUBS/called"
while [ $# -gt 1 ]; do
	case $1 in
	--output) output=$2 && shift ;;
	--request) exit ;;
	esac
	shift
done
case $1 in
*/projects/1/*) path=${1#*/projects/1/} ;;
*) path=$(basename "$1") ;;
esac
file=$STUBS/responses/$(printf %s "$path" | tr '/?&=:%' _)
[ -f "$file" ] || { echo "curl: (22) The requested URL returned error: 404: $path" >&2; exit 22; }
cat "$file" >"${output:-/dev/stdout}"
`

// program adds a program that the scripts find before all others.
func (p *pipeline) program(name, script string) {
	p.T.Helper()
	p.stubs.Write("programs/"+name, script)
	noError(p.T, os.Chmod(filepath.Join(p.stubs.Folder, "programs", name), 0o700)) //nolint:gosec // G302: a program.
}

// respond sets the response for a path of the service's API.
func (p *pipeline) respond(path, body string) {
	p.T.Helper()
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/?&=:%", r) {
			return '_'
		}
		return r
	}, path)
	p.stubs.Write("responses/"+name, body)
}

// calls returns the recorded calls, a line each.
func (p *pipeline) calls() string {
	content, _ := os.ReadFile(filepath.Join(p.stubs.Folder, "called"))
	return string(content)
}

// run runs a script and returns its output and exit code. Variables ("NAME=value")
// come first.
func (p *pipeline) run(arguments ...string) (output string, exitCode int) {
	p.T.Helper()
	command := exec.CommandContext(p.T.Context(), "env", arguments...)
	command.Dir = p.Folder
	command.Env = append(gitEnvironment(), "STUBS="+p.stubs.Folder, "GITHUB_REPOSITORY=team/decisions", "CHECKPOINT_DISABLE=1",
		"PATH="+filepath.Join(p.stubs.Folder, "programs")+string(os.PathListSeparator)+os.Getenv("PATH"))
	command.Env = append(command.Env, p.Variables...)
	combined, err := command.CombinedOutput()
	if command.ProcessState == nil {
		p.T.Fatal(err)
	}
	return string(combined), command.ProcessState.ExitCode()
}

// mustRun runs a script that has to end with this exit code.
func (p *pipeline) mustRun(exitCode int, arguments ...string) (output string) {
	p.T.Helper()
	output, got := p.run(arguments...)
	if got != exitCode {
		p.T.Fatalf("%v ended with %d, want %d:\n%s", arguments, got, exitCode, output)
	}
	return output
}

// git runs a command of git and returns its output.
func (p *pipeline) git(arguments ...string) string {
	p.T.Helper()
	command := exec.CommandContext(p.T.Context(), "git", arguments...)
	command.Dir = p.Folder
	command.Env = gitEnvironment()
	output, err := command.CombinedOutput()
	if err != nil {
		p.T.Fatalf("git %v: %v\n%s", arguments, err, output)
	}
	return strings.TrimSpace(string(output))
}

// commit commits everything and returns the commit.
func (p *pipeline) commit(message string) string {
	p.T.Helper()
	p.git("add", "--all")
	p.git("commit", "-q", "--allow-empty", "-m", message)
	return p.git("rev-parse", "HEAD")
}

// gitEnvironment is this process's environment with a git that knows nothing of the
// user, and without what configures a CLI or the provider.
func gitEnvironment() []string {
	var variables []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT") && !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DIDIT_") && !strings.HasPrefix(variable, "CI") {
			variables = append(variables, variable)
		}
	}
	return append(variables, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Compliance", "GIT_AUTHOR_EMAIL=compliance@example.com",
		"GIT_COMMITTER_NAME=Compliance", "GIT_COMMITTER_EMAIL=compliance@example.com")
}

func lookUp(environment []string, name string) (value string, found bool) {
	for _, variable := range environment {
		if rest, ok := strings.CutPrefix(variable, name+"="); ok {
			value, found = rest, true
		}
	}
	return value, found
}

var builtSummary struct {
	once    sync.Once
	content []byte
	err     error
}

// summaryCommand puts a build of didit-plan-summary into a folder.
func summaryCommand(t testing.TB, folder string) {
	t.Helper()
	builtSummary.once.Do(func() {
		path := filepath.Join(t.TempDir(), "didit-plan-summary")
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", path, "../../cmd/didit-plan-summary")
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		builtSummary.content, builtSummary.err = os.ReadFile(path)
	})
	noError(t, builtSummary.err)
	noError(t, os.WriteFile(filepath.Join(folder, "didit-plan-summary"), builtSummary.content, 0o700)) //nolint:gosec // G306: a program.
}
