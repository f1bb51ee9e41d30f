// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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

// WebhookDestination is a URL to which Didit sends events. Its settings are nil where the
// response lacks them or has another type.
type WebhookDestination struct {
	ID string
	WebhookDestinationSettings
	// SecretSharedKey signs the payloads. It is "" in a list, and for a console user
	// without the permission to read it.
	SecretSharedKey string
	// PreviousSecretExpiresAt is the time (RFC 3339) until which the previous secret is
	// valid after a rotation; "" without a rotation, and if the API does not report it.
	PreviousSecretExpiresAt string
	// CreatedAt is the time (RFC 3339) of its creation by the API's clock.
	CreatedAt string
	// Age is the least time since its creation, 0 if that is not known. Only a list has it.
	Age time.Duration
}

// WebhookDestinationSettings is the body of a create or an update. An update does not
// change the settings that are nil. Omitzero: omitempty would leave out "", too.
type WebhookDestinationSettings struct {
	Label          *string `json:"label,omitzero"`
	URL            *string `json:"url,omitzero"`
	Enabled        *bool   `json:"enabled,omitzero"`
	WebhookVersion *string `json:"webhook_version,omitzero"`
	// SubscribedEvents replace all subscribed events. Those of a response are sorted, each
	// once, because the API promises neither.
	SubscribedEvents []string `json:"subscribed_events,omitzero"`
}

// UnmarshalJSON reads each field by itself, so that an unexpected value of one does not
// hide the others: without its ID, a destination that was created would be lost.
func (d *WebhookDestination) UnmarshalJSON(data []byte) error {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(data, &fields, jsontext.AllowInvalidUTF8(true)); err != nil {
		return err
	}
	*d = WebhookDestination{
		ID: fieldOf[string](fields, "uuid"),
		WebhookDestinationSettings: WebhookDestinationSettings{
			Label:          fieldOf[*string](fields, "label"),
			URL:            fieldOf[*string](fields, "url"),
			Enabled:        fieldOf[*bool](fields, "enabled"),
			WebhookVersion: fieldOf[*string](fields, "webhook_version"),
		},
		SecretSharedKey:         fieldOf[string](fields, "secret_shared_key"),
		PreviousSecretExpiresAt: fieldOf[string](fields, "previous_secret_expires_at"),
		CreatedAt:               fieldOf[string](fields, "created_at"),
	}
	if events := fieldOf[[]any](fields, "subscribed_events"); events != nil {
		d.SubscribedEvents = []string{}
		for _, event := range events {
			if name, isText := event.(string); isText {
				d.SubscribedEvents = append(d.SubscribedEvents, name)
			}
		}
		slices.Sort(d.SubscribedEvents)
		d.SubscribedEvents = slices.Compact(d.SubscribedEvents)
	}
	return nil
}

// fieldOf returns the value of a field; the zero value if it is missing, null or of another
// type.
func fieldOf[T any](fields map[string]jsontext.Value, name string) (value T) {
	var decoded T
	if json.Unmarshal(fields[name], &decoded, jsontext.AllowInvalidUTF8(true)) == nil {
		value = decoded
	}
	return value
}

// SettingDifference is a setting that was sent with one value and returned with another,
// both as text.
type SettingDifference struct{ Name, Sent, Found string }

// Differences returns the settings that the destination has with other values. isComplete
// is true if the destination shows each of the settings that are not nil.
func (d WebhookDestination) Differences(sent WebhookDestinationSettings) (differences []SettingDifference, isComplete bool) {
	isComplete = true
	found := d.texts()
	for name, sent := range sent.texts() {
		found, isShown := found[name]
		isComplete = isComplete && isShown
		if isShown && found != sent {
			differences = append(differences, SettingDifference{name, sent, found})
		}
	}
	slices.SortFunc(differences, func(a, b SettingDifference) int { return strings.Compare(a.Name, b.Name) })
	return differences, isComplete
}

