// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestOutcomeNamesWhatComesOtherwise(t *testing.T) {
	t.Parallel()
	change := simulator.TrailEntry{SessionID: person, NodeID: "feature_ocr_1", From: "In Review", To: "Approved", Comment: "CASE-1"}
	expected := outcome{says: []string{"1 changed"}, reads: onceOrTwice, changes: []simulator.TrailEntry{change}}
	asTold := func() result {
		return result{
			said:     "Apply complete! 1 changed.",
			requests: []simulator.Request{{Method: "GET", Status: 200}, {Method: "PATCH", Status: 200}},
			changes:  []simulator.TrailEntry{{Actor: "API Client", SessionID: person, NodeID: "feature_ocr_1", FeatureType: "ID_VERIFICATION", From: "In Review", To: "Approved", Comment: "CASE-1"}},
		}
	}
	for name, test := range map[string]struct {
		change func(*result)
		want   difference
	}{
		"nothing":            {func(*result) {}, difference{}},
		"exit code":          {func(r *result) { r.exitCode = 1 }, difference{"exit code 0", "exit code 1"}},
		"text":               {func(r *result) { r.said = "Apply complete!" }, difference{"Terraform says: 1 changed", "it is not in what Terraform said above"}},
		"no change":          {func(r *result) { r.changes = nil }, difference{"on the audit trail: feature_ocr_1", "nothing"}},
		"other comment":      {func(r *result) { r.changes[0].Comment = "" }, difference{`comment "CASE-1"`, `comment ""`}},
		"one change more":    {func(r *result) { r.changes = append(r.changes, change) }, difference{"feature_ocr_1", "; feature_ocr_1"}},
		"one PATCH more":     {func(r *result) { r.requests = append(r.requests, r.requests[1]) }, difference{"1 PATCH", "2 PATCH"}},
		"too many GET":       {func(r *result) { r.requests = append(r.requests, r.requests[0], r.requests[0]) }, difference{"1 to 2 GET", "3 GET"}},
		"no GET":             {func(r *result) { r.requests = r.requests[1:] }, difference{"1 to 2 GET", "0 GET"}},
		"an answer of error": {func(r *result) { r.requests[1].Status = 502 }, difference{"every request is answered 200", "was answered 502"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := asTold()
			test.change(&found)

			got := expected.compare(found)

			if got == nil {
				got = &difference{}
			}
			if (got.expected == "") != (test.want.expected == "") ||
				!strings.Contains(got.expected, test.want.expected) || !strings.Contains(got.found, test.want.found) {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestPlainTextHasNoColoursBoxesAndLineBreaks(t *testing.T) {
	t.Parallel()
	boxed := "\x1b[31m╷\x1b[0m\x1b[0m\n\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0mStep not\n\x1b[31m│\x1b[0m found\n\x1b[31m╵\x1b[0m\n"

	if got, want := plain(boxed), "Error: Step not found"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
