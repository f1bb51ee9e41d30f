// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"iter"
	"net/url"
)

// Review is one entry of a session's review trail, without the names and
// addresses of those who acted.
type Review struct {
	// CreatedAt is a time as the API writes it (RFC 3339).
	CreatedAt string `json:"created_at"`
	// Activity is what happened, such as STATUS_UPDATED.
	Activity string `json:"activity_type"`
	// ActorType is who did it, such as API_KEY or CONSOLE_USER.
	ActorType string `json:"actor_type"`
	// PreviousStatus and NewStatus are "" where no status changed.
	PreviousStatus string   `json:"previous_status"`
	NewStatus      string   `json:"new_status"`
	ChangedFields  []string `json:"changed_fields"`
	// Comment is free text about a person; "" for none.
	Comment string `json:"comment"`
}

// ListSessionReviews lists a KYC session's review trail, newest first, reading
// pages as they are needed. A KYB session is answered like one that is not there.
//
// Endpoint: GET /v3/sessions/{session_id}/reviews/.
func (c *Client) ListSessionReviews(ctx context.Context, sessionID string) iter.Seq2[Review, error] {
	path, err := joinPath("v3", "sessions", sessionID, "reviews")
	if err != nil {
		return func(yield func(Review, error) bool) { yield(Review{}, err) }
	}
	return list[Review](ctx, c, path, url.Values{})
}
