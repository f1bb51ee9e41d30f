// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Review statuses of an AML hit.
const (
	ReviewUnreviewed     = "Unreviewed"
	ReviewConfirmedMatch = "Confirmed Match"
	ReviewFalsePositive  = "False Positive"
	ReviewInconclusive   = "Inconclusive"
)

// TypeAML is the label of AML screenings, the features that have hits.
const TypeAML = "AML"

// amlArray is the report's array of AML screenings.
const amlArray = "aml_screenings"

// AMLHit is one possible match of an AML screening, without anything about the
// person or company that it names.
type AMLHit struct {
	// NodeID is the node of the AML check, or [DefaultNodeID].
	NodeID string
	// ID is unique inside its check.
	ID string
	// ReviewStatus is one of the review statuses above. A hit below the match threshold
	// starts as False Positive without a review.
	ReviewStatus string
	// MatchScore and RiskScore are from 0 to 100; nil if the report has none.
	MatchScore, RiskScore *float64
}

// AMLHitStatusUpdate is the body of [Client.UpdateAMLHitStatus]. The API takes no
// comment.
type AMLHitStatusUpdate struct {
	HitID string `json:"hit_id"`
	// ReviewStatus is one of the review statuses above.
	ReviewStatus string `json:"review_status"`
	// NodeID is the node of the AML check; "" for a workflow without a graph.
	NodeID string `json:"node_id,omitempty"`
}

// UpdateAMLHitStatus sets the review status of one AML hit. It sends one request,
// with the permit.
//
// Errors are of type [*Error].
//
// Endpoint: PATCH /v3/session/{session_id}/update-aml-hit-status/.
func (c *Client) UpdateAMLHitStatus(ctx context.Context, permit *WritePermit, sessionID string, update AMLHitStatusUpdate) error {
	return c.write(ctx, permit, http.MethodPatch, []string{"v3", "session", sessionID, "update-aml-hit-status"}, update, func(response []byte) bool {
		var updated struct {
			HitID        string `json:"hit_id"`
			ReviewStatus string `json:"review_status"`
		}
		return json.Unmarshal(response, &updated) == nil && updated.HitID == update.HitID && SameStatus(updated.ReviewStatus, update.ReviewStatus)
	})
}
