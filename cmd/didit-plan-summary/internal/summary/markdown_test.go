// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/cmd/didit-plan-summary/internal/summary"
)

var updateGolden = flag.Bool("update", false, "write the golden files")

// casePlan decides hits, steps and session of one case, and some more in others.
func casePlan() fields {
	inOther := func(instance fields) fields { return instance.with("session_id", session2) }
	aml := func(status string) fields {
		return step("feature_aml_1", status).with("feature_type", "AML", "comment", "No match (AML-12).")
	}
	return planOf(
		update(session("In Review"), session("Approved").with("comment", "All clear.")),
		update(aml("In Review"), aml("Approved")).imported(),
		update(step("feature_ocr_1", "Declined"), step("feature_ocr_1", "Approved").with("comment", "Seen again. @octocat | <b>")),
		unchanged(step("feature_liveness_1", "Approved")),
		update(hit("hit_1", "Unreviewed"), hit("hit_1", "False Positive")),
		update(hit("hit_2", "Confirmed Match"), hit("hit_2", "Inconclusive")),
		change("delete/create", inOther(step("feature_ocr_1", "Approved")), inOther(step("feature_poa_1", "Approved"))),
		change("create", nil, inOther(step("feature_nfc_1", "Approved"))),
		other("terraform_data.x", "create"),
	).state(report("In Review", hit("hit_3", "Unreviewed"), step("feature_poa_1", "In Review")))
}

func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *updateGolden {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("it is not %s (write it with go test -update, and read what changes):\n%s", path, got)
	}
}

func TestMarkdown_OfACase(t *testing.T) {
	t.Parallel()
	parsed := parse(t, casePlan())
	parsed.Group = "2026-q4"
	sessionURL, err := summary.ParseSessionURL("https://example.com/sessions/{session_id}")
	if err != nil {
		t.Fatal(err)
	}

	requireGolden(t, "case.md", parsed.Markdown(summary.Options{SessionURL: sessionURL, Size: summary.DefaultSize}))
	requireGolden(t, "case.json", jsonOf(t, parsed))
}

func TestMarkdown_OfADifference(t *testing.T) {
	t.Parallel()
	reviewed := planOf(decline("feature_ocr_1", "Forged."), decline("feature_aml_1", "Match."), update(hit("hit_1", "Unreviewed"), hit("hit_1", "Confirmed Match")))
	now := planOf(update(step("feature_ocr_1", "Approved"), declined("feature_ocr_1", "Forged.")), decline("feature_poa_1", "Too old."), unchanged(hit("hit_1", "Confirmed Match")))

	requireGolden(t, "difference.md", compare(t, reviewed, now).Markdown(page))
}

