// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestTrail_HasNoChangeOfTheFlow(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	if err := server.SetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "", "Resub Requested"); err != nil {
		t.Fatal(err)
	}
	server.RemoveFeature(simulator.SessionKYC, "feature_aml_1", "aml_screenings")
	server.RemoveFeature(simulator.SessionTwoTypes, "", "liveness_checks")

	for _, c := range []struct{ id, node, array, status string }{
		{simulator.SessionKYC, "feature_ocr_1", "", "Resub Requested"},
		{simulator.SessionKYC, "feature_aml_1", "", ""},
		{simulator.SessionTwoTypes, "default", "liveness_checks", ""},
		{simulator.SessionTwoTypes, "default", "", "In Review"},
		{unknownSession, "default", "", ""},
	} {
		if got := server.FeatureStatus(c.id, c.node, c.array); got != c.status {
			t.Errorf("%s %s %s is %q, want %q", c.id, c.node, c.array, got, c.status)
		}
	}
	if trail := server.Trail(""); len(trail) != 0 {
		t.Errorf("trail %+v", trail)
	}
}

func TestTrail_OutlivesItsSession(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	patch(t, server, simulator.SessionKYB, "feature_aml_1", `{"new_status":"Declined"}`)
	server.DeleteSession(simulator.SessionKYC)

	checkResponse(t, get(t, server, decisionPath(simulator.SessionKYC)), 404, notFound)
	if n, all := len(server.Trail(simulator.SessionKYC)), server.Trail(""); n != 1 || len(all) != 2 || all[0].SessionID != simulator.SessionKYC {
		t.Errorf("%d of the session, all: %+v", n, all)
	}
}

func feedPath(id, query string) string { return "/v3/sessions/" + id + "/reviews/" + query }

// entries are the activities of a feed's page with their statuses.
func entries(t *testing.T, got result) string {
	t.Helper()
	var texts []string
	for _, result := range got.object(t)["results"].([]any) {
		entry := result.(map[string]any)
		values := ""
		if before, ok := entry["previous_value"].(map[string]any); ok && before["status"] != nil {
			values = fmt.Sprint(" (", before["status"], ">", entry["new_value"].(map[string]any)["status"], ")")
		}
		texts = append(texts, fmt.Sprint(entry["activity_type"], " ", entry["actor_type"], " ", entry["previous_status"], ">", entry["new_status"], values, " ", entry["comment"]))
	}
	return strings.Join(texts, "\n")
}

func TestFeed_IsNewestFirst(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","comment":"forged"}`)
	if err := server.DecideFeature(simulator.SessionKYC, "feature_aml_1", "", "Approved", "cleared"); err != nil {
		t.Fatal(err)
	}
	server.SetSessionStatus(simulator.SessionKYC, "Declined")

	newest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3"))
	oldest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3&ordering=created_at"))
	rest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3&offset=3"))

	want := "STATUS_UPDATED SYSTEM In Review>Declined (In Review>Declined) <nil>\n" +
		"AML_STATUS_UPDATED CONSOLE_USER <nil>><nil> (In Review>Approved) cleared\n" +
		"STATUS_UPDATED API_KEY <nil>><nil> (In Review>Declined) forged"
	if got := entries(t, newest); got != want {
		t.Errorf("newest:\n%s", got)
	}
	if got := entries(t, oldest); !strings.HasPrefix(got, "KYC_DATA_UPDATED CONSOLE_USER <nil>><nil> <nil>\nCOMMENT ") {
		t.Errorf("oldest:\n%s", got)
	}
	if page := rest.object(t); page["count"] != 6.0 || page["next"] != nil || page["previous"] != server.URL+feedPath(simulator.SessionKYC, "?limit=3") {
		t.Errorf("count %v, next %v, previous %v", page["count"], page["next"], page["previous"])
	}
}

// A client that believed new_status of a step's entry would take it for the session's decision.
func TestFeed_HasTheTransitionOfTheSessionOnly(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionInProgress, "feature_face_match_1", `{"new_status":"Declined"}`)
	got := get(t, server, feedPath(simulator.SessionInProgress, "?limit=1"))
	if entries := entries(t, got); entries != "STATUS_UPDATED API_KEY <nil>><nil> (Not Finished>Declined) <nil>" {
		t.Errorf("feed %s", entries)
	}
	if strings.Contains(got.body, "feature_face_match_1") || strings.Contains(got.body, "FACE_MATCH") {
		t.Errorf("the feed names the step: %s", got.body)
	}
}

func TestFeed_IsMissingForBusinessSessions(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, id := range []string{simulator.SessionKYB, unknownSession} {
		checkResponse(t, get(t, server, feedPath(id, "")), 404, sessionNotFound)
	}
}
