// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	_ "embed" // fixtures.json and examples.json
	"encoding/json"
)

// The sessions of Fixtures.
const (
	// SessionKYC is a person's, with a workflow graph: one step each of ID (feature_ocr_1),
	// liveness (feature_liveness_1), face match (feature_face_match_1), AML (feature_aml_1) and
	// proof of address (feature_poa_1). Liveness and face match are Approved, the others In Review.
	// Of the AML step's three hits HitSanctions and HitPEP are Unreviewed, and HitNamesake, below
	// the match threshold, is a False Positive.
	SessionKYC = "11111111-2222-4333-8444-000000000001"
	// SessionKYB is a company's: registry, documents, key people and AML, each at a node of its
	// own, all In Review but the registry, which is Approved. The AML step has one hit, HitCompany,
	// Unreviewed.
	SessionKYB = "11111111-2222-4333-8444-000000000002"
	// SessionSimple has no workflow graph and one step, an ID verification In Review.
	SessionSimple = "11111111-2222-4333-8444-000000000003"
	// SessionTwoTypes has no workflow graph and two steps of different types: ID In Review,
	// liveness Approved.
	SessionTwoTypes = "11111111-2222-4333-8444-000000000004"
	// SessionSameType has no workflow graph and two steps of one type, AML, both In Review; they
	// cannot be addressed.
	SessionSameType = "11111111-2222-4333-8444-000000000005"
	// SessionAPI is a standalone API session: its one step, AML In Review, cannot be changed.
	SessionAPI = "11111111-2222-4333-8444-000000000006"
	// SessionInProgress is still In Progress: ID Approved, liveness In Review, face match Not
	// Finished.
	SessionInProgress = "11111111-2222-4333-8444-000000000007"
	// SessionHits has no workflow graph and one step, AML In Review, with two hits: HitPEP is
	// Unreviewed, HitNamesake a False Positive.
	SessionHits = "11111111-2222-4333-8444-000000000011"
	// SessionTwoChecks has a workflow graph with two AML checks In Review: feature_aml_1 with
	// HitPEP, feature_aml_2 with HitSanctions, both Unreviewed.
	SessionTwoChecks = "11111111-2222-4333-8444-000000000012"
	// SessionApproved is Approved, and so is its one step, an ID verification (feature_ocr_1).
	SessionApproved = "11111111-2222-4333-8444-000000000013"
	// SessionDeclined is Declined, and so is its one step, an ID verification (feature_ocr_1).
	SessionDeclined = "11111111-2222-4333-8444-000000000014"
	// SessionExpired is Expired: its one step, an ID verification (feature_ocr_1), is Not Finished.
	// It cannot be decided.
	SessionExpired = "11111111-2222-4333-8444-000000000015"
	// SessionKycExpired is Kyc Expired, which can be decided: its one step, an ID verification
	// (feature_ocr_1), is Approved.
	SessionKycExpired = "11111111-2222-4333-8444-000000000016"
)

// The subjects that the README and the registry's pages use in their examples; see AddDemoData.
// They are not among Fixtures, so that a test's own sessions do not depend on a page.
const (
	// SessionExample is a person's, with a workflow graph: ID (feature_ocr_1), liveness
	// (feature_liveness_1), face match (feature_face_match_1) and AML (feature_aml_1) with HitPEP.
	// Liveness and face match are Approved, ID and AML In Review, the hit is Unreviewed.
	SessionExample = "11111111-2222-4333-8444-555555555555"
	// SessionExampleNoGraph has no workflow graph and three steps of different types, all In
	// Review: ID, liveness, and AML with HitSanctions, Unreviewed.
	SessionExampleNoGraph = "11111111-2222-4333-8444-666666666666"
	// DestinationExample is a webhook destination.
	DestinationExample = "33333333-2222-4333-8444-555555555555"
)

// The AML hits of Fixtures. An ID is unique in its screening only.
const (
	// HitSanctions has a match score of 97 and a risk score of 95.
	HitSanctions = "hit_5a0c7d1e9b3f2a4c6e8d0b17"
	// HitPEP has a match score of 94.5 and a risk score of 60.
	HitPEP = "hit_7c1e9a40b2d35f86e0a4c912"
	// HitNamesake has a match score of 61.5 and a risk score of 85.
	HitNamesake = "hit_2f4b6d8a0c1e3f5a7b9c0d1e"
	// HitCompany has a match score of 100 and a risk score of 88.
	HitCompany = "hit_9e8d7c6b5a4f3e2d1c0b9a80"
)

// Workflows of Fixtures.
const (
	WorkflowKYC    = "77777777-2222-4333-8444-000000000001"
	WorkflowKYB    = "77777777-2222-4333-8444-000000000002"
	WorkflowSimple = "77777777-2222-4333-8444-000000000003"
)

//go:embed fixtures.json
var fixtures []byte

//go:embed examples.json
var examples []byte

// Fixtures returns the invented sessions that tests, the demo and the command share: one of every
// form that the API's rules distinguish. Each call returns new ones.
func Fixtures() []Session { return readSessions("fixtures.json", fixtures) }

func readSessions(name string, text []byte) (sessions []Session) {
	if err := json.Unmarshal(text, &sessions); err != nil {
		panic("simulator: " + name + ": " + err.Error())
	}
	return sessions
}

// AddDemoData adds Fixtures and the subjects of the examples of the README and the registry's
// pages: what the command serves. The destination's URL is not that of the example that creates
// one, because a URL is unique.
func (s *Simulator) AddDemoData() {
	for _, session := range append(Fixtures(), readSessions("examples.json", examples)...) {
		s.AddSession(session)
	}
	s.SetDestination(Destination{
		ID: DestinationExample, Label: "Case management", URL: "https://hooks.example.com/case-management",
		Enabled: true, SubscribedEvents: []string{"status.updated", "data.updated"},
	})
}
