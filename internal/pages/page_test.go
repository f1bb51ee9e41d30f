// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"reflect"
	"testing"
)

func TestParse_SplitsPageIntoBlocks(t *testing.T) {
	t.Parallel()
	blocks, err := Parse("# Title\n\nTwo\nlines.\n\n<!-- test: exit code 1 -->\n\n```console\nterraform plan\n```\n\n```text\nError: one\n\ntwo\n```\n\n" +
		"```terraform\n# main.tf\nlocals {}\n```\n\n```trail\nBY\n```\n\n```terraform\nlocals {}\n```\n")
	if err != nil {
		t.Fatal(err)
	}

	want := []Block{
		{Kind: Heading, Line: 1, Text: "Title"},
		{Kind: Paragraph, Line: 3, Text: "Two\nlines."},
		{Kind: Console, Line: 8, Text: "terraform plan\n", Excerpts: []string{"Error: one", "", "two"}, directives: []string{"exit code 1"}},
		{Kind: Other, Line: 12, Text: "Error: one\n\ntwo\n"},
		{Kind: File, Line: 18, Text: "# main.tf\nlocals {}\n", Name: "main.tf"},
		{Kind: Trail, Line: 23, Text: "BY\n"},
		{Kind: Other, Line: 27, Text: "locals {}\n"},
	}
	if !reflect.DeepEqual(blocks, want) {
		t.Errorf("got  %+v\nwant %+v", blocks, want)
	}
}

func TestParse_RejectsMalformedPage(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"comment that is not a directive": "<!-- exit code 1 -->\n",
		"directive without a block":       "```console\nls\n```\n\n<!-- test: exit code 1 -->\n",
		"block without an end":            "```console\nls\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if blocks, err := Parse(page); err == nil {
				t.Errorf("got %+v", blocks)
			}
		})
	}
}
