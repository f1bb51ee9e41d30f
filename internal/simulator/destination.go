// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
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

// webhookEvents are those that the API knows (schema WebhookEvent).
var webhookEvents = []string{
	"status.updated", "data.updated", "user.status.updated", "user.data.updated", "business.status.updated", "business.data.updated",
	"activity.created", "transaction.created", "transaction.status.updated", "travel_rule.status.updated",
}

const detailNoDestination = "Webhook destination not found."

// Destinations returns the webhook destinations, oldest first.
func (s *Simulator) Destinations() []Destination {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	destinations := make([]Destination, len(s.world.destinations))
	for i, destination := range s.world.destinations {
		destinations[i] = destination.clone()
	}
	return destinations
}

// Destination returns a webhook destination, and whether there is one.
func (s *Simulator) Destination(id string) (Destination, bool) {
	all := s.Destinations()
	i := slices.IndexFunc(all, func(d Destination) bool { return d.ID == id })
	if i < 0 {
		return Destination{}, false
	}
	return all[i], true
}

// SetDestination adds a webhook destination, or replaces the one of its ID, as a person in the console does, and returns
// it with what it leaves out filled in. The rules of the API do not apply.
func (s *Simulator) SetDestination(destination Destination) Destination {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if i := s.world.destination(destination.ID); i >= 0 {
		old := s.world.destinations[i]
		destination.Secret, destination.CreatedAt = cmp.Or(destination.Secret, old.Secret), old.CreatedAt
		s.world.destinations[i] = s.world.complete(destination)
		return s.world.destinations[i].clone()
	}
	return s.world.addDestination(destination).clone()
}

// DeleteDestination deletes a webhook destination, as a person in the console does.
func (s *Simulator) DeleteDestination(id string) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	s.world.destinations = slices.DeleteFunc(s.world.destinations, func(d Destination) bool { return d.ID == id })
}

// RotateSecret gives a webhook destination a new secret, as a person in the console does, and returns it: "" if there is
// no such destination. The previous secret stays valid for the overlap, which the API reports from then on.
func (s *Simulator) RotateSecret(id string, overlap time.Duration) string {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	i := s.world.destination(id)
	if i < 0 {
		return ""
	}
	rotated := &s.world.destinations[i]
	rotated.Secret, rotated.PreviousSecretExpiresAt = newSecret(), time.Now().UTC().Add(overlap)
	return rotated.Secret
}

func (d Destination) clone() Destination {
	d.SubscribedEvents = slices.Clone(d.SubscribedEvents)
	return d
}

// destination returns the index of a destination; -1 if there is none. The caller holds the lock.
func (w *world) destination(id string) int {
	return slices.IndexFunc(w.destinations, func(d Destination) bool { return d.ID == id })
}

// addDestination appends a destination, completed. The caller holds the lock.
func (w *world) addDestination(d Destination) Destination {
	d = w.complete(d)
	w.destinations = append(w.destinations, d)
	return d
}

// complete fills in what a destination leaves out. The caller holds the lock.
func (w *world) complete(d Destination) Destination {
	if d.ID == "" {
		w.numbers["destination"]++
		d.ID = fmt.Sprintf("55555555-2222-4333-8444-%012d", w.numbers["destination"])
	}
	if d.Secret == "" {
		d.Secret = newSecret()
	}
	d.WebhookVersion = cmp.Or(d.WebhookVersion, "v3")
	d.SubscribedEvents = append([]string{}, d.SubscribedEvents...)
	d.UpdatedAt = time.Now().UTC()
	if d.CreatedAt.IsZero() {
		d.CreatedAt = d.UpdatedAt
	}
	return d
}

