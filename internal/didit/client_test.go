// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestUpdateFeatureStatus_EscapesNodeIDAsOneSegment(t *testing.T) {
	t.Parallel()
	for _, nodeID := range []string{
		"feature_ocr_1", "default", "two words", "50%", "%2F", "%2e%2e", "a?b", "a#b", "a&b=c", "a+b", "a;b", "...", "..;", `a\b`, "ä", "名", "a\nb", "a\x00b",
	} {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, updated(testSession, nodeID, StatusApproved)))

		err := update(t.Context(), newTestClient(t, api.URL), testSession, nodeID, FeatureStatusUpdate{NewStatus: StatusApproved})
		if err != nil {
			t.Errorf("node ID %q: %v", nodeID, err)
			continue
		}
		segments := strings.Split(api.sent()[0].URL.EscapedPath(), "/")
		want := []string{"", "v3", "session", testSession, "features", url.PathEscape(nodeID), "update-status", ""}
		if !slices.Equal(segments, want) {
			t.Errorf("node ID %q: the API gets %q, want %q", nodeID, segments, want)
		}
		if got, _ := url.PathUnescape(segments[5]); got != nodeID {
			t.Errorf("the API understands %q, want %q", got, nodeID)
		}
	}
}

func TestPath_RejectsUnsafeSegments(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))
	client := newTestClient(t, api.URL)
	approve := FeatureStatusUpdate{NewStatus: StatusApproved}
	for _, segment := range []string{"", ".", "..", "a/b", "/", "../.."} {
		_, read := client.RetrieveDecision(t.Context(), segment)
		for what, err := range map[string]error{
			"read":    read,
			"session": update(t.Context(), client, segment, testNode, approve),
			"node":    update(t.Context(), client, testSession, segment, approve),
		} {
			if failure := mustFail(t, err); failure.Kind != KindRejected || failure.OutcomeUnknown || !strings.HasPrefix(failure.Error(), `"`) {
				t.Errorf("%s %q: %v (kind %d), want it refused", what, segment, failure, failure.Kind)
			}
		}
	}
	if sent := api.sent(); len(sent) > 0 {
		t.Errorf("%d requests were sent, want none", len(sent))
	}
}

func TestRetrieveDecision_SendsHeadersAndTrailingSlash(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))

	decision, err := newTestClient(t, api.URL).RetrieveDecision(t.Context(), testSession)
	if err != nil || decision.Status != StatusInReview {
		t.Fatalf("%+v, %v", decision, err)
	}
	request := api.sent()[0]
	if got, want := request.Method+" "+request.RequestURI, "GET /v3/session/"+testSession+"/decision/"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	assertHeader(t, request, http.Header{
		"Accept": {"application/json"}, "User-Agent": {"terraform-provider-didit/test"}, "X-Api-Key": {testKey},
		"Authorization": nil, "Content-Type": nil, "Content-Length": nil,
	})
}

func TestClient_SendsAccessTokenInsteadOfKey(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, fullResponse(method)))
		client := newTestClient(t, api.URL, func(config *Config) { config.APIKey, config.AccessToken = "", "invented-token" })

		if err := operation(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		assertHeader(t, api.sent()[0], http.Header{"Authorization": {"Bearer invented-token"}, "X-Api-Key": nil})
	}
}

func assertHeader(t *testing.T, request *http.Request, want http.Header) {
	t.Helper()
	for name, values := range want {
		if got := request.Header.Values(name); !slices.Equal(got, values) {
			t.Errorf("%s: %q, want %q", name, got, values)
		}
	}
}

func TestUpdateFeatureStatus_SendsOnlyWhatIsSet(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]FeatureStatusUpdate{
		`{"new_status":"Approved"}`:                                               {NewStatus: StatusApproved},
		`{"new_status":"Declined","comment":"Reviewed: name \"differs\""}`:        {NewStatus: StatusDeclined, Comment: `Reviewed: name "differs"`},
		`{"new_status":"In Review","feature_type":"LIVENESS"}`:                    {NewStatus: StatusInReview, FeatureType: "LIVENESS"},
		`{"new_status":"Approved","comment":"two\nlines ä","feature_type":"AML"}`: {NewStatus: StatusApproved, Comment: "two\nlines ä", FeatureType: "AML"},
	} {
		var sent []byte
		api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			sent, _ = io.ReadAll(r.Body)
			respondWith(http.StatusOK, nil, `{"session_id": "`+testSession+`", "node_id": "default", "new_status": "`+body.NewStatus+`"}`)(w, r)
		})

		err := update(t.Context(), newTestClient(t, api.URL), testSession, DefaultNodeID, body)
		if err != nil {
			t.Fatal(err)
		}
		request := api.sent()[0]
		if got, want := request.Method+" "+request.RequestURI, "PATCH /v3/session/"+testSession+"/features/default/update-status/"; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
		assertHeader(t, request, http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {testKey}})
		if string(sent) != want {
			t.Errorf("body %s, want %s", sent, want)
		}
	}
}

