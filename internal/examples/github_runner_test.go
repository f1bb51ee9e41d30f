// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

// workflow is what tests need of a workflow of GitHub.
type workflow struct {
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]job
}

type job struct {
	If          string
	Environment string
	Permissions map[string]string
	Env         map[string]string
	Steps       []step
}

type step struct {
	ID, If, Uses, Run string
	With, Env         map[string]string
}

func readWorkflow(t testing.TB, name string) workflow {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "compliance-repo/.github/workflows", name))
	noError(t, err)
	var found workflow
	noError(t, yaml.Unmarshal(text, &found))
	return found
}

// here is the repository's name in GitHub.
const here = "example/decisions"

// service is a repository in GitHub, whose workflows run in clones of it: with git, the
// CLI, the provider, the tool and Didit as they are, and a gh that records its calls.
type service struct {
	*repository
	stubs *acctest.Workspace
}

// newService returns a repository with one group, whose state is outside the clones, and
// lock files, as the README says.
func newService(t *testing.T) *service {
	t.Helper()
	skipOnWindows(t)
	r := newRepository(t)
	r.env.RequireCLI(9, "init -json")
	s := &service{r, &acctest.Workspace{T: t, Folder: t.TempDir()}}
	group := r.group()
	group.Write("main.tf", strings.Replace(group.Read("main.tf"), `# backend "s3" {}`, `backend "local" {}`, 1))
	decide(group, nil)
	r.In(t, filepath.Join(r.Folder, "modules/decisions")).MustRun("init")
	config, found := "", false
	for _, variable := range r.CLI.Command(t.Context(), r.Folder, nil).Env {
		if value, ok := strings.CutPrefix(variable, "TF_CLI_CONFIG_FILE="); ok {
			config, found = value, true
		}
	}
	if !found {
		t.Fatal("the CLI has no configuration")
	}
	s.program("terraform", "#!/bin/sh\nTF_CLI_CONFIG_FILE='"+config+"' exec '"+r.CLI.Path+"' \"$@\"\n")
	s.program("gh", ghStub)
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(s.stubs.Folder, "bin/didit-decisions"), "../../cmd/didit-decisions")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	s.git("init", "-q", "-b", "main")
	s.commit("A repository of decisions")
	return s
}

// ghStub records its call and the text that it posts, and keeps one issue.
const ghStub = `#!/bin/sh
echo "$*" >>"$STUBS/called"
for argument; do body=$argument; done
case "$1 $2" in
"pr comment") cat "$body" >"$STUBS/comment" ;;
"issue list") [ ! -f "$STUBS/issue" ] || jq -n --rawfile body "$STUBS/issue" '{number: 5, body: $body}' ;;
"issue comment") cat "$body" >"$STUBS/news" ;;
*) cat "$body" >"$STUBS/issue" ;;
esac
`

func (s *service) program(name, script string) {
	s.stubs.Write("bin/"+name, script)
	noError(s.T, os.Chmod(filepath.Join(s.stubs.Folder, "bin", name), 0o700)) //nolint:gosec // G302: a program.
}

// posted returns what gh has posted as comment, issue or news, or its calls; "" for nothing.
func (s *service) posted(what string) string {
	text, err := os.ReadFile(filepath.Join(s.stubs.Folder, what))
	if err != nil && !os.IsNotExist(err) {
		s.T.Fatal(err)
	}
	noError(s.T, os.RemoveAll(filepath.Join(s.stubs.Folder, what)))
	return string(text)
}

func (s *service) git(arguments ...string) string {
	s.T.Helper()
	return runGit(s.T, s.Folder, arguments...)
}

func runGit(t testing.TB, folder string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", arguments...)
	command.Dir, command.Env = folder, cleanEnvironment()
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", arguments, err, output)
	}
	return strings.TrimSpace(string(output))
}

// commit commits everything and returns the commit.
func (s *service) commit(message string) string {
	s.T.Helper()
	s.git("add", "--all")
	s.git("commit", "-q", "-m", message)
	return s.git("rev-parse", "HEAD")
}

// cleanEnvironment is this process's environment with a git that knows nothing of the
// user, and without what configures a CLI or the provider.
func cleanEnvironment() []string {
	var variables []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT") && !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DIDIT_") {
			variables = append(variables, variable)
		}
	}
	return append(variables, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Compliance", "GIT_AUTHOR_EMAIL=compliance@example.com",
		"GIT_COMMITTER_NAME=Compliance", "GIT_COMMITTER_EMAIL=compliance@example.com")
}

// jobRun is a finished job.
type jobRun struct {
	failed bool
	// log is what its commands printed; page is its summary.
	log, page string
	outputs   map[string]string
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// run runs a job in a new clone of the main branch. values are those of expressions; what
// is not among them is "".
func (s *service) run(j job, values map[string]string) jobRun {
	s.T.Helper()
	clone := s.T.TempDir()
	runGit(s.T, s.Folder, "clone", "-q", s.Folder, clone)
	runGit(s.T, clone, "checkout", "-q", "main")
	files := s.T.TempDir()
	done := jobRun{outputs: map[string]string{}}
	replace := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(found string) string {
			name := expression.FindStringSubmatch(found)[1]
			if _, output, isOutput := strings.Cut(name, ".outputs."); isOutput && values[name] == "" {
				return done.outputs[output]
			}
			return values[name]
		})
	}
	for _, step := range j.Steps {
		_, needed, needsOutput := strings.Cut(step.If, ".outputs.")
		needed = strings.Trim(needed, " }")
		if step.Run == "" || done.failed && !strings.Contains(step.If, "!cancelled()") || needsOutput && done.outputs[needed] == "" {
			continue
		}
		command := exec.CommandContext(s.T.Context(), "bash", "-e", "-c", step.Run)
		command.Dir = clone
		command.Env = append(cleanEnvironment(), "GITHUB_OUTPUT="+files+"/output", "GITHUB_STEP_SUMMARY="+files+"/page", "STUBS="+s.stubs.Folder, "GITHUB_REPOSITORY="+here,
			"PATH="+filepath.Join(s.stubs.Folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"), "DIDIT_BASE_URL="+s.env.URL, "STATE=path="+s.stubs.Folder+"/state-")
		for _, variables := range []map[string]string{j.Env, step.Env} {
			for name, value := range variables {
				command.Env = append(command.Env, name+"="+replace(value))
			}
		}
		output, err := command.CombinedOutput()
		done.log += string(output)
		done.failed = done.failed || err != nil
		text, _ := os.ReadFile(filepath.Join(files, "output"))
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			done.outputs[name] = value
		}
	}
	text, _ := os.ReadFile(filepath.Join(files, "page"))
	done.page = string(text)
	return done
}
