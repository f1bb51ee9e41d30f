// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import "strings"

// DefaultNodeID addresses a step of a workflow without a graph, whose report
// gives no node ID.
const DefaultNodeID = "default"

// Feature statuses that a reviewer can set. The API reports others as well.
const (
	StatusApproved = "Approved"
	StatusDeclined = "Declined"
	StatusInReview = "In Review"
)

// Feature is one step of a session.
type Feature struct {
	// NodeID is the workflow graph's name for the step, or [DefaultNodeID].
	NodeID string
	// Type is the label, such as LIVENESS.
	Type string
	// Status is an open set: Approved, Declined, In Review, Not Finished …
	Status string
}

// featureTypes names, for each array of a decision report, the label that
// sessions use for it.
//
// Endpoint: GET /v3/session/{session_id}/decision/, the field features.
var featureTypes = map[string]string{
	"id_verifications":        "ID_VERIFICATION",
	"nfc_verifications":       "NFC",
	"liveness_checks":         "LIVENESS",
	"face_matches":            "FACE_MATCH",
	"poa_verifications":       "POA",
	"phone_verifications":     "PHONE",
	"email_verifications":     "EMAIL_VERIFICATION",
	"aml_screenings":          "AML",
	"ip_analyses":             "IP_ANALYSIS",
	"database_validations":    "DATABASE_VALIDATION",
	"questionnaire_responses": "QUESTIONNAIRE",
	"document_ai_documents":   "DOCUMENT_AI",
	"registry_checks":         "KYB_REGISTRY",
	"document_verifications":  "KYB_DOCUMENTS",
	"key_people_checks":       "KYB_KEY_PEOPLE",
}

// featureTypeOf labels a report's array; one that is not in the table goes by
// its own name in upper case.
func featureTypeOf(array string) string {
	if label, known := featureTypes[array]; known {
		return label
	}
	return strings.ToUpper(array)
}

// CanonicalFeatureType is the one spelling of a label. The name of an array in upper
// case stays good for its type: an earlier release, which did not know the array,
// may have put it into a state.
func CanonicalFeatureType(label string) string { return featureTypeOf(strings.ToLower(label)) }

// SameFeatureType tells whether two labels mean one type.
func SameFeatureType(a, b string) bool { return CanonicalFeatureType(a) == CanonicalFeatureType(b) }