func TestMarkdown_MarksWhatDeservesACloseLook(t *testing.T) {
	t.Parallel()
	change1 := func(from, to string) fields { return update(step("n", from), step("n", to)) }
	change2 := func(from, to string) fields { return update(session(from), session(to)) }
	change3 := func(from, to string) fields { return update(hit("h", from), hit("h", to)) }
	aml := func(status string) fields { return step("n", status).with("feature_type", "AML") }
	for name, test := range map[string]struct {
		plan fields
		want string
	}{
		"step In Review to Declined":    {planOf(change1("In Review", "Declined")), ""},
		"step Expired to Approved":      {planOf(change1("Expired", "Approved")), ""},
		"step Declined to Approved":     {planOf(change1("Declined", "Approved")), "⚠️ Declined → Approved"},
		"step Approved to Declined":     {planOf(change1("Approved", "Declined").imported()), "⚠️ overturns a decision; imported"},
		"step Declined to In Review":    {planOf(change1("Declined", "In Review")), "⚠️ overturns a decision"},
		"step overturned":               {planOf(change1("Approved", "Declined")).drift(change1("Declined", "Approved")), "⚠️ overturned in the console"},
		"step overturned and reversed":  {planOf(change1("Declined", "Approved")).drift(change1("Approved", "Declined")), "⚠️ overturned in the console, Declined → Approved"},
		"AML":                           {planOf(update(aml("In Review"), aml("Declined"))), "⚠️ AML step"},
		"AML as is":                     {planOf(unchanged(aml("Approved")).imported()), "⚠️ AML step"},
		"AML of tomorrow":               {planOf(change("create", nil, step("n", "Approved").with("feature_type", "AML_MONITORING"))), "⚠️ AML step"},
		"released after it moved":       {planOf(change("delete", step("n", "Approved"), nil)).drift(change1("Declined", "Approved")), "⚠️ changed outside Terraform since; was `Declined`"},
		"session In Review to Declined": {planOf(change2("In Review", "Declined")), ""},
		"session Declined to Approved":  {planOf(change2("Declined", "Approved")), "⚠️ Declined → Approved"},
		"session Approved to Declined":  {planOf(change2("Approved", "Declined")), "⚠️ overturns a decision"},
		"session overturned":            {planOf(change2("Approved", "Declined")).drift(change2("Declined", "Approved")), "⚠️ overturned in the console"},
		"hit reviewed":                  {planOf(change3("Unreviewed", "Confirmed Match")), ""},
		"hit overturned":                {planOf(change3("Confirmed Match", "False Positive")), "⚠️ overturns a decision"},
		"hit below the threshold":       {planOf(change3("False Positive", "Confirmed Match")), "⚠️ overturns a decision"},
		"hit overturned in the console": {planOf(change3("Unreviewed", "Inconclusive")).drift(change3("Inconclusive", "Unreviewed")), "⚠️ overturned in the console"},
		"hit as is":                     {planOf(unchanged(hit("h", "Confirmed Match")).imported()), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := markdown(t, test.plan)

			rows := tableRows(text)
			if len(rows) != 1 || strings.TrimSpace(cellsOf(t, rows[0])[5]) != test.want {
				t.Errorf("the note is not %q in:\n%s", test.want, text)
			}
			isMarked := test.want != ""
			if strings.Contains(text, "⚠️ **Look closely at**: 1 × ") != isMarked || strings.Contains(text, "### ⚠️ Session") != isMarked {
				t.Errorf("the mark is not counted, or not in the heading, or both without a mark:\n%s", text)
			}
		})
	}
}

// The sensitive session of what is unchanged can be another one.
func TestMarkdown_UnchangedInASensitiveSessionIsNotListed(t *testing.T) {
	t.Parallel()
	hidden := func(planned fields) fields { return planned.marked("after_sensitive", fields{"session_id": true}) }
	text := markdown(t, planOf(hidden(update(hit("h", "Unreviewed"), hit("h", "Inconclusive"))), hidden(unchanged(step("feature_ocr_1", "Approved")))))

	requireParts(t, text, "### ⚠️ Session _sensitive_", "- **1 unchanged**.")
	requireNone(t, text, "Unchanged:")
}

func TestMarkdown_SessionsWithTheMostSeriousMarksComeFirst(t *testing.T) {
	t.Parallel()
	inSession := func(digit string, planned fields) fields {
		of := func(side string) fields {
			return planned["change"].(fields)[side].(fields).with("session_id", strings.ReplaceAll(session1, "1", digit))
		}
		return planned.marked("before", of("before"), "after", of("after")).at(digit)
	}
	text := markdown(t, planOf(
		inSession("2", update(session("In Review"), session("Declined"))),
		inSession("3", update(session("Approved"), session("Declined"))),
		inSession("4", update(session("Declined"), session("Approved"))),
		inSession("5", update(session("In Review"), session("Approved"))), inSession("5", unchanged(hit("h", "Confirmed Match")))))

	var order []string
	for _, heading := range regexp.MustCompile("### .*Session `(.)").FindAllStringSubmatch(text, -1) {
		order = append(order, heading[1])
	}
	if want := []string{"5", "4", "3", "2"}; !slices.Equal(order, want) {
		t.Errorf("the sessions are in the order %q, want %q:\n%s", order, want, text)
	}
}

// many returns a plan that changes n steps of as many sessions.
func many(n int, comment string) fields {
	changes := make([]fields, n)
	for i := range changes {
		id := fmt.Sprintf("%08d-2222-4333-8444-555555555555", i)
		changes[i] = update(step("n", "In Review").with("session_id", id), step("n", "Declined").with("session_id", id, "comment", comment)).at(id)
	}
	return planOf(changes...)
}

var cutLine = regexp.MustCompile(`\*\*Cut here: (\d+) of (\d+) rows are missing, (\d+) of them marked ⚠️\.\*\* This page ends at (\d+) bytes`)

