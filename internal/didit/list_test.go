// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pagesOf answers with pages of a list of so many sessions, each page shorter than
// asked for.
func pagesOf(sessions, most int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var offset int
		_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
		var rows []string
		for i := offset; i < min(offset+most, sessions); i++ {
			rows = append(rows, fmt.Sprintf(`{"session_id": "%d", "status": "Approved", "vendor_data": "invented@example.com", "features": [{"feature": "AML", "status": "Declined", "x": 1}]}`, i))
		}
		next := "null"
		if offset+most < sessions {
			next = `"https://elsewhere.example.com/v3/sessions/"`
		}
		respondWith(http.StatusOK, nil, `{"count": `+strconv.Itoa(sessions)+`, "next": `+next+`, "results": [`+strings.Join(rows, ", ")+`]}`)(w, r)
	}
}

func TestListSessions_ReadsAllPages(t *testing.T) {
	t.Parallel()
	for _, sessions := range []int{0, 1, 39, 40, 41, 120, 121} {
		api := newFakeAPI(t, pagesOf(sessions, 40))

		var got []string
		for row, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{Kind: KindUser}) {
			if err != nil {
				t.Fatal(err)
			}
			if want := []FeatureSummary{{"AML", StatusDeclined}}; row.Status != StatusApproved || !slices.Equal(row.Features, want) {
				t.Errorf("%+v", row)
			}
			got = append(got, row.SessionID)
		}

		for i := range sessions {
			if i >= len(got) || got[i] != strconv.Itoa(i) {
				t.Fatalf("of %d sessions the list gives %v", sessions, got)
			}
		}
		if want := max(1, (sessions+37)/39); len(got) != sessions || len(api.sent()) != want {
			t.Errorf("of %d sessions the list gives %d, in %d pages, want %d", sessions, len(got), len(api.sent()), want)
		}
	}
}

func TestListSessions_StopsWhenTheCallerStops(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(1000, 40))
	for _, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := len(api.sent()); n != 1 {
		t.Errorf("%d pages were read, want 1", n)
	}
}

func TestListSessions_EscapesTheQuery(t *testing.T) {
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
	if request := api.sent()[0]; request.URL.Path != "/v3/sessions/" || request.URL.Query().Encode() != want.Encode() {
		t.Errorf("asked for %s, want %s", request.URL, want.Encode())
	}
}

func TestList_RejectsMalformedPage(t *testing.T) {
	t.Parallel()
	for body, kind := range map[string]Kind{
		``:                                KindMalformed,
		`{"results": [`:                   KindMalformed,
		`{"results": []}x`:                KindMalformed,
		`[]`:                              KindNotAPI,
		`{}`:                              KindNotAPI,
		`{"results": null}`:               KindNotAPI,
		`{"results": {}}`:                 KindNotAPI,
		`{"results": [17]}`:               KindNotAPI,
		`{"results": [], "results": []}`:  KindNotAPI,
		`{"results": [{"status": 17}]}`:   KindNotAPI,
		`{"results": [], "next": {}}`:     KindNotAPI,
		`{"results": [{"features": {}}]}`: KindNotAPI,
	} {
		t.Run(fmt.Sprintf("%.40s", body), func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(http.StatusOK, nil, body))
			client := newTestClient(t, api.URL)
			for list, read := range map[string]func(context.Context) []error{
				"sessions": func(ctx context.Context) (errs []error) {
					for _, err := range client.ListSessions(ctx, SessionQuery{}) {
						errs = append(errs, err)
					}
					return errs
				},
				"reviews": func(ctx context.Context) (errs []error) {
					for _, err := range client.ListSessionReviews(ctx, testSession) {
						errs = append(errs, err)
					}
					return errs
				},
			} {
				if list == "reviews" && (strings.Contains(body, "features") || strings.Contains(body, "status")) {
					continue // a review has no such field
				}
				errs := read(t.Context())
				if len(errs) != 1 || !IsKind(errs[0], kind) {
					t.Errorf("%s: %v, want one error of kind %d", list, errs, kind)
				}
			}
		})
	}
}

func TestListSessionReviews_RejectsUnsafeSessionID(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(0, 1))
	for _, err := range newTestClient(t, api.URL).ListSessionReviews(t.Context(), "..") {
		if !IsKind(err, KindRejected) {
			t.Errorf("%v, want it refused", err)
		}
	}
	if n := len(api.sent()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestListSessions_EndsWhenPagesRepeat(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, `{"next": "https://example.com/", "results": [{"session_id": "1"}, {"session_id": "2"}]}`))

	var rows, failures int
	for _, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{}) {
		switch {
		case err == nil:
			rows++
		case IsKind(err, KindNotAPI):
			failures++
		default:
			t.Error(err)
		}
	}

	if rows != 2 || failures != 1 || len(api.sent()) != 1+maxStalledPages {
		t.Errorf("%d rows and %d errors of %d pages, want 2 and 1 of %d", rows, failures, len(api.sent()), 1+maxStalledPages)
	}
}

// Sessions leave the filter, and new ones join it, between any two pages. Those
// that stay are yielded, each once.
func TestListSessions_LosesNoRowWhileTheListMoves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		var rows, stay []string
		for i := range 300 {
			id := fmt.Sprintf("old %d", i)
			rows = append(rows, id)
			if random.IntN(3) > 0 {
				stay = append(stay, id)
			}
		}
		pages := 0
		api := transportFunc(func(r *http.Request) (*http.Response, error) {
			if pages++; pages > 1 {
				rows = slices.DeleteFunc(rows, func(id string) bool { return random.IntN(4) == 0 && !slices.Contains(stay, id) })
				for range random.IntN(30) {
					rows = slices.Insert(rows, 0, fmt.Sprintf("new %d", random.Uint64()))
				}
			}
			offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
			page := rows[min(offset, len(rows)):min(offset+2+random.IntN(60), len(rows))]
			return newResponse(r, http.StatusOK, nil, pageOf(page, offset+len(page) < len(rows))), nil
		})

		var got []string
		for row, err := range newTestClient(t, "https://api.example.invalid", through(api)).ListSessions(t.Context(), SessionQuery{}) {
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if slices.Contains(got, row.SessionID) {
				t.Fatalf("seed %d: %s is yielded twice", seed, row.SessionID)
			}
			got = append(got, row.SessionID)
		}

		for _, id := range stay {
			if !slices.Contains(got, id) {
				t.Fatalf("seed %d: %s was in the list all the time, and is missing after %d pages", seed, id, pages)
			}
		}
	}
}

// pageOf is a page of sessions with these IDs.
func pageOf(ids []string, hasNext bool) string {
	rows := []string{}
	for _, id := range ids {
		rows = append(rows, fmt.Sprintf(`{"session_id": %q}`, id))
	}
	next := "null"
	if hasNext {
		next = `"https://elsewhere.example.com/v3/sessions/"`
	}
	return `{"next": ` + next + `, "results": [` + strings.Join(rows, ", ") + `]}`
}
