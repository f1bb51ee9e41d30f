// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// OverrideApplied is the state of an override that changed its feature.
const OverrideApplied = "applied"

// FeatureOverride is one request that changed a feature's status, at once or deferred. The
// API shows neither its time nor its actor. Fields that the API leaves out are "".
type FeatureOverride struct {
	NodeID string
	// FeatureType is the label that the request named; "" if it named none.
	FeatureType string
	// PreviousStatus and NewStatus are in the spelling of [CanonicalStatus].
	PreviousStatus, NewStatus string
	// State is [OverrideApplied], or another one.
	State string
}

// UnmarshalJSONFrom reads the next value, of any type.
func (o *FeatureOverride) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	var row struct {
		NodeID         optional[string] `json:"node_id"`
		FeatureType    optional[string] `json:"feature_type"`
		PreviousStatus optional[string] `json:"previous_status"`
		NewStatus      optional[string] `json:"new_status"`
		State          optional[string] `json:"state"`
	}
	err := decodeObject(from, &row)
	*o = FeatureOverride{row.NodeID.value, row.FeatureType.value, CanonicalStatus(row.PreviousStatus.value), CanonicalStatus(row.NewStatus.value), row.State.value}
	return err
}

// ListFeatureOverrides lists the overrides of a session's features, newest first. An API
// without this endpoint returns a 404. Errors are as for [Client.RetrieveDecision].
//
// Endpoint: GET /v3/session/{session_id}/features/overrides/ (newer pages).
func (c *Client) ListFeatureOverrides(ctx context.Context, sessionID string) ([]FeatureOverride, error) {
	path, err := joinPath("v3", "session", sessionID, "features", "overrides")
	if err != nil {
		return nil, err
	}
	var found struct {
		Overrides []FeatureOverride `json:"overrides"`
	}
	err = c.read(ctx, call{path: path, decode: func(body io.Reader) *Error {
		found.Overrides = nil
		failure := decodeValue(body, &found, "the list of overrides")
		if failure == nil && found.Overrides == nil {
			return notA("the list of overrides")
		}
		return failure
	}})
	return found.Overrides, err
}
