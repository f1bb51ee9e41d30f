// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestRoute_UnknownPathIsAnHTMLPage(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for name, path := range map[string]string{
		"outside the API":         "/",
		"unknown":                 "/v3/nothing/",
		"session ID no UUID":      decisionPath("not-a-uuid"),
		"session ID upper case":   decisionPath("AAAAAAAA-2222-4333-8444-000000000001"),
		"empty node":              "/v3/session/" + simulator.SessionKYC + "/features//update-status/",
		"node with a plain slash": updatePath(simulator.SessionKYC, "a/b"),
		"doubled slash":           "/" + decisionPath(simulator.SessionKYC),
		"bad list":                "/v3/sessions/not-a-uuid/reviews/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := get(t, server, path)
			if got.status != 404 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "<h1>Not Found") {
				t.Errorf("%d %s\n%s", got.status, got.header.Get("Content-Type"), got.body)
			}
		})
	}
}

func TestRoute_WithoutTrailingSlashRedirectsAndChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, path, query string }{
		"decision": {http.MethodGet, decisionPath(simulator.SessionKYC), ""},
		"change":   {http.MethodPatch, updatePath(simulator.SessionKYC, "feature_ocr_1"), ""},
		"list":     {http.MethodGet, "/v3/sessions/", "?limit=1&status=In+Review"},
		"reviews":  {http.MethodGet, "/v3/sessions/" + simulator.SessionKYC + "/reviews/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			got := do(t, server, c.method, strings.TrimSuffix(c.path, "/")+c.query, `{"new_status":"Declined"}`, nil)
			if got.status != 301 || got.header.Get("Location") != c.path+c.query {
				t.Errorf("%d to %q", got.status, got.header.Get("Location"))
			}
			if len(server.Trail("")) != 0 {
				t.Error("something was changed")
			}
		})
	}
}

func TestRoute_RejectsOtherMethods(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	got := do(t, server, http.MethodPost, decisionPath(simulator.SessionKYC), "{}", nil)
	checkResponse(t, got, 405, `{"detail":"Method \"POST\" not allowed."}`)
	if got.header.Get("Allow") != "GET, OPTIONS" {
		t.Errorf("Allow: %q", got.header.Get("Allow"))
	}
	if got := do(t, server, http.MethodPut, destinations, "{}", nil); got.status != 405 || got.header.Get("Allow") != "GET, POST, OPTIONS" {
		t.Errorf("%d, Allow: %q", got.status, got.header.Get("Allow"))
	}
}

func TestRoute_NodeIDMayContainAnyCharacter(t *testing.T) {
	t.Parallel()
	for _, node := range []string{"a/b", "a b", "ü%2F", "..", "?#&", `"quoted"`, "<node>", "näme's", "a;b=c"} {
		t.Run(node, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			server.AddSession(simulator.Session{ID: simulator.SessionSimple, Features: []simulator.Feature{{Array: "poa_verifications", NodeID: node}}})

			got := patch(t, server, simulator.SessionSimple, url.PathEscape(node), `{"new_status":"Declined"}`)

			checkResponse(t, withoutOverride(t, got), 200, canonical(map[string]string{
				"session_id": simulator.SessionSimple, "node_id": node, "feature_type": "POA", "new_status": "Declined",
			}))
			item := get(t, server, decisionPath(simulator.SessionSimple)).object(t)["poa_verifications"].([]any)[0].(map[string]any)
			if item["node_id"] != node || item["status"] != "Declined" {
				t.Errorf("the report says %q %q", item["node_id"], item["status"])
			}
		})
	}
}
