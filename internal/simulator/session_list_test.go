// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// listed are the numbers of the sessions on a page, business ones with a B.
func listed(t *testing.T, page map[string]any) string {
	t.Helper()
	var numbers []string
	for _, row := range page["results"].([]any) {
		fields := row.(map[string]any)
		number := fmt.Sprint(fields["session_number"])
		if fields["session_kind"] == simulator.KindBusiness {
			number = "B" + number
		}
		numbers = append(numbers, number)
	}
	return strings.Join(numbers, " ")
}

func TestSessionList_Filters(t *testing.T) {
	t.Parallel()
	server := simulator.New(simulator.Options{ReadsPerMinute: -1})
	day := func(d, hour int) time.Time { return time.Date(2026, 1, d, hour, 0, 0, 0, time.UTC) }
	for _, session := range []simulator.Session{
		{ID: "33333333-2222-4333-8444-000000000001", CreatedAt: day(1, 12), VendorData: "ann@people.example.com"},
		{ID: "33333333-2222-4333-8444-000000000002", CreatedAt: day(2, 12), Status: "Approved", WorkflowID: simulator.WorkflowSimple},
		{ID: "33333333-2222-4333-8444-000000000003", CreatedAt: day(3, 12), Status: "Declined", API: true, VendorData: "bobolink"},
		{ID: "33333333-2222-4333-8444-000000000004", CreatedAt: day(2, 12), Kind: simulator.KindBusiness, WorkflowID: simulator.WorkflowKYB, Number: 41},
		{ID: "33333333-2222-4333-8444-000000000005", CreatedAt: day(3, 0), Kind: simulator.KindBusiness, Status: "Approved", VendorData: "bobolink"},
	} {
		server.AddSession(session)
	}
	served, err := simulator.Listen("127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	for query, want := range map[string]string{
		"":                            "3 2 1",
		"session_kind=user":           "3 2 1",
		"session_kind=BUSINESS":       "B42 B41",
		"status=Approved,In%20Review": "2 1",
		"status=approved":             "",
		"workflow_id=" + simulator.WorkflowSimple:     "2",
		"workflow_id=nonsense":                        "",
		"vendor_data=bobolink":                        "3",
		"vendor_data=b":                               "",
		"vendor_data=ann%40people.example.com":        "1",
		"date_from=2026-01-02":                        "3 2",
		"date_to=2026-01-02":                          "2 1",
		"date_from=2026-01-02&date_to=2026-01-02":     "2",
		"session_kind=business&date_to=2026-01-03":    "B42 B41",
		"session_kind=business&date_to=2026-01-02":    "",
		"search=33333333-2222-4333-8444-000000000002": "2",
		"search=3":                        "3",
		"search=4":                        "",
		"session_kind=business&search=4":  "B42 B41",
		"session_kind=business&search=41": "B41",
		"limit=2":                         "3 2",
		"limit=2&offset=2":                "1",
		"limit=0&offset=-4":               "3 2 1",
		"offset=9":                        "",
		"status=Approved&workflow_id=" + simulator.WorkflowSimple + "&search=2": "2",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			if got := listed(t, get(t, served, "/v3/sessions/?"+query).object(t)); got != want {
				t.Errorf("listed %q, want %q", got, want)
			}
		})
	}
}

func TestSessionList_RefusesMalformedAndUnsimulatedFilters(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for query, body := range map[string]string{
		"session_kind=person":  `{"session_kind":"Must be \"user\", \"business\", or \"all\"."}`,
		"date_from=01.02.2026": `{"date_from":["Enter a valid date."]}`,
		"date_to=2026-02-30":   `{"date_to":["Enter a valid date."]}`,
		"session_kind=all":     `{"session_kind":"Must be \"user\", \"business\", or \"all\"."}`,
		"search=a%20name":      `{"search":["The simulator searches for UUIDs and session numbers only."]}`,
		"session_type=API":     `{"session_type":["The simulator does not simulate this filter."]}`,
		"country=ESP":          `{"country":["The simulator does not simulate this filter."]}`,
	} {
		checkResponse(t, get(t, server, "/v3/sessions/?"+query), 400, body)
	}
}

func TestSessionList_PagesLinkToEachOther(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.AddSession(simulator.Session{})
	var pages []string
	for path := "/v3/sessions/?status=In+Review&limit=2"; path != ""; {
		page := get(t, server, path).object(t)
		pages = append(pages, listed(t, page))
		if page["count"] != 8.0 {
			t.Errorf("count %v", page["count"])
		}
		if len(pages) == 1 && page["previous"] != nil {
			t.Errorf("previous of the first page: %v", page["previous"])
		}
		if len(pages) == 2 && page["previous"] != server.URL+"/v3/sessions/?limit=2&status=In+Review" {
			t.Errorf("previous of the second page: %v", page["previous"])
		}
		next, _ := page["next"].(string)
		path = strings.TrimPrefix(next, server.URL)
	}
	if got := strings.Join(pages, " | "); got != "13 8 | 7 5 | 4 3 | 2 1" {
		t.Errorf("pages %q", got)
	}
}

func TestSessionList_CountOfBusinessSessionsStopsAtAHundred(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for range 120 {
		server.AddSession(simulator.Session{Kind: simulator.KindBusiness})
	}
	page := get(t, server, "/v3/sessions/?session_kind=business&offset=100&limit=20").object(t)
	if page["count"] != 100.0 || page["next"] == nil || len(page["results"].([]any)) != 20 {
		t.Errorf("count %v, next %v, %d rows", page["count"], page["next"], len(page["results"].([]any)))
	}
}

func TestSessionList_ShowsOnlySessionsInScope(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{
		{APIKey: simulator.DefaultAPIKey, Read: true, Workflows: []string{simulator.WorkflowKYC}, Statuses: []string{"In Review"}},
		{APIKey: "invented-writer", Write: true},
	}})
	if got := listed(t, get(t, server, "/v3/sessions/?session_kind=user").object(t)); got != "8 1" {
		t.Errorf("listed %q", got)
	}
	checkResponse(t, do(t, server, http.MethodGet, "/v3/sessions/", "", header{"X-Api-Key": "invented-writer"}), 403, noPrivilege)
}

func TestSessionList_RowNamesFeaturesAndNoNode(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	got := get(t, server, "/v3/sessions/?search="+simulator.SessionKYC)
	row := got.object(t)["results"].([]any)[0].(map[string]any)
	features := `[{"feature":"ID_VERIFICATION","status":"Declined"},{"feature":"LIVENESS","status":"Approved"},` +
		`{"feature":"FACE_MATCH","status":"Approved"},{"feature":"AML","status":"In Review"},{"feature":"POA","status":"In Review"}]`
	if canonical(row["features"]) != features || strings.Contains(got.body, "feature_ocr_1") {
		t.Errorf("row %s", canonical(row))
	}
}
