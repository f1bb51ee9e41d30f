// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clone makes the folder of the story a git repository: a copy of the example,
// without its decisions, in a first commit.
func (s *stage) clone() {
	if s.err != nil {
		return
	}
	module, err := s.program("go", "env", "GOMOD").Output()
	if s.err = err; err != nil {
		return
	}
	root := filepath.Dir(strings.TrimSpace(string(module)))
	s.folder = filepath.Join(s.root, "repository")
	decisions := filepath.Join(s.folder, "decisions")
	s.err = errors.Join(
		os.CopyFS(s.folder, os.DirFS(filepath.Join(root, "examples", "compliance-repo"))),
		os.RemoveAll(decisions),
		os.Mkdir(decisions, 0o700),
		os.WriteFile(filepath.Join(decisions, "README.md"), []byte("One file for each session.\n"), 0o600),
		os.WriteFile(filepath.Join(s.folder, ".terraform.lock.hcl"), []byte(s.lockFile), 0o600),
		s.buildSummary(root),
	)
	for _, command := range []string{"init -q", "checkout -q -b main", "add ."} {
		s.silently("git", strings.Fields(command)...)
	}
	s.silently("git", "commit", "-q", "-m", "A repository for decisions")
}

// buildSummary builds the command that pipelines fetch from a release.
func (s *stage) buildSummary(module string) error {
	build := s.program("go", "build", "-buildvcs=false", "-o", s.summaryCommand(), "./cmd/didit-plan-summary")
	build.Dir = module
	build.Env = append(build.Env, "GOTMPDIR="+s.root)
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building didit-plan-summary: %w\n%s", err, output)
	}
	return nil
}

func (s *stage) summaryCommand() string {
	return filepath.Join(s.root, "didit-plan-summary"+filepath.Ext(s.cli.Path))
}

// program prepares a command with an environment in which git knows nothing of
// the user: no settings, no name, no repository around this one.
func (s *stage) program(name string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(s.ctx, name, arguments...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=",
		"GIT_AUTHOR_NAME=Compliance", "GIT_AUTHOR_EMAIL=compliance@example.com",
		"GIT_COMMITTER_NAME=Compliance", "GIT_COMMITTER_EMAIL=compliance@example.com")
	return command
}

// silently runs what the story does not tell.
func (s *stage) silently(name string, arguments ...string) {
	if s.err != nil {
		return
	}
	command := s.program(name, arguments...)
	command.Dir = s.folder
	if output, err := command.CombinedOutput(); err != nil {
		s.err = errors.Join(s.ctx.Err(), fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, output))
	}
}

// git runs a command of git, and shows what it says. Words are apart by spaces.
func (s *stage) git(command string) { s.gitWith(command, strings.Fields(command)...) }

func (s *stage) gitWith(shown string, arguments ...string) {
	if s.err != nil {
		return
	}
	s.page.command("git " + shown)
	command := s.program("git", arguments...)
	command.Dir = s.folder
	said, err := command.CombinedOutput()
	if len(said) > 0 {
		s.page.quote(string(said))
	}
	if err != nil {
		s.err = errors.Join(s.ctx.Err(), s.failure("git "+shown, &difference{"git succeeds", err.Error()}))
	}
}

// file writes a file of the repository, and shows it.
func (s *stage) file(name, content string) {
	if s.err != nil {
		return
	}
	if s.err = os.WriteFile(filepath.Join(s.folder, name), []byte(content), 0o600); s.err == nil {
		s.page.command("cat " + name)
		s.page.quote(content)
	}
}

func (s *stage) commit(message string) {
	s.git("add decisions")
	s.gitWith(fmt.Sprintf("commit -q -m %q", message), "commit", "-q", "-m", message)
}

// merge does what the button of a pull request does.
func (s *stage) merge(branch string) {
	s.git("checkout -q main")
	s.git("merge -q --no-ff --no-edit " + branch)
}

// summarize pipes a plan through didit-plan-summary, and shows what it says.
func (s *stage) summarize(plan, flags string, expected outcome) {
	if s.err != nil {
		return
	}
	line := fmt.Sprintf("%s show -json %s | didit-plan-summary %s", s.cliName(), plan, flags)
	line = strings.TrimSpace(line)
	s.page.command(line)
	shown, err := s.cli.Command(s.ctx, s.folder, s.environment(), "show", "-json", plan).Output()
	if s.err = err; err != nil {
		return
	}
	var said strings.Builder
	command := s.program(s.summaryCommand(), strings.Fields(flags)...)
	command.Dir = s.folder
	command.Stdin = bytes.NewReader(shown)
	command.Stdout = io.MultiWriter(s.page.quoting(), &said)
	command.Stderr = command.Stdout
	err = command.Run()
	if _, isExit := errors.AsType[*exec.ExitError](err); err != nil && !isExit {
		s.err = errors.Join(s.ctx.Err(), err)
		return
	}
	found := result{exitCode: command.ProcessState.ExitCode(), said: plain(said.String())}
	found.requests, found.changes = s.since()
	if s.err = s.failure(line, expected.compare(found)); s.err == nil {
		s.page.verdict(found.String())
		s.page.line("")
	}
}
