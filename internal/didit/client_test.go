// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestClient_SendsHeadersAndTrailingSlash(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))

	decision, err := newTestClient(t, api.URL).RetrieveDecision(t.Context(), testSession)
	if err != nil || decision.Status != StatusInReview {
		t.Fatalf("%+v, %v", decision, err)
	}
	request := api.received()[0]
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
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, successBody(method)))
		client := newTestClient(t, api.URL, func(config *Config) { config.APIKey, config.AccessToken = "", "invented-token" })

		if err := operation(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		assertHeader(t, api.received()[0], http.Header{"Authorization": {"Bearer invented-token"}, "X-Api-Key": nil})
	}
}

func TestClient_KeepsPathOfBaseURL(t *testing.T) {
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
		if got := api.received()[0].RequestURI; got != want+"session/"+testSession+"/decision/" {
			t.Errorf("base path %s: sent to %s, want it below %s", prefix, got, want)
		}
	}
}

func TestOnAttempt_ReportsEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var attempts []Attempt
		api := &script{responses: []transportFunc{
			returns(503, html, "Content-Type", "text/html"),
			returns(429, `{"detail": "Slow down, `+testKey+`."}`),
			neverResponds,
			func(r *http.Request) (*http.Response, error) {
				time.Sleep(3 * time.Second)
				return success(r)
			},
		}}
		client := newTestClient(t, testURL, withTransport(api), withRetries(5, 0), func(config *Config) {
			config.OnAttempt = func(_ context.Context, attempt Attempt) {
				mu.Lock()
				defer mu.Unlock()
				attempts = append(attempts, attempt)
			}
		})

		if err := operations[http.MethodGet](t.Context(), client); err != nil {
			t.Fatal(err)
		}

		path := "/v3/session/" + testSession + "/decision/"
		want := []Attempt{
			{http.MethodGet, path, 1, 503, 0, "The API gave no reason."},
			{http.MethodGet, path, 2, 429, 0, "Slow down, [redacted]."},
			{http.MethodGet, path, 3, 0, 30 * time.Second, "No complete response came within 30s."},
			{http.MethodGet, path, 4, 200, 3 * time.Second, ""},
		}
		if !slices.Equal(attempts, want) {
			t.Errorf("reported %+v, want %+v", attempts, want)
		}
	})
}

func TestOnAttempt_ContainsNoCredentialCommentOrQuery(t *testing.T) {
	t.Parallel()
	const comment, vendorData = "Invented comment on a person", "invented-person@example.com"
	for _, respond := range []transportFunc{success, returns(400, `{"comment": ["no"]}`), returns(200, `{"results": []}`), fails(context.DeadlineExceeded)} {
		var attempts []Attempt
		client := newTestClient(t, testURL, withTransport(respond), func(config *Config) {
			config.OnAttempt = func(_ context.Context, attempt Attempt) { attempts = append(attempts, attempt) }
		})

		errs := []error{update(t.Context(), client, testSession, testNode, FeatureStatusUpdate{NewStatus: StatusApproved, Comment: comment})}
		for _, err := range client.ListSessions(t.Context(), SessionQuery{Kind: KindUser, VendorData: vendorData}) {
			errs = append(errs, err)
		}

		if len(attempts) != 2 {
			t.Fatalf("%d attempts were reported, want 2", len(attempts))
		}
		text := fmt.Sprintf("%+v %v", attempts, errs)
		for _, secret := range []string{testKey, comment, vendorData, "invented-person"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s contains %q", text, secret)
			}
		}
	}
}
