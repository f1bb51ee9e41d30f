// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// shell runs commands as a user types them into one terminal: each call continues with the
// folder and the variables of the one before.
type shell struct {
	// home is the user's home. The commands write nowhere else.
	home string
}

// Files in the home that pass the folder and the variables to the next call.
const (
	folderFile    = ".shell-folder"
	variablesFile = ".shell-variables"
)

// newShell returns a shell in home. Of this process's user, its commands see only Go's
// caches. They find the CLI under the names terraform and tofu.
func newShell(ctx context.Context, cli *terraformcli.CLI, home, checkout string, variables []string) (*shell, error) {
	if runtime.GOOS == "windows" {
		return nil, errors.New("the commands of the pages are for a POSIX shell")
	}
	bin := filepath.Join(home, "bin")
	path, err := exec.LookPath(cli.Path)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return nil, err
	}
	goVariables, err := goEnvironment(ctx)
	if err != nil {
		return nil, err
	}
	variables = slices.Concat(slices.DeleteFunc(cli.Environment(), isForeign), goVariables, variables)
	variables = append(variables, "HOME="+home, "CHECKOUT="+checkout, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Compliance", "GIT_AUTHOR_EMAIL=compliance@example.com",
		"GIT_COMMITTER_NAME=Compliance", "GIT_COMMITTER_EMAIL=compliance@example.com")
	var script strings.Builder
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(&script, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	s := &shell{home}
	return s, errors.Join(
		os.Mkdir(bin, 0o700),
		os.Symlink(path, filepath.Join(bin, "terraform")),
		os.Symlink(path, filepath.Join(bin, "tofu")),
		os.WriteFile(filepath.Join(home, variablesFile), []byte(script.String()), 0o600),
		s.enter(home))
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// isForeign reports whether a variable comes from the terminal, the make or the git that
// started this process, or has a name that a shell cannot export.
func isForeign(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	switch name {
	case "PWD", "OLDPWD", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TF_INPUT", "TF_IN_AUTOMATION":
		return true
	}
	return strings.HasPrefix(name, "GIT_") || !variableName.MatchString(name)
}

// goEnvironment returns the variables with which a go command uses its caches outside the
// new home.
func goEnvironment(ctx context.Context) (variables []string, err error) {
	output, err := exec.CommandContext(ctx, "go", "env", "-json", "GOENV", "GOPATH", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	err = json.Unmarshal(output, &values)
	for name, value := range values {
		variables = append(variables, name+"="+value)
	}
	return variables, err
}

// enter makes a folder the current one.
func (s *shell) enter(folder string) error {
	return os.WriteFile(filepath.Join(s.home, folderFile), []byte(folder), 0o600)
}

// folder returns the current folder.
func (s *shell) folder() (string, error) {
	folder, err := os.ReadFile(filepath.Join(s.home, folderFile))
	return strings.TrimSpace(string(folder)), err
}

// run runs commands up to the first that fails, and returns the exit code of the last. It
// answers a question with yes.
func (s *shell) run(ctx context.Context, commands string, output io.Writer) (exitCode int, err error) {
	script := `. "$HOME/` + variablesFile + `"
cd "$(cat "$HOME/` + folderFile + `")"
trap 'code=$?; pwd >"$HOME/` + folderFile + `"; export -p >"$HOME/` + variablesFile + `"; exit $code' EXIT
set -e
` + commands
	command := exec.CommandContext(ctx, "sh", "-c", script)
	command.Dir, command.Env = s.home, []string{"HOME=" + s.home}
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader("yes\n"), output, output
	interruptGroup(command)
	command.WaitDelay = 10 * time.Second
	err = command.Run()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}
