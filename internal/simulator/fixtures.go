// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "time"

// The sessions of Fixtures.
const (
	// SessionKYC is a person's, with a workflow graph: one step each of ID (feature_ocr_1), liveness (feature_liveness_1),
	// face match (feature_face_match_1), AML (feature_aml_1) and proof of address (feature_poa_1). Liveness and face
	// match are Approved, the others In Review.
	SessionKYC = "11111111-2222-4333-8444-000000000001"
	// SessionKYB is a company's: registry, documents, key people and AML, each at a node of its own, all In Review but
	// the registry, which is Approved.
	SessionKYB = "11111111-2222-4333-8444-000000000002"
	// SessionSimple has no workflow graph and one step, an ID verification In Review.
	SessionSimple = "11111111-2222-4333-8444-000000000003"
	// SessionTwoTypes has no workflow graph and two steps of different types: ID In Review, liveness Approved.
	SessionTwoTypes = "11111111-2222-4333-8444-000000000004"
	// SessionSameType has no workflow graph and two steps of one type, AML, both In Review; they cannot be addressed.
	SessionSameType = "11111111-2222-4333-8444-000000000005"
	// SessionAPI is a standalone API session: its one step, AML In Review, cannot be changed.
	SessionAPI = "11111111-2222-4333-8444-000000000006"
	// SessionInProgress is still In Progress: ID Approved, liveness In Review, face match Not Finished.
	SessionInProgress = "11111111-2222-4333-8444-000000000007"
)

// Workflows of Fixtures.
const (
	WorkflowKYC    = "77777777-2222-4333-8444-000000000001"
	WorkflowKYB    = "77777777-2222-4333-8444-000000000002"
	WorkflowSimple = "77777777-2222-4333-8444-000000000003"
)

// Fixtures is a small invented world, which the tests, the demo and the command share: one session of every form that
// the API facts tell apart. Each call makes a new one.
func Fixtures() []Session {
	day := func(n int) time.Time { return defaultCreatedAt.AddDate(0, 0, n) }
	return []Session{
		{
			ID: SessionKYC, WorkflowID: WorkflowKYC, VendorData: "customer-1", CreatedAt: day(0), ExpiresAt: day(7),
			Features: []Feature{
				{"id_verifications", "feature_ocr_1", StatusInReview},
				{"liveness_checks", "feature_liveness_1", StatusApproved},
				{"face_matches", "feature_face_match_1", StatusApproved},
				{"aml_screenings", "feature_aml_1", StatusInReview},
				{"poa_verifications", "feature_poa_1", StatusInReview},
			},
		},
		{
			ID: SessionKYB, Kind: KindBusiness, WorkflowID: WorkflowKYB, VendorData: "company-1", CreatedAt: day(1),
			Features: []Feature{
				{"registry_checks", "feature_kyb_registry_1", StatusApproved},
				{"document_verifications", "feature_kyb_documents_1", StatusInReview},
				{"key_people_checks", "feature_kyb_key_people_1", StatusInReview},
				{"aml_screenings", "feature_aml_1", StatusInReview},
			},
		},
		{
			ID: SessionSimple, WorkflowID: WorkflowSimple, VendorData: "customer-2", CreatedAt: day(2), ExpiresAt: day(9),
			Features: []Feature{{"id_verifications", "", StatusInReview}},
		},
		{
			ID: SessionTwoTypes, WorkflowID: WorkflowSimple, VendorData: "customer-3", CreatedAt: day(3), ExpiresAt: day(10),
			Features: []Feature{{"id_verifications", "", StatusInReview}, {"liveness_checks", "", StatusApproved}},
		},
		{
			ID: SessionSameType, WorkflowID: WorkflowSimple, VendorData: "customer-4", CreatedAt: day(4), ExpiresAt: day(11),
			Features: []Feature{{"aml_screenings", "", StatusInReview}, {"aml_screenings", "", StatusInReview}},
		},
		{
			ID: SessionAPI, WorkflowID: WorkflowSimple, API: true, CreatedAt: day(5),
			Features: []Feature{{"aml_screenings", "", StatusInReview}},
		},
		{
			ID: SessionInProgress, WorkflowID: WorkflowKYC, Status: "In Progress", VendorData: "customer-5", CreatedAt: day(6), ExpiresAt: day(13),
			Features: []Feature{
				{"id_verifications", "feature_ocr_1", StatusApproved},
				{"liveness_checks", "feature_liveness_1", StatusInReview},
				{"face_matches", "feature_face_match_1", "Not Finished"},
			},
		},
	}
}
