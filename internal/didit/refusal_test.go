// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
)

const (
	noPermission = `{"detail": "You do not have permission to perform this action."}`
	notProvided  = `{"detail": "Authentication credentials were not provided or are invalid."}`
	tokenRevoked = `{"detail": "Token is revoked."}`
)

// requests are one request of each class.
var requests = map[string]func(context.Context, *Client) error{
	"decision": operations[http.MethodGet],
	"change":   operations[http.MethodPatch],
	"list": func(ctx context.Context, client *Client) error {
		for _, err := range client.ListSessions(ctx, SessionQuery{Kind: KindUser}) {
			return err
		}
		return nil
	},
	"webhooks": func(ctx context.Context, client *Client) error {
		_, err := client.ListWebhookDestinations(ctx)
		return err
	},
	"workflows": func(ctx context.Context, client *Client) error { // no endpoint of this client
		return client.read(ctx, call{path: "/v3/workflows/", decode: func(io.Reader) *Error { return nil }})
	},
}

func TestRefusal_EndsRequestsThatNeedTheSame(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		body    string
		first   string
		refused []string
	}{
		"401":                          {401, tokenRevoked, "decision", []string{"decision", "change", "list", "webhooks", "workflows"}},
		"401 without JSON":             {401, "<html>", "webhooks", []string{"decision", "change", "list", "webhooks", "workflows"}},
		"403, missing or invalid":      {403, notProvided, "change", []string{"decision", "change", "list", "webhooks", "workflows"}},
		"403, no permission to read":   {403, noPermission, "decision", []string{"decision"}},
		"403, no permission to change": {403, noPermission, "change", []string{"change"}},
		"403, no permission to list":   {403, noPermission, "list", []string{"list"}},
		"403, no permission for hooks": {403, noPermission, "webhooks", []string{"webhooks"}},
		"403, no permission for more":  {403, noPermission, "workflows", []string{"workflows"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(test.status, nil, test.body))
			client := newTestClient(t, api.URL, withLimit(1000))
			cause := requireError(t, requests[test.first](t.Context(), client))
			if cause.Refusal == nil || cause.Refusal.Cause.StatusCode != test.status || !cause.Refusal.Report() {
				t.Fatalf("%+v: want the refusal, which is not reported yet", cause)
			}
			for request, operation := range requests {
				before := len(api.received())
				isRefused := slices.Contains(test.refused, request)
				failure := requireError(t, operation(t.Context(), client))
				if sent := len(api.received()) - before; isRefused != (sent == 0) {
					t.Errorf("%s: %d requests were sent", request, sent)
				}
				if isRefused && (failure.Kind != cause.Kind || failure.Refusal != cause.Refusal || failure.Refusal.Report() || failure.OutcomeUnknown || failure.Method != "") {
					t.Errorf("%s: %+v", request, failure)
				}
			}
		})
	}
}

// The change may have been made, and a read has to show it.
func TestRefusal_ProxysResponseToChangeIsNone(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(401, htmlHeader, html))
	client := newTestClient(t, api.URL)
	for sent, request := range []string{"change", "change", "decision"} {
		failure := requireError(t, requests[request](t.Context(), client))
		if isRead := request == "decision"; (failure.Refusal != nil) != isRead || len(api.received()) != sent+1 {
			t.Errorf("%s: %+v after %d requests", request, failure, len(api.received()))
		}
	}
}

// The list and the decisions need the same privilege: one cause, one report.
func TestRefusal_IsReportedOncePerPrivilege(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(403, nil, noPermission))
	client := newTestClient(t, api.URL, withLimit(1000))
	reports := map[string]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, operation := range requests {
		for range 20 {
			group.Go(func() {
				failure := AsError(operation(t.Context(), client))
				mu.Lock()
				defer mu.Unlock()
				if failure.Refusal.Report() {
					reports[failure.Refusal.Privilege]++
				}
			})
		}
	}
	group.Wait()
	for _, privilege := range []string{"read:sessions", "write:sessions", "read:webhooks"} {
		if reports[privilege] != 1 {
			t.Errorf("%s is reported %d times, want once", privilege, reports[privilege])
		}
	}
}

// A refused request takes no slot of the limit.
func TestRefusal_ReleasesSlots(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(403, nil, noPermission))
	client := newTestClient(t, api.URL, withLimit(2))
	for range 10 {
		err := requests["change"](t.Context(), client)
		if failure := requireError(t, err); failure.Kind != KindPermission || errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	if n := len(api.received()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}
