// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of decision files, for editors",
		Long: `Prints the JSON Schema of decision files. An editor that knows it completes keys
and values, and marks mistakes while you type. It cannot see everything that
validate does.

Keep it at the top of the repository, and name it in the first line of each
decision file, as draft does. The YAML extension of Visual Studio Code, among
others, follows that line:

  ` + decisionrepo.SchemaLine,
		Example: `  didit-decisions schema > decisions.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			_, err := command.OutOrStdout().Write(decisionfile.Schema())
			return err
		},
	}
}
