// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"reflect"
	"strings"
	"testing"
)

// reportWithHits returns a report with one AML screening that has these hits.
func reportWithHits(hits string) string {
	return report(`"aml_screenings": [{"node_id": "a", "status": "In Review", "hits": ` + hits + `}]`)
}

func pointer(value float64) *float64 { return &value }

func TestDecodeDecision_KeepsAMLHits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []AMLHit
	}{
		"empty":     {reportWithHits("[]"), nil},
		"null":      {reportWithHits("null"), nil},
		"two hits":  {reportWithHits(`[{"id": "h1", "caption": "Invented", "match_score": 98, "risk_score": 73.5, "review_status": "Unreviewed"}, {"review_status": "False Positive", "id": "h2"}]`), []AMLHit{{"a", "h1", ReviewUnreviewed, pointer(98), pointer(73.5)}, {"a", "h2", ReviewFalsePositive, nil, nil}}},
		"odd score": {reportWithHits(`[{"id": "h1", "match_score": "98", "risk_score": 1e999, "review_status": "Later Named"}]`), []AMLHit{{"a", "h1", "Later Named", nil, nil}}},
		"several checks": {
			report(`"aml_screenings": [{"node_id": "a", "status": "x", "hits": [{"id": "h", "review_status": "Unreviewed"}]}, {"status": "y", "hits": [{"id": "h", "review_status": "Inconclusive"}]}]`),
			[]AMLHit{{"a", "h", ReviewUnreviewed, nil, nil}, {DefaultNodeID, "h", ReviewInconclusive, nil, nil}},
		},
		"hits of another feature": {report(`"poa_verifications": [{"status": "x", "hits": 7}], "x": [{"node_id": "n", "status": "s", "hits": [{"id": "h", "review_status": "Unreviewed"}]}]`), nil},
	} {
		decision, failure := decode(test.text)
		if failure != nil || !reflect.DeepEqual(decision.AMLHits, test.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, decision, failure, test.want)
		}
	}
}

func TestDecodeDecision_RejectsHostileAMLHits(t *testing.T) {
	t.Parallel()
	const where = " in an item of aml_screenings"
	for name, test := range map[string]struct{ hits, problem string }{
		"not an array":  {`{}`, "hits is not an array" + where},
		"string as hit": {`["h1"]`, "a hit is not an object" + where},
		"no ID":         {`[{"review_status": "Unreviewed"}]`, "a hit has no usable id or review_status" + where},
		"no status":     {`[{"id": "h1"}]`, "a hit has no usable id or review_status" + where},
		"number as ID":  {`[{"id": 1, "review_status": "Unreviewed"}]`, "a hit has no usable id or review_status" + where},
		"ID too long":   {`[{"id": "` + strings.Repeat("x", maxTextBytes+1) + `", "review_status": "Unreviewed"}]`, "a hit has no usable id or review_status" + where},
		"too many":      {`[` + strings.Repeat(`{"id": "h", "review_status": "s"}, `, maxHits) + `{"id": "h", "review_status": "s"}]`, "it has more steps or hits than a session can have"},
	} {
		_, failure := decode(reportWithHits(test.hits))
		if want := "The response is JSON, but not a decision report: " + test.problem + "."; failure == nil || failure.Kind != KindNotAPI || failure.Detail != want {
			t.Errorf("%s: %v, want %s", name, failure, want)
		}
	}
	for name, text := range map[string]string{
		"ID twice":     reportWithHits(`[{"id": "h1", "review_status": "Unreviewed", "id": "h2"}]`),
		"status twice": reportWithHits(`[{"id": "h1", "review_status": "Unreviewed", "review_status": "Inconclusive"}]`),
		"hits twice":   report(`"aml_screenings": [{"status": "x", "hits": [], "hits": []}]`),
	} {
		if _, failure := decode(text); failure == nil || failure.Detail != "The response is ambiguous: it contains a field twice." {
			t.Errorf("%s: %v, want it rejected as ambiguous", name, failure)
		}
	}
}

func TestUpdateAMLHitStatus_SendsHitAndNodeID(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]AMLHitStatusUpdate{
		`{"hit_id":"h1","review_status":"False Positive"}`:                            {HitID: "h1", ReviewStatus: ReviewFalsePositive},
		`{"hit_id":"h1","review_status":"Confirmed Match","node_id":"feature_aml_1"}`: {HitID: "h1", ReviewStatus: ReviewConfirmedMatch, NodeID: "feature_aml_1"},
	} {
		assertPatch(t, "/v3/session/"+testSession+"/update-aml-hit-status/", want, `{"message": "Hit status updated successfully", "hit_id": "h1", "review_status": "`+body.ReviewStatus+`"}`,
			func(client *Client, permit *WritePermit) error {
				return client.UpdateAMLHitStatus(t.Context(), permit, testSession, body)
			},
			`{"hit_id": "h2", "review_status": "`+body.ReviewStatus+`"}`, `{"hit_id": "h1", "review_status": "Unreviewed"}`, `{"hit_id": "h1"}`, `{}`, `[]`)
	}
}
