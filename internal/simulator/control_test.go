// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const done = `{"done":true}`

func TestControl_DecidesAsAPersonInTheConsole(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"session_id":"` + simulator.SessionKYC + `","node_id":"feature_ocr_1","status":"Declined","comment":"by hand"}`, 200},
		{`{"session_id":"` + simulator.SessionTwoTypes + `","node_id":"default","feature_type":"LIVENESS","status":"Declined"}`, 200},
		{`{"session_id":"` + simulator.SessionKYC + `","node_id":"feature_ocr_1","status":"Declined"}`, 409},
		{`{"session_id":"` + simulator.SessionTwoTypes + `","status":"Declined"}`, 409},
		{`{"session_id":"` + simulator.SessionAPI + `","status":"Declined"}`, 409},
		{`{"session_id":"` + simulator.SessionKYC + `","node_id":"nope","status":"Declined"}`, 404},
		{`{"session_id":"` + unknownSession + `","node_id":"nope","status":"Declined"}`, 404},
		{`{"session_id":"` + simulator.SessionKYC + `","node_id":"feature_ocr_1","status":"declined"}`, 400},
		{`{"session":"misspelt"}`, 400},
		{`{`, 400},
	} {
		if got := do(t, server, http.MethodPost, "/simulator/console", c.body, nil); got.status != c.status {
			t.Errorf("%s: %d %s", c.body, got.status, got.body)
		}
	}

	var trail []simulator.TrailEntry
	if err := json.Unmarshal([]byte(get(t, server, "/simulator/trail?session_id="+simulator.SessionKYC).body), &trail); err != nil {
		t.Fatal(err)
	}
	if len(trail) != 1 || trail[0].Actor != "console" || trail[0].Comment != "by hand" || trail[0].From != "In Review" || len(server.Trail("")) != 2 {
		t.Errorf("trail %+v", trail)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d control requests are in the log", n)
	}
}

func TestControl_AddsListsAndDeletesSessions(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	const one, two = "44444444-2222-4333-8444-000000000001", "44444444-2222-4333-8444-000000000002"
	add := func(body string) result { return do(t, server, http.MethodPost, "/simulator/sessions", body, nil) }

	checkResponse(t, add(`{"id":"`+one+`","kind":"business","api":true,"created_at":"2026-01-02T03:04:05Z","features":[{"array":"registry_checks","node_id":"n","status":"Declined"}]}`), 200, done)
	checkResponse(t, add(`{"id":"`+two+`","features":[{"array":"poa_verifications"}]}`), 200, done)
	for _, refused := range []string{`{"id":"no-uuid"}`, `{"features":[{"array":"id_verification"}]}`, `{"identifier":"x"}`, `nonsense`} {
		if got := add(refused); got.status != 400 {
			t.Errorf("%s: %d", refused, got.status)
		}
	}

	if got := add(`{"features":[{"array":"foo"}]}`); !strings.Contains(got.body, `array \"foo\" is not one of the report's: aml_screenings, `) {
		t.Errorf("unknown array: %s", got.body)
	}

	if session, ok := server.Session(one); !ok || session.Kind != "business" || !session.API || session.Features[0].Status != "Declined" || session.CreatedAt.Year() != 2026 {
		t.Errorf("session %+v", session)
	}
	if got := server.FeatureStatus(two, "default", "POA"); got != "In Review" {
		t.Errorf("the step is %q", got)
	}
	checkResponse(t, do(t, server, http.MethodDelete, "/simulator/sessions/"+one, "", nil), 200, done)
	checkResponse(t, get(t, server, decisionPath(one)), 404, notFound)
	var sessions []simulator.Session
	if err := json.Unmarshal([]byte(get(t, server, "/simulator/sessions").body), &sessions); err != nil {
		t.Fatal(err)
	}
	if len(sessions) != len(simulator.Fixtures())+1 || sessions[len(sessions)-1].ID != two {
		t.Errorf("sessions %+v", sessions)
	}
}

