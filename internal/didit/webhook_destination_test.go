// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
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

// The general text is the API's own where the path names a destination. Where it does not,
// there is nothing that could be missing.
func TestWebhookDestinations_DistinguishAPIsOwn404(t *testing.T) {
	t.Parallel()
	const own, general, foreign = `{"detail": "Webhook destination not found."}`, `{"detail": "Not found."}`, `{"detail": "Not Found"}`
	for name, test := range map[string]struct {
		send func(*testing.T, *Client) error
		want map[string]Kind
	}{
		"retrieve": {func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.RetrieveWebhookDestination(t.Context(), testDestination)
			return err
		}, map[string]Kind{own: KindDestinationNotFound, general: KindDestinationNotFound, foreign: KindNotAPI}},
		"update": {func(t *testing.T, client *Client) error {
			t.Helper()
			return client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, WebhookDestinationSettings{})
		}, map[string]Kind{own: KindDestinationNotFound, general: KindDestinationNotFound, foreign: KindNotAPI}},
		"delete": {func(t *testing.T, client *Client) error {
			t.Helper()
			return client.DeleteWebhookDestination(t.Context(), acquire(t, client), testDestination)
		}, map[string]Kind{own: KindDestinationNotFound, general: KindDestinationNotFound, foreign: KindNotAPI}},
		"list": {func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.ListWebhookDestinations(t.Context())
			return err
		}, map[string]Kind{general: KindNotAPI, foreign: KindNotAPI}},
		"create": {func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.CreateWebhookDestination(t.Context(), acquire(t, client), WebhookDestinationSettings{})
			return err
		}, map[string]Kind{general: KindNotAPI, foreign: KindNotAPI}},
	} {
		for body, kind := range test.want {
			err := test.send(t, newTestClient(t, newFakeAPI(t, respondWith(http.StatusNotFound, nil, body)).URL))
			if !IsKind(err, kind) || AsError(err).NotFromAPI != (kind == KindNotAPI) {
				t.Errorf("%s, %s: %v, want kind %d", name, body, err, kind)
			}
		}
	}
}

func TestListWebhookDestinations_AgeIsByAPIsClock(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	for name, ahead := range map[string]time.Duration{"the API's clock is ahead": time.Hour, "behind": -time.Hour, "the clocks agree": 0} {
		header := http.Header{"Date": {now.Add(ahead).Format(http.TimeFormat)}}
		created := now.Add(ahead - 10*time.Second).Format(time.RFC3339Nano)
		api := newFakeAPI(t, respondWith(http.StatusOK, header, `[{"uuid": "x", "created_at": "`+created+`"}]`))

		found, err := newTestClient(t, api.URL).ListWebhookDestinations(t.Context())

		if err != nil || len(found) != 1 || found[0].Age < 9*time.Second || found[0].Age > 12*time.Second {
			t.Errorf("%s: %+v, %v, want an age of 10s", name, found, err)
		}
		// The header has whole seconds. Where it agrees, this machine's clock is used.
		if ahead == 0 && found[0].Age < 10*time.Second {
			t.Errorf("%s: age %s", name, found[0].Age)
		}
	}
}

func TestWebhookDestination_AgeIsNotOverestimated(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 4, 8, 0, 10, 5e8, time.UTC)
	for created, want := range map[string]time.Duration{
		"2026-01-04T08:00:00.500000Z":      10 * time.Second,
		"2026-01-04T09:00:00.500000+01:00": 10 * time.Second,
		"2026-01-04T08:00:00Z":             9500 * time.Millisecond, // perhaps 08:00:00.999
		"":                                 math.MaxInt64,
		"yesterday":                        math.MaxInt64,
	} {
		if age := (WebhookDestination{CreatedAt: created}).ageAt(now); age != want {
			t.Errorf("%q: age %s, want %s", created, age, want)
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

	if err := client.DeleteWebhookDestination(t.Context(), acquire(t, client), testDestination); err != nil || len(body) != 0 || api.received()[0].Method != http.MethodDelete {
		t.Errorf("%v; sent %s %q", err, api.received()[0].Method, body)
	}
}

func TestWebhookDestinations_UnconfirmedSuccessIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	label, address, version, enabled := "Decisions", "https://hooks.example.com", "v3", true
	settings := WebhookDestinationSettings{Label: &label, URL: &address, Enabled: &enabled, WebhookVersion: &version, SubscribedEvents: []string{"data.updated", "status.updated"}}
	hook := strings.Replace(testHook, `["data.updated"]`, `["status.updated", "data.updated"]`, 1)
	replaced := func(old, replacement string) string { return strings.Replace(hook, old, replacement, 1) }
	for name, test := range map[string]struct {
		body        string
		isConfirmed bool
	}{
		"events in another order": {hook, true},
		"another label":           {replaced(`"Decisions"`, `"Other"`), false},
		"another URL":             {replaced("hooks.example.com", "elsewhere.example.com"), false},
		"another enabled":         {replaced("true", "false"), false},
		"another version":         {replaced(`"v3"`, `"v2"`), false},
		"other events":            {testHook, false},
		"no ID":                   {replaced(`"uuid"`, `"id"`), false},
		"empty":                   {`{}`, false},
	} {
		client := newTestClient(t, newFakeAPI(t, respondWith(http.StatusCreated, nil, test.body)).URL)

		created, createErr := client.CreateWebhookDestination(t.Context(), acquire(t, client), settings)
		updateErr := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, settings)

		for method, err := range map[string]error{"create": createErr, "update": updateErr} {
			if test.isConfirmed && (err != nil || created.ID != testDestination) || !test.isConfirmed && (AsError(err) == nil || !AsError(err).OutcomeUnknown) {
				t.Errorf("%s, %s: %+v, %v", name, method, created, err)
			}
		}
	}
}

// An update sends, and confirms, only the settings that change.
func TestUpdateWebhookDestination_ConfirmsSentSettingsOnly(t *testing.T) {
	t.Parallel()
	enabled := true
	client := newTestClient(t, newFakeAPI(t, respondWith(http.StatusOK, nil, testHook)).URL)

	if err := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, WebhookDestinationSettings{Enabled: &enabled}); err != nil {
		t.Error(err)
	}
}

func acquire(t *testing.T, client *Client) *WritePermit {
	t.Helper()
	permit, err := client.AcquireWrite(t.Context(), Attempts{})
	if err != nil {
		t.Fatal(err)
	}
	return permit
}

func TestListWebhookDestinations_RejectsRowWithoutID(t *testing.T) {
	t.Parallel()
	for _, row := range []string{`null`, `{}`, `{"uuid": ""}`, `{"uuid": null, "label": "x"}`} {
		client := newTestClient(t, testURL, withTransport(returns(200, `[{"uuid": "a"}, `+row+`]`)))
		_, err := client.ListWebhookDestinations(t.Context())
		if failure := requireError(t, err); failure.Kind != KindUnexpected || failure.Detail != "A row of the list has no usable uuid." {
			t.Errorf("%s: %+v", row, failure)
		}
	}
}
