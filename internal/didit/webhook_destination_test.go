// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"fmt"
	"io"
	"net/http"
	"slices"
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
	for body, want := range map[string]int{`[]`: 0, `[` + testHook + `]`: 1, `{"results": []}`: -1, `null`: -1, `[{"uuid": "x", "label": 7}]`: 1} {
		destinations, err := newTestClient(t, newFakeAPI(t, respondWith(http.StatusOK, nil, body)).URL).ListWebhookDestinations(t.Context())

		if want < 0 && !IsKind(err, KindNotAPI) || want >= 0 && (err != nil || len(destinations) != want) {
			t.Errorf("%s: %+v, %v", body, destinations, err)
		}
	}
}

// Any service behind a wrong route can return the general texts.
func TestWebhookDestinations_OnlyOwn404IsNotFound(t *testing.T) {
	t.Parallel()
	texts := map[string]Kind{
		"Webhook destination not found.": KindDestinationNotFound,
		"Not found.":                     KindNotAPI,
		"Session not found.":             KindNotAPI,
		"Not Found":                      KindNotAPI,
		"":                               KindNotAPI,
	}
	for name, send := range map[string]func(*testing.T, *Client) error{
		"retrieve": func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.RetrieveWebhookDestination(t.Context(), testDestination)
			return err
		},
		"update": func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, WebhookDestinationSettings{})
			return err
		},
		"delete": func(t *testing.T, client *Client) error {
			t.Helper()
			return client.DeleteWebhookDestination(t.Context(), acquire(t, client), testDestination)
		},
		"list": func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.ListWebhookDestinations(t.Context())
			return err
		},
		"create": func(t *testing.T, client *Client) error {
			t.Helper()
			_, err := client.CreateWebhookDestination(t.Context(), acquire(t, client), WebhookDestinationSettings{})
			return err
		},
	} {
		for text, kind := range texts {
			body := fmt.Sprintf(`{"detail": %q}`, text)
			err := send(t, newTestClient(t, newFakeAPI(t, respondWith(http.StatusNotFound, nil, body)).URL))
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
		"":                                 0,
		"yesterday":                        0,
		"2026-01-04T08:00:00.123456":       0, // of an unknown zone
	} {
		if age := (WebhookDestination{CreatedAt: created}).ageAt(now); age != want {
			t.Errorf("%q: age %s, want %s", created, age, want)
		}
	}
}

func TestUpdateWebhookDestination_SendsEmptyTextAndOmitsNil(t *testing.T) {
	t.Parallel()
	var body []byte
	api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		respondWith(http.StatusOK, nil, testHook)(w, r)
	})
	client := newTestClient(t, api.URL)
	empty := ""

	_, err := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, WebhookDestinationSettings{Label: &empty})

	if err != nil || string(body) != `{"label":""}` {
		t.Errorf("%v; sent %s", err, body)
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

// A 2xx with the ID is an outcome, whatever else it reports: sent again, a create would
// make a second destination, and its ID would be lost.
func TestWebhookDestinations_SuccessWithIDIsKnown(t *testing.T) {
	t.Parallel()
	label, address, version, enabled := "Decisions", "https://hooks.example.com", "v3", true
	settings := WebhookDestinationSettings{Label: &label, URL: &address, Enabled: &enabled, WebhookVersion: &version, SubscribedEvents: []string{"status.updated", "data.updated"}}
	hook := strings.Replace(testHook, `["data.updated"]`, `["data.updated", "status.updated", "data.updated"]`, 1)
	replaced := func(old, replacement string) string { return strings.Replace(hook, old, replacement, 1) }
	for name, test := range map[string]struct {
		body         string
		isKnown      bool
		isIncomplete bool
		differences  []SettingDifference
	}{
		"events in another order and twice": {hook, true, false, nil},
		"another label":                     {replaced(`"Decisions"`, `"DECISIONS"`), true, false, []SettingDifference{{"label", "Decisions", "DECISIONS"}}},
		"another URL":                       {replaced("example.com", "example.com/"), true, false, []SettingDifference{{"url", address, address + "/"}}},
		"another enabled and version": {strings.Replace(replaced("true", "false"), `"v3"`, `"v2"`, 1), true, false, []SettingDifference{
			{"enabled", "true", "false"}, {"webhook_version", "v3", "v2"},
		}},
		"fewer events":        {testHook, true, false, []SettingDifference{{"subscribed_events", "data.updated, status.updated", "data.updated"}}},
		"an event too many":   {replaced(`["data.updated"`, `["x.y", "data.updated"`), true, false, []SettingDifference{{"subscribed_events", "data.updated, status.updated", "data.updated, status.updated, x.y"}}},
		"ID alone":            {`{"uuid": "` + testDestination + `"}`, true, true, nil},
		"ID, unusable fields": {`{"uuid": "` + testDestination + `", "label": 7, "url": null, "enabled": "true", "webhook_version": {}, "subscribed_events": {}, "secret_shared_key": 5, "created_at": []}`, true, true, nil},
		"unusable events":     {replaced(`["data.updated", "status.updated"`, `[null, 7, "data.updated", "status.updated"`), true, false, nil},
		"no ID":               {replaced(`"uuid"`, `"id"`), false, false, nil},
		"ID of another type":  {replaced(`"`+testDestination+`"`, "7"), false, false, nil},
		"empty":               {`{}`, false, false, nil},
		"null":                {`null`, false, false, nil},
		"list":                {`[` + hook + `]`, false, false, nil},
	} {
		client := newTestClient(t, newFakeAPI(t, respondWith(http.StatusCreated, nil, test.body)).URL)

		created, createErr := client.CreateWebhookDestination(t.Context(), acquire(t, client), settings)
		updated, updateErr := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, settings)

		for method, err := range map[string]error{"create": createErr, "update": updateErr} {
			if test.isKnown && err != nil || !test.isKnown && (AsError(err) == nil || !AsError(err).OutcomeUnknown) {
				t.Errorf("%s, %s: %v, want a known outcome: %t", name, method, err, test.isKnown)
			}
		}
		for _, destination := range []WebhookDestination{created, updated} {
			differences, isComplete := destination.Differences(settings)
			if test.isKnown && (destination.ID != testDestination || !slices.Equal(differences, test.differences) || isComplete == test.isIncomplete) {
				t.Errorf("%s: %+v, differences %v, complete %t; want %v", name, destination, differences, isComplete, test.differences)
			}
		}
	}
}

// An update compares only the settings that it sends.
func TestWebhookDestination_DifferencesIgnoreSettingsNotSent(t *testing.T) {
	t.Parallel()
	enabled := true
	client := newTestClient(t, newFakeAPI(t, respondWith(http.StatusOK, nil, testHook)).URL)
	settings := WebhookDestinationSettings{Enabled: &enabled}

	updated, err := client.UpdateWebhookDestination(t.Context(), acquire(t, client), testDestination, settings)

	if differences, isComplete := updated.Differences(settings); err != nil || len(differences) != 0 || !isComplete {
		t.Errorf("%v, differences %v", err, differences)
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
	for _, row := range []string{`null`, `{}`, `{"uuid": ""}`, `{"uuid": null, "label": "x"}`, `{"uuid": 7}`, `{"label": "x"}`} {
		client := newTestClient(t, testURL, withTransport(returns(200, `[{"uuid": "a"}, `+row+`]`)))
		_, err := client.ListWebhookDestinations(t.Context())
		if failure := requireError(t, err); failure.Kind != KindUnexpected || failure.Detail != "A row of the list has no usable uuid." {
			t.Errorf("%s: %+v", row, failure)
		}
	}
}