func TestMarkdown_EndsAtItsSizeAndCountsWhatIsMissing(t *testing.T) {
	t.Parallel()
	parsed := parse(t, many(3000, "Forged."))
	for _, size := range []int{1, summary.SmallestSize, 10_000, 50_001, summary.DefaultSize} {
		text := parsed.Markdown(summary.Options{Size: size})

		if limit := max(size, summary.SmallestSize); len(text) > limit || len(text) < limit-1000 {
			t.Errorf("the page has %d bytes, want nearly %d", len(text), limit)
		}
		missing := cutLine.FindStringSubmatch(text)
		if missing == nil {
			t.Fatalf("nothing reports what is missing: %s", text[len(text)-300:])
		}
		if n, _ := strconv.Atoi(missing[1]); n+len(tableRows(text)) != 3000 || missing[2] != "3000" {
			t.Errorf("%d rows are shown, and the page says: %s", len(tableRows(text)), missing[0])
		}
		requireParts(t, text, "**3000 decisions in 3000 sessions:**", "- **3000 changed**")
	}
	if whole := parsed.Markdown(summary.Options{Size: 1 << 20}); cutLine.MatchString(whole) || len(tableRows(whole)) != 3000 {
		t.Error("a page that is large enough lacks rows")
	}
}

func TestMarkdown_SmallestSizeHasRoomForEverythingElse(t *testing.T) {
	t.Parallel()
	parsed := parse(t, many(50, "Forged.").with("errored", true))
	parsed.Incomplete, parsed.Group = true, strings.Repeat("\u202e", 1000)
	effects := []summary.Effect{
		summary.Reopened, summary.Restored, summary.Changed, summary.Replaced, summary.Retaken, summary.Set, summary.Released,
		summary.CommentOnly, summary.Followed, summary.Gone, summary.Adopted,
	}
	for i, effect := range effects {
		parsed.Decisions[i].Effect = effect
		parsed.Decisions[i].From, parsed.Decisions[i].To, parsed.Decisions[i].Was = summary.Text("Declined"), summary.Text("Approved"), summary.Text("x")
	}
	parsed.Others = []summary.Other{{Address: "a", Action: "invoke"}, {Address: "b", Action: "delete", Unconfigured: true}, {Address: `provider["registry.terraform.io/didit-community/didit"]`, Action: "configure base_url"}}
	text := parsed.Markdown(summary.Options{Size: summary.SmallestSize})

	requireParts(t, text, "1 × runs a program, 1 × may run a program, 1 × sets Didit's address or credential")
	if len(text) > summary.SmallestSize {
		t.Errorf("the page has %d bytes", len(text))
	}
	for _, effect := range []string{"re-opened", "restored", "changed", "adopted instead", "taken over", "set without import", "no longer managed", "comment only", "followed", "gone", "adopted as is"} {
		requireParts(t, text, " "+effect+"**: ")
	}
	if !cutLine.MatchString(text) {
		t.Errorf("nothing reports what is missing:\n%s", text)
	}
}

func TestMarkdown_CutPageShowsMarkedRowsFirstInReadingOrder(t *testing.T) {
	t.Parallel()
	plan := many(500, strings.Repeat("Forged. ", 30))
	changes := plan["resource_changes"].([]fields)
	// The last row of a session with many others, and a provisioner among many other changes.
	for i := range 100 {
		changes = append(changes, update(hit(fmt.Sprintf("hit_%d", i), "Unreviewed"), hit(fmt.Sprintf("hit_%d", i), "False Positive")), other(fmt.Sprintf("terraform_data.x[%d]", i), "create"))
	}
	changes = append(changes, update(session("Declined"), session("Approved")), update(step("zzz", "Declined"), step("zzz", "Approved")))
	text := markdown(t, plan.with("resource_changes", changes, "action_invocations", []fields{{"address": "action.a.b", "type": "a"}}))
	small := parse(t, plan.with("resource_changes", changes)).Markdown(summary.Options{Size: 10_000})

	requireParts(t, text, "⚠️ **Look closely at**: 2 × Declined → Approved, 1 × runs a program.", "| `action.a.b` |", "| step `zzz` ", "| **session** | `Declined` | `Approved` |")
	requireParts(t, small, "| step `zzz` `ID_VERIFICATION` | `Declined` | `Approved` | changed | — | ⚠️ Declined → Approved |\n| **session** | `Declined` |", "more rows of this table are cut._")
	if missing := cutLine.FindStringSubmatch(small); missing == nil || missing[3] != "0" {
		t.Errorf("marked rows are missing: %v", missing)
	}
}

