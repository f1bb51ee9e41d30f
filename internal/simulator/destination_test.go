// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const destinations = "/v3/webhook/destinations/"

func destinationBody(label, url string, events ...string) string {
	return canonical(map[string]any{"label": label, "url": url, "subscribed_events": events})
}

// create makes a destination that the API accepts, and returns it.
func create(t *testing.T, server *simulator.Server, body string) map[string]any {
	t.Helper()
	got := do(t, server, http.MethodPost, destinations, body, nil)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return got.object(t)
}

func TestDestination_IsCreatedReadChangedAndDeleted(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})

	created := create(t, server, destinationBody("Production", "https://hooks.example.com/a", "status.updated", "data.updated"))

	path := fmt.Sprint(destinations, created["uuid"], "/")
	if canonical(created["enabled"]) != "true" || created["webhook_version"] != "v3" || canonical(created["subscribed_events"]) != `["status.updated","data.updated"]` {
		t.Errorf("created %v", created)
	}
	if secret := fmt.Sprint(created["secret_shared_key"]); !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(secret) {
		t.Errorf("secret %q", secret)
	}
	checkResponse(t, get(t, server, path), 200, canonical(created))

	changed := do(t, server, http.MethodPatch, path, `{"label":"Parked","enabled":false,"subscribed_events":["activity.created"],"webhook_version":"v2"}`, nil)

	expected := maps.Clone(created)
	expected["label"], expected["enabled"], expected["webhook_version"], expected["subscribed_events"] = "Parked", false, "v2", []string{"activity.created"}
	expected["updated_at"] = changed.object(t)["updated_at"]
	checkResponse(t, changed, 200, canonical(expected))
	checkResponse(t, get(t, server, path), 200, canonical(expected))
	if expected["updated_at"] == created["updated_at"] {
		t.Error("updated_at did not change")
	}

	if got := do(t, server, http.MethodDelete, path, "", nil); got.status != 204 || got.body != "" {
		t.Errorf("deleted: %d %q", got.status, got.body)
	}
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodPatch} {
		checkResponse(t, do(t, server, method, path, "{}", nil), 404, `{"detail":"Webhook destination not found."}`)
	}
	checkResponse(t, get(t, server, destinations), 200, `[]`)
}