// newSecret returns a token of 43 characters that is safe in a URL, as the API's are.
func newSecret() string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// listDestinations is GET /v3/webhook/destinations/ (OpenAPI operation list_webhook_destinations): oldest first, without
// secrets.
func (s *Simulator) listDestinations(c call) answer {
	if !c.caller.mayReadWebhooks() {
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	rows := []map[string]any{}
	for _, destination := range s.Destinations() {
		row := s.fieldsOf(destination)
		row["subscribed_events_count"] = len(destination.SubscribedEvents)
		row["deliveries_count"], row["failed_deliveries_count"], row["error_rate_percentage"] = 0, 0, 0
		row["average_response_time_ms"], row["last_delivery_at"] = nil, nil
		rows = append(rows, row)
	}
	return object(http.StatusOK, rows)
}

// retrieveDestination is GET /v3/webhook/destinations/{destination_uuid}/ (get_webhook_destination).
func (s *Simulator) retrieveDestination(c call) answer {
	if !c.caller.mayReadWebhooks() {
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	destination, ok := s.Destination(c.id)
	if !ok {
		return detail(http.StatusNotFound, detailNoDestination)
	}
	return object(http.StatusOK, s.details(destination, c.caller))
}

// createDestination is POST /v3/webhook/destinations/ (create_webhook_destination).
func (s *Simulator) createDestination(c call) answer {
	body, refused := readDestination(c)
	if refused != nil {
		return *refused
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	body.require("label", "url")
	created, refused := s.world.changed(Destination{Enabled: true}, body)
	if refused != nil {
		return *refused
	}
	return object(http.StatusCreated, s.details(s.world.addDestination(created), c.caller))
}

// updateDestination is PATCH /v3/webhook/destinations/{destination_uuid}/ (update_webhook_destination): it changes the
// fields that are sent, and replaces subscribed_events.
func (s *Simulator) updateDestination(c call) answer {
	body, refused := readDestination(c)
	if refused != nil {
		return *refused
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	i := s.world.destination(c.id)
	if i < 0 {
		return detail(http.StatusNotFound, detailNoDestination)
	}
	changed, refused := s.world.changed(s.world.destinations[i], body)
	if refused != nil {
		return *refused
	}
	s.world.destinations[i] = s.world.complete(changed)
	return object(http.StatusOK, s.details(s.world.destinations[i], c.caller))
}

// deleteDestination is DELETE /v3/webhook/destinations/{destination_uuid}/ (delete_webhook_destination).
func (s *Simulator) deleteDestination(c call) answer {
	if !c.caller.mayWriteWebhooks() {
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	i := s.world.destination(c.id)
	if i < 0 {
		return detail(http.StatusNotFound, detailNoDestination)
	}
	s.world.destinations = slices.Delete(s.world.destinations, i, i+1)
	return raw(http.StatusNoContent, jsonType, nil)
}

// readDestination checks the privilege of a caller who changes destinations, and reads the body.
func readDestination(c call) (*fields, *answer) {
	if !c.caller.mayWriteWebhooks() {
		return nil, refuse(detail(http.StatusForbidden, detailNoPrivilege))
	}
	return readFields(c)
}

// changed returns a destination with the fields that a body has. The caller holds the lock.
func (w *world) changed(d Destination, body *fields) (Destination, *answer) {
	if body.has("label") {
		d.Label = body.text("label")
		if n := len([]rune(d.Label)); n > 255 {
			body.invalid("label", "Ensure this field has no more than 255 characters.")
		} else if n == 0 && body.errors["label"] == nil {
			body.invalid("label", "This field may not be blank.")
		}
	}
	if body.has("url") {
		d.URL = body.text("url")
		address, err := url.Parse(d.URL)
		isTaken := slices.ContainsFunc(w.destinations, func(other Destination) bool { return other.URL == d.URL && other.ID != d.ID })
		switch {
		case body.errors["url"] != nil:
		case err != nil || address.Scheme != "https" || address.Host == "":
			body.invalid("url", "Enter a valid URL.")
		case isTaken:
			body.invalid("url", "This webhook destination already exists for the application.")
		}
	}
	d.Enabled = body.boolean("enabled", d.Enabled)
	if body.has("webhook_version") {
		d.WebhookVersion = body.choice("webhook_version", []string{"v1", "v2", "v3"})
	}
	if body.has("subscribed_events") {
		d.SubscribedEvents = body.events()
	}
	return d, body.refused()
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

// fieldsOf returns what a row and the details of a destination share.
func (s *Simulator) fieldsOf(d Destination) map[string]any {
	events := slices.Clone(d.SubscribedEvents)
	if s.reordersEvents {
		slices.Reverse(events)
	}
	return map[string]any{
		"uuid": d.ID, "label": d.Label, "url": d.URL, "enabled": d.Enabled, "webhook_version": d.WebhookVersion,
		"subscribed_events": events, "created_at": d.CreatedAt, "updated_at": d.UpdatedAt,
	}
}

// details returns a destination with its secret, which a console user without the privilege sees as "".
func (s *Simulator) details(d Destination, caller *caller) map[string]any {
	details := s.fieldsOf(d)
	details["secret_shared_key"] = d.Secret
	if !caller.credential.Webhooks {
		details["secret_shared_key"] = ""
	}
	if !d.PreviousSecretExpiresAt.IsZero() {
		details["secret_last4"] = d.Secret[max(0, len(d.Secret)-4):]
		details["previous_secret_expires_at"] = d.PreviousSecretExpiresAt
	}
	details["summary"] = map[string]any{
		"total_deliveries": 0, "failed_deliveries": 0, "error_rate_percentage": 0, "min_response_time_ms": nil,
		"avg_response_time_ms": nil, "max_response_time_ms": nil, "last_delivery_at": nil,
	}
	return details
}