func TestMarkdown_CutPageShowsDecisionsBeforeOtherChanges(t *testing.T) {
	t.Parallel()
	changes := []fields{update(step("feature_ocr_1", "In Review"), step("feature_ocr_1", "Declined"))}
	for i := range 900 {
		changes = append(changes, other(fmt.Sprintf("terraform_data.x_%d", i), "create"))
	}
	plan := planOf(changes...).with("action_invocations", []fields{{"address": "action.a.b", "type": "a"}})
	text := parse(t, plan).Markdown(summary.Options{Size: summary.SmallestSize})

	requireParts(t, text, "| `action.a.b` | `invoke` | ⚠️ runs a program |", "| `terraform_data.x_0` |", "| step `feature_ocr_1` ")
	if rows := tableRows(text); !strings.Contains(rows[len(rows)-1], "feature_ocr_1") {
		t.Errorf("the last row is not the decision, which follows the other changes:\n%s", text)
	}
	manyMore := append(many(100, "Forged.")["resource_changes"].([]fields), changes...)
	requireNone(t, parse(t, planOf(manyMore...)).Markdown(summary.Options{Size: summary.SmallestSize}), "Other changes")
}

func TestMarkdown_ManyCutTablesEndAtTheSize(t *testing.T) {
	t.Parallel()
	plan := many(100, strings.Repeat("Forged. ", 40))
	changes := plan["resource_changes"].([]fields)
	for i := range 100 {
		changes = append(changes, changes[i].marked("before", changes[i]["change"].(fields)["before"].(fields).with("status", "Approved", "node_id", "a"),
			"after", step("a", "Declined").with("session_id", changes[i]["address"])))
	}
	parsed := parse(t, plan.with("resource_changes", changes))
	for size := 30_000; size < 50_000; size += 1000 {
		text := parsed.Markdown(summary.Options{Size: size})

		if len(text) > size || !cutLine.MatchString(text) || strings.Count(text, "_1 more rows of this table are cut._") < 50 {
			t.Fatalf("the page has %d of %d bytes:\n%s", len(text), size, text)
		}
	}
}

func TestMarkdown_CutPageCountsMissingMarkedRows(t *testing.T) {
	t.Parallel()
	plan := many(200, strings.Repeat("Forged. ", 30))
	for _, planned := range plan["resource_changes"].([]fields) {
		planned["change"].(fields)["before"].(fields)["status"] = "Approved"
	}
	warned := append(plan["resource_changes"].([]fields), update(session("In Review"), session("Approved")), unchanged(hit("h", "Confirmed Match")))
	text := parse(t, plan.with("resource_changes", warned)).Markdown(summary.Options{Size: 20_000})

	requireParts(t, text, "⚠️ **Confirmed Match in an Approved session**: AML hit `h`", "| **session** | `In Review` | `Approved` |")
	if missing := cutLine.FindStringSubmatch(text); missing == nil || missing[1] != missing[3] {
		t.Errorf("the page says %v, want every missing row to be marked", missing)
	}
}

func TestMarkdown_CutPageHasNoGaps(t *testing.T) {
	t.Parallel()
	plan := many(50, "Forged.")
	for i, planned := range plan["resource_changes"].([]fields) {
		planned["change"].(fields)["after"].(fields)["comment"] = strings.Repeat("x", i%2*300)
	}
	parsed := parse(t, plan)
	whole := tableRows(parsed.Markdown(summary.Options{Size: 1 << 20}))
	for size := summary.SmallestSize; size < summary.SmallestSize+1000; size += 100 {
		cut := tableRows(parsed.Markdown(summary.Options{Size: size}))

		if len(cut) == 0 || len(cut) >= 50 || !slices.Equal(cut, whole[:len(cut)]) {
			t.Errorf("%d rows are shown, want the first ones:\n%s", len(cut), strings.Join(cut, ""))
		}
	}
}

func TestMarkdown_CutDifferenceCountsWhatIsMissing(t *testing.T) {
	t.Parallel()
	text := compare(t, planOf(), many(1000, "Forged.")).Markdown(summary.Options{Size: 10_000})

	if len(text) > 10_000 || !cutLine.MatchString(text) {
		t.Errorf("the page has %d bytes and ends %q", len(text), text[len(text)-200:])
	}
	requireParts(t, text, "**1000** planned now but not reviewed like that")
}
