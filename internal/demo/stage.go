// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

//go:embed configurations/*.tf
var configurations embed.FS

// stage is where the story is played: a CLI, a Didit, and folders. What an act
// asks of it after a failure, it leaves undone.
type stage struct {
	// ctx is that of the whole story; the acts read better without it.
	ctx   context.Context
	didit *simulator.Server
	page  page
	cli   *terraformcli.CLI

	// root holds the folders of the acts; lockFile belongs into the first.
	root, lockFile string
	// act is the one that is played, folder its own.
	act, folder string
	// seen is how much of the request log and of the audit trail is accounted for.
	seen mark
	err  error
}

// newStage finds the CLI, and builds the provider where its init finds it.
func newStage(ctx context.Context, told story, didit *simulator.Server, page page, folder string) (*stage, error) {
	cli, mirror, err := terraformcli.NewMirrored(ctx, folder)
	if err != nil {
		return nil, err
	}
	if err := told.needs.met(cli.Version); err != nil {
		return nil, err
	}
	page.line("Building the provider; the first time takes a while.\n")
	lockFile, err := mirror.Build(ctx)
	if err != nil {
		return nil, err
	}
	return &stage{ctx: ctx, didit: didit, page: page, cli: cli, root: folder, lockFile: lockFile}, nil
}

// play plays the prologue, the acts and the epilogue.
func (s *stage) play(told story) error {
	s.begin("Before the story: "+s.cli.Version+" and a simulated Didit", told.prologue)
	for i, act := range told.acts {
		s.begin(fmt.Sprintf("Act %d of %d: %s", i+1, len(told.acts), act.title), act.play)
	}
	s.begin("What Didit has on record", epilogue)
	return s.err
}

func (s *stage) begin(title string, play func(*stage)) {
	if s.err != nil {
		return
	}
	s.act = title
	s.page.heading(title)
	play(s)
}

// narrate tells what is about to happen.
func (s *stage) narrate(text string) {
	if s.err == nil {
		s.page.paragraph(text)
	}
}

// origin is what the folder of an act begins with.
type origin string

const nothing origin = ""

// from is a copy of an earlier folder as it is now.
func from(name string) origin { return origin(name) }

// enter makes the folder of an act.
func (s *stage) enter(name string, begins origin) {
	if s.err != nil {
		return
	}
	s.folder = filepath.Join(s.root, name)
	if begins != nothing {
		s.err = os.CopyFS(s.folder, os.DirFS(filepath.Join(s.root, string(begins))))
		return
	}
	if s.err = os.Mkdir(s.folder, 0o700); s.err == nil {
		// As in any repository that init has been run in before.
		s.err = os.WriteFile(filepath.Join(s.folder, ".terraform.lock.hcl"), []byte(s.lockFile), 0o600)
	}
}

// write puts a configuration into the folder, and shows it.
func (s *stage) write(name string) {
	if s.err != nil {
		return
	}
	content, err := configurations.ReadFile("configurations/" + name)
	if err == nil {
		err = os.WriteFile(filepath.Join(s.folder, name), content, 0o600)
	}
	if s.err = err; err != nil {
		return
	}
	s.page.command("cat " + name)
	s.page.quote(string(content))
}

// environment is what the provider needs to talk to the simulator.
func (s *stage) environment() []string {
	return []string{"DIDIT_BASE_URL=" + s.didit.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
}

func (s *stage) showEnvironment() {
	for _, variable := range s.environment() {
		s.page.command("export " + variable)
	}
	s.page.line("")
}

// terraform runs a command of the CLI, shows what it says while it says it, and
// compares what has come of it with what was to come of it.
func (s *stage) terraform(command string, expected outcome) {
	if s.err != nil {
		return
	}
	line := s.cliName() + " " + command
	s.page.command(line)
	var said strings.Builder
	output := s.page.quoting()
	variables := s.environment()
	if !s.page.colours {
		variables = append(variables, "TF_CLI_ARGS=-no-color")
	}
	code, err := s.cli.Stream(s.ctx, io.MultiWriter(output, &said), s.folder, variables, strings.Fields(command)...)
	if s.ctx.Err() != nil {
		err = s.ctx.Err()
	}
	if s.err = err; err != nil {
		return
	}
	found := result{exitCode: code, said: plain(said.String())}
	found.requests, found.changes = s.since()
	if s.err = s.failure(line, expected.compare(found)); s.err == nil {
		s.page.verdict(found.String())
		s.page.line("")
	}
}

// inConsole lets a person decide in Didit's console.
func (s *stage) inConsole(session, node, status, comment string) {
	if s.err != nil {
		return
	}
	before := s.didit.FeatureStatus(session, node, "")
	what := fmt.Sprintf("In the console: %s %q -> %q, %q", node, before, status, comment)
	if err := s.didit.DecideFeature(session, node, "", status, comment); err != nil {
		s.err = s.failure(what, &difference{"the decision is accepted", err.Error()})
		return
	}
	s.since()
	s.page.event(what)
	s.page.line("")
}

// stands tells how steps of a session, by node ID, stand in Didit.
func (s *stage) stands(session string, steps ...simulator.Feature) {
	if s.err != nil {
		return
	}
	for _, step := range steps {
		what := fmt.Sprintf("In Didit: %s is %q", step.NodeID, step.Status)
		if found := s.didit.FeatureStatus(session, step.NodeID, ""); found != step.Status {
			s.err = s.failure(what, &difference{fmt.Sprintf("%q", step.Status), fmt.Sprintf("%q", found)})
			return
		}
		s.page.event(what)
	}
	s.page.line("")
}

// mark is how far the request log and the audit trail have been read.
type mark struct{ requests, changes int }

// since gives what is new in the request log and on the trail.
func (s *stage) since() (requests []simulator.Request, changes []simulator.TrailEntry) {
	requests, changes = s.didit.Requests(), s.didit.Trail("")
	before := s.seen
	s.seen = mark{len(requests), len(changes)}
	return requests[before.requests:], changes[before.changes:]
}

// failure says where the story went another way; nil where it did not.
func (s *stage) failure(step string, different *difference) error {
	if different == nil {
		return nil
	}
	return &wrongTurnError{act: s.act, step: step, difference: *different}
}

// cliName is what a user would type.
func (s *stage) cliName() string {
	if s.cli.IsOpenTofu() {
		return "tofu"
	}
	return "terraform"
}
