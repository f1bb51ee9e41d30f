// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

func TestJSON_SameDecisionsPlannedTwiceHaveEqualBytes(t *testing.T) {
	t.Parallel()
	build := func(module string) []fields {
		return []fields{
			update(step("feature_ocr_1", "In Review"), step("feature_ocr_1", "Declined").with("comment", "Forged.")).at(module + "a"),
			change("create", nil, step("feature_aml_1", "Approved")).at(module + "b"),
			update(hit("h", "Unreviewed"), hit("h", "Inconclusive")).imported().at(module + "c"),
			change("delete", session("Approved"), nil).at(module + "d"),
		}
	}
	again := build("module.renamed.")
	slices.Reverse(again)
	// Meanwhile another decision was applied, and one was made in the console as configured.
	another, overturned := step("feature_other_1", "Approved").with("session_id", session2), step("feature_other_2", "Approved").with("session_id", session2)
	again = append(again, unchanged(another).at("x"), unchanged(overturned).at("y"))
	second := planOf(again...).drift(update(overturned.with("status", "In Review"), overturned).at("y")).
		with("timestamp", "2026-11-24T00:00:00Z", "terraform_version", "1.15.0", "complete", true)

	if a, b := jsonOf(t, parse(t, planOf(build("")...))), jsonOf(t, parse(t, second)); a != b {
		t.Errorf("the JSON of the first plan is\n%s\nof the second one\n%s", a, b)
	}
}

func TestJSON_IsReadBack(t *testing.T) {
	t.Parallel()
	strange := planOf(update(step(`{"unknown":true}`, "null"), step(`{"unknown":true}`, "<b>&\u2028\x00\"").with("comment", "##[error]")), other("terraform_data.x", "create"))
	for name, plan := range map[string]fields{"a case": casePlan(), "nothing": planOf(), "strange values": strange} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written := parse(t, plan)
			written.Group = "2026-q4"

			read, err := summary.ParseJSON([]byte(jsonOf(t, written)))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := jsonOf(t, read), jsonOf(t, written); got != want {
				t.Errorf("read and written again it is\n%s\nwant\n%s", got, want)
			}
			if difference, err := summary.Compare(read, written); err != nil || difference.Result() != summary.Same {
				t.Errorf("it differs from itself: %v\n%s", err, difference.Markdown(page))
			}
		})
	}
}

func TestParseJSON_RejectsOtherInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ input, want string }{
		"nothing":          {"", "it is not the JSON of a summary"},
		"Markdown":         {"## Didit decisions", "it is not the JSON of a summary"},
		"a plan":           {`{"format_version":"1.2"}`, "it is JSON, but not of a summary; write one with -format json"},
		"an older format":  {`{"format":2,"decisions":[]}`, "it has format 2, but this version of didit-plan-summary reads format 3; use the same version for both"},
		"a later format":   {`{"format":4,"decisions":[]}`, "it has format 4, but this version"},
		"no decisions":     {`{"format":3,"warnings":[],"others":[]}`, "it lacks decisions, warnings or others"},
		"no warnings":      {`{"format":3,"decisions":[],"others":[]}`, "it lacks decisions, warnings or others"},
		"no others":        {`{"format":3,"decisions":[],"warnings":[]}`, "it lacks decisions, warnings or others"},
		"an unknown field": {`{"format":3,"decisions":[],"more":1}`, "unknown field"},
		"a number":         {`{"format":3,"decisions":[{"effect":"changed","from":1}]}`, "a value is neither a string nor null"},
		"an object":        {`{"format":3,"decisions":[{"effect":"changed","from":{"unknown":false}}]}`, "a value is neither a string nor null"},
		"more after it":    {`{"format":3,"decisions":[]}{}`, "it is not the JSON of a summary"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.ParseJSON([]byte(test.input))

			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}
