// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"reflect"
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
		"two hits":  {reportWithHits(`[{"id": "h1", "caption": "Invented", "match_score": 98, "risk_score": 73.5, "review_status": "Unreviewed"}, {"review_status": "False Positive", "id": "h2"}]`), []AMLHit{{"a", "h1", ReviewUnreviewed, pointer(98), pointer(73.5)}, {"a", "h2", ReviewFalsePositive, nil, nil}}},
		"odd score": {reportWithHits(`[{"id": "h1", "match_score": "98", "risk_score": 1e999, "review_status": "Later Named"}]`), []AMLHit{{"a", "h1", "Later Named", nil, nil}}},
		"several checks": {
			report(`"aml_screenings": [{"node_id": "a", "status": "x", "hits": [{"id": "h", "review_status": "Unreviewed"}]}, {"status": "y", "hits": [{"id": "h", "review_status": "Inconclusive"}]}]`),
			[]AMLHit{{"a", "h", ReviewUnreviewed, nil, nil}, {DefaultNodeID, "h", ReviewInconclusive, nil, nil}},
		},
		"other spelling":          {reportWithHits(`[{"id": "h1", "review_status": "FALSE_POSITIVE"}, {"id": "h2", "review_status": "confirmed match"}]`), []AMLHit{{"a", "h1", ReviewFalsePositive, nil, nil}, {"a", "h2", ReviewConfirmedMatch, nil, nil}}},
		"check without a status":  {report(`"aml_screenings": [{"node_id": "a", "status": null, "hits": [{"id": "h", "review_status": "Unreviewed"}]}]`), []AMLHit{{"a", "h", ReviewUnreviewed, nil, nil}}},
		"hits of another feature": {report(`"poa_verifications": [{"status": "x", "hits": 7}], "x": [{"node_id": "n", "status": "s", "hits": [{"id": "h", "review_status": "Unreviewed"}]}]`), nil},
	} {
		decision, failure := decode(test.text)
		if failure != nil || !reflect.DeepEqual(decision.AMLHits, test.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, decision, failure, test.want)
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
