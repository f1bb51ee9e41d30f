// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

func groupsCommand(directory *string) *cobra.Command {
	var since string
	command := &cobra.Command{
		Use:   "groups",
		Short: "List the open groups, or those that changes touch",
		Long: `Prints the groups that have no file named closed, one a line.

With --since it prints those that differ from a commit: the working tree, with
what is not committed yet, is compared with the last commit that HEAD and the
named one have in common. A file in the folder of a group touches that group.
Anything else, such as a module or a workflow, touches every group, but pages
(*.md) touch none.

A folder that cannot be a group, and with --since a group that was deleted while
it was open, is a problem: it is printed on standard error.

Exit codes: 0 done, 1 problems, 3 wrong usage, or git failed.`,
		Example: `  didit-decisions groups
  didit-decisions groups --since origin/main    # what a branch changes
  didit-decisions groups --since HEAD           # what didit-decisions checkout has changed`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			names, problems, err := decisionrepo.OpenGroups(*directory)
			if err == nil && command.Flags().Changed("since") {
				var deleted []string
				names, deleted, err = decisionrepo.TouchedSince(command.Context(), *directory, since, names)
				problems = append(problems, deleted...)
			}
			if err != nil {
				return err
			}
			return report(command, names, problems)
		},
	}
	command.Flags().StringVar(&since, "since", "", "only groups that changes since this `commit` touch")
	return command
}