func TestClient_KeepsThePathOfTheBaseURL(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"/":          "/v3/",
		"/didit":     "/didit/v3/",
		"/didit//":   "/didit/v3/",
		"/a/b%2Fc/":  "/a/b%2Fc/v3/",
		"/with%20it": "/with%20it/v3/",
	} {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))
		base, err := ParseBaseURL(api.URL + prefix)
		if err != nil {
			t.Fatal(err)
		}
		client := newTestClient(t, api.URL, func(config *Config) { config.BaseURL = base })

		if _, err := client.RetrieveDecision(t.Context(), testSession); err != nil {
			t.Fatal(err)
		}
		if got := api.sent()[0].RequestURI; got != want+"session/"+testSession+"/decision/" {
			t.Errorf("base path %s: sent to %s, want it to begin with %s", prefix, got, want)
		}
	}
}

func TestUpdateFeatureStatus_AcceptsAny2xxThatConfirms(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 203, 206, 299} {
		api := newFakeAPI(t, respondWith(status, nil, testUpdated))
		if err := operations[http.MethodPatch](t.Context(), newTestClient(t, api.URL)); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestUpdateFeatureStatus_UnconfirmedSuccessIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html"}}
	of := func(sessionID, nodeID, status string) http.HandlerFunc {
		return respondWith(200, nil, updated(sessionID, nodeID, status))
	}
	for name, answer := range map[string]http.HandlerFunc{
		"another status":    of(testSession, testNode, StatusDeclined),
		"another session":   of("11111111-2222-4333-8444-000000000002", testNode, StatusApproved),
		"another node":      of(testSession, "feature_aml_1", StatusApproved),
		"other spelling":    of(testSession, testNode, "approved"),
		"names in capitals": respondWith(200, nil, strings.ReplaceAll(strings.ToUpper(testUpdated), "APPROVED", "Approved")),
		"no session":        respondWith(200, nil, `{"node_id": "`+testNode+`", "new_status": "Approved"}`),
		"no node":           respondWith(200, nil, `{"session_id": "`+testSession+`", "new_status": "Approved"}`),
		"no status":         respondWith(200, nil, `{"session_id": "`+testSession+`", "node_id": "`+testNode+`"}`),
		"null":              respondWith(200, nil, strings.ReplaceAll(testUpdated, `"Approved"`, "null")),
		"wrong type":        respondWith(200, nil, strings.ReplaceAll(testUpdated, `"Approved"`, `["Approved"]`)),
		"status twice":      respondWith(200, nil, strings.ReplaceAll(testUpdated, "}", `, "new_status": "Approved"}`)),
		"no content":        respondWith(204, http.Header{"Content-Type": nil}, ""),
		"empty":             respondWith(200, nil, ""),
		"HTML":              respondWith(200, html, "<p>Approved</p>"),
		"HTML as JSON":      respondWith(200, nil, "<p>Approved</p>"),
		"JSON as HTML":      respondWith(200, html, testUpdated),
		"cut":               respondWith(200, nil, testUpdated[:len(testUpdated)-1]),
		"two responses":     respondWith(200, nil, testUpdated+testUpdated),
		"much too long":     respondWith(200, nil, strings.ReplaceAll(testUpdated, "}", `, "rest": "`+strings.Repeat("x", 1<<20)+`"}`)),
		"cut on the wire":   respondWith(200, http.Header{"Content-Length": {"999"}}, testUpdated),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, answer)
			client := newTestClient(t, api.URL, func(config *Config) { config.MaxRetries = 5 })

			failure := mustFail(t, operations[http.MethodPatch](t.Context(), client))

			if !failure.OutcomeUnknown || failure.StatusCode/100 != 2 || failure.Kind != KindNotAPI && failure.Kind != KindMalformed {
				t.Errorf("%v: kind %d, unclear %t", failure, failure.Kind, failure.OutcomeUnknown)
			}
			if n := len(api.sent()); n != 1 {
				t.Errorf("sent %d times: only reading can tell what became of the first", n)
			}
		})
	}
}
