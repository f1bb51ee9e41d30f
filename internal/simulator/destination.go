// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Destination is one webhook destination. Nothing is ever delivered to it.
type Destination struct {
	// ID is a UUID in lower case. Empty: an invented one.
	ID    string `json:"uuid"`
	Label string `json:"label"`
	// URL is unique among the destinations.
	URL     string `json:"url"`
	Enabled bool   `json:"enabled"`
	// WebhookVersion is v1, v2 or v3. Empty: v3.
	WebhookVersion   string   `json:"webhook_version"`
	SubscribedEvents []string `json:"subscribed_events"`
	// Secret signs deliveries. Empty: an invented one of its own.
	Secret string `json:"secret_shared_key"`
	// PreviousSecretExpiresAt is set by RotateSecret.
	PreviousSecretExpiresAt time.Time `json:"previous_secret_expires_at,omitzero"`
	CreatedAt               time.Time `json:"created_at,omitzero"`
	UpdatedAt               time.Time `json:"updated_at,omitzero"`
}

// Destinations returns the webhook destinations, oldest first.
func (s *Simulator) Destinations() []Destination {
	s.mu.Lock()
	defer s.mu.Unlock()
	destinations := slices.Clone(s.destinations)
	for i := range destinations {
		destinations[i].SubscribedEvents = slices.Clone(destinations[i].SubscribedEvents)
	}
	return destinations
}

// Destination returns a webhook destination, and whether there is one.
func (s *Simulator) Destination(id string) (Destination, bool) {
	for _, destination := range s.Destinations() {
		if destination.ID == id {
			return destination, true
		}
	}
	return Destination{}, false
}

// SetDestination adds a webhook destination, or replaces the one of its ID, as a person in the
// console does, and returns it with defaults for its empty fields. The API's rules do not apply.
func (s *Simulator) SetDestination(destination Destination) Destination {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.storeDestination(destination)
}

// DeleteDestination deletes a webhook destination, as a person in the console does, and reports
// whether there was one.
func (s *Simulator) DeleteDestination(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.destinations)
	s.destinations = slices.DeleteFunc(s.destinations, func(d Destination) bool { return d.ID == id })
	return len(s.destinations) < before
}

// RotateSecret replaces the secret of a webhook destination, as a person in the console does, and
// returns the new one; "" if there is no such destination. The previous secret is valid for the
// overlap, which the API then reports.
func (s *Simulator) RotateSecret(id string, overlap time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rotated := s.findDestination(id)
	if rotated == nil {
		return ""
	}
	rotated.Secret, rotated.PreviousSecretExpiresAt = newSecret(), s.now().Add(overlap)
	return rotated.Secret
}

// findDestination returns a destination; nil if there is none. The caller holds the lock.
func (s *Simulator) findDestination(id string) *Destination {
	for i := range s.destinations {
		if s.destinations[i].ID == id {
			return &s.destinations[i]
		}
	}
	return nil
}

// storeDestination adds a destination, with defaults for empty fields, or replaces the one of its
// ID. The caller holds the lock.
func (s *Simulator) storeDestination(d Destination) Destination {
	if d.ID == "" {
		s.numbers["destination"]++
		d.ID = fmt.Sprintf("55555555-2222-4333-8444-%012d", s.numbers["destination"])
	}
	d.SubscribedEvents = append([]string{}, d.SubscribedEvents...)
	d.WebhookVersion = cmp.Or(d.WebhookVersion, "v3")
	d.UpdatedAt = s.now()
	if old := s.findDestination(d.ID); old != nil {
		d.Secret = cmp.Or(d.Secret, old.Secret)
		d.CreatedAt = old.CreatedAt
		*old = d
		return d
	}
	d.Secret = cmp.Or(d.Secret, newSecret())
	d.CreatedAt = cmp.Or(d.CreatedAt, d.UpdatedAt)
	s.destinations = append(s.destinations, d)
	return d
}

// newSecret returns a token of 43 characters that is safe in a URL, as the API's are.
func newSecret() string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// webhookEvents are those of the schema WebhookEvent.
var webhookEvents = []string{
	"status.updated", "data.updated", "user.status.updated", "user.data.updated", "business.status.updated", "business.data.updated",
	"activity.created", "transaction.created", "transaction.status.updated", "travel_rule.status.updated",
}

// listDestinations is GET /v3/webhook/destinations/ (OpenAPI operation list_webhook_destinations):
// oldest first, without secrets.
func (s *Simulator) listDestinations(c call) *response {
	if !c.credential.mayReadWebhooks() {
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	}
	rows := []json.RawMessage{}
	for _, destination := range s.Destinations() {
		rows = append(rows, json.RawMessage(s.fill("destination_row", destination, c.credential)))
	}
	return jsonResponse(http.StatusOK, rows)
}