func TestControl_InjectsFaultsAndShowsTheLog(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	inject := func(body string) result { return do(t, server, http.MethodPost, "/simulator/faults", body, nil) }
	checkResponse(t, inject(`{"name":"busy","method":"GET","path":"decision","times":2,"status":503,"header":{"retry-after":["9"]},"body":"<p>busy</p>"}`), 200, done)
	for _, refused := range []string{`{"status":"503"}`, `{"state":1}`} {
		if got := inject(refused); got.status != 400 {
			t.Errorf("%s: %d", refused, got.status)
		}
	}

	hit := get(t, server, decisionPath(simulator.SessionKYC))
	checkResponse(t, do(t, server, http.MethodDelete, "/simulator/faults", "", nil), 200, done)
	get(t, server, decisionPath(simulator.SessionKYC))

	if hit.status != 503 || hit.body != "<p>busy</p>" || hit.header.Get("Retry-After") != "9" {
		t.Errorf("hit: %+v", hit)
	}
	var log []simulator.Request
	if err := json.Unmarshal([]byte(get(t, server, "/simulator/requests").body), &log); err != nil {
		t.Fatal(err)
	}
	if len(log) != 2 || log[0].Fault != "busy" || log[0].Status != 503 || log[1].Fault != "" || log[1].Credential != "API Client" {
		t.Errorf("log %+v", log)
	}
	checkResponse(t, do(t, server, http.MethodDelete, "/simulator/requests", "", nil), 200, done)
	checkResponse(t, get(t, server, "/simulator/requests"), 200, `[]`)
}

func TestControl_RespondsToLoopbackOnly(t *testing.T) {
	t.Parallel()
	for address, status := range map[string]int{"127.0.0.1:1": 200, "[::1]:1": 200, "192.0.2.1:1": 403, "": 403} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/simulator/trail", nil)
		request.RemoteAddr = address
		recorder := httptest.NewRecorder()
		simulator.New(simulator.Options{}).ServeHTTP(recorder, request)
		if recorder.Code != status {
			t.Errorf("from %q: %d, want %d", address, recorder.Code, status)
		}
	}
}

func TestControl_DecidesSessionsAndHits(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	const kyc = `"session_id":"` + simulator.SessionKYC + `"`
	const node = kyc + `,"node_id":"feature_aml_1"`
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "console/session", `{` + kyc + `,"status":"Declined","comment":"by hand"}`, 200},
		{"POST", "console/session", `{` + kyc + `,"status":"Declined"}`, 409},
		{"POST", "console/session", `{` + kyc + `,"status":"In Review"}`, 400},
		{"POST", "console/session", `{"session_id":"` + simulator.SessionInProgress + `","status":"Declined"}`, 409},
		{"POST", "console/hit", `{` + node + `,"hit_id":"` + simulator.HitPEP + `","review_status":"Inconclusive"}`, 200},
		{"POST", "console/hit", `{` + node + `,"hit_id":"hit_none","review_status":"Inconclusive"}`, 404},
		{"POST", "hits", `{` + node + `,"hit":{"id":"hit_new","match_score":92.5,"risk_score":7}}`, 200},
		{"POST", "hits", `{` + kyc + `,"hit":{"id":"hit_new"}}`, 404},
		{"DELETE", "hits/" + simulator.HitSanctions + "?session_id=" + simulator.SessionKYC + "&node_id=feature_aml_1", "", 200},
		{"DELETE", "hits/" + simulator.HitSanctions + "?session_id=" + simulator.SessionKYC + "&node_id=feature_aml_1", "", 404},
	} {
		if got := do(t, server, c.method, "/simulator/"+c.path, c.body, nil); got.status != c.status {
			t.Errorf("%s %s: %d %s", c.path, c.body, got.status, got.body)
		}
	}
	expected := "console session    In Review>Declined by hand\nconsole aml_hit feature_aml_1 AML " + simulator.HitPEP + " Unreviewed>Inconclusive "
	if got := decisions(server, ""); got != expected {
		t.Errorf("trail\n%s", got)
	}
	if got := server.HitStatus(simulator.SessionKYC, "feature_aml_1", "hit_new"); got != "False Positive" {
		t.Errorf("the new hit is %q", got)
	}
}

func TestControl_ListsSetsAndDeletesDestinations(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	added := do(t, server, http.MethodPost, "/simulator/destinations", `{"label":"x","url":"https://hooks.example.com/x","subscribed_events":["data.updated"]}`, nil).object(t)
	if listed := get(t, server, "/simulator/destinations").body; listed != "["+canonicalDestination(t, server)+"]" || added["secret_shared_key"] == "" {
		t.Errorf("listed %s", listed)
	}
	checkResponse(t, do(t, server, http.MethodDelete, "/simulator/destinations/"+added["uuid"].(string), "", nil), 200, done)
	checkResponse(t, get(t, server, "/simulator/destinations"), 200, `[]`)
	if got := do(t, server, http.MethodPost, "/simulator/destinations", `{"id":"misspelt"}`, nil); got.status != 400 {
		t.Errorf("a misspelt field: %d", got.status)
	}
}

func canonicalDestination(t *testing.T, server *simulator.Server) string {
	t.Helper()
	if n := len(server.Destinations()); n != 1 {
		t.Fatalf("%d destinations", n)
	}
	return canonical(server.Destinations()[0])
}
