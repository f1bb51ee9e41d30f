// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// DefaultAPIKey is the key of a simulator whose Options name no credentials. It is invented and
// opens nothing else.
const DefaultAPIKey = "invented-key-of-the-didit-simulator"

// The status of both is 403: the API sends no challenge, and so no 401 (OpenAPI document, every
// operation; newer pages disagree, see internal/contract).
const (
	detailNoCredential = "Authentication credentials were not provided or are invalid."
	detailNoPrivilege  = "You do not have permission to perform this action."
)

// Credential is one key or token that the simulator knows.
type Credential struct {
	// APIKey is sent as x-api-key, AccessToken as Authorization: Bearer. One of the two is set.
	APIKey, AccessToken string
	// Actor is the name on the audit trail and in the request log. Empty: "API Client".
	Actor string
	// Read and Write are the privileges read:sessions and write:sessions. Webhooks is that for
	// webhook destinations; a token without it reads them without their secrets.
	Read, Write, Webhooks bool
	// Workflows and Statuses are the scope: workflow IDs and session statuses. Empty: everything.
	// A session outside is a 404 as if it did not exist.
	Workflows, Statuses []string
}

// authenticate returns the credential of a request; nil if it is unknown.
func (s *Simulator) authenticate(r *http.Request) *Credential {
	key := r.Header.Get("X-Api-Key")
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for i := range s.options.Credentials {
		known := &s.options.Credentials[i]
		switch {
		case key != "" && key == known.APIKey:
			return known
		case key == "" && token != "" && token == known.AccessToken && strings.EqualFold(scheme, "Bearer"):
			return known
		}
	}
	return nil
}

func (c *Credential) name() string {
	if c == nil {
		return ""
	}
	return c.Actor
}

func (c *Credential) canSee(s *session) bool {
	return (len(c.Workflows) == 0 || slices.Contains(c.Workflows, s.WorkflowID)) &&
		(len(c.Statuses) == 0 || slices.Contains(c.Statuses, s.Status))
}

func (c *Credential) mayRead() bool          { return c != nil && c.Read }
func (c *Credential) mayWriteWebhooks() bool { return c != nil && c.Webhooks }

// mayReadWebhooks: a console user may without the privilege, but sees no secret.
func (c *Credential) mayReadWebhooks() bool { return c != nil && (c.Webhooks || c.AccessToken != "") }
