// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestBench_PrintsCountsOfWhatTheCLIDid(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	o, err := parseOptions([]string{"-steps", "10", "-files", "2"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder

	if err := bench(t.Context(), o, &text); err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}

	rows := `(?s)does nothing.*` +
		`\| plan +\| +10 \| +2 \| +2 \| +0 \| +0 \| +[\d.]+ \|.*` +
		`\| apply +\| +10 \| +2 \| +([2-9]|1\d|2[0-2]) \| +10 \| +0 \|.*` +
		`\| plan again +\| +10 \| +2 \| +2 \| +0 \| +0 \|.*` +
		`compliance repository.*` +
		`\| plan +\| +2 \| +2 \| +2 \| +0 \| +0 \|.*` +
		`\| apply +\| +2 \| +2 \| +[2-6] \| +6 \| +0 \|.*` +
		`\| plan again +\| +2 \| +2 \| +2 \| +0 \| +0 \|`
	if !regexp.MustCompile(rows).MatchString(text.String()) {
		t.Errorf("not the rows of %s:\n%s", rows, &text)
	}
}

func TestParseOptions_ReadsNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments    []string
		steps, files []int
	}{
		"defaults": {nil, []int{1000}, []int{100, 400}},
		"several":  {[]string{"-steps=1000,5000", "-files", "2000"}, []int{1000, 5000}, []int{2000}},
		"none":     {[]string{"-steps=", "-files="}, nil, nil},
	} {
		o, err := parseOptions(test.arguments, io.Discard)
		if err != nil || !reflect.DeepEqual(o.steps, test.steps) || !reflect.DeepEqual(o.files, test.files) {
			t.Errorf("%s: got %+v, %v", name, o, err)
		}
	}
	for _, arguments := range [][]string{{"-steps", "0"}, {"-files", "100;400"}, {"-runs", "0"}, {"-parallelism", "0"}, {"limits"}, {"-unknown"}} {
		if o, err := parseOptions(arguments, io.Discard); err == nil {
			t.Errorf("%q is accepted as %+v", arguments, o)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 10, 2}, 3}} {
		if got := median(test.of); got != test.want {
			t.Errorf("the median of %v is %v, want %v", test.of, got, test.want)
		}
	}
}
