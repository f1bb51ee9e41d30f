// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"slices"
	"time"
)

// userRow is a row of GET /v3/sessions/ for a session of kind "user". It names every feature and its status, and no
// node ID.
type userRow struct {
	SessionID         string         `json:"session_id"`
	SessionKind       string         `json:"session_kind"`
	SessionNumber     int            `json:"session_number"`
	SessionURL        *string        `json:"session_url"`
	PortraitImage     *string        `json:"portrait_image"`
	DocumentType      *string        `json:"document_type"`
	FullName          *string        `json:"full_name"`
	Country           *string        `json:"country"`
	Status            string         `json:"status"`
	VendorData        *string        `json:"vendor_data"`
	DiditInternalID   string         `json:"didit_internal_id"`
	CreatedAt         string         `json:"created_at"`
	Features          []rowFeature   `json:"features"`
	PhoneNumber       *rowPhone      `json:"phone_number"`
	EmailAddress      *rowEmail      `json:"email_address"`
	AdditionalDetails map[string]any `json:"additional_details"`
}

type rowFeature struct {
	Feature string `json:"feature"`
	Status  string `json:"status"`
}

type rowPhone struct {
	Number     string `json:"number"`
	IsVerified bool   `json:"is_verified"`
}

type rowEmail struct {
	Email      string `json:"email"`
	IsVerified bool   `json:"is_verified"`
}

// rowLabels are the features that a row can name; the document's enum has no others.
var rowLabels = []string{
	"ID_VERIFICATION", "NFC", "LIVENESS", "FACE_MATCH", "POA", "QUESTIONNAIRE", "EMAIL_VERIFICATION", "PHONE", "AML",
	"IP_ANALYSIS", "AGE_ESTIMATION", "DATABASE_VALIDATION",
}

func newUserRow(s *session) userRow {
	who := newPerson(personOf(s.ID))
	row := userRow{
		SessionID: s.ID, SessionKind: s.Kind, SessionNumber: s.Number, Status: s.Status, VendorData: textOrNil(s.VendorData),
		DiditInternalID: internalID(s), CreatedAt: *formatTime(s.CreatedAt), FullName: textOrNil(who["full_name"]),
		Features:     []rowFeature{},
		PhoneNumber:  &rowPhone{Number: who["phone"]},
		EmailAddress: &rowEmail{Email: who["email"]},
	}
	if !s.API {
		row.SessionURL = textOrNil(sessionURL(s.ID))
	}
	for _, step := range s.Features {
		label := step.FeatureType()
		if slices.Contains(rowLabels, label) {
			row.Features = append(row.Features, rowFeature{label, step.Status})
		}
		switch label {
		case "ID_VERIFICATION":
			row.DocumentType, row.Country = textOrNil("Identity Card"), textOrNil("XXA")
			row.PortraitImage = textOrNil(who["media"] + "/portrait")
		case "AML":
			row.AdditionalDetails = map[string]any{"aml": map[string]any{
				"total_hits": 2, "entity_type": "person", "is_adverse_media_fetched": true,
				"screened_data": map[string]string{"date_of_birth": who["birth_date"], "document_number": who["document_number"]},
			}}
		}
	}
	return row
}

// businessRow is a row of GET /v3/sessions/ for a session of kind "business".
type businessRow struct {
	SessionID          string  `json:"session_id"`
	SessionKind        string  `json:"session_kind"`
	SessionNumber      int     `json:"session_number"`
	Status             string  `json:"status"`
	VendorData         *string `json:"vendor_data"`
	CreatedAt          string  `json:"created_at"`
	WorkflowID         string  `json:"workflow_id"`
	WorkflowType       string  `json:"workflow_type"`
	WorkflowLabel      string  `json:"workflow_label"`
	CompanyName        string  `json:"company_name"`
	RegistrationNumber string  `json:"registration_number"`
	Country            string  `json:"country"`
}

func newBusinessRow(s *session) businessRow {
	who := newPerson(personOf(s.ID))
	return businessRow{
		SessionID: s.ID, SessionKind: s.Kind, SessionNumber: s.Number, Status: s.Status, VendorData: textOrNil(s.VendorData),
		CreatedAt: s.CreatedAt.UTC().Format(time.RFC3339), WorkflowID: s.WorkflowID, WorkflowType: "kyb",
		WorkflowLabel: "Invented companies", CompanyName: who["company"], RegistrationNumber: who["registration_number"], Country: "XA",
	}
}

// textOrNil is null for an empty text.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