// retrieveDestination is GET /v3/webhook/destinations/{destination_uuid}/
// (get_webhook_destination).
func (s *Simulator) retrieveDestination(c call) *response {
	if !c.credential.mayReadWebhooks() {
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	}
	destination, ok := s.Destination(c.id)
	if !ok {
		return noDestination()
	}
	return s.destinationResponse(http.StatusOK, destination, c.credential)
}

// createDestination is POST /v3/webhook/destinations/ (create_webhook_destination).
func (s *Simulator) createDestination(c call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changeDestination(c, Destination{Enabled: true}, http.StatusCreated, "label", "url")
}

// updateDestination is PATCH /v3/webhook/destinations/{destination_uuid}/
// (update_webhook_destination): it changes the fields that are sent, and replaces
// subscribed_events.
func (s *Simulator) updateDestination(c call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.findDestination(c.id)
	if found == nil {
		found = &Destination{}
	}
	return s.changeDestination(c, *found, http.StatusOK)
}

// deleteDestination is DELETE /v3/webhook/destinations/{destination_uuid}/
// (delete_webhook_destination).
func (s *Simulator) deleteDestination(c call) *response {
	switch {
	case !c.credential.mayWriteWebhooks():
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	case !s.DeleteDestination(c.id):
		return noDestination()
	}
	return rawResponse(http.StatusNoContent, jsonType, nil)
}

// changeDestination stores a destination with the fields of a body. The caller holds the lock.
func (s *Simulator) changeDestination(c call, d Destination, status int, required ...string) *response {
	switch {
	case !c.credential.mayWriteWebhooks():
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	case d.ID != c.id:
		return noDestination()
	}
	body, rejected := readFields(c)
	if rejected != nil {
		return rejected
	}
	body.require(required...)
	if body.has("label") {
		d.Label = body.requiredText("label")
	}
	if utf8.RuneCountInString(d.Label) > 255 {
		body.invalid("label", "Ensure this field has no more than 255 characters.")
	}
	if body.has("url") {
		d.URL = body.destinationURL(d.ID, s.destinations)
	}
	d.Enabled = body.boolean("enabled", d.Enabled)
	if body.has("webhook_version") {
		d.WebhookVersion = body.choice("webhook_version", []string{"v1", "v2", "v3"})
	}
	if body.has("subscribed_events") {
		d.SubscribedEvents = body.events()
	}
	if rejected := body.rejected(); rejected != nil {
		return rejected
	}
	return s.destinationResponse(status, s.storeDestination(d), c.credential)
}

func noDestination() *response {
	return detailResponse(http.StatusNotFound, "Webhook destination not found.")
}

// destinationURL reads url, which has to be https and unique.
func (f *fields) destinationURL(id string, others []Destination) string {
	text := f.requiredText("url")
	address, err := url.Parse(text)
	isTaken := slices.ContainsFunc(others, func(other Destination) bool { return other.URL == text && other.ID != id })
	switch {
	case f.errors["url"] != nil:
	case err != nil || address.Scheme != "https" || address.Host == "":
		f.invalid("url", "Enter a valid URL.")
	case isTaken:
		f.invalid("url", "This webhook destination already exists for the application.")
	}
	return text
}

// events reads subscribed_events.
func (f *fields) events() (events []string) {
	const field = "subscribed_events"
	if !f.read(field, &events, "Expected a list of items.") {
		return nil
	}
	unsupported := slices.DeleteFunc(slices.Clone(events), func(event string) bool { return slices.Contains(webhookEvents, event) })
	switch {
	case len(events) == 0:
		f.invalid(field, "At least one subscribed event is required.")
	case len(unsupported) > 0:
		f.invalid(field, "Unsupported webhook events: "+strings.Join(unsupported, ", "))
	}
	return events
}

// destinationResponse returns the details of a destination; newer pages add two fields after a
// rotation of its secret.
func (s *Simulator) destinationResponse(status int, d Destination, credential *Credential) *response {
	template := "destination"
	if !d.PreviousSecretExpiresAt.IsZero() {
		template = "destination_rotated"
	}
	return rawResponse(status, jsonType, []byte(s.fill(template, d, credential)))
}

// fill fills a template of a destination. A console user without the privilege gets no secret.
func (s *Simulator) fill(template string, d Destination, credential *Credential) string {
	if !credential.Webhooks {
		d.Secret = ""
	}
	events := slices.Clone(d.SubscribedEvents)
	if s.options.ReordersEvents {
		slices.Reverse(events)
	}
	return personTemplates()[0][template].fill(map[string]string{
		"uuid": marshal(d.ID), "label": marshal(d.Label), "url": marshal(d.URL), "enabled": marshal(d.Enabled),
		"webhook_version": marshal(d.WebhookVersion), "subscribed_events": marshal(events), "subscribed_events_count": strconv.Itoa(len(events)),
		"secret_shared_key": marshal(d.Secret), "secret_last4": marshal(d.Secret[max(0, len(d.Secret)-4):]),
		"previous_secret_expires_at": marshal(d.PreviousSecretExpiresAt), "created_at": marshal(d.CreatedAt), "updated_at": marshal(d.UpdatedAt),
	})
}
