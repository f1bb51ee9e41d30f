// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

func validateCommand(directory *string) *cobra.Command {
	var annotate string
	command := &cobra.Command{
		Use:   "validate",
		Short: "Check every decision file, and what is below groups/",
		Long: `Reads every decision file of every open group, and prints each problem as
file:line:column: problem. It also reports what no plan can see: a file or folder
that has no place in a group, a decision file outside of groups/, a link, names that
differ only in case, a session in two files, a group without main.tf.

It needs no key, no network and no git, and takes milliseconds: run it before
each commit, and make it a required check of pull requests.

Exit codes: 0 no problem, 1 problems, 3 wrong usage or a file that cannot be read.`,
		Example: `  didit-decisions validate
  didit-decisions validate --annotate=github    # in a workflow: problems appear in the diff`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			write := line
			switch annotate {
			case "":
			case "github":
				write = annotation
			default:
				return fmt.Errorf("--annotate=%s: the only service is github", annotate)
			}
			groups, problems, err := decisionrepo.Read(*directory)
			if err != nil {
				return err
			}
			var lines []string
			for _, problem := range problems {
				lines = append(lines, write(problem))
			}
			if err := printLines(command.OutOrStdout(), lines); err != nil {
				return err
			}
			files, open := 0, 0
			for _, group := range groups {
				files += len(group.Files)
				if !group.Closed {
					open++
				}
			}
			_, err = fmt.Fprintf(command.ErrOrStderr(), "decision files: %d, open groups: %d, problems: %d\n", files, open, len(problems))
			if err == nil && len(problems) > 0 {
				err = errProblems
			}
			return err
		},
	}
	command.Flags().StringVar(&annotate, "annotate", "", "print the annotations of a `service` instead: github")
	_ = command.RegisterFlagCompletionFunc("annotate", cobra.FixedCompletions([]string{"github"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func line(p decisionfile.Problem) string {
	p.File = decisionrepo.Shown(p.File)
	return p.String()
}

// annotation returns a workflow command of GitHub, which shows the problem in the diff. What is
// escaped is what GitHub decodes, so that no text of a file begins another command.
func annotation(p decisionfile.Problem) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return fmt.Sprintf("::error file=%s,line=%d,col=%d,title=Decision file::%s", property.Replace(p.File), p.Line, p.Column, data.Replace(p.Text))
}
