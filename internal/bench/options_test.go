// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"testing"
)

func testedOptions(t *testing.T, arguments ...string) options {
	t.Helper()
	o, err := parseOptions(arguments, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRowsFollowTheOptions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ arguments, rows []string }{
		"without any": {nil, []string{
			"plan of new blocks, 1000 in 200 at 10", "plan of new blocks, 1000 in 200 at 50",
			"apply of new blocks, 1000 in 200 at 10", "apply of new blocks, 1000 in 200 at 50",
			"plan of managed blocks, 1000 in 200 at 10", "plan of managed blocks, 1000 in 200 at 50",
		}},
		"more steps than are applied": {[]string{"-steps", "5000", "-parallel", "10"}, []string{
			"plan of new blocks, 5000 in 1000 at 10", "plan of managed blocks, 5000 in 1000 at 10",
		}},
		"an apply of more steps": {[]string{"-steps", "2000", "-parallel", "1", "-apply-up-to=2000"}, []string{
			"plan of new blocks, 2000 in 400 at 1", "apply of new blocks, 2000 in 400 at 1", "plan of managed blocks, 2000 in 400 at 1",
		}},
		"no comparison": {[]string{"-steps=", "-limits"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rows []string
			for _, c := range testedOptions(t, test.arguments...).comparisons() {
				rows = append(rows, fmt.Sprintf("%s, %d in %d at %d", c.work.name, c.job.steps, c.job.sessions(), c.parallel))
			}
			if !slices.Equal(rows, test.rows) {
				t.Errorf("got %q, want %q", rows, test.rows)
			}
		})
	}
}

func TestOptionsThatMeanNothingAreRefused(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{"-steps", "0"}, {"-steps", "1000;5000"}, {"-parallel="}, {"-runs", "0"}, {"-report-bytes", "-1"}, {"limits"}, {"-unknown"}} {
		if o, err := parseOptions(arguments, io.Discard); err == nil {
			t.Errorf("%q is taken as %+v", arguments, o)
		}
	}
}
