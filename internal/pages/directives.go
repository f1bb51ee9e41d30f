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

// Directives precede the block that they apply to, as <!-- test: DIRECTIVE -->.
// Where the commands run, until the next of these:
//
//	an empty folder
//	a folder with versions.tf
//	a folder with versions.tf and provider.tf    as after "Getting started"
//
// Commands that run before the block and are not shown:
//
//	run: COMMAND
//	on Terraform 1.17: COMMAND                   from this version on
//
// The expected result of a console block; without them: exit code 0, and in a strict page
// no request:
//
//	exit code 2
//	1 GET
//	1 to 2 GET, 2 PATCH
//
// Decisions of a reviewer in the console before the block, and checks of Didit's state.
// A subject is a session, SESSION NODE, or SESSION NODE/HIT:
//
//	decide SUBJECT STATUS
//	decide SUBJECT STATUS "COMMENT"
//	in Didit SUBJECT is STATUS
//
// Requirements of the rest up to the next folder, or of "this page":
//
//	needs Terraform 1.14                         never on OpenTofu
//	needs Terraform 1.7, OpenTofu 1.8
//	needs the registry                           never met
//	this page needs Terraform 1.5, OpenTofu 1.6
//	this page needs the command curl
var (
	runPattern       = regexp.MustCompile(`^run: (.+)$`)
	onVersionPattern = regexp.MustCompile(`^on Terraform 1\.(\d+): (.+)$`)
	exitCodePattern  = regexp.MustCompile(`^exit code (\d+)$`)
	requestsPattern  = regexp.MustCompile(`^(\d+)(?: to (\d+))? GET(?:, (\d+) PATCH)?$`)
	decidePattern    = regexp.MustCompile(`^decide (\S+)(?: ([a-z]\S*))? ([A-Z][^"]+?)(?: "(.*)")?$`)
	inDiditPattern   = regexp.MustCompile(`^in Didit (\S+)(?: ([a-z]\S*))? is (.+)$`)
	needsCLIPattern  = regexp.MustCompile(`^(this page )?needs Terraform 1\.(\d+)(?:, OpenTofu 1\.(\d+))?$`)
	needsPattern     = regexp.MustCompile(`^this page needs the command (\S+)$`)
)

// runDirective executes a directive, or records what it expects of the next block.
func (r *Runner) runDirective(ctx context.Context, directive string, next *expectation) error {
	if r.unmet != nil && r.unmet.wholePage {
		return nil
	}
	var words []string
	matches := func(pattern *regexp.Regexp) bool {
		words = pattern.FindStringSubmatch(directive)
		return words != nil
	}
	switch {
	case directive == "an empty folder":
		return r.enterNewFolder()
	case directive == "a folder with versions.tf":
		return errors.Join(r.enterNewFolder(), r.write("versions.tf", versionsFile))
	case directive == "a folder with versions.tf and provider.tf":
		return errors.Join(r.enterNewFolder(), r.write("versions.tf", versionsFile), r.write("provider.tf", "provider \"didit\" {}\n"), r.initialize(ctx))
	case matches(runPattern):
		return r.runQuietly(ctx, words[1])
	case matches(onVersionPattern):
		if !r.CLI.IsOpenTofu() && r.CLI.Minor >= number(words[1]) {
			return r.runQuietly(ctx, words[2])
		}
	case matches(exitCodePattern):
		next.exitCode = number(words[1])
	case matches(requestsPattern):
		next.isCounted, next.leastReads, next.writes = true, number(words[1]), number(words[3])
		next.mostReads = max(next.leastReads, number(words[2]))
	case matches(decidePattern):
		return r.decide(words[1], words[2], words[3], words[4])
	case matches(inDiditPattern):
		if found := r.status(words[1], words[2]); found != words[3] {
			return fmt.Errorf("it is %q", found)
		}
		r.Printer.event(fmt.Sprintf("In Didit: %s is %q", subjectName(words[2]), words[3]))
	case matches(needsCLIPattern):
		r.requireCLI(words[1] != "", words[2], words[3])
	case directive == "needs the registry":
		r.unmet = &UnmetError{needs: "the provider in the registry", found: "pages are followed without network"}
	case matches(needsPattern):
		if _, err := exec.LookPath(words[1]); err != nil {
			r.unmet = &UnmetError{wholePage: true, needs: "the command " + words[1], found: err.Error()}
		}
	default:
		return errors.New("unknown directive")
	}
	return nil
}

const versionsFile = "terraform {\n  required_providers {\n    didit = {\n      source = \"didit-community/didit\"\n    }\n  }\n}\n"

// initialize takes the first steps of "Getting started": it installs the provider,
// configures it for the simulator, and runs init.
func (r *Runner) initialize(ctx context.Context) error {
	if !r.isInstalled {
		if err := r.runQuietly(ctx, `make -C "$CHECKOUT" install`); err != nil {
			return err
		}
		r.isInstalled = true
	}
	return r.runQuietly(ctx, "export DIDIT_BASE_URL="+r.Didit.URL+" DIDIT_API_KEY="+simulator.DefaultAPIKey+"\nterraform init")
}

// runQuietly runs commands that the page does not show. If one fails, it returns an error.
func (r *Runner) runQuietly(ctx context.Context, commands string) error {
	var output bytes.Buffer
	exitCode, err := r.shell.run(ctx, commands, &output)
	if err == nil && exitCode != 0 {
		err = fmt.Errorf("exit code %d:\n%s", exitCode, &output)
	}
	r.takeNew()
	return err
}

func subjectName(subject string) string {
	if subject == "" {
		return "the session"
	}
	return subject
}

// status returns the status of a subject: "", "node" or "node/hit" of a session.
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

// decide changes a subject as a reviewer in the console does.
func (r *Runner) decide(session, subject, status, comment string) error {
	event := fmt.Sprintf("In the console: %s %q -> %q", subjectName(subject), r.status(session, subject), status)
	if comment != "" {
		event += fmt.Sprintf(", %q", comment)
	}
	r.Printer.event(event)
	node, hit, _ := strings.Cut(subject, "/")
	var err error
	switch {
	case hit != "":
		err = r.Didit.ReviewHit(session, node, hit, status)
	case node != "":
		err = r.Didit.DecideFeature(session, node, "", status, comment)
	default:
		err = r.Didit.DecideSession(session, status, comment)
	}
	r.takeNew()
	return err
}

// UnmetError reports that this machine does not meet a requirement of a page, or of a part
// of it.
type UnmetError struct {
	needs, found string
	wholePage    bool
}

func (e *UnmetError) Error() string {
	return fmt.Sprintf("This needs %s; here: %s.", e.needs, e.found)
}

// requireCLI records whether the CLI is too old. openTofu is "" if no version is recent
// enough.
func (r *Runner) requireCLI(wholePage bool, terraform, openTofu string) {
	minor, needs := terraform, fmt.Sprintf("Terraform 1.%s or later", terraform)
	if openTofu != "" {
		needs += fmt.Sprintf(", or OpenTofu 1.%s or later", openTofu)
	}
	if r.CLI.IsOpenTofu() {
		minor = openTofu
	}
	if minor == "" || r.CLI.Minor < number(minor) {
		r.unmet = &UnmetError{needs: needs, found: r.CLI.Version, wholePage: wholePage}
	}
}

// number parses digits that a pattern has matched; "" is 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
