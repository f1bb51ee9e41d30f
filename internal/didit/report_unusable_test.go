// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"reflect"
	"strings"
	"testing"
)

// A field that no decision needs is no reason to reject a report.
func TestDecodeDecision_OddFieldIsEmpty(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{
		`7`, `true`, `{"a": "b"}`, `["2026-06-30"]`, `"` + strings.Repeat(`\u0041`, maxTextBytes+1) + `"`, "\"a\xff\"", `"\ud800"`, `1` + strings.Repeat("0", 1<<20),
	} {
		for _, field := range []string{"session_kind", "workflow_id", "environment", "created_at", "expires_at"} {
			decision, failure := decode(report(`"` + field + `": ` + odd))
			if want := (&Decision{SessionID: testSession, Status: StatusInReview}); failure != nil || !reflect.DeepEqual(decision, want) {
				t.Errorf("%s: %.40s: %+v, %v", field, odd, decision, failure)
			}
		}
	}
	for _, odd := range []string{`"17"`, `17.5`, `1e3`, `9223372036854775808`, `1` + strings.Repeat("0", 1<<20), `{}`, `[17]`, `false`} {
		decision, failure := decode(report(`"session_number": ` + odd))
		if failure != nil || decision.Number != nil {
			t.Errorf("session_number: %.40s: %+v, %v", odd, decision, failure)
		}
	}
}

func TestDecodeDecision_SessionWithoutStatusKeepsItsFeatures(t *testing.T) {
	t.Parallel()
	for _, status := range []string{`null`, `""`, `" "`, `7`, `["In Review"]`} {
		decision, failure := decode(`{"session_id": "` + testSession + `", "status": ` + status + `, "aml_screenings": [{"node_id": "a", "status": "IN_REVIEW", "hits": []}]}`)
		want := &Decision{SessionID: testSession, Features: []Feature{{"a", TypeAML, StatusInReview}}}
		if failure != nil || !reflect.DeepEqual(decision, want) {
			t.Errorf("%s: %+v, %v, want %+v", status, decision, failure, want)
		}
	}
}

func TestDecodeDecision_StoresCanonicalStatuses(t *testing.T) {
	t.Parallel()
	decision, failure := decode(`{"session_id": "` + testSession + `", "status": "KYC_EXPIRED",
		"poa_verifications": [{"node_id": "a", "status": "IN_REVIEW"}, {"node_id": "b", "status": "ON_HOLD"}], "voice_checks": [{"node_id": "c", "status": "approved"}]}`)
	want := &Decision{SessionID: testSession, Status: StatusKycExpired, Features: []Feature{{"a", "POA", StatusInReview}, {"b", "POA", "ON_HOLD"}, {"c", "VOICE_CHECKS", StatusApproved}}}
	if failure != nil || !reflect.DeepEqual(decision, want) {
		t.Errorf("%+v, %v, want %+v", decision, failure, want)
	}
}

