// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// options are the command line.
type options struct {
	steps, parallel numbers
	runs, applyUpTo int
	reportBytes     int
	limits          bool
}

func parseOptions(arguments []string, errorsTo io.Writer) (options, error) {
	o := options{steps: numbers{1000}, parallel: numbers{10, 50}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errorsTo)
	flags.Var(&o.steps, "steps", "how many `steps`, five a session, separated by commas; empty: no comparison with the floor")
	flags.Var(&o.parallel, "parallel", "Terraform's `-parallelism`, separated by commas")
	flags.IntVar(&o.runs, "runs", 3, "how often each side does each piece of work")
	flags.IntVar(&o.applyUpTo, "apply-up-to", 1000, "the most `steps` that are applied too: Terraform's own part of an apply grows with their square")
	flags.IntVar(&o.reportBytes, "report-bytes", 0, "how many `bytes` each session's report has; 0: 20 to 40 KB")
	flags.BoolVar(&o.limits, "limits", false, "also show how work is paced that fills a limit several times; takes four minutes or more")
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 || o.runs < 1 || o.reportBytes < 0 || len(o.parallel) == 0 {
		err := errors.New("-runs and -parallel need at least 1, -report-bytes at least 0, and there are no further arguments")
		_, _ = fmt.Fprintln(errorsTo, err)
		return options{}, err
	}
	return o, nil
}

// comparisons are the rows of the first table.
func (o options) comparisons() []comparison {
	var all []comparison
	for _, steps := range o.steps {
		for _, w := range []work{planNew, applyNew, planManaged} {
			if w.name == applyNew.name && steps > o.applyUpTo {
				continue
			}
			for _, parallel := range o.parallel {
				all = append(all, comparison{
					work: w, parallel: parallel,
					job: job{
						steps: steps, stepsPerSession: len(sessionSteps), reportBytes: o.reportBytes,
						readsPerMinute: unlimited, writesPerMinute: unlimited,
					},
				})
			}
		}
	}
	return all
}

// numbers are positive numbers, separated by commas.
type numbers []int

func (n *numbers) String() string {
	var all []string
	for _, number := range *n {
		all = append(all, strconv.Itoa(number))
	}
	return strings.Join(all, ",")
}

// Set takes the place of what was there before.
func (n *numbers) Set(text string) error {
	*n = nil
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		number, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || number < 1 {
			return fmt.Errorf("%q is no number from 1", part)
		}
		*n = append(*n, number)
	}
	return nil
}
