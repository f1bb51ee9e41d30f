// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestSameDecisionsPlannedTwiceGiveEqualBytes(t *testing.T) {
	t.Parallel()
	build := func(prefix string) []map[string]any {
		return []map[string]any{
			at(prefix+".ocr", planned("update", step("In Review"), step("Declined").with("comment", "Forged."))),
			at(prefix+".aml", planned("create", nil, step("Approved").with("node_id", "feature_aml_1"))),
			at(prefix+".poa", imported(planned("update", step("Approved"), step("Declined").with("node_id", "feature_poa_1")))),
			at(prefix+".gone", planned("delete", step("Approved").with("node_id", "feature_nfc_1"), nil)),
		}
	}
	first := planOf(build("didit_session_feature_status")...)
	again := build("module.renamed.didit_session_feature_status")
	slices.Reverse(again)
	// Somebody else's decision was applied meanwhile, and another was overturned to what is wanted.
	again = append(again,
		at("x", planned("no-op", step("Approved").with("node_id", "feature_other_1"), step("Approved").with("node_id", "feature_other_1"))),
		at("y", planned("no-op", step("Approved").with("node_id", "feature_other_2"), step("Approved").with("node_id", "feature_other_2"))))
	second := planOf(again...).drift(at("y", planned("update", step("In Review").with("node_id", "feature_other_2"), step("Approved").with("node_id", "feature_other_2"))))
	second["timestamp"], second["terraform_version"], second["complete"] = "2026-11-24T00:00:00Z", "1.15.0", true

	if a, b := jsonOf(t, first.parse(t)), jsonOf(t, second.parse(t)); a != b {
		t.Errorf("the JSON of the first plan is\n%s\nof the second one\n%s", a, b)
	}
}

func TestJSONIsReadBack(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]plan{
		"every group": fixture(t),
		"nothing":     planOf(),
		"texts that look like something else": planOf(planned("update", step(`{"unknown":true}`), step("null").with("comment", "<b>&\u2028\x00\"")), at("terraform_data.x",
			map[string]any{"address": "terraform_data.x", "type": "terraform_data", "mode": "managed", "change": map[string]any{"actions": []string{"create"}}})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := jsonOf(t, written.parse(t))

			read, err := summary.ParseJSON([]byte(want))
			if err != nil {
				t.Fatal(err)
			}
			if got := jsonOf(t, read); got != want {
				t.Errorf("read and written again it is\n%s\nwant\n%s", got, want)
			}
			if difference := summary.Compare(read, written.parse(t)); !difference.IsEmpty() {
				t.Errorf("it differs from itself: %s", difference.Markdown(summary.DefaultSize))
			}
		})
	}
}

func TestWhatIsNoSummaryIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ given, want string }{
		"nothing":              {"", "it is not the JSON of a summary"},
		"Markdown":             {"## Didit decisions", "it is not the JSON of a summary"},
		"a plan":               {`{"format_version":"1.2"}`, "it is JSON, but not of a summary; write one with -format json"},
		"a format of tomorrow": {`{"format":2,"decisions":[]}`, "it has format 2, and this version of the command reads format 1"},
		"no decisions":         {`{"format":1}`, "it has no decisions"},
		"an unknown field":     {`{"format":1,"decisions":[],"more":1}`, "unknown field"},
		"an unknown group":     {`{"format":1,"decisions":[{"group":"<b>"}]}`, "which does not exist"},
		"a number":             {`{"format":1,"decisions":[{"group":"changed","from":1}]}`, "a value is neither a text nor null"},
		"an object":            {`{"format":1,"decisions":[{"group":"changed","from":{"unknown":false}}]}`, "a value is neither a text nor null"},
		"more behind it":       {`{"format":1,"decisions":[]}{}`, "it is not the JSON of a summary"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.ParseJSON([]byte(test.given))

			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}
