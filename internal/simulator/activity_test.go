// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func feedPath(id, query string) string { return "/v3/sessions/" + id + "/reviews/" + query }

// entries are the activities of a feed's page with their statuses.
func entries(t *testing.T, got reply) string {
	t.Helper()
	var texts []string
	for _, result := range got.object(t)["results"].([]any) {
		entry := result.(map[string]any)
		texts = append(texts, fmt.Sprint(entry["activity_type"], " ", entry["actor_type"], " ", entry["previous_status"], ">", entry["new_status"], " ", entry["comment"]))
	}
	return strings.Join(texts, "\n")
}

func TestTheFeedHoldsWhatHappenedNewestFirst(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","comment":"forged"}`)
	if err := server.Decide(simulator.SessionKYC, "feature_aml_1", "", "Approved", "cleared"); err != nil {
		t.Fatal(err)
	}
	server.SetSessionStatus(simulator.SessionKYC, "Declined")

	newest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3"))
	oldest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3&ordering=created_at"))
	rest := get(t, server, feedPath(simulator.SessionKYC, "?limit=3&offset=3"))

	want := "STATUS_UPDATED CONSOLE_USER In Review>Declined <nil>\n" +
		"AML_STATUS_UPDATED CONSOLE_USER In Review>Approved cleared\n" +
		"STATUS_UPDATED API_KEY In Review>Declined forged"
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

func TestAStatusThatIsNoSessionsIsNotNamedAsOne(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionInProgress, "feature_face_match_1", `{"new_status":"Declined"}`)
	if got := entries(t, get(t, server, feedPath(simulator.SessionInProgress, "?limit=1"))); got != "STATUS_UPDATED API_KEY <nil>>Declined <nil>" {
		t.Errorf("feed %s", got)
	}
}

func TestOnlyUserSessionsHaveAFeed(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, id := range []string{simulator.SessionKYB, unknownSession} {
		want(t, get(t, server, feedPath(id, "")), 404, sessionNotFound)
	}
}
