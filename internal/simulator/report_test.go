// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestReport_ContainsEveryCanary(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.AddSession(simulator.Session{ID: unknownSession})
	for _, session := range server.Sessions() {
		report := get(t, server, decisionPath(session.ID)).body
		for _, canary := range simulator.Canaries() {
			if !strings.Contains(report, canary) {
				t.Errorf("%s: no %q", session.ID, canary)
			}
		}
		if strings.Contains(report, "{{") {
			t.Errorf("%s: a placeholder is left", session.ID)
		}
	}
}

func TestReport_HasTheUsualSizeAndIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	sizes := map[int]bool{}
	first, second := start(t, simulator.Options{}), start(t, simulator.Options{})
	for n := range 40 {
		session := simulator.Session{ID: fmt.Sprintf("22222222-2222-4333-8444-%012d", n), Features: []simulator.Feature{{Array: "aml_screenings"}}}
		first.AddSession(session)
		second.AddSession(session)
		report := get(t, first, decisionPath(session.ID)).body
		if report != get(t, second, decisionPath(session.ID)).body {
			t.Errorf("%s differs", session.ID)
		}
		if len(report) < 19<<10 || len(report) > 41<<10 {
			t.Errorf("%s has %d bytes", session.ID, len(report))
		}
		sizes[len(report)] = true
	}
	if len(sizes) < 20 {
		t.Errorf("only %d different sizes", len(sizes))
	}
}

func TestReport_HasTheRequestedSize(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	session := simulator.Fixtures()[0]
	for _, size := range []int{4 << 10, 30 << 10, 200 << 10, 5 << 20} {
		session.ReportBytes = size
		server.AddSession(session)
		got := get(t, server, decisionPath(session.ID))
		if n := len(got.body); n < size-1024 || n > size+1024 {
			t.Errorf("asked for %d bytes, got %d", size, n)
		}
		if steps := got.object(t)["poa_verifications"].([]any); steps[0].(map[string]any)["status"] != "In Review" {
			t.Errorf("%d bytes: %v", size, steps)
		}
	}
}

func TestReport_HasEveryStepAndNullForOtherArrays(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.AddSession(simulator.Session{ID: unknownSession, Kind: simulator.KindBusiness, VendorData: `"odd" <vendor>`, Features: []simulator.Feature{
		{Array: "aml_screenings", NodeID: "second", Status: "Declined"},
		{Array: "tea_leaf_readings", NodeID: "leaves", Status: "Cold"},
		{Array: "aml_screenings", Status: "Approved"},
	}})

	report := get(t, server, decisionPath(unknownSession)).object(t)

	for field, value := range map[string]string{
		"session_id":          `"` + unknownSession + `"`,
		"session_kind":        `"business"`,
		"session_number":      "2",
		"status":              `"In Review"`,
		"environment":         `"sandbox"`,
		"workflow_id":         `"` + simulator.WorkflowKYC + `"`,
		"features":            `["AML","TEA_LEAF_READINGS"]`,
		"vendor_data":         canonical(`"odd" <vendor>`),
		"registry_checks":     "null",
		"phone_verifications": "null",
		"created_at":          `"2026-03-04T05:06:07.000089Z"`,
		"expires_at":          "null",
	} {
		if got := canonical(report[field]); got != value {
			t.Errorf("%s is %s, want %s", field, got, value)
		}
	}
	if _, has := report["id_verifications"]; has {
		t.Error("a company has an ID verification")
	}
	var steps []string
	for _, array := range []string{"aml_screenings", "tea_leaf_readings"} {
		for _, item := range report[array].([]any) {
			fields := item.(map[string]any)
			steps = append(steps, fmt.Sprint(fields["node_id"], " ", fields["status"]))
		}
	}
	if got := strings.Join(steps, ", "); got != "second Declined, <nil> Approved, leaves Cold" {
		t.Errorf("steps %s", got)
	}
}

func TestReport_HasNoCommentOfAStep(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","comment":"a very particular comment"}`)
	server.SetSessionStatus(simulator.SessionKYC, "Declined")

	got := get(t, server, decisionPath(simulator.SessionKYC))

	if strings.Contains(got.body, "a very particular comment") {
		t.Error("the comment is in the report")
	}
	reviews := got.object(t)["reviews"].([]any)
	if last := reviews[len(reviews)-1].(map[string]any); last["new_status"] != "Declined" || last["user"] != "Didit" {
		t.Errorf("the session's own change is not there: %v", reviews)
	}
}

