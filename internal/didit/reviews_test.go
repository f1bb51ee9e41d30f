// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"reflect"
	"strings"
	"testing"
)

func TestListSessionReviews_RejectsUnsafeSessionID(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(0, 1))
	for _, err := range newTestClient(t, api.URL).ListSessionReviews(t.Context(), "..") {
		if !IsKind(err, KindRejected) {
			t.Errorf("%v, want KindRejected", err)
		}
	}
	if n := len(api.received()); n != 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
}

func TestListSessionReviews_ReadsOddRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("reason ", 1000)
	for row, want := range map[string]Review{
		`{"uuid": "a"}`: {ID: "a"},
		`{"uuid": "a", "previous_status": "IN_REVIEW", "new_status": "approved", "comment": "` + long + `"}`:                                    {ID: "a", PreviousStatus: StatusInReview, NewStatus: StatusApproved, Comment: long},
		`{"uuid": "a", "previous_value": {"status": "IN_REVIEW", "first_name": "x"}, "new_value": {"status": "Declined"}}`:                      {ID: "a", PreviousValue: StatusInReview, NewValue: StatusDeclined},
		`{"uuid": "a", "previous_value": {"review_status": "Unreviewed"}, "new_value": {"review_status": "FALSE_POSITIVE"}}`:                    {ID: "a", PreviousValue: ReviewUnreviewed, NewValue: ReviewFalsePositive},
		`{"uuid": "a", "previous_value": "In Review", "new_value": {"status": {"x": 1}}}`:                                                       {ID: "a"},
		`{"uuid": "a", "created_at": 7, "activity_type": null, "actor_type": {}, "new_status": 1, "changed_fields": "status", "comment": true}`: {ID: "a"},
		`{"uuid": "a", "changed_fields": ["status", 7]}`:                                                                                        {ID: "a"},
	} {
		client := newTestClient(t, testURL, withTransport(returns(200, `{"next": null, "results": [`+row+`]}`)))
		for got, err := range client.ListSessionReviews(t.Context(), testSession) {
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%.100s: %+v, %v, want %+v", row, got, err, want)
			}
		}
	}
}
