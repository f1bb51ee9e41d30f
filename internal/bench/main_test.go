// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestBenchmarkPrintsATableOfWhatTheCLIDid(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	var text strings.Builder

	err := bench(t.Context(), testedOptions(t, "-steps", "10", "-parallel", "10", "-runs", "1"), &text)
	if err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}

	for _, row := range []string{
		`\| plan of new blocks +\| 10 +\| 2 +\| count \| 10 +\| 2 +\| 0 +\| 0 +\|`,
		`\| apply of new blocks +\| 10 +\| 2 +\| count \| 10 +\| ([2-9]|1[0-2]) +\| 10 +\| 0 +\|`,
		`\| plan of managed blocks +\| 10 +\| 2 +\| count \| 10 +\| 2 +\| 0 +\| 0 +\|`,
	} {
		if !regexp.MustCompile(row).MatchString(text.String()) {
			t.Errorf("there is no row %s in:\n%s", row, &text)
		}
	}
}
