// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"slices"
	"testing"
)

func TestListFeatureOverrides_ReadsOddRows(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, testURL, withTransport(returns(200, `{"session_id": "x", "overrides": [
		{"id": "1", "node_id": "feature_ocr_1", "feature_type": "", "previous_status": "IN_REVIEW", "new_status": "Declined", "state": "applied"},
		{"node_id": 7, "state": null}, null]}`)))
	got, err := client.ListFeatureOverrides(t.Context(), testSession)
	want := []FeatureOverride{{NodeID: "feature_ocr_1", PreviousStatus: StatusInReview, NewStatus: StatusDeclined, State: OverrideApplied}, {}, {}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestListFeatureOverrides_RejectsAnotherShape(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `{}`, `{"overrides": null}`, `{"overrides": "x"}`} {
		client := newTestClient(t, testURL, withTransport(returns(200, body)))
		if _, err := client.ListFeatureOverrides(t.Context(), testSession); !IsKind(err, KindNotAPI) {
			t.Errorf("%s: %v, want KindNotAPI", body, err)
		}
	}
}
