// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// WebhookEvents are the published events that a destination can subscribe to.
//
// Schema: WebhookEvent.
var WebhookEvents = []string{
	"status.updated", "data.updated", "user.status.updated", "user.data.updated", "business.status.updated", "business.data.updated",
	"activity.created", "transaction.created", "transaction.status.updated", "travel_rule.status.updated",
}

// WebhookVersions are the versions of the payload; the last is the current one.
var WebhookVersions = []string{"v1", "v2", "v3"}

// WebhookDestination is a URL to which Didit sends events.
type WebhookDestination struct {
	ID               string   `json:"uuid"`
	Label            string   `json:"label"`
	URL              string   `json:"url"`
	Enabled          bool     `json:"enabled"`
	WebhookVersion   string   `json:"webhook_version"`
	SubscribedEvents []string `json:"subscribed_events"`
	// SecretSharedKey signs the payloads. It is "" in a list, and for a console user
	// without the permission to read it.
	SecretSharedKey string `json:"secret_shared_key"`
	// PreviousSecretExpiresAt is the time (RFC 3339) until which the previous secret is
	// valid after a rotation; "" without a rotation, and if the API does not report it.
	PreviousSecretExpiresAt string `json:"previous_secret_expires_at"`
	// CreatedAt is the time (RFC 3339) of its creation by the API's clock.
	CreatedAt string `json:"created_at"`
	// Age is the least time since its creation. Only a list has it.
	Age time.Duration `json:"-"`
}

// Has reports whether a destination has these settings. It ignores the order of events,
// because the API does not promise one.
func (d WebhookDestination) Has(settings WebhookDestinationSettings) bool {
	sorted := func(events []string) []string { return slices.Sorted(slices.Values(events)) }
	return isSet(settings.Label, d.Label) && isSet(settings.URL, d.URL) &&
		isSet(settings.Enabled, d.Enabled) && isSet(settings.WebhookVersion, d.WebhookVersion) &&
		(settings.SubscribedEvents == nil || slices.Equal(sorted(settings.SubscribedEvents), sorted(d.SubscribedEvents)))
}

func isSet[T comparable](wanted *T, found T) bool { return wanted == nil || *wanted == found }

// ageAt returns the least time since the creation. It is centuries if the API does not
// report the creation.
func (d WebhookDestination) ageAt(now time.Time) time.Duration {
	created, _ := time.Parse(time.RFC3339, d.CreatedAt)
	if created.Nanosecond() == 0 { // rounded down to a second
		created = created.Add(time.Second)
	}
	return now.Sub(created)
}

// WebhookDestinationSettings is the body of a create or an update. An update does not
// change the settings that are nil.
type WebhookDestinationSettings struct {
	Label          *string `json:"label,omitempty"`
	URL            *string `json:"url,omitempty"`
	Enabled        *bool   `json:"enabled,omitzero"`
	WebhookVersion *string `json:"webhook_version,omitempty"`
	// SubscribedEvents replace all subscribed events.
	SubscribedEvents []string `json:"subscribed_events,omitempty"`
}

const webhookDestinationsPath = "/v3/webhook/destinations/"

// ListWebhookDestinations lists the application's destinations, oldest first, without
// secrets. It retries like [Client.RetrieveDecision].
//
// Endpoint: GET /v3/webhook/destinations/.
func (c *Client) ListWebhookDestinations(ctx context.Context) (destinations []WebhookDestination, err error) {
	var now time.Time
	err = c.read(ctx, call{path: webhookDestinationsPath, apiTime: &now, decode: func(body io.Reader) *Error {
		destinations = nil
		failure := decodeValue(body, &destinations, "a list of webhook destinations")
		if failure == nil && destinations == nil {
			return notA("a list of webhook destinations")
		}
		if slices.ContainsFunc(destinations, func(row WebhookDestination) bool { return row.ID == "" }) {
			return rowWithout("uuid")
		}
		return failure
	}})
	for i := range destinations {
		destinations[i].Age = destinations[i].ageAt(now)
	}
	return destinations, general404Is(KindNotAPI, err)
}

// apiTime returns the time of a response, which came now, by the API's clock. The header
// Date has whole seconds, so this machine's clock is used where the two agree.
func apiTime(header http.Header) time.Time {
	now := time.Now()
	date, err := http.ParseTime(header.Get("Date"))
	if err == nil && (now.Before(date) || now.Sub(date) > 2*time.Second) {
		return date
	}
	return now
}

// RetrieveWebhookDestination reads one destination with its secret. It retries like
// [Client.RetrieveDecision].
//
// Endpoint: GET /v3/webhook/destinations/{destination_uuid}/.
func (c *Client) RetrieveWebhookDestination(ctx context.Context, id string) (destination WebhookDestination, err error) {
	path, err := joinPath("v3", "webhook", "destinations", id)
	if err != nil {
		return destination, err
	}
	err = c.read(ctx, call{path: path, decode: func(body io.Reader) *Error {
		destination = WebhookDestination{}
		failure := decodeValue(body, &destination, "a webhook destination")
		if failure == nil && destination.ID != id {
			return notA("the requested webhook destination")
		}
		return failure
	}})
	return destination, general404Is(KindDestinationNotFound, err)
}

// CreateWebhookDestination creates a destination. It sends one request, with the permit.
// The URL is unique among an application's destinations.
//
// Endpoint: POST /v3/webhook/destinations/.
func (c *Client) CreateWebhookDestination(ctx context.Context, permit *WritePermit, settings WebhookDestinationSettings) (created WebhookDestination, err error) {
	err = c.write(ctx, permit, http.MethodPost, []string{"v3", "webhook", "destinations"}, settings, func(response []byte) bool {
		return json.Unmarshal(response, &created) == nil && created.ID != "" && created.Has(settings)
	})
	return created, general404Is(KindNotAPI, err)
}

// UpdateWebhookDestination changes the settings that are not nil. It sends one request,
// with the permit.
//
// Endpoint: PATCH /v3/webhook/destinations/{destination_uuid}/.
func (c *Client) UpdateWebhookDestination(ctx context.Context, permit *WritePermit, id string, settings WebhookDestinationSettings) error {
	err := c.write(ctx, permit, http.MethodPatch, []string{"v3", "webhook", "destinations", id}, settings, func(response []byte) bool {
		var updated WebhookDestination
		return json.Unmarshal(response, &updated) == nil && updated.ID == id && updated.Has(settings)
	})
	return general404Is(KindDestinationNotFound, err)
}

// DeleteWebhookDestination deletes a destination. It sends one request, with the permit.
// A second call returns an error of kind [KindDestinationNotFound].
//
// Endpoint: DELETE /v3/webhook/destinations/{destination_uuid}/.
func (c *Client) DeleteWebhookDestination(ctx context.Context, permit *WritePermit, id string) error {
	err := c.write(ctx, permit, http.MethodDelete, []string{"v3", "webhook", "destinations", id}, nil, func(response []byte) bool { return len(response) == 0 })
	return general404Is(KindDestinationNotFound, err)
}

// general404Is replaces the kind of a 404 with a text that does not name its object. The
// error has the kind of a session's 404, but these endpoints know no sessions.
func general404Is(kind Kind, err error) error {
	if failure := AsError(err); failure != nil && failure.Kind == KindSessionNotFound {
		failure.Kind, failure.NotFromAPI = kind, kind == KindNotAPI
	}
	return err
}
