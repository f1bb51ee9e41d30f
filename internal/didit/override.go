// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// States of an override. The API's pages name these three, and do not say that there are no
// others.
//
// Endpoint: GET /v3/session/{session_id}/features/overrides/.
const (
	OverridePending   = "pending_until_flow_finishes"
	OverrideApplied   = "applied"
	OverrideCancelled = "cancelled"
)

// FeatureOverride is Didit's record of one change of a feature's status, deferred or not. The
// API shows neither its time nor its actor. Fields that the API leaves out, or that have an
// unexpected type, are "".
type FeatureOverride struct {
	ID string
	// NodeID is [DefaultNodeID] if the API shows none, as in a report.
	NodeID string
	// FeatureType is the label that the request had; "" if it had none.
	FeatureType string
	// PreviousStatus and NewStatus are in the spelling of [CanonicalStatus].
	PreviousStatus, NewStatus string
	// State is [OverridePending], [OverrideApplied], [OverrideCancelled], or a state that
	// this release does not know.
	State string
}

// IsFinal reports whether the override cannot change any more: it was applied or
// cancelled. An unknown state may be one that waits.
func (o FeatureOverride) IsFinal() bool {
	return o.State == OverrideApplied || o.State == OverrideCancelled
}

// UnmarshalJSONFrom reads the next value, of any type.
func (o *FeatureOverride) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	var row struct {
		ID             optional[string] `json:"id"`
		NodeID         optional[string] `json:"node_id"`
		FeatureType    optional[string] `json:"feature_type"`
		PreviousStatus optional[string] `json:"previous_status"`
		NewStatus      optional[string] `json:"new_status"`
		State          optional[string] `json:"state"`
	}
	if from.PeekKind() != '{' {
		return from.SkipValue()
	}
	if err := json.UnmarshalDecode(from, &row); err != nil {
		return err
	}
	*o = FeatureOverride{
		ID: row.ID.value, NodeID: cmp.Or(row.NodeID.value, DefaultNodeID), FeatureType: row.FeatureType.value,
		PreviousStatus: CanonicalStatus(row.PreviousStatus.value), NewStatus: CanonicalStatus(row.NewStatus.value), State: strings.ToLower(row.State.value),
	}
	return nil
}

// ListFeatureOverrides lists the overrides of a session's features, newest first. It retries
// like [Client.RetrieveDecision]. A 404 is an error of kind [KindNoDeferral]: an older API
// does not have the list.
//
// Endpoint: GET /v3/session/{session_id}/features/overrides/ (newer pages), which is not
// paged.
func (c *Client) ListFeatureOverrides(ctx context.Context, sessionID string) ([]FeatureOverride, error) {
	path, err := joinPath("v3", "session", sessionID, "features", "overrides")
	if err != nil {
		return nil, err
	}
	type overrides struct {
		SessionID string            `json:"session_id"`
		Overrides []FeatureOverride `json:"overrides"`
	}
	var found overrides
	err = c.read(ctx, call{path: path, decode: func(body io.Reader) *Error {
		found = overrides{}
		failure := decodeValue(body, &found, "the list of overrides")
		if failure == nil && (found.Overrides == nil || !strings.EqualFold(found.SessionID, sessionID)) {
			return notA("the requested list of overrides")
		}
		return failure
	}})
	if failure := AsError(err); failure != nil && failure.StatusCode == http.StatusNotFound {
		failure.Kind = KindNoDeferral
	}
	return found.Overrides, err
}
