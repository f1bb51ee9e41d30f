// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Statuses of a session, besides those that a reviewer can set.
const (
	StatusNotStarted   = "Not Started"
	StatusInProgress   = "In Progress"
	StatusAwaitingUser = "Awaiting User"
	StatusResubmitted  = "Resubmitted"
	StatusExpired      = "Expired"
	StatusKycExpired   = "Kyc Expired"
	StatusAbandoned    = "Abandoned"
)

// SessionStatuses are the documented statuses of a session.
var SessionStatuses = []string{
	StatusNotStarted, StatusInProgress, StatusAwaitingUser, StatusInReview, StatusApproved, StatusDeclined,
	StatusResubmitted, StatusExpired, StatusKycExpired, StatusAbandoned,
}

// StatusUpdate is the body of [Client.UpdateStatus]. It has no field for the
// e-mail that the API could send to the person.
type StatusUpdate struct {
	// NewStatus is Approved, Declined or Resubmitted.
	NewStatus string `json:"new_status"`
	// Comment is recorded on the audit trail; "" sends none.
	Comment string `json:"comment,omitempty"`
	// NodesToResubmit are the steps that the person has to repeat, for Resubmitted only.
	NodesToResubmit []NodeToResubmit `json:"nodes_to_resubmit,omitempty"`
}

// NodeToResubmit is one step that a person has to repeat. Didit deletes the data
// that was captured for it.
type NodeToResubmit struct {
	NodeID string `json:"node_id"`
	// Feature is the feature of the node, such as OCR or LIVENESS.
	Feature string `json:"feature"`
}

// ResubmittableFeatures maps the features that the API can resubmit to the type of their step;
// "" for features that are no step of a report.
//
// Endpoint: PATCH /v3/session/{session_id}/update-status/, nodes_to_resubmit.
var ResubmittableFeatures = map[string]string{
	"OCR": "ID_VERIFICATION", "OCR_BACK": "ID_VERIFICATION", "ID_VERIFICATION": "ID_VERIFICATION",
	"NFC":      "NFC",
	"LIVENESS": "LIVENESS", "FACE": "", "FACE_MATCH": "FACE_MATCH", "AGE_ESTIMATION": "", "FACE_SEARCH": "",
	"PROOF_OF_ADDRESS": "POA", "POA": "POA",
	"PHONE_VERIFICATION": "PHONE", "PHONE": "PHONE",
	"EMAIL_VERIFICATION": "EMAIL_VERIFICATION", "EMAIL": "EMAIL_VERIFICATION",
	"AML": "AML", "IP_ANALYSIS": "IP_ANALYSIS", "DATABASE_VALIDATION": "DATABASE_VALIDATION",
	"QUESTIONNAIRE": "QUESTIONNAIRE", "DOCUMENT_AI": "DOCUMENT_AI", "KYB_DOCUMENTS": "KYB_DOCUMENTS",
}

// UpdateStatus sets the session's own status. It sends one request, with the
// permit. The current status has to be Approved, Declined, In Review, Kyc
// Expired, Abandoned or Resubmitted.
//
// For a status that is already set, the OpenAPI document describes a 400, and Didit's
// newer pages describe a 200 that changes nothing. A 200 does not contain the status.
//
// Errors are of type [*Error].
//
// Endpoint: PATCH /v3/session/{session_id}/update-status/.
func (c *Client) UpdateStatus(ctx context.Context, permit *WritePermit, sessionID string, update StatusUpdate) error {
	return c.write(ctx, permit, http.MethodPatch, []string{"v3", "session", sessionID, "update-status"}, update, func(response []byte) bool {
		var updated struct {
			SessionID string `json:"session_id"`
		}
		return json.Unmarshal(response, &updated) == nil && updated.SessionID == sessionID
	})
}
