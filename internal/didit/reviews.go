// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"context"
	"iter"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"
)

// Activities are the documented kinds of entries of an audit trail.
//
// Endpoint: GET /v3/sessions/{session_id}/reviews/.
var Activities = []string{
	"COMMENT", "STATUS_UPDATED", "KYC_DATA_UPDATED", "POA_DATA_UPDATED", "FILE_ADDED", "FILE_REMOVED", "AML_ONGOING_MATCH", "AML_STATUS_UPDATED",
	"AML_HIT_STATUS_UPDATED", "KYB_DATA_UPDATED", "KYB_DOCUMENT_UPLOADED", "TAG_ADDED", "TAG_REMOVED", "FEATURE_OVERRIDE_CANCELLED",
}

// Review is one entry of a session's audit trail, without names and addresses. Fields
// that the API leaves out, or that have an unexpected type, are "" or nil.
type Review struct {
	ID string
	// CreatedAt is a time as the API writes it (RFC 3339).
	CreatedAt string
	// Activity is the kind of entry, such as STATUS_UPDATED.
	Activity string
	// ActorType is API_KEY, CONSOLE_USER and so on.
	ActorType string
	// PreviousStatus and NewStatus are the session's own, in the spelling of
	// [CanonicalStatus]; "" if its status did not change.
	PreviousStatus string
	NewStatus      string
	// PreviousValue and NewValue are the status in the entry's values, in the same spelling:
	// the session's, or that of a step or an AML hit, which the entry does not name. "" if
	// the values have none; nothing else of them is read.
	PreviousValue string
	NewValue      string
	ChangedFields []string
	// Comment is free text about a person; "" for none.
	Comment string
}

func (r Review) key() string { return r.ID }

func (r Review) keyName() string { return "uuid" }

// UnmarshalJSONFrom reads the next value, of any type.
func (r *Review) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	var row struct {
		ID             optional[string]   `json:"uuid"`
		CreatedAt      optional[string]   `json:"created_at"`
		Activity       optional[string]   `json:"activity_type"`
		ActorType      optional[string]   `json:"actor_type"`
		PreviousStatus optional[string]   `json:"previous_status"`
		NewStatus      optional[string]   `json:"new_status"`
		PreviousValue  optional[values]   `json:"previous_value"`
		NewValue       optional[values]   `json:"new_value"`
		ChangedFields  optional[[]string] `json:"changed_fields"`
		Comment        optional[string]   `json:"comment"`
	}
	if err := decodeObject(from, &row); err != nil {
		return err
	}
	*r = Review{
		ID: row.ID.value, CreatedAt: row.CreatedAt.value, Activity: row.Activity.value, ActorType: row.ActorType.value,
		PreviousStatus: CanonicalStatus(row.PreviousStatus.value), NewStatus: CanonicalStatus(row.NewStatus.value),
		PreviousValue: row.PreviousValue.value.status(), NewValue: row.NewValue.value.status(),
		ChangedFields: row.ChangedFields.value, Comment: row.Comment.value,
	}
	return nil
}

// values are the changed data of an entry. The document shows the field status; of an AML
// hit it shows no example, and elsewhere that field is called review_status.
type values struct {
	Status       optional[string] `json:"status"`
	ReviewStatus optional[string] `json:"review_status"`
}

func (v values) status() string {
	return CanonicalStatus(cmp.Or(v.Status.value, v.ReviewStatus.value))
}

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
