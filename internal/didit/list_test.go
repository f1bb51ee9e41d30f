// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pagesOf returns a handler that lists sessions, at most pageSize on a page.
func pagesOf(sessions, pageSize int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var offset int
		_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
		var rows []string
		for i := offset; i < min(offset+pageSize, sessions); i++ {
			rows = append(rows, fmt.Sprintf(`{"session_id": "%d", "status": "Approved", "vendor_data": "invented@example.com", "features": [{"feature": "AML", "status": "Declined", "x": 1}]}`, i))
		}
		next := "null"
		if offset+pageSize < sessions {
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
				t.Fatalf("listed %v, want %d sessions", got, sessions)
			}
		}
		if want := max(1, (sessions+37)/39); len(got) != sessions || len(api.received()) != want {
			t.Errorf("listed %d sessions in %d pages, want %d in %d", len(got), len(api.received()), sessions, want)
		}
	}
}

func TestListSessions_StopsWhenCallerStops(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, pagesOf(1000, 40))
	for _, err := range newTestClient(t, api.URL).ListSessions(t.Context(), SessionQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := len(api.received()); n != 1 {
		t.Errorf("%d pages were read, want 1", n)
	}
}

func TestList_RejectsMalformedPage(t *testing.T) {
	t.Parallel()
	for body, kind := range map[string]Kind{
		``:                               KindMalformed,
		`{"results": [`:                  KindMalformed,
		`{"results": []}x`:               KindMalformed,
		`[]`:                             KindNotAPI,
		`{}`:                             KindNotAPI,
		`{"results": null}`:              KindNotAPI,
		`{"results": {}}`:                KindNotAPI,
		`{"results": [], "results": []}`: KindNotAPI,
		// A row without its ID would be a session named "".
		`{"results": [17]}`:                                    KindUnexpected,
		`{"results": [null]}`:                                  KindUnexpected,
		`{"results": [{}]}`:                                    KindUnexpected,
		`{"results": [{"status": "Approved"}]}`:                KindUnexpected,
		`{"results": [{"session_id": null, "uuid": null}]}`:    KindUnexpected,
		`{"results": [{"session_id": 17, "uuid": 17}]}`:        KindUnexpected,
		`{"results": [{"session_id": "", "uuid": ""}]}`:        KindUnexpected,
		`{"results": [{"business_session_id": "x", "id": 7}]}`: KindUnexpected,
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
				errs := read(t.Context())
				if len(errs) != 1 || !IsKind(errs[0], kind) {
					t.Errorf("%s: %v, want one error of kind %d", list, errs, kind)
				}
			}
		})
	}
}

// Fields that identify nothing are null where they have an unexpected type.
func TestListSessions_ReadsOddRows(t *testing.T) {
	t.Parallel()
	number := int64(17)
	for row, want := range map[string]SessionSummary{
		`{"session_id": "a"}`: {SessionID: "a"},
		`{"session_id": "a", "status": null, "session_number": null, "features": null}`:                                   {SessionID: "a"},
		`{"session_id": "a", "status": 17, "session_kind": [], "session_number": "17", "created_at": {}, "features": {}}`: {SessionID: "a"},
		`{"session_id": "a", "status": "KYC_EXPIRED", "session_number": 17, "features": "OCR + AML"}`:                     {SessionID: "a", Status: StatusKycExpired, Number: &number},
		`{"session_id": "a", "session_number": 17.5, "features": ["OCR", {"feature": "AML", "status": "IN_REVIEW"}, null, {"feature": 7, "status": 7}, 7]}`: {
			SessionID: "a", Features: []FeatureSummary{{"OCR", ""}, {"AML", StatusInReview}, {}, {}, {}},
		},
	} {
		client := newTestClient(t, testURL, withTransport(returns(200, `{"next": null, "results": [`+row+`]}`)))
		for got, err := range client.ListSessions(t.Context(), SessionQuery{Kind: KindUser}) {
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v, want %+v", row, got, err, want)
			}
		}
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
		case IsKind(err, KindUnexpected):
			failures++
		default:
			t.Error(err)
		}
	}

	if rows != 2 || failures != 1 || len(api.received()) != 1+maxStalledPages {
		t.Errorf("%d rows and %d errors from %d pages, want 2 and 1 from %d", rows, failures, len(api.received()), 1+maxStalledPages)
	}
}

// Sessions leave the filter, and new ones join it, between any two pages. Those
// that stay are yielded, each once.
func TestListSessions_LosesNoRowWhileListMoves(t *testing.T) {
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
		for row, err := range newTestClient(t, testURL, withTransport(api)).ListSessions(t.Context(), SessionQuery{Kind: KindUser}) {
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
				t.Fatalf("seed %d: %s never left the list, and is missing after %d pages", seed, id, pages)
			}
		}
	}
}

// pageOf returns a page of sessions with these IDs.
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
