// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// Runner follows the blocks of a page, one after the other.
type Runner struct {
	Options
	CLI *terraformcli.CLI
	// Output is the output of the last console block, with Terraform's name for OpenTofu's.
	Output string

	shell *shell
	// section is the last heading.
	section string
	// unmet is a requirement of the page, or of the part up to the next new folder, that
	// this machine does not meet.
	unmet       *UnmetError
	isInstalled bool
	// requests and changes are the numbers of entries of the log and the trail that were
	// checked; waiting is the number of changes that wait.
	requests, changes, waiting int
}

// Options are the surroundings of a page, and how strictly it is followed.
type Options struct {
	// Didit is the simulator that the page's provider uses.
	Didit *simulator.Server
	// Home is an empty folder, the home of the user who follows the page.
	Home string
	// Checkout is the root of the repository.
	Checkout string
	// Replace returns the commands to run instead of those on the page.
	Replace func(commands string) string
	// Printer shows the page and the output of its commands; the zero Printer nothing.
	Printer Printer
	// Strict fails on every request that the page does not name, and on every response
	// of Didit that is not a success.
	Strict bool
}

// NewRunner finds the CLI, and prepares the home.
func NewRunner(ctx context.Context, options Options) (*Runner, error) {
	cli, err := terraformcli.Find(ctx)
	if err != nil {
		return nil, err
	}
	r := &Runner{Options: options, CLI: cli}
	var variables []string
	if r.Printer.Writer == nil {
		r.Printer.Writer = io.Discard
	}
	if !r.Printer.Colours {
		variables = append(variables, "TF_CLI_ARGS=-no-color")
	}
	if r.shell, err = newShell(ctx, cli, options.Home, options.Checkout, variables); err != nil {
		return nil, err
	}
	return r, r.enterNewFolder()
}

// MismatchError reports a block whose result differs from the page.
type MismatchError struct {
	Section  string
	Line     int
	Step     string
	Expected string
	Found    string
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("This is not what the page says.\n  In:       %s (line %d)\n  At:       %s\n  Expected: %s\n  Found:    %s", e.Section, e.Line, e.Step, e.Expected, e.Found)
}

// Follow prints a block, writes its file or runs its commands, and checks the result.
// Errors are a *MismatchError, an *UnmetError, or the system's.
func (r *Runner) Follow(ctx context.Context, b Block) error {
	expected := expectation{}
	for _, directive := range b.directives {
		if err := r.runDirective(ctx, directive, &expected); err != nil {
			return fmt.Errorf("line %d: %s: %w", b.Line, directive, err)
		}
	}
	if r.unmet != nil && (b.Kind == File || b.Kind == Console) {
		return r.unmet
	}
	switch b.Kind {
	case Heading:
		r.section = b.Text
		r.Printer.heading(b.Text)
	case Paragraph:
		r.Printer.paragraph(b.Text)
	case File:
		r.Printer.quote(b.Text)
		return r.write(b.Name, b.Text)
	case Console:
		return r.console(ctx, b, expected)
	case Trail:
		return r.trail(b)
	case Other:
	}
	return nil
}

// expectation is the expected result of a console block, apart from its output.
type expectation struct {
	exitCode int
	// mostReads is at least leastReads.
	leastReads, mostReads, writes int
	// isCounted: the page names the numbers.
	isCounted bool
	// deferred is the number of changes that wait now, less those that have waited before.
	deferred int
}