func TestDestinationList_IsOldestFirstAndWithoutSecrets(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, label := range []string{"one", "two", "three"} {
		create(t, server, destinationBody(label, "https://hooks.example.com/"+label, "status.updated"))
	}
	got := get(t, server, destinations)
	var rows []map[string]any
	if err := json.Unmarshal([]byte(got.body), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[0]["label"] != "one" || rows[2]["label"] != "three" || rows[0]["subscribed_events_count"] != 1.0 {
		t.Errorf("rows %v", rows)
	}
	for _, destination := range server.Destinations() {
		if strings.Contains(got.body, destination.Secret) || len(destination.Secret) != 43 {
			t.Errorf("the list holds secret %q", destination.Secret)
		}
	}
}

func TestDestination_RefusesInvalidFields(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	create(t, server, destinationBody("taken", "https://hooks.example.com/taken", "status.updated"))
	other := create(t, server, destinationBody("other", "https://hooks.example.com/other", "status.updated"))
	before := get(t, server, destinations).body
	good := func(field, value string) string {
		return `{"label":"x","url":"https://hooks.example.com/x","` + field + `":` + value + `}`
	}
	for body, response := range map[string]string{
		`{}`: `{"label":["This field is required."],"url":["This field is required."]}`,
		destinationBody(strings.Repeat("ü", 256), "https://hooks.example.com/x", "status.updated"): `{"label":["Ensure this field has no more than 255 characters."]}`,
		good("label", `""`):                                           `{"label":["This field may not be blank."]}`,
		good("label", `null`):                                         `{"label":["This field may not be null."]}`,
		good("url", `"http://x.test/"`):                               `{"url":["Enter a valid URL."]}`,
		good("url", `"https://"`):                                     `{"url":["Enter a valid URL."]}`,
		good("url", `17`):                                             `{"url":["Not a valid string."]}`,
		good("enabled", `"yes"`):                                      `{"enabled":["Must be a valid boolean."]}`,
		good("webhook_version", `"v4"`):                               `{"webhook_version":["\"v4\" is not a valid choice."]}`,
		good("subscribed_events", `[]`):                               `{"subscribed_events":["At least one subscribed event is required."]}`,
		good("subscribed_events", `"*"`):                              `{"subscribed_events":["Expected a list of items."]}`,
		good("subscribed_events", `["status.updated","foo.bar","*"]`): `{"subscribed_events":["Unsupported webhook events: foo.bar, *"]}`,
		destinationBody("again", "https://hooks.example.com/taken", "status.updated"): `{"url":["This webhook destination already exists for the application."]}`,
	} {
		t.Run(body[:min(40, len(body))], func(t *testing.T) {
			t.Parallel()
			checkResponse(t, do(t, server, http.MethodPost, destinations, body, nil), 400, response)
			if body != `{}` {
				checkResponse(t, do(t, server, http.MethodPatch, fmt.Sprint(destinations, other["uuid"], "/"), body, nil), 400, response)
			}
			if get(t, server, destinations).body != before {
				t.Error("something changed")
			}
		})
	}
}

func TestDestination_KeepsItsOwnURLAndMayHaveNoEvents(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	created := create(t, server, `{"label":"silent","url":"https://hooks.example.com/a","enabled":false}`)
	if canonical(created["subscribed_events"]) != `[]` || canonical(created["enabled"]) != "false" {
		t.Errorf("created %v", created)
	}
	got := do(t, server, http.MethodPatch, fmt.Sprint(destinations, created["uuid"], "/"), `{"url":"https://hooks.example.com/a"}`, nil)
	if got.status != 200 {
		t.Errorf("its own URL: %d %s", got.status, got.body)
	}
}

func TestDestination_NeedsThePrivilegeForWebhooks(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{
		{APIKey: "invented-sessions", Read: true, Write: true},
		{APIKey: "invented-webhooks", Webhooks: true},
		{AccessToken: "invented-user", Read: true, Write: true},
		{AccessToken: "invented-admin", Webhooks: true},
	}})
	destination := server.SetDestination(simulator.Destination{Label: "x", URL: "https://hooks.example.com/x", Enabled: true, SubscribedEvents: []string{"status.updated"}})
	path := destinations + destination.ID + "/"
	token := func(token string) header { return header{"X-Api-Key": "", "Authorization": "Bearer " + token} }
	for _, c := range []struct {
		name        string
		headers     header
		read, write int
		secret      string
	}{
		{"unknown key", header{"X-Api-Key": "wrong"}, 403, 403, ""},
		{"key for sessions only", header{"X-Api-Key": "invented-sessions"}, 403, 403, ""},
		{"key for webhooks", header{"X-Api-Key": "invented-webhooks"}, 200, 200, destination.Secret},
		{"user without the privilege", token("invented-user"), 200, 403, ""},
		{"user with it", token("invented-admin"), 200, 200, destination.Secret},
	} {
		list, one := do(t, server, http.MethodGet, destinations, "", c.headers), do(t, server, http.MethodGet, path, "", c.headers)
		patched := do(t, server, http.MethodPatch, path, `{"label":"y"}`, c.headers)
		if list.status != c.read || one.status != c.read || patched.status != c.write {
			t.Errorf("%s: list %d, read %d, change %d", c.name, list.status, one.status, patched.status)
		}
		if c.read == 200 && one.object(t)["secret_shared_key"] != c.secret {
			t.Errorf("%s: the secret is %v", c.name, one.object(t)["secret_shared_key"])
		}
		if c.write == 403 {
			checkResponse(t, patched, 403, noPrivilege)
			checkResponse(t, do(t, server, http.MethodPost, destinations, `{}`, c.headers), 403, noPrivilege)
			checkResponse(t, do(t, server, http.MethodDelete, path, ``, c.headers), 403, noPrivilege)
		}
	}
}

func TestDestination_EventsMayComeInAnotherOrder(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReordersEvents: true})
	created := create(t, server, destinationBody("x", "https://hooks.example.com/x", "status.updated", "data.updated"))
	if got := canonical(created["subscribed_events"]); got != `["data.updated","status.updated"]` {
		t.Errorf("events %s", got)
	}
}

func TestConsole_ChangesRotatesAndDeletesDestinations(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	created := create(t, server, destinationBody("x", "https://hooks.example.com/x", "status.updated"))
	id := fmt.Sprint(created["uuid"])
	path := destinations + id + "/"
	moved, ok := server.Destination(id)
	moved.URL, moved.SubscribedEvents[0] = "https://hooks.example.com/moved", "data.updated"
	if stored, _ := server.Destination(id); !ok || stored.SubscribedEvents[0] != "status.updated" {
		t.Error("a copy is not apart")
	}

	server.SetDestination(moved)
	if got := get(t, server, path).object(t); got["url"] != moved.URL || got["secret_shared_key"] != created["secret_shared_key"] || got["created_at"] != created["created_at"] {
		t.Errorf("moved: %v", got)
	}

	secret := server.RotateSecret(id, 24*time.Hour)
	got := get(t, server, path).object(t)
	expires, err := time.Parse(time.RFC3339, fmt.Sprint(got["previous_secret_expires_at"]))
	if left := time.Until(expires); err != nil || left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the previous secret expires at %v", got["previous_secret_expires_at"])
	}
	if secret == created["secret_shared_key"] || got["secret_shared_key"] != secret || got["secret_last4"] != secret[39:] {
		t.Errorf("rotated: %v", got)
	}

	server.DeleteDestination(id)
	checkResponse(t, get(t, server, path), 404, `{"detail":"Webhook destination not found."}`)
	if _, ok := server.Destination(id); ok || server.RotateSecret(id, time.Hour) != "" {
		t.Error("the destination is still there")
	}
}
