// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// DefaultAPIKey is the key of a simulator whose Options name no credentials. It is invented and opens nothing else.
const DefaultAPIKey = "invented-key-of-the-didit-simulator"

// What the API says to a caller whom it does not know or does not trust. The status is 403 for both: the API sends no
// challenge, and so no 401 (OpenAPI document, every operation; newer pages disagree; internal/contract lists where).
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
	// Read and Write are the privileges read:sessions and write:sessions. Webhooks is that for webhook destinations; a
	// token without it reads them without their secrets.
	Read, Write, Webhooks bool
	// Workflows and Statuses are the scope: workflow IDs and session statuses. Empty: everything.
	// A session outside answers 404 as if it did not exist.
	Workflows, Statuses []string
}

func (c *Credential) sees(s *session) bool {
	return (len(c.Workflows) == 0 || slices.Contains(c.Workflows, s.WorkflowID)) &&
		(len(c.Statuses) == 0 || slices.Contains(c.Statuses, s.Status))
}

func withActors(credentials []Credential) []Credential {
	credentials = slices.Clone(credentials)
	for i := range credentials {
		if credentials[i].Actor == "" {
			credentials[i].Actor = "API Client"
		}
	}
	return credentials
}

// caller is who sent a request: a known credential, or only an address.
type caller struct {
	credential *Credential // nil: unknown
	limitKey   string      // what the limits count by: the credential, or the address where there is none
}

func (c *caller) name() string {
	if c.credential == nil {
		return ""
	}
	return c.credential.Actor
}

func (s *Simulator) authenticate(r *http.Request) *caller {
	key := r.Header.Get("X-Api-Key")
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	for i := range s.credentials {
		known := &s.credentials[i]
		switch {
		case key != "" && key == known.APIKey:
			return &caller{known, "key " + key}
		case key == "" && token != "" && token == known.AccessToken:
			return &caller{known, "token " + token}
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return &caller{nil, "address " + host}
}

func (c *caller) mayRead() bool { return c.credential != nil && c.credential.Read }

// refuseWrite is the 403 for a caller who may not change sessions; nil for one who may.
func (c *caller) refuseWrite() *answer {
	switch {
	case c.credential == nil:
		return refuse(detail(http.StatusForbidden, detailNoCredential))
	case !c.credential.Write:
		return refuse(detail(http.StatusForbidden, detailNoPrivilege))
	}
	return nil
}

func (c *caller) mayWriteWebhooks() bool { return c.credential != nil && c.credential.Webhooks }

// mayReadWebhooks: a console user may without the privilege, but sees no secret.
func (c *caller) mayReadWebhooks() bool {
	return c.credential != nil && (c.credential.Webhooks || c.credential.AccessToken != "")
}
