// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"iter"
	"net/url"
)

// Review is one entry of a session's audit trail, without names and addresses.
type Review struct {
	ID string `json:"uuid"`
	// CreatedAt is a time as the API writes it (RFC 3339).
	CreatedAt string `json:"created_at"`
	// Activity is the kind of entry, such as STATUS_UPDATED.
	Activity string `json:"activity_type"`
	// ActorType is API_KEY, CONSOLE_USER and so on.
	ActorType string `json:"actor_type"`
	// PreviousStatus and NewStatus are "" if no status changed.
	PreviousStatus string   `json:"previous_status"`
	NewStatus      string   `json:"new_status"`
	ChangedFields  []string `json:"changed_fields"`
	// Comment is free text about a person; "" for none.
	Comment string `json:"comment"`
}

func (r Review) key() string { return r.ID }

// ListSessionReviews lists a KYC session's audit trail, newest first, and reads pages
// as they are needed. For a KYB session the API returns the same 404 as for an unknown
// one. Errors are as for [Client.ListSessions].
//
// Endpoint: GET /v3/sessions/{session_id}/reviews/.
func (c *Client) ListSessionReviews(ctx context.Context, sessionID string) iter.Seq2[Review, error] {
	path, err := joinPath("v3", "sessions", sessionID, "reviews")
	if err != nil {
		return func(yield func(Review, error) bool) { yield(Review{}, err) }
	}
	return list[Review](ctx, c, path, url.Values{})
}
