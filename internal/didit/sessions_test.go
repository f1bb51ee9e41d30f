// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/http"
	"net/url"
	"slices"
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
		"date_from": {"2026-01-02"}, "date_to": {"2026-07-01"}, "search": {"#1"}, "limit": {"100"}, "offset": {"0"},
	}
	if request := api.received()[0]; request.URL.Path != "/v3/sessions/" || request.URL.Query().Encode() != want.Encode() {
		t.Errorf("requested %s, want %s", request.URL, want.Encode())
	}
}

func TestListSessions_ListsOneKindAfterTheOther(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(0, 40))

	for _, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{}) {
		t.Fatal(err)
	}

	var kinds []string
	for _, request := range api.received() {
		kinds = append(kinds, request.URL.Query().Get("session_kind"))
	}
	if !slices.Equal(kinds, []string{KindUser, KindBusiness}) {
		t.Errorf("listed %q", kinds)
	}
}

// The API includes the last day for KYC sessions and excludes it for KYB sessions.
func TestListSessions_IncludesLastDayOfBothKinds(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, `{"count": 4, "next": null, "previous": null, "results": [
		{"session_id": "a", "created_at": "2026-07-01T00:00:00Z"},
		{"session_id": "b", "created_at": "2026-06-30T23:59:59.999999Z"},
		{"session_id": "c", "created_at": "2026-06-01T00:00:00Z"},
		{"session_id": "d"}]}`))

	for kind, day := range map[string]string{KindUser: "2026-06-30", KindBusiness: "2026-07-01"} {
		before := len(api.received())
		var ids []string
		for row, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{Kind: kind, CreatedTo: "2026-06-30"}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, row.SessionID)
		}
		if !slices.Equal(ids, []string{"b", "c", "d"}) {
			t.Errorf("%s: %q", kind, ids)
		}
		if got := api.received()[before].URL.Query().Get("date_to"); got != day {
			t.Errorf("%s: requested until %s, want %s", kind, got, day)
		}
	}
}

// Django's own 404 is word for word that of a session, but no list is missing.
func TestListSessions_404IsNotFromAPI(t *testing.T) {
	t.Parallel()
	for _, detail := range []string{"Not found.", "Session not found."} {
		client := newTestClient(t, testURL, withTransport(returns(404, `{"detail": "`+detail+`"}`)))
		for _, err := range client.ListSessions(t.Context(), SessionQuery{}) {
			if failure := requireError(t, err); failure.Kind != KindNotAPI || !failure.NotFromAPI {
				t.Errorf("%s: %+v", detail, failure)
			}
		}
	}
}
