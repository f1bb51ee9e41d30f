// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command didit-decisions does for a repository of decisions what Terraform and the git services do
// not. Each of its commands is one file of this package. Run it with --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"
)

// Set by the release.
var (
	version = "dev"
	commit  = "unknown"
)

// The exit codes; overview describes them to users.
const (
	exitDone     = 0
	exitProblems = 1
	exitFindings = 2
	exitFailed   = 3
)

const overview = `Keeps decisions about Didit sessions in git, together with Terraform and the
provider didit-community/didit: drafts and checks decision files, puts those of a
pull request into a working tree, shows what a plan does, and compares git with
what Didit has. It never runs Terraform.

The repository has a folder for each group of decisions:

  groups/2026/main.tf                    calls the module that plans the group
  groups/2026/decisions/case-7.yaml      the decisions about one session
  groups/2025/closed                     takes the group out of checks and plans

Results go to standard output, messages to standard error.

Exit codes:
  0  done
  1  there are problems, and they are printed
  2  an audit has findings
  3  wrong usage, or something could not be read or written
`

// errProblems ends a command whose problems are printed.
var errProblems = errors.New("there are problems")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	used := false
	root.PersistentPreRun = func(*cobra.Command, []string) { used = true }
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	switch {
	case errors.Is(err, errProblems):
		return exitProblems
	case errors.Is(err, errFindings):
		return exitFindings
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "didit-decisions: %s\n", oneLine(err.Error()))
		if !used {
			_, _ = fmt.Fprintf(stderr, "See: %s --help\n", command.CommandPath())
		}
		return exitFailed
	}
	return exitDone
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "didit-decisions",
		Short:         "Decisions about Didit sessions in git",
		Long:          overview,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	directory := root.PersistentFlags().StringP("directory", "C", ".", "top of the repository of decisions, the folder that has groups/")
	root.AddCommand(
		validateCommand(directory),
		groupsCommand(directory),
		checkoutCommand(directory),
		summaryCommand(directory),
		draftCommand(directory),
		auditCommand(directory),
		schemaCommand(),
		versionCommand(),
	)
	return root
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version and commit",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(command.OutOrStdout(), "didit-decisions %s (%s)\n", version, commit)
			return err
		},
	}
}

// report prints results, and problems that are about no line of a file.
func report(command *cobra.Command, results, problems []string) error {
	err := errors.Join(printLines(command.OutOrStdout(), results), printLines(command.ErrOrStderr(), problems))
	if err == nil && len(problems) > 0 {
		err = errProblems
	}
	return err
}

// printLines prints each line so that GitHub takes no part of it for a command: it looks for ##[
// anywhere in a line.
func printLines(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, strings.ReplaceAll(line, "##[", "## [")); err != nil {
			return err
		}
	}
	return nil
}

// oneLine returns a message, which may have paths and git's words in it, as a text that neither a
// terminal nor a CI service can take for a command.
func oneLine(message string) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.Join(strings.Fields(message), " "))
	return strings.ReplaceAll(text, "##[", "## [")
}
