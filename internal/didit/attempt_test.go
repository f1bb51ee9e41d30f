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

func TestOnAttempt_ReportsEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []Attempt
		api := &script{answers: []answerFunc{
			with(503, html, "Content-Type", "text/html"),
			with(429, `{"detail": "Slow down, `+testKey+`."}`),
			never,
			func(r *http.Request) (*http.Response, error) {
				time.Sleep(3 * time.Second)
				return success(r)
			},
		}}
		client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0), func(config *Config) {
			config.OnAttempt = func(_ context.Context, attempt Attempt) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, attempt)
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
		if !slices.Equal(told, want) {
			t.Errorf("told of %+v, want %+v", told, want)
		}
	})
}

func TestOnAttempt_HoldsNoCredentialCommentOrQuery(t *testing.T) {
	t.Parallel()
	const comment, vendorData = "Invented comment on a person", "invented-person@example.com"
	for _, answer := range []answerFunc{success, with(400, `{"comment": ["no"]}`), with(200, `{"results": []}`), fails(context.DeadlineExceeded)} {
		var told []Attempt
		client := newTestClient(t, "https://api.example.invalid", through(&script{answers: []answerFunc{answer}}), func(config *Config) {
			config.OnAttempt = func(_ context.Context, attempt Attempt) { told = append(told, attempt) }
		})

		errs := []error{update(t.Context(), client, testSession, testNode, FeatureStatusUpdate{NewStatus: StatusApproved, Comment: comment})}
		for _, err := range client.ListSessions(t.Context(), SessionQuery{VendorData: vendorData}) {
			errs = append(errs, err)
		}

		if len(told) != 2 {
			t.Fatalf("told of %d attempts, want 2", len(told))
		}
		text := fmt.Sprintf("%+v %v", told, errs)
		for _, secret := range []string{testKey, comment, vendorData, "invented-person"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q stands in %s", secret, text)
			}
		}
	}
}
