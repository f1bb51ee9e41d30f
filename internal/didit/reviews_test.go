// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
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
