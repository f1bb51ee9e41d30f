// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// DefaultNodeID is the node ID of all features of a workflow without a graph. The
// report has none for them.
const DefaultNodeID = "default"

// Statuses that a reviewer can set. The API reports others as well.
const (
	StatusApproved = "Approved"
	StatusDeclined = "Declined"
	StatusInReview = "In Review"
)

// Feature is one step of a session.
type Feature struct {
	// NodeID is the feature's node in the workflow graph, or [DefaultNodeID].
	NodeID string
	// Type is the label of the feature's type, such as LIVENESS.
	Type string
	// Status is an open set: Approved, Declined, In Review, Not Finished …
	Status string
}

// FeatureStatusUpdate is the body of [Client.UpdateFeatureStatus].
type FeatureStatusUpdate struct {
	// NewStatus is Approved, Declined or In Review.
	NewStatus string `json:"new_status"`
	// Comment is recorded on the audit trail; "" sends none.
	Comment string `json:"comment,omitempty"`
	// FeatureType is a label such as LIVENESS; "" sends none. The API needs it with node
	// ID default if the session has several features.
	FeatureType string `json:"feature_type,omitempty"`
	// Defer: while the person is in the flow, the change waits, and Didit makes it when they
	// have finished. Older versions of the API ignore it, and make the change at once.
	Defer bool `json:"defer_until_flow_finishes,omitzero"`
}

// UpdateFeatureStatus sets one feature's status. It sends one request, with the
// permit. The API refuses a status that is already set, and has no undo. It returns the
// override that records the change; zero if the response has none, and without a state if
// the response does not show it.
//
// Errors are of type [*Error]. A 2xx to a deferred change without an override is an error
// of kind [KindNoDeferral]: the change may have been made at once.
//
// Endpoint: PATCH /v3/session/{session_id}/features/{node_id}/update-status/.
func (c *Client) UpdateFeatureStatus(ctx context.Context, permit *WritePermit, sessionID, nodeID string, update FeatureStatusUpdate) (FeatureOverride, error) {
	segments := []string{"v3", "session", sessionID, "features", nodeID, "update-status"}
	var updated struct {
		SessionID string                    `json:"session_id"`
		NodeID    string                    `json:"node_id"`
		NewStatus string                    `json:"new_status"`
		Override  optional[FeatureOverride] `json:"override"`
	}
	lacksOverride := false
	err := c.write(ctx, permit, http.MethodPatch, segments, update, func(response []byte) bool {
		isMade := json.Unmarshal(response, &updated) == nil &&
			updated.SessionID == sessionID && updated.NodeID == nodeID && SameStatus(updated.NewStatus, update.NewStatus)
		lacksOverride = isMade && update.Defer && updated.Override.value.ID == ""
		return isMade && !lacksOverride
	})
	if failure := AsError(err); failure != nil && lacksOverride {
		failure.Kind, failure.Detail = KindNoDeferral, "The response has no override, so it does not show whether the change waits or was made at once."
	}
	if err != nil {
		return FeatureOverride{}, err
	}
	return updated.Override.value, nil
}

// SameFeatureType reports whether two labels or aliases name the same type.
func SameFeatureType(a, b string) bool {
	return check.CanonicalFeatureType(a) == check.CanonicalFeatureType(b)
}