func TestSimulator_ConcurrentClientsSeeOneState(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	server.BeforeResponse(func(simulator.Request) { server.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", "") })
	var group sync.WaitGroup
	for worker := range 16 {
		group.Go(func() {
			for n := range 10 {
				status := []string{"Approved", "Declined"}[(worker+n)%2]
				_, _ = send(t, server, "PATCH", updatePath(simulator.SessionKYC, "feature_ocr_1"), `{"new_status":"`+status+`"}`, nil)
				_, _ = send(t, server, "GET", decisionPath(simulator.SessionKYC), "", nil)
				_ = server.DecideFeature(simulator.SessionKYC, "feature_ocr_1", "", "In Review", "")
				server.AddSession(simulator.Session{})
				server.Inject(simulator.Fault{Status: 503})
			}
		})
	}
	group.Wait()

	previous := "In Review"
	for _, change := range server.Trail(simulator.SessionKYC) {
		if change.From != previous || change.To == previous {
			t.Fatalf("%q to %q after %q", change.From, change.To, previous)
		}
		previous = change.To
	}
	if server.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", "") != previous || len(server.Requests()) != 320 || server.Count("PATCH") != 160 {
		t.Errorf("%d requests, %d PATCH", len(server.Requests()), server.Count("PATCH"))
	}
}

func BenchmarkReport(b *testing.B) {
	server := simulator.New(simulator.Options{ReadsPerMinute: -1})
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	benchmarkDecision(b, server, simulator.SessionKYC)
}

// benchmarkDecision asks for one report again and again, without a network.
func benchmarkDecision(b *testing.B, server *simulator.Simulator, id string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, decisionPath(id), nil)
		request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, request)
		if recorder.Code != 200 {
			b.Fatal(recorder.Code)
		}
	}
}

func TestReport_CapitalStatusesChangeTheSpellingOnly(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{CapitalStatuses: true})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)

	report := get(t, server, decisionPath(simulator.SessionKYC)).object(t)

	screening := report["aml_screenings"].([]any)[0].(map[string]any)
	hit := screening["hits"].([]any)[2].(map[string]any)
	document := report["id_verifications"].([]any)[0].(map[string]any)
	for want, got := range map[string]any{"IN_REVIEW": report["status"], "DECLINED": document["status"], "FALSE_POSITIVE": hit["review_status"]} {
		if got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	if got := server.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", ""); got != "Declined" {
		t.Errorf("the step is %q", got)
	}
}

func TestReport_RestrictedAttributesAreNull(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	session := simulator.Fixtures()[0]
	session.RestrictsAttributes = true
	server.AddSession(session)

	screening := get(t, server, decisionPath(simulator.SessionKYC)).object(t)["aml_screenings"].([]any)[0].(map[string]any)

	if screening["status"] != "In Review" || screening["node_id"] != "feature_aml_1" || screening["warnings"] == nil {
		t.Errorf("screening %v", screening)
	}
	if hits, isThere := screening["hits"]; hits != nil || !isThere {
		t.Errorf("hits %v", hits)
	}
}

func TestReport_ContainsRawItemsAsTheyAre(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "questionnaire_responses", Raw: `{"sections":[]}`},
		{Array: "poa_verifications", Raw: "null"},
		{Array: "aml_screenings", Hits: []simulator.Hit{{ID: "a", Raw: `{"id":7}`}, {ID: "b"}}},
	}})

	report := get(t, server, decisionPath(unknownSession)).object(t)

	if got := canonical(report["questionnaire_responses"]) + canonical(report["poa_verifications"]); got != `[{"sections":[]}][null]` {
		t.Errorf("items %s", got)
	}
	hits := report["aml_screenings"].([]any)[0].(map[string]any)["hits"].([]any)
	if canonical(hits[0]) != `{"id":7}` || hits[1].(map[string]any)["id"] != "b" {
		t.Errorf("hits %s", canonical(hits))
	}
}
