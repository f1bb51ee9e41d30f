// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// directives are what a page can tell its runner, in order of what they are for: where
// the next commands run, what to run that a reader would not see, what the next console
// block costs, who decides meanwhile, and what the commands need.
var directives = []struct {
	pattern *regexp.Regexp
	do      func(ctx context.Context, r *Runner, words []string, next *expectation) error
}{
	{
		regexp.MustCompile(`^an empty folder$`),
		func(_ context.Context, r *Runner, _ []string, _ *expectation) error { return r.enterNewFolder() },
	},
	{
		regexp.MustCompile(`^a folder with versions\.tf$`),
		func(_ context.Context, r *Runner, _ []string, _ *expectation) error {
			return errors.Join(r.enterNewFolder(), r.write("versions.tf", versionsFile))
		},
	},
	{
		// As "Getting started" leaves it.
		regexp.MustCompile(`^a folder with versions\.tf and provider\.tf$`),
		func(ctx context.Context, r *Runner, _ []string, _ *expectation) error {
			return errors.Join(r.enterNewFolder(), r.write("versions.tf", versionsFile), r.write("provider.tf", "provider \"didit\" {}\n"), r.initialize(ctx))
		},
	},
	{
		regexp.MustCompile(`^run: (.+)$`),
		func(ctx context.Context, r *Runner, words []string, _ *expectation) error {
			return r.quietly(ctx, words[0])
		},
	},
	{
		regexp.MustCompile(`^on Terraform 1\.(\d+): (.+)$`),
		func(ctx context.Context, r *Runner, words []string, _ *expectation) error {
			if r.CLI.IsOpenTofu() || r.CLI.Minor < number(words[0]) {
				return nil
			}
			return r.quietly(ctx, words[1])
		},
	},
	{
		regexp.MustCompile(`^exit code (\d+)$`),
		func(_ context.Context, _ *Runner, words []string, next *expectation) error {
			next.exitCode = number(words[0])
			return nil
		},
	},
	{
		regexp.MustCompile(`^(\d+)(?: to (\d+))? GET(?:, (\d+) PATCH)?$`),
		func(_ context.Context, _ *Runner, words []string, next *expectation) error {
			next.isCounted = true
			next.leastReads, next.writes = number(words[0]), number(words[2])
			next.mostReads = max(next.leastReads, number(words[1]))
			return nil
		},
	},
	{
		regexp.MustCompile(`^decide ` + subject + ` ([A-Z][^"]+?)(?: "(.*)")?$`),
		func(_ context.Context, r *Runner, words []string, _ *expectation) error {
			return r.decide(words[0], words[1], words[2], words[3])
		},
	},
	{
		regexp.MustCompile(`^in Didit ` + subject + ` is (.+)$`),
		func(_ context.Context, r *Runner, words []string, _ *expectation) error {
			found := r.status(words[0], words[1])
			if found != words[2] {
				return fmt.Errorf("%q is %q", words[1], found)
			}
			r.Printer.event(fmt.Sprintf("In Didit: %s is %q\n", subjectName(words[1]), found))
			return nil
		},
	},
	{
		regexp.MustCompile(`^(this page )?needs Terraform 1\.(\d+)(?:, OpenTofu 1\.(\d+))?$`),
		func(_ context.Context, r *Runner, words []string, _ *expectation) error {
			minor := words[1]
			if r.CLI.IsOpenTofu() {
				minor = words[2]
			}
			if minor == "" || r.CLI.Minor < number(minor) {
				r.unmet = &UnmetError{wholePage: words[0] != "", needs: needed(words), found: r.CLI.Version}
			}
			return nil
		},
	},
	{
		regexp.MustCompile(`^needs the registry$`),
		func(_ context.Context, r *Runner, _ []string, _ *expectation) error {
			r.unmet = &UnmetError{needs: "the provider in the registry", found: "pages are followed without network"}
			return nil
		},
	},
	{
		regexp.MustCompile(`^this page needs the command (\S+)$`),
		func(_ context.Context, r *Runner, words []string, _ *expectation) error {
			if _, err := exec.LookPath(words[0]); err != nil {
				r.unmet = &UnmetError{wholePage: true, needs: "the command " + words[0], found: err.Error()}
			}
			return nil
		},
	},
}

// subject matches a session, its node ID, or the node ID and hit ID ("node/hit") in it.
const subject = `(\S+)(?: ([a-z]\S*))?`

func subjectName(subject string) string {
	if subject == "" {
		return "the session"
	}
	return subject
}

// status returns that of a subject.
func (r *Runner) status(session, subject string) string {
	node, hit, _ := strings.Cut(subject, "/")
	if hit != "" {
		return r.Didit.HitStatus(session, node, hit)
	}
	if node != "" {
		return r.Didit.FeatureStatus(session, node, "")
	}
	found, _ := r.Didit.Session(session)
	return found.Status
}

// decide changes a subject as a person in the console does.
func (r *Runner) decide(session, subject, status, comment string) error {
	event := fmt.Sprintf("In the console: %s %q -> %q", subjectName(subject), r.status(session, subject), status)
	node, hit, _ := strings.Cut(subject, "/")
	var err error
	switch {
	case hit != "":
		err = r.Didit.ReviewHit(session, node, hit, status)
	case node != "":
		err = r.Didit.Decide(session, node, "", status, comment)
	default:
		err = r.Didit.DecideSession(session, status, comment)
	}
	if comment != "" {
		event += fmt.Sprintf(", %q", comment)
	}
	r.Printer.event(event + "\n")
	r.since()
	return err
}

// obey does what a directive says.
func (r *Runner) obey(ctx context.Context, directive string, next *expectation) error {
	for _, known := range directives {
		if words := known.pattern.FindStringSubmatch(directive); words != nil {
			if r.unmet != nil && r.unmet.wholePage {
				return nil
			}
			return known.do(ctx, r, words[1:], next)
		}
	}
	return errors.New("unknown directive")
}

const versionsFile = "terraform {\n  required_providers {\n    didit = {\n      source = \"didit-community/didit\"\n    }\n  }\n}\n"

// initialize does what "Getting started" begins with: install the provider, point it to
// the simulator, run init.
func (r *Runner) initialize(ctx context.Context) error {
	if !r.installed {
		if err := r.quietly(ctx, `make -C "$CHECKOUT" install`); err != nil {
			return err
		}
		r.installed = true
	}
	return r.quietly(ctx, "export DIDIT_BASE_URL="+r.Didit.URL+" DIDIT_API_KEY="+simulator.DefaultAPIKey+"\nterraform init")
}

// quietly runs commands that have to succeed, and that the page does not show.
func (r *Runner) quietly(ctx context.Context, commands string) error {
	var output bytes.Buffer
	exitCode, err := r.shell.run(ctx, commands, &output)
	if err == nil && exitCode != 0 {
		err = fmt.Errorf("exit code %d:\n%s", exitCode, &output)
	}
	r.since()
	return err
}

// UnmetError is a machine that lacks what the page says it needs.
type UnmetError struct {
	needs, found string
	wholePage    bool
}

func (e *UnmetError) Error() string {
	return fmt.Sprintf("This needs %s; here: %s.", e.needs, e.found)
}

func needed(words []string) string {
	needs := fmt.Sprintf("Terraform 1.%s or later", words[1])
	if words[2] != "" {
		needs += fmt.Sprintf(", or OpenTofu 1.%s or later", words[2])
	}
	return needs
}

// number returns the number that a pattern let pass; "" is 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
