// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

func checkoutCommand(directory *string) *cobra.Command {
	return &cobra.Command{
		Use:   "checkout COMMIT",
		Short: "Put the decision files of a pull request into the tree, and nothing else",
		Long: `Merges a commit into the checked-out one, and puts the merged decision files,
groups/GROUP/decisions/NAME.yaml, in the place of those that are there. Everything
else stays as it is checked out, so a pipeline can plan the decisions of a pull
request with the code of the main branch, and with a key. HEAD and the index stay,
and nothing of the commit runs: no hook, filter, merge driver or line-ending
conversion that it brings.

It changes nothing, and ends with 1, where the commit conflicts with the
checked-out one, where a merge would change anything else beside decisions, where
a decision is a link or a submodule, or has a name that is not allowed, where its
group is closed, and where its group is not in the checked-out commit: a new group
is merged first. Where a merge changes no decision, it changes and prints nothing,
and ends with 0.

It prints the decision files that the merge changes, one a line. It needs git 2.38
or later, and the whole history (git fetch --unshallow). To go back:
git checkout -- groups && git clean -f groups

Exit codes: 0 done, 1 problems, 3 wrong usage, decision files that are not
committed, or git failed.`,
		Example: `  git fetch origin pull/12/head
  didit-decisions checkout FETCH_HEAD
  didit-decisions validate
  for group in $(didit-decisions groups --since HEAD); do …; done`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			changed, problems, err := decisionrepo.Checkout(command.Context(), *directory, args[0])
			if err != nil {
				return err
			}
			return report(command, changed, problems)
		},
	}
}
