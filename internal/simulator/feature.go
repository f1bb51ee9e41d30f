// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "strings"

// feature is one kind of step under its three names: the report's array, the label of the features list and of a
// request's feature_type, and the server's model name in the answer to a change.
type feature struct {
	array, label, model string
}

// amlArray is the array of the features that have hits.
const amlArray = "aml_screenings"

// features in the order of a report. The model names KYC, Face, FaceMatch, AML and POA are published (the 200 of the
// PATCH in the OpenAPI document); the others follow their pattern and are invented.
var features = []feature{
	{"id_verifications", "ID_VERIFICATION", "KYC"},
	{"nfc_verifications", "NFC", "NFC"},
	{"liveness_checks", "LIVENESS", "Face"},
	{"face_matches", "FACE_MATCH", "FaceMatch"},
	{"phone_verifications", "PHONE", "Phone"},
	{"email_verifications", "EMAIL_VERIFICATION", "Email"},
	{"poa_verifications", "POA", "POA"},
	{"document_ai_documents", "DOCUMENT_AI", "DocumentAI"},
	{"questionnaire_responses", "QUESTIONNAIRE", "Questionnaire"},
	{amlArray, "AML", "AML"},
	{"ip_analyses", "IP_ANALYSIS", "IPAnalysis"},
	{"database_validations", "DATABASE_VALIDATION", "DatabaseValidation"},
	{"registry_checks", "KYB_REGISTRY", "KYBRegistry"},
	{"document_verifications", "KYB_DOCUMENTS", "KYBDocuments"},
	{"key_people_checks", "KYB_KEY_PEOPLE", "KYBKeyPeople"},
}

// featureOf finds a feature by its array. One that nobody knows is called by its array in upper case.
func featureOf(array string) feature {
	for _, f := range features {
		if f.array == array {
			return f
		}
	}
	label := strings.ToUpper(array)
	return feature{array, label, label}
}
