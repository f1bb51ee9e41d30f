// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/markdown"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// summaryInput names what the summary is made of.
type summaryInput struct {
	plans, logs, groups          []string
	directory, since, sessionURL string
	isSince                      bool
	full                         bool
	size                         int
}

func summaryCommand(directory *string) *cobra.Command {
	var in summaryInput
	command := &cobra.Command{
		Use:   "summary [PLAN.json…]",
		Short: "Show what plans do to decisions, for reviewers",
		Long: `Reads the JSON of plans of Terraform or OpenTofu, and prints Markdown for reviewers:
first whether the plan can be applied, counts, and what needs attention;
then what was refused, failed checks, warnings, and everything that is not a
decision; then each case in reading order: its AML hits, its steps, the session.
Sensitive values are not shown. A PLAN of - is standard input.

With --group it reads the group's decision files, which have the names, reasons
and tickets of decisions. With --since it marks what a plan changes that files
changed since that commit do not explain.

With --log it shows the errors and warnings of the plan, which no plan file
holds. Where Terraform stopped before there was a plan, pass the log alone, or with
an empty file as its plan. With the log of apply -json it shows whether the plan
was applied.

For several plans, give --group and --log once for each, in the same order.

The page is cut to fit into a comment, with a count of what is missing: cases
without a mark first. --full cuts nothing.

Exit codes: 0 done, 3 wrong usage, or something could not be read.`,
		Example: `  terraform -chdir=groups/2026 plan -json -out=tfplan > plan.jsonl
  terraform -chdir=groups/2026 show -json tfplan > plan.json
  didit-decisions summary plan.json --log plan.jsonl --group 2026 --since HEAD
  didit-decisions summary plan.json --full >> "$GITHUB_STEP_SUMMARY"`,
		RunE: func(command *cobra.Command, args []string) error {
			in.plans, in.directory, in.isSince = args, *directory, command.Flags().Changed("since")
			text, err := summarize(command.Context(), in, command.InOrStdin())
			if err != nil {
				return err
			}
			_, err = io.WriteString(command.OutOrStdout(), text)
			return err
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&in.groups, "group", nil, "read the decision files of the `group` that was planned")
	flags.StringArrayVar(&in.logs, "log", nil, "read errors and warnings from this `file`, the output of terraform plan -json or apply -json")
	flags.StringVar(&in.since, "since", "", "mark what files that differ from this `commit` do not explain, as groups --since compares; needs --group and git")
	flags.BoolVar(&in.full, "full", false, "cut nothing")
	flags.IntVar(&in.size, "size", summary.DefaultSize, "cut the page at this many `bytes`")
	flags.StringVar(&in.sessionURL, "session-url", "", "make each session a link to this `URL`, such as 'https://example.com/sessions/{session_id}'")
	command.MarkFlagsMutuallyExclusive("full", "size")
	return command
}

func (in summaryInput) check() error {
	pages := max(len(in.plans), 1)
	switch {
	case len(in.plans) == 0 && len(in.logs) == 0:
		return errors.New("name the JSON of a plan, or a log with --log")
	case slices.Contains(slices.Concat(in.plans, in.logs, in.groups), ""):
		return errors.New("a PLAN, --log or --group is empty: see whether a variable is")
	case len(in.groups) > 0 && len(in.groups) != pages:
		return fmt.Errorf("there are %d plans and %d groups: give --group once for each plan, in the same order", pages, len(in.groups))
	case len(in.logs) > 0 && len(in.logs) != pages:
		return fmt.Errorf("there are %d plans and %d logs: give --log once for each plan, in the same order", pages, len(in.logs))
	case in.isSince && len(in.groups) == 0:
		return errors.New("--since compares decision files: give --group, too")
	case in.size < minSize:
		return fmt.Errorf("--size %d is too small: give at least %d", in.size, minSize)
	}
	return nil
}

// minSize has room for the paragraphs of one plan, which are never cut.
const minSize = 5_000

// summarize returns the page.
func summarize(ctx context.Context, in summaryInput, stdin io.Reader) (string, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	sessionURL, err := markdown.ParseSessionURL(in.sessionURL)
	if err != nil {
		return "", fmt.Errorf("--session-url: %w", err)
	}
	options := summary.Options{Size: in.size, SessionURL: sessionURL}
	if in.full {
		options.Size = 0
	}
	files, err := readFiles(ctx, in)
	if err != nil {
		return "", err
	}
	var summaries []*summary.Summary
	for i := range max(len(in.plans), 1) {
		page := summary.Input{Files: files[nth(in.groups, i)], Group: nth(in.groups, i)}
		if name := nth(in.logs, i); name != "" {
			if page.Log, err = read(name, stdin, "log", summary.ParseLog); err != nil {
				return "", err
			}
		}
		name := nth(in.plans, i)
		// Pipelines make the file of a plan before there is a plan; the log says why there is none.
		if name != "" && (nth(in.logs, i) == "" || !isEmpty(name)) {
			if page.Plan, err = read(name, stdin, "plan", summary.ParsePlan); err != nil {
				return "", err
			}
		}
		found, err := summary.New(page)
		if err != nil {
			return "", fmt.Errorf("the plan in %s: %w", decisionrepo.Shown(name), err)
		}
		summaries = append(summaries, found)
	}
	return summary.Markdown(options, summaries...), nil
}

// nth returns "" for what was not named.
func nth(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}

// isEmpty reports whether a file is there and empty.
func isEmpty(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// read reads a file, or standard input for -.
func read[T any](name string, stdin io.Reader, what string, parse func([]byte) (T, error)) (parsed T, err error) {
	var data []byte
	if name == "-" {
		name = "standard input"
		data, err = io.ReadAll(stdin)
	} else {
		data, err = os.ReadFile(name) //nolint:gosec // G304: the user names the file to read.
	}
	if err != nil {
		return parsed, fmt.Errorf("reading the %s: %w", what, err)
	}
	if parsed, err = parse(data); err != nil {
		return parsed, fmt.Errorf("the %s in %s: %w", what, decisionrepo.Shown(name), err)
	}
	return parsed, nil
}

// readFiles returns the decision files of each named group. Of a file that no plan has, only
// the problem is used.
func readFiles(ctx context.Context, in summaryInput) (map[string]*summary.Files, error) {
	found := map[string]*summary.Files{}
	if len(in.groups) == 0 {
		return found, nil
	}
	groups, problems, err := decisionrepo.Read(in.directory)
	if err != nil {
		return nil, err
	}
	var changed []string
	if in.isSince {
		if changed, err = decisionrepo.ChangedSince(ctx, in.directory, in.since); err != nil {
			return nil, err
		}
		changed = append([]string{}, changed...) // Not nil: it is known that nothing changed.
	}
	for _, name := range in.groups {
		i := slices.IndexFunc(groups, func(group decisionrepo.Group) bool { return group.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no group %s in %s", decisionrepo.Shown(name), decisionrepo.Shown(path.Join(in.directory, "groups")))
		}
		files := &summary.Files{Files: groups[i].Valid, Changed: changed}
		for _, problem := range problems {
			if path.Dir(path.Dir(problem.File)) == path.Join("groups", name) {
				files.Problems = append(files.Problems, problem)
			}
		}
		found[name] = files
	}
	return found, nil
}
