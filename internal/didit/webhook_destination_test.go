// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"net/http"
	"testing"
)

const (
	testDestination = "33333333-2222-4333-8444-000000000001"
	testHook        = `{"uuid": "` + testDestination + `", "label": "Decisions", "url": "https://hooks.example.com", "enabled": true, "webhook_version": "v3", "secret_shared_key": "invented-secret", "subscribed_events": ["data.updated"], "summary": {"total_deliveries": 7}}`
)

func TestRetrieveWebhookDestination_RejectsOtherDestination(t *testing.T) {
	t.Parallel()
	for body, isRight := range map[string]bool{
		testHook:                       true,
		`{"uuid": "another"}`:          false,
		`{}`:                           false,
		`[` + testHook + `]`:           false,
		`{"uuid": 7, "label": "text"}`: false,
	} {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, body))

		destination, err := newTestClient(t, api.URL).RetrieveWebhookDestination(t.Context(), testDestination)

		if isRight && (err != nil || destination.SecretSharedKey != "invented-secret") || !isRight && !IsKind(err, KindNotAPI) {
			t.Errorf("%s: %+v, %v", body, destination, err)
		}
		if path := api.received()[0].URL.Path; path != "/v3/webhook/destinations/"+testDestination+"/" {
			t.Errorf("requested %s", path)
		}
	}
}

func TestListWebhookDestinations_RejectsOtherJSON(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{`[]`: 0, `[` + testHook + `]`: 1, `{"results": []}`: -1, `null`: -1} {
		destinations, err := newTestClient(t, newFakeAPI(t, respondWith(http.StatusOK, nil, body)).URL).ListWebhookDestinations(t.Context())

		if want < 0 && !IsKind(err, KindNotAPI) || want >= 0 && (err != nil || len(destinations) != want) {
			t.Errorf("%s: %+v, %v", body, destinations, err)
		}
	}
}

func TestRetrieveWebhookDestination_DistinguishesAPIsOwn404(t *testing.T) {
	t.Parallel()
	for body, kind := range map[string]Kind{
		`{"detail": "Webhook destination not found."}`: KindDestinationNotFound,
		`{"detail": "Not Found"}`:                      KindNotAPI,
	} {
		_, err := newTestClient(t, newFakeAPI(t, respondWith(http.StatusNotFound, nil, body)).URL).RetrieveWebhookDestination(t.Context(), testDestination)

		if !IsKind(err, kind) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestDeleteWebhookDestination_SendsNoBody(t *testing.T) {
	t.Parallel()
	var body []byte
	api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	client := newTestClient(t, api.URL)
	permit, err := client.AcquireWrite(t.Context(), Attempts{})
	if err != nil {
		t.Fatal(err)
	}

	if err := client.DeleteWebhookDestination(t.Context(), permit, testDestination); err != nil || len(body) != 0 || api.received()[0].Method != http.MethodDelete {
		t.Errorf("%v; sent %s %q", err, api.received()[0].Method, body)
	}
}

func TestCreateWebhookDestination_UnconfirmedSuccessIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	address := "https://hooks.example.com"
	for body, isConfirmed := range map[string]bool{
		testHook: true,
		`{"uuid": "x", "url": "https://elsewhere.example.com"}`: false,
		`{"url": "https://hooks.example.com"}`:                  false,
		`{}`:                                                    false,
	} {
		client := newTestClient(t, newFakeAPI(t, respondWith(http.StatusCreated, nil, body)).URL)
		permit, err := client.AcquireWrite(t.Context(), Attempts{})
		if err != nil {
			t.Fatal(err)
		}

		created, err := client.CreateWebhookDestination(t.Context(), permit, WebhookDestinationSettings{URL: &address})

		if isConfirmed && (err != nil || created.ID != testDestination) || !isConfirmed && (AsError(err) == nil || !AsError(err).OutcomeUnknown) {
			t.Errorf("%s: %+v, %v", body, created, err)
		}
	}
}
