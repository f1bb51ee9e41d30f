// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	notFound        = `{"detail":"Not found."}`
	sessionNotFound = `{"detail":"Session not found."}`
	noCredential    = `{"detail":"Authentication credentials were not provided or are invalid."}`
	noPrivilege     = `{"detail":"You do not have permission to perform this action."}`
	unknownSession  = "99999999-2222-4333-8444-000000000000"
)

func TestCredentials_LimitEachOperation(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{
		{APIKey: "invented-reader", Actor: "reader", Read: true},
		{APIKey: "invented-writer", Actor: "writer", Write: true},
		{AccessToken: "invented-token", Actor: "person", Read: true, Write: true},
		{APIKey: "invented-other", Actor: "other", Read: true, Write: true, Workflows: []string{simulator.WorkflowKYB}},
		{APIKey: "invented-decided", Actor: "decided", Read: true, Write: true, Statuses: []string{"Approved", "Declined"}},
	}})
	decision, feed := decisionPath(simulator.SessionKYC), "/v3/sessions/"+simulator.SessionKYC+"/reviews/"
	update := updatePath(simulator.SessionKYC, "unknown_node")
	hits := "/v3/session/" + simulator.SessionKYC + "/update-aml-hit-status/"
	noFeature := `{"detail":"No feature found with node_id 'unknown_node' in this session."}`
	key := func(key string) header { return header{"X-Api-Key": key} }
	for name, c := range map[string]struct {
		method, path string
		headers      header
		status       int
		body         string // "" any
		actor        string
	}{
		"read, no credential":          {"GET", decision, key(""), 403, noCredential, ""},
		"read, wrong key":              {"GET", decision, key("wrong"), 403, noCredential, ""},
		"read, wrong token":            {"GET", decision, header{"X-Api-Key": "", "Authorization": "Bearer wrong"}, 403, noCredential, ""},
		"read, token as a key":         {"GET", decision, key("invented-token"), 403, noCredential, ""},
		"read, key":                    {"GET", decision, key("invented-reader"), 200, "", "reader"},
		"read, token":                  {"GET", decision, header{"X-Api-Key": "", "Authorization": "bearer invented-token"}, 200, "", "person"},
		"read, not allowed":            {"GET", decision, key("invented-writer"), 403, noPrivilege, "writer"},
		"read, other workflow":         {"GET", decision, key("invented-other"), 404, sessionNotFound, "other"},
		"read, other status":           {"GET", decision, key("invented-decided"), 404, sessionNotFound, "decided"},
		"read, in scope":               {"GET", decisionPath(simulator.SessionKYB), key("invented-other"), 200, "", "other"},
		"read, unknown, no credential": {"GET", decisionPath(unknownSession), key(""), 404, notFound, ""},
		"read, unknown, key":           {"GET", decisionPath(unknownSession), key("invented-reader"), 404, notFound, "reader"},
		"write, no credential":         {"PATCH", update, key(""), 403, noCredential, ""},
		"write, not allowed":           {"PATCH", update, key("invented-reader"), 403, noPrivilege, "reader"},
		"write, allowed":               {"PATCH", update, key("invented-writer"), 404, noFeature, "writer"},
		"write, out of scope":          {"PATCH", update, key("invented-other"), 404, sessionNotFound, "other"},
		"write, unknown":               {"PATCH", updatePath(unknownSession, "n"), key("invented-writer"), 404, sessionNotFound, "writer"},
		"session, no credential":       {"PATCH", statusPath(simulator.SessionKYC), key(""), 403, noCredential, ""},
		"session, not allowed":         {"PATCH", statusPath(simulator.SessionKYC), key("invented-reader"), 403, noPrivilege, "reader"},
		"session, out of scope":        {"PATCH", statusPath(simulator.SessionKYC), key("invented-other"), 404, notFound, "other"},
		"hit, no credential":           {"PATCH", hits, key(""), 403, noCredential, ""},
		"hit, not allowed":             {"PATCH", hits, key("invented-reader"), 403, noPrivilege, "reader"},
		"hit, out of scope":            {"PATCH", hits, key("invented-other"), 404, sessionNotFound, "other"},
		"list, no credential":          {"GET", "/v3/sessions/", key(""), 403, noPrivilege, ""},
		"feed, no credential":          {"GET", feed, key(""), 403, noPrivilege, ""},
		"feed, unknown, no credential": {"GET", "/v3/sessions/" + unknownSession + "/reviews/", key(""), 403, noPrivilege, ""},
		"feed, out of scope":           {"GET", feed, key("invented-other"), 404, sessionNotFound, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.headers["User-Agent"] = "test of " + name
			got := do(t, server, c.method, c.path, `{"new_status":"Declined"}`, c.headers)
			if got.status != c.status {
				t.Errorf("status %d, want %d: %.300s", got.status, c.status, got.body)
			}
			if c.body != "" {
				checkResponse(t, got, c.status, c.body)
			}
			for _, entry := range server.Requests() {
				if entry.UserAgent == c.headers["User-Agent"] && (entry.Credential != c.actor || entry.Status != c.status) {
					t.Errorf("the log says %+v", entry)
				}
			}
		})
	}
}

func TestScope_FollowsTheSessionsStatus(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{
		{APIKey: simulator.DefaultAPIKey, Read: true, Statuses: []string{"In Review"}},
	}})
	if got := get(t, server, decisionPath(simulator.SessionKYC)); got.status != http.StatusOK {
		t.Fatalf("status %d", got.status)
	}
	server.SetSessionStatus(simulator.SessionKYC, "Approved")
	checkResponse(t, get(t, server, decisionPath(simulator.SessionKYC)), 404, sessionNotFound)
}
