// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command didit-plan-summary says what a Terraform plan does to decisions, as
// Markdown for a review or as JSON for a comparison.
//
//	terraform show -json tfplan | didit-plan-summary
//
// Run it with -help for its flags and exit codes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// Stamped in by the release.
var (
	version = "dev"
	commit  = "unknown"
)

// The exit codes.
const (
	exitDone      = 0
	exitFailed    = 1
	exitDifferent = 3
)

const usage = `Says what a Terraform or OpenTofu plan does to the decisions in Didit.

  terraform plan -out=tfplan
  terraform show -json tfplan | didit-plan-summary [flags]
  didit-plan-summary [flags] PLAN.json

Without flags it writes Markdown: counts first, then one table row for each
decision, grouped, with what deserves a reviewer's eye marked. Values that are
sensitive are not shown. Nothing but the plan is read; no network, no key.

With -compare it compares the plan with one that was reviewed, whose summary
was written with -format json, and writes the difference as Markdown. What is
sensitive or known only after an apply cannot be compared; the difference says
how much of that there is.

Exit codes:
  0  written; with -compare: the same decisions are planned
  1  something given cannot be read or written; nothing is written to -out
  3  with -compare: something else is planned, or the plan has errors

Flags:
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

type settings struct {
	plan, format, out, reviewed string
	size                        int
	version                     bool
}

// run gives the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	settings, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	var text string
	code := exitDone
	switch {
	case err != nil:
	case settings.version:
		text = fmt.Sprintf("didit-plan-summary %s (%s)\n", version, commit)
	default:
		text, code, err = write(settings, stdin)
	}
	if err == nil {
		err = deliver(text, settings.out, stdout)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "didit-plan-summary:", err)
		return exitFailed
	}
	return code
}

func parse(args []string, stdout io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("didit-plan-summary", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.format, "format", "markdown", "write `markdown` or json")
	flags.StringVar(&s.out, "out", "", "write to this `file` instead of standard output")
	flags.StringVar(&s.reviewed, "compare", "", "compare with the reviewed summary in this `file`, which -format json has written")
	flags.IntVar(&s.size, "size", summary.DefaultSize, fmt.Sprintf("cut Markdown at this many `bytes`, at least %d, and say how many rows are missing", summary.SmallestSize))
	flags.BoolVar(&s.version, "version", false, "write version and commit, and end")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stdout, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return s, err
	}
	switch {
	case err != nil:
		return s, fmt.Errorf("%w (see -help)", err)
	case flags.NArg() > 1:
		return s, fmt.Errorf("unexpected argument %q: flags come before the plan (see -help)", flags.Arg(1))
	case s.format != "markdown" && s.format != "json":
		return s, fmt.Errorf("-format %q is neither markdown nor json (see -help)", s.format)
	case s.format == "json" && s.reviewed != "":
		return s, errors.New("-compare writes Markdown only; leave -format out")
	case s.size < summary.SmallestSize:
		return s, fmt.Errorf("-size %d is less than %d", s.size, summary.SmallestSize)
	}
	s.plan = flags.Arg(0)
	return s, nil
}

// write makes the text, and the exit code that goes with it.
func write(s settings, stdin io.Reader) (text string, code int, err error) {
	planned, err := readPlan(s.plan, stdin)
	if err != nil {
		return "", exitFailed, err
	}
	switch {
	case s.reviewed != "":
		return compare(planned, s)
	case s.format == "json":
		data, err := planned.JSON()
		return string(data), exitDone, err
	default:
		return planned.Markdown(s.size), exitDone, nil
	}
}

func readPlan(path string, stdin io.Reader) (summary.Summary, error) {
	name := path
	var data []byte
	var err error
	if path == "" || path == "-" {
		name = "standard input"
		data, err = io.ReadAll(stdin)
	} else {
		data, err = os.ReadFile(path) //nolint:gosec // G304: reading the file that the user names is what it is for.
	}
	if err != nil {
		return summary.Summary{}, fmt.Errorf("reading the plan: %w", err)
	}
	planned, err := summary.Parse(data)
	if err != nil {
		return summary.Summary{}, fmt.Errorf("the plan in %s: %w", name, err)
	}
	return planned, nil
}

func compare(planned summary.Summary, s settings) (text string, code int, err error) {
	data, err := os.ReadFile(s.reviewed)
	if err != nil {
		return "", exitFailed, fmt.Errorf("reading the reviewed summary: %w", err)
	}
	reviewed, err := summary.ParseJSON(data)
	if err != nil {
		return "", exitFailed, fmt.Errorf("the reviewed summary in %s: %w", s.reviewed, err)
	}
	difference := summary.Compare(reviewed, planned)
	code = exitDifferent
	if difference.IsEmpty() {
		code = exitDone
	}
	return difference.Markdown(s.size), code, nil
}

// deliver writes a file only when there is something to write into it.
func deliver(text, path string, stdout io.Writer) error {
	if path == "" {
		_, err := io.WriteString(stdout, text)
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil { //nolint:gosec // G703: writing the file that the user names is what it is for.
		return fmt.Errorf("writing -out: %w", err)
	}
	return nil
}
