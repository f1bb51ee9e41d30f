// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixture is a plan that a CLI has made, with more groups in it.
func fixture(t *testing.T) plan {
	t.Helper()
	data, err := os.ReadFile("testdata/every-group.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	var read plan
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func expectGolden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("it is not %s (write it anew with go test -update, and read what changes):\n%s", path, got)
	}
}

func TestEveryGroupAsItIsWritten(t *testing.T) {
	t.Parallel()
	parsed := fixture(t).parse(t)

	expectGolden(t, "every-group.md", parsed.Markdown(summary.DefaultSize))
	expectGolden(t, "every-group.json", jsonOf(t, parsed))
}

func TestDifferenceAsItIsWritten(t *testing.T) {
	t.Parallel()
	reviewed := planOf(changeOf("feature_ocr_1", "Declined", "Forged."), changeOf("feature_aml_1", "Approved", "No match."))
	now := planOf(changeOf("feature_ocr_1", "Approved", "Forged."), changeOf("feature_poa_1", "Declined", "Too old."))

	expectGolden(t, "difference.md", summary.Compare(reviewed.parse(t), now.parse(t)).Markdown(summary.DefaultSize))
}

func TestWhatDeservesAnEyeIsMarked(t *testing.T) {
	t.Parallel()
	aml := func(status string) attributes { return step(status).with("feature_type", "AML") }
	for name, test := range map[string]struct {
		plan plan
		want string
	}{
		"In Review to Declined":   {planOf(planned("update", step("In Review"), step("Declined"))), ""},
		"Expired to Approved":     {planOf(planned("update", step("Expired"), step("Approved"))), ""},
		"Declined to Approved":    {planOf(planned("update", step("Declined"), step("Approved"))), "⚠️ Declined → Approved"},
		"Approved to Declined":    {planOf(imported(planned("update", step("Approved"), step("Declined")))), "⚠️ overturns a decision; imported"},
		"Declined to In Review":   {planOf(planned("update", step("Declined"), step("In Review"))), "⚠️ overturns a decision"},
		"overturned":              {planOf(planned("update", step("Approved"), step("Declined"))).drift(planned("update", step("Declined"), step("Approved"))), "⚠️ overturned in the console"},
		"overturned and reversed": {planOf(planned("update", step("Declined"), step("Approved"))).drift(planned("update", step("Approved"), step("Declined"))), "⚠️ overturned in the console, Declined → Approved"},
		"AML":                     {planOf(planned("update", aml("In Review"), aml("Declined"))), "⚠️ AML"},
		"AML as it stands":        {planOf(imported(planned("no-op", aml("Approved"), aml("Approved")))), "⚠️ AML"},
		"AML of tomorrow":         {planOf(planned("create", nil, step("Approved").with("feature_type", "AML_MONITORING"))), "⚠️ AML"},
		"let go after it moved":   {planOf(planned("delete", step("Approved"), nil)).drift(planned("update", step("Declined"), step("Approved"))), "⚠️ changed outside Terraform since; was `Declined`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			markdown := test.plan.parse(t).Markdown(summary.DefaultSize)

			rows := tableRows(markdown)
			if len(rows) != 1 || strings.TrimSpace(cellsOf(t, rows[0])[6]) != test.want {
				t.Errorf("the note is not %q in:\n%s", test.want, markdown)
			}
			if isCounted := strings.Contains(markdown, "**To look at closely: 1 decision**"); isCounted != (test.want != "") {
				t.Errorf("the count of marks is wrong in:\n%s", markdown)
			}
		})
	}
}

var missingLine = regexp.MustCompile(`\*\*Cut here: (\d+) of (\d+) rows are missing, (\d+) of them marked ⚠️\.\*\* This page ends at (\d+) bytes`)

func TestPageEndsAtItsSizeAndSaysHowManyRowsAreMissing(t *testing.T) {
	t.Parallel()
	parsed := many(1000, "Forged.").parse(t)
	for _, size := range []int{1, summary.SmallestSize, 10_000, 50_001, summary.DefaultSize} {
		markdown := parsed.Markdown(size)

		if limit := max(size, summary.SmallestSize); len(markdown) > limit || len(markdown) < limit-1000 {
			t.Errorf("the page has %d bytes, want all but %d", len(markdown), limit)
		}
		missing := missingLine.FindStringSubmatch(markdown)
		if missing == nil {
			t.Fatalf("nothing says what is missing: %s", markdown[len(markdown)-300:])
		}
		shown := len(tableRows(markdown))
		if got := atoi(t, missing[1]); got+shown != 1000 || missing[2] != "1000" {
			t.Errorf("%d rows are shown, and it says: %s", shown, missing[0])
		}
		expectParts(t, markdown, "1000 decisions: **1000** changed.")
	}
	if whole := parsed.Markdown(1 << 20); missingLine.MatchString(whole) || len(tableRows(whole)) != 1000 {
		t.Error("a page that is large enough lacks rows")
	}
}

func TestCutPageShowsMarkedRowsFirst(t *testing.T) {
	t.Parallel()
	crowd := many(500, strings.Repeat("Forged. ", 30))
	changes := crowd["resource_changes"].([]map[string]any)
	for _, node := range []string{"zzz_1", "zzz_2"} {
		changes = append(changes, at(node, planned("update", step("Declined").with("node_id", node), step("Approved").with("node_id", node))))
	}
	late := at("late", planned("delete", step("Approved").with("feature_type", "AML"), nil))
	crowd["resource_changes"] = append(changes, late)
	markdown := crowd.parse(t).Markdown(20_000)

	expectParts(t, markdown, "| `zzz_1` |", "| `zzz_2` |", "**1** let go", "**To look at closely: 3 decisions**: 2 Declined → Approved, 1 AML.")
	if missing := missingLine.FindStringSubmatch(markdown); missing == nil || missing[3] != "1" {
		t.Errorf("it is not said that one marked row is missing: %v", missing)
	}
	expectNone(t, markdown, "### Let go")
}

func TestCutPageHasNoGaps(t *testing.T) {
	t.Parallel()
	mixed := many(50, "Forged.")
	for i, change := range mixed["resource_changes"].([]map[string]any) {
		change["change"].(map[string]any)["after"].(attributes)["comment"] = strings.Repeat("x", i%2*300)
	}
	parsed := mixed.parse(t)
	whole := tableRows(parsed.Markdown(1 << 20))
	for size := summary.SmallestSize; size < summary.SmallestSize+1000; size += 100 {
		cut := tableRows(parsed.Markdown(size))

		if len(cut) == 0 || len(cut) >= 50 || !slices.Equal(cut, whole[:len(cut)]) {
			t.Errorf("%d rows are shown, want the first ones:\n%s", len(cut), strings.Join(cut, ""))
		}
	}
}

func TestCutDifferenceSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	markdown := summary.Compare(planOf().parse(t), many(1000, "Forged.").parse(t)).Markdown(10_000)

	if len(markdown) > 10_000 || !missingLine.MatchString(markdown) {
		t.Errorf("the page has %d bytes and ends %q", len(markdown), markdown[len(markdown)-200:])
	}
	expectParts(t, markdown, "**1000** appeared")
}
