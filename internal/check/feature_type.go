// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package check

import (
	"fmt"
	"strings"
)

// FeatureTypes maps each array of a decision report to the label that sessions use for it.
//
// Endpoint: GET /v3/session/{session_id}/decision/, the field features.
var FeatureTypes = map[string]string{
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

// CanonicalFeatureType returns the label for an alias, which is the name of the report's
// array in upper or lower case: a release that does not know the array yet reports that in
// upper case. Any other text is returned in upper case.
func CanonicalFeatureType(label string) string {
	if canonical, isKnown := FeatureTypes[strings.ToLower(label)]; isKnown {
		return canonical
	}
	return strings.ToUpper(label)
}

// FeatureType accepts a label in upper case.
func FeatureType(text string) string {
	if featureLabel.MatchString(text) {
		return ""
	}
	if problem := ends(text); problem != "" {
		return problem
	}
	return fmt.Sprintf("must be a label in upper case, such as LIVENESS, FACE_MATCH or AML, not %s", Quote(text))
}