func (r *Runner) console(ctx context.Context, b Block, expected expectation) error {
	commands := r.Replace(b.Text)
	for line := range strings.Lines(commands) {
		if r.CLI.IsOpenTofu() {
			line = strings.ReplaceAll(line, "terraform ", "tofu ")
		}
		r.Printer.command(strings.TrimSuffix(line, "\n"))
	}
	var output bytes.Buffer
	shown := &boilerplate{writer: r.Printer.quoting()}
	exitCode, err := r.shell.run(ctx, commands, io.MultiWriter(&output, shown))
	if err = errors.Join(err, shown.close()); err != nil {
		return err
	}
	r.Output = strings.ReplaceAll(output.String(), "OpenTofu", "Terraform")
	waited := r.waiting
	requests, changes := r.takeNew()
	expected.deferred = r.waiting - waited
	if expected, found := r.compare(b, expected, exitCode, requests, changes); expected != "" {
		return &MismatchError{r.section, b.Line, strings.TrimSpace(b.Text), expected, found}
	}
	if len(b.Excerpts)+len(requests) > 0 {
		r.Printer.verdict(fmt.Sprintf("As expected: exit code %d, and Didit got %s.", exitCode, count(requests)))
	}
	r.Printer.line("", "")
	return nil
}

// compare returns the first difference from the expected result; "" if there is none.
func (r *Runner) compare(b Block, e expectation, exitCode int, requests []simulator.Request, changes []simulator.TrailEntry) (expected, found string) {
	if exitCode != e.exitCode {
		return fmt.Sprintf("exit code %d", e.exitCode), fmt.Sprintf("exit code %d", exitCode)
	}
	rest := terraformcli.Plain(r.Output)
	for _, line := range b.Excerpts {
		_, after, isThere := strings.Cut(rest, terraformcli.Plain(line))
		if !isThere {
			return strings.TrimSpace(line), "it is not in the output, or not in this order"
		}
		rest = after
	}
	reads, writes := countMethod(requests, http.MethodGet), len(requests)-countMethod(requests, http.MethodGet)
	if (e.isCounted || r.Strict) && (reads < e.leastReads || reads > e.mostReads || writes != e.writes) {
		return e.String(), count(requests)
	}
	if made := countByTerraform(changes) + e.deferred; made != countMethod(requests, http.MethodPatch) {
		return "every PATCH makes one change", fmt.Sprintf("%s, and %d changes", count(requests), made)
	}
	for _, request := range requests {
		if r.Strict && request.Status/100 != 2 {
			return "every request succeeds", fmt.Sprintf("%s %s returned %d", request.Method, request.Path, request.Status)
		}
	}
	return "", ""
}

func (e expectation) String() string {
	if e.leastReads != e.mostReads {
		return fmt.Sprintf("%d to %d GET and %d PATCH", e.leastReads, e.mostReads, e.writes)
	}
	return fmt.Sprintf("%d GET and %d PATCH", e.leastReads, e.writes)
}

func count(requests []simulator.Request) string {
	reads := countMethod(requests, http.MethodGet)
	return fmt.Sprintf("%d GET and %d PATCH", reads, len(requests)-reads)
}

func countMethod(requests []simulator.Request, method string) (n int) {
	for _, request := range requests {
		if request.Method == method {
			n++
		}
	}
	return n
}

// takeNew returns the requests and changes since the last call.
func (r *Runner) takeNew() (requests []simulator.Request, changes []simulator.TrailEntry) {
	requests, changes = r.Didit.Requests(), r.Didit.Trail("")
	seenRequests, seenChanges := r.requests, r.changes
	r.requests, r.changes, r.waiting = len(requests), len(changes), r.countWaiting()
	return requests[seenRequests:], changes[seenChanges:]
}

// countWaiting returns the number of changes that wait until their persons have finished.
func (r *Runner) countWaiting() (n int) {
	for _, session := range r.Didit.Sessions() {
		for _, override := range r.Didit.Overrides(session.ID) {
			if override.State == simulator.OverridePending {
				n++
			}
		}
	}
	return n
}

// enterNewFolder changes to a new, empty folder, in the same shell.
func (r *Runner) enterNewFolder() error {
	if r.unmet != nil && !r.unmet.wholePage {
		r.unmet = nil
	}
	folder, err := os.MkdirTemp(r.Home, "folder-")
	if err != nil {
		return err
	}
	return r.shell.enter(folder)
}

func (r *Runner) write(name, content string) error {
	folder, err := r.shell.folder()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o600)
}