// texts returns the settings that are not nil, as text by their names in JSON.
func (s WebhookDestinationSettings) texts() map[string]string {
	var settings map[string]any
	encoded, err := json.Marshal(s, jsontext.AllowInvalidUTF8(true))
	if err == nil {
		err = json.Unmarshal(encoded, &settings, jsontext.AllowInvalidUTF8(true))
	}
	if err != nil {
		panic(err) // settings are plain values
	}
	texts := map[string]string{}
	for name, value := range settings {
		if list, isList := value.([]any); isList {
			items := make([]string, len(list))
			for i, item := range list {
				items[i] = fmt.Sprint(item)
			}
			slices.Sort(items)
			value = strings.Join(items, ", ")
		}
		texts[name] = fmt.Sprint(value)
	}
	return texts
}

// ageAt returns the least time since the creation; 0 if the API reports no time of it that
// can be read, because that proves nothing.
func (d WebhookDestination) ageAt(now time.Time) time.Duration {
	created, err := time.Parse(time.RFC3339, d.CreatedAt)
	if err != nil {
		return 0
	}
	if created.Nanosecond() == 0 { // rounded down to a second
		created = created.Add(time.Second)
	}
	return now.Sub(created)
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
		isUnnamed := func(destination WebhookDestination) bool { return destination.ID == "" }
		switch {
		case failure == nil && destinations == nil:
			return notA("a list of webhook destinations")
		case slices.ContainsFunc(destinations, isUnnamed):
			return rowWithout("uuid")
		}
		return failure
	}})
	for i := range destinations {
		destinations[i].Age = destinations[i].ageAt(now)
	}
	return destinations, rejectGeneral404(err)
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
		failure := decodeValue(body, &destination, "a webhook destination")
		if failure == nil && destination.ID != id {
			return notA("the requested webhook destination")
		}
		return failure
	}})
	return destination, rejectGeneral404(err)
}

// CreateWebhookDestination creates a destination. It sends one request, with the permit.
// The URL is unique among an application's destinations. A 2xx with an ID is a success,
// whatever settings it reports: the destination exists.
//
// Endpoint: POST /v3/webhook/destinations/.
func (c *Client) CreateWebhookDestination(ctx context.Context, permit *WritePermit, settings WebhookDestinationSettings) (created WebhookDestination, err error) {
	err = c.write(ctx, permit, http.MethodPost, []string{"v3", "webhook", "destinations"}, settings, func(response []byte) bool {
		return json.Unmarshal(response, &created) == nil && created.ID != ""
	})
	return created, rejectGeneral404(err)
}

// UpdateWebhookDestination changes the settings that are not nil. It sends one request,
// with the permit. A 2xx with the destination's ID is a success, whatever settings it
// reports.
//
// Endpoint: PATCH /v3/webhook/destinations/{destination_uuid}/.
func (c *Client) UpdateWebhookDestination(ctx context.Context, permit *WritePermit, id string, settings WebhookDestinationSettings) (updated WebhookDestination, err error) {
	err = c.write(ctx, permit, http.MethodPatch, []string{"v3", "webhook", "destinations", id}, settings, func(response []byte) bool {
		return json.Unmarshal(response, &updated) == nil && strings.EqualFold(updated.ID, id)
	})
	return updated, rejectGeneral404(err)
}

// DeleteWebhookDestination deletes a destination. It sends one request, with the permit.
// A second call returns an error of kind [KindDestinationNotFound].
//
// Endpoint: DELETE /v3/webhook/destinations/{destination_uuid}/.
func (c *Client) DeleteWebhookDestination(ctx context.Context, permit *WritePermit, id string) error {
	err := c.write(ctx, permit, http.MethodDelete, []string{"v3", "webhook", "destinations", id}, nil, func(response []byte) bool { return len(response) == 0 })
	return rejectGeneral404(err)
}
