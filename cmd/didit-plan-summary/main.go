// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command didit-plan-summary shows what a Terraform plan does to decisions in Didit,
// as Markdown for a reviewer, and compares two plans.
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

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

// Set by the release.
var (
	version = "dev"
	commit  = "unknown"
)

// The exit codes.
const (
	exitDone       = 0
	exitFailed     = 1
	exitDifferent  = 3
	exitPartlyDone = 4
)

const usage = `Shows what a Terraform or OpenTofu plan does to decisions in Didit.

  terraform plan -out=tfplan
  terraform show -json tfplan | didit-plan-summary [flags]
  didit-plan-summary [flags] PLAN.json

It writes Markdown: counts first, then the changes that are not decisions, then
each session with its AML hits, its steps and its own status. What deserves a
close look is marked and comes first. Sensitive values are not shown. The
command reads nothing but the files you name; it needs no network and no key.

With -compare it compares the plan with a reviewed one, and writes the
difference as Markdown. Write the summary of the reviewed plan with
-format json, by the same version of this command. Values that are sensitive
or known only after the apply cannot be compared: if the apply may send one,
the plan counts as different.

Exit codes:
  0  done; with -compare: the plan does what was reviewed
  1  wrong flags or unreadable input; the file of -out is left as it was
  3  with -compare: the plan does something else, cannot be compared, or has
     errors; have it reviewed again
  4  with -compare: part of what was reviewed is done already, and the plan is
     exactly the rest, as after an apply that failed half-way; it can be applied

Flags:
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

type settings struct {
	plan, format, group, out, reviewed string
	options                            summary.Options
	version                            bool
}

// run returns the exit code.
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
		text, code, err = summarize(settings, stdin)
	}
	if err == nil {
		err = write(text, settings.out, stdout)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "didit-plan-summary:", summary.Line(err.Error()))
		return exitFailed
	}
	return code
}

func parse(args []string, stdout io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("didit-plan-summary", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.reviewed, "compare", "", "compare with the reviewed summary in this `file`")
	flags.StringVar(&s.format, "format", "markdown", "write `markdown` or json")
	flags.StringVar(&s.group, "group", "", "`name` of the group of decisions that was planned: part of the heading and of the\nJSON; -compare refuses the summary of another group")
	flags.StringVar(&s.out, "out", "", "write to this `file` instead of the standard output")
	flags.Func("session-url", "make each session a link to this `URL`, such as\n'https://example.com/sessions/{session_id}'", func(template string) (err error) {
		s.options.SessionURL, err = summary.ParseSessionURL(template)
		return err
	})
	flags.IntVar(&s.options.Size, "size", summary.DefaultSize, fmt.Sprintf("cut Markdown at this many `bytes`, at least %d, and report what is missing", summary.SmallestSize))
	flags.BoolVar(&s.version, "version", false, "print version and commit")
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
		return s, fmt.Errorf("unexpected argument %q: put flags before the plan (see -help)", flags.Arg(1))
	case s.format != "markdown" && s.format != "json":
		return s, fmt.Errorf("-format %q is neither markdown nor json (see -help)", s.format)
	case s.format == "json" && s.reviewed != "":
		return s, errors.New("-compare writes Markdown only; leave out -format")
	case s.options.Size < summary.SmallestSize:
		return s, fmt.Errorf("-size %d is too small; give at least %d", s.options.Size, summary.SmallestSize)
	}
	s.plan = flags.Arg(0)
	return s, nil
}

// summarize returns the output and the exit code.
func summarize(s settings, stdin io.Reader) (text string, code int, err error) {
	planned, err := readPlan(s.plan, stdin)
	if err != nil {
		return "", exitFailed, err
	}
	planned.Group = s.group
	switch {
	case s.reviewed != "":
		return compare(planned, s)
	case s.format == "json":
		data, err := planned.JSON()
		return string(data), exitDone, err
	default:
		return planned.Markdown(s.options), exitDone, nil
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
		data, err = os.ReadFile(path) //nolint:gosec // G304: the user names the file to read.
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
	var difference summary.Difference
	if err == nil {
		difference, err = summary.Compare(reviewed, planned)
	}
	if err != nil {
		return "", exitFailed, fmt.Errorf("the reviewed summary in %s: %w", s.reviewed, err)
	}
	codes := map[summary.Result]int{summary.Same: exitDone, summary.PartlyDone: exitPartlyDone, summary.Different: exitDifferent}
	return difference.Markdown(s.options), codes[difference.Result()], nil
}

// write replaces a file only if there is something to write.
func write(text, path string, stdout io.Writer) error {
	if path == "" {
		_, err := io.WriteString(stdout, text)
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil { //nolint:gosec // G703: the user names the file to write.
		return fmt.Errorf("writing -out: %w", err)
	}
	return nil
}
