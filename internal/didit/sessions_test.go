// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/url"
	"testing"
)

func TestListSessions_EscapesQuery(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(0, 40))
	query := SessionQuery{
		Kind: KindBusiness, Statuses: []string{"In Review", "Kyc Expired"}, WorkflowIDs: []string{"a", "b"}, VendorData: "a&b=c d@example.com",
		CreatedFrom: "2026-01-02", CreatedTo: "2026-06-30", Search: "#1",
	}

	for _, err := range newTestClient(t, api.URL).ListSessions(t.Context(), query) {
		t.Fatal(err)
	}

	want := url.Values{
		"session_kind": {"business"}, "status": {"In Review,Kyc Expired"}, "workflow_id": {"a,b"}, "vendor_data": {"a&b=c d@example.com"},
		"date_from": {"2026-01-02"}, "date_to": {"2026-06-30"}, "search": {"#1"}, "limit": {"100"}, "offset": {"0"},
	}
	if request := api.received()[0]; request.URL.Path != "/v3/sessions/" || request.URL.Query().Encode() != want.Encode() {
		t.Errorf("requested %s, want %s", request.URL, want.Encode())
	}
}