// Every report also has a usable step, which has to remain.
func TestDecodeDecision_UnusableItemAffectsOnlyItself(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", maxTextBytes+1)
	hitsAt := func(problem string) UnusableItem {
		return UnusableItem{"a", TypeAML, true, strings.HasPrefix(problem, "hits "), "", problem}
	}
	for name, test := range map[string]struct {
		members string
		want    []UnusableItem
	}{
		"array is an object":   {`"liveness_checks": {"node_id": "a", "status": "Approved"}`, []UnusableItem{{"", "LIVENESS", false, false, "", "liveness_checks is not an array"}}},
		"array is a text":      {`"liveness_checks": "Approved"`, []UnusableItem{{"", "LIVENESS", false, false, "", "liveness_checks is not an array"}}},
		"array is false":       {`"liveness_checks": false`, []UnusableItem{{"", "LIVENESS", false, false, "", "liveness_checks is not an array"}}},
		"item is null":         {`"liveness_checks": [null]`, []UnusableItem{{"", "LIVENESS", false, false, "", "an item of liveness_checks is not an object"}}},
		"item is a text":       {`"liveness_checks": ["Approved"]`, []UnusableItem{{"", "LIVENESS", false, false, "", "an item of liveness_checks is not an object"}}},
		"item is an array":     {`"liveness_checks": [[{"status": "Approved"}]]`, []UnusableItem{{"", "LIVENESS", false, false, "", "an item of liveness_checks is not an object"}}},
		"empty item":           {`"liveness_checks": [{}]`, []UnusableItem{{"default", "LIVENESS", false, false, "", "status is missing"}}},
		"sections only":        {`"questionnaire_responses": [{"node_id": "q", "sections": []}]`, []UnusableItem{{"q", "QUESTIONNAIRE", false, false, "", "status is missing"}}},
		"status is null":       {`"liveness_checks": [{"node_id": "l", "status": null}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is null"}}},
		"status is empty":      {`"liveness_checks": [{"node_id": "l", "status": ""}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is empty"}}},
		"status is blank":      {`"liveness_checks": [{"node_id": "l", "status": " \u00a0"}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is empty"}}},
		"status is a number":   {`"liveness_checks": [{"node_id": "l", "status": 1}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is not a string"}}},
		"status is too long":   {`"liveness_checks": [{"node_id": "l", "status": "` + long + `"}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is too long"}}},
		"status twice":         {`"liveness_checks": [{"node_id": "l", "status": "Approved", "status": "Approved"}]`, []UnusableItem{{"l", "LIVENESS", false, false, "", "status is there twice"}}},
		"node is a number":     {`"liveness_checks": [{"node_id": 1, "status": "Approved"}]`, []UnusableItem{{"", "LIVENESS", false, false, "", "node_id is not a string"}}},
		"node is an object":    {`"liveness_checks": [{"status": "Approved", "node_id": {"id": "a"}}]`, []UnusableItem{{"", "LIVENESS", false, false, "", "node_id is not a string"}}},
		"node is too long":     {`"liveness_checks": [{"status": "Approved", "node_id": "` + long + `"}]`, []UnusableItem{{"", "LIVENESS", false, false, "", "node_id is too long"}}},
		"node is no text":      {"\"liveness_checks\": [{\"status\": \"Approved\", \"node_id\": \"a\xff\"}]", []UnusableItem{{"", "LIVENESS", false, false, "", "node_id is not valid text"}}},
		"node twice":           {`"liveness_checks": [{"node_id": "l", "status": "Approved", "node_id": "l"}]`, []UnusableItem{{"", "LIVENESS", false, false, "", "node_id is there twice"}}},
		"unknown array":        {`"voice_checks": [{"node_id": "v", "status": null}]`, []UnusableItem{{"v", "VOICE_CHECKS", false, false, "", "status is null"}}},
		"unknown array, other": {`"images": [{"node_id": "v"}, {"node_id": 7, "status": "s"}, null, "x"], "summary": [{"node_id": "usable", "status": null}]`, nil},

		"hits are null":           {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": null}]`, []UnusableItem{hitsAt("hits is null")}},
		"hits are missing":        {`"aml_screenings": [{"node_id": "a", "status": "s"}]`, []UnusableItem{hitsAt("hits is missing")}},
		"hits are an object":      {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": {}}]`, []UnusableItem{hitsAt("hits is not an array")}},
		"hits twice":              {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [{"id": "h1", "review_status": "Unreviewed"}], "hits": []}]`, []UnusableItem{hitsAt("hits is there twice")}},
		"null check":              {`"aml_screenings": [null]`, []UnusableItem{{"", TypeAML, false, false, "", "an item of aml_screenings is not an object"}}},
		"null status and hits":    {`"aml_screenings": [{"node_id": "a", "status": null, "hits": null}]`, []UnusableItem{hitsAt("hits is null"), {"a", TypeAML, false, false, "", "status is null"}}},
		"check with numeric node": {`"aml_screenings": [{"node_id": 7, "status": "s", "hits": [{"id": "h1", "review_status": "Unreviewed"}]}]`, []UnusableItem{{"", TypeAML, false, false, "", "node_id is not a string"}}},
		"null hit":                {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [null, "h1"]}]`, []UnusableItem{hitsAt("a hit is not an object"), hitsAt("a hit is not an object")}},
		"hit without an ID":       {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [{"review_status": "Unreviewed"}, {"id": 1, "review_status": "Unreviewed"}, {"id": ""}]}]`, []UnusableItem{hitsAt("id is missing"), hitsAt("id is not a string"), hitsAt("id is empty")}},
		"hit without a status":    {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [{"id": "h1"}, {"id": "h2", "review_status": null}]}]`, []UnusableItem{{"a", TypeAML, true, false, "h1", "review_status is missing"}, {"a", TypeAML, true, false, "h2", "review_status is null"}}},
		"hit with an ID twice":    {`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [{"id": "h1", "id": "h1", "review_status": "Unreviewed"}]}]`, []UnusableItem{hitsAt("id is there twice")}},
	} {
		decision, failure := decode(report(test.members + `, "poa_verifications": [{"node_id": "usable", "status": "Approved"}]`))
		if failure != nil {
			t.Errorf("%s: %v", name, failure)
			continue
		}
		if !reflect.DeepEqual(decision.Unusable, test.want) || len(decision.AMLHits) > 0 {
			t.Errorf("%s: unusable %+v, hits %+v, want %+v", name, decision.Unusable, decision.AMLHits, test.want)
		}
		if usable := (Feature{"usable", "POA", StatusApproved}); decision.Features[len(decision.Features)-1] != usable {
			t.Errorf("%s: %+v lacks the usable step", name, decision.Features)
		}
	}
}

func TestDecodeDecision_UsableHitsRemain(t *testing.T) {
	t.Parallel()
	decision, failure := decode(reportWithHits(`[null, {"id": "h1", "review_status": "Unreviewed", "match_score": {}}, {"id": 7}]`))
	if failure != nil || len(decision.Features) != 1 || len(decision.Unusable) != 2 || !reflect.DeepEqual(decision.AMLHits, []AMLHit{{"a", "h1", ReviewUnreviewed, nil, nil}}) {
		t.Errorf("%+v, %v", decision, failure)
	}
}

func TestDecodeDecision_BoundsItems(t *testing.T) {
	t.Parallel()
	many := func(item string) string { return "[" + strings.Repeat(item+",", maxFeatures) + item + "]" }
	for name, text := range map[string]string{
		"features":              report(`"poa_verifications": ` + many(`{"status": "A"}`)),
		"items that are null":   report(`"poa_verifications": ` + many(`null`)),
		"items without status":  report(`"poa_verifications": ` + many(`{}`)),
		"hits":                  reportWithHits(many(`{"id": "h", "review_status": "s"}`)),
		"hits that are null":    reportWithHits(many(`null`)),
		"hits without ID":       reportWithHits(many(`{}`)),
		"unknown array":         report(`"x": ` + many(`{"node_id": "n", "status": "s"}`)),
		"unknown, with no text": report(`"x": ` + many(`{"node_id": "n", "status": null}`)),
	} {
		_, failure := decode(text)
		if failure == nil || failure.Kind != KindUnexpected || failure.Detail != "The response is JSON, but not a decision report: it has more steps or hits than a session can have." {
			t.Errorf("%s: %+v", name, failure)
		}
	}
}
