// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestFixtures_MatchTheirConstants(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.AddDemoData()
	for id, want := range map[string]string{
		simulator.SessionKYC: "user In Review: feature_ocr_1 ID_VERIFICATION In Review, feature_liveness_1 LIVENESS Approved, " +
			"feature_face_match_1 FACE_MATCH Approved, feature_aml_1 AML In Review, feature_poa_1 POA In Review",
		simulator.SessionKYB: "business In Review: feature_kyb_registry_1 KYB_REGISTRY Approved, feature_kyb_documents_1 KYB_DOCUMENTS In Review, " +
			"feature_kyb_key_people_1 KYB_KEY_PEOPLE In Review, feature_aml_1 AML In Review",
		simulator.SessionSimple:     "user In Review: default ID_VERIFICATION In Review",
		simulator.SessionTwoTypes:   "user In Review: default ID_VERIFICATION In Review, default LIVENESS Approved",
		simulator.SessionSameType:   "user In Review: default AML In Review, default AML In Review",
		simulator.SessionAPI:        "user In Review: default AML In Review",
		simulator.SessionInProgress: "user In Progress: feature_ocr_1 ID_VERIFICATION Approved, feature_liveness_1 LIVENESS In Review, feature_face_match_1 FACE_MATCH Not Finished",
		simulator.SessionHits:       "user In Review: default AML In Review",
		simulator.SessionTwoChecks:  "user In Review: feature_aml_1 AML In Review, feature_aml_2 AML In Review",
		simulator.SessionApproved:   "user Approved: feature_ocr_1 ID_VERIFICATION Approved",
		simulator.SessionDeclined:   "user Declined: feature_ocr_1 ID_VERIFICATION Declined",
		simulator.SessionExpired:    "user Expired: feature_ocr_1 ID_VERIFICATION Not Finished",
		simulator.SessionExample: "user In Review: feature_ocr_1 ID_VERIFICATION In Review, feature_liveness_1 LIVENESS Approved, " +
			"feature_face_match_1 FACE_MATCH Approved, feature_aml_1 AML In Review",
		simulator.SessionExampleNoGraph: "user In Review: default ID_VERIFICATION In Review, default LIVENESS In Review, default AML In Review",
		simulator.SessionKycExpired:     "user Kyc Expired: feature_ocr_1 ID_VERIFICATION Approved",
	} {
		session, _ := server.Session(id)
		steps := make([]string, 0, len(session.Features))
		for _, step := range session.Features {
			steps = append(steps, step.Node()+" "+step.FeatureType()+" "+step.Status)
		}
		if got := session.Kind + " " + session.Status + ": " + strings.Join(steps, ", "); got != want {
			t.Errorf("%s is\n%s, want\n%s", id, got, want)
		}
		if session.API != (id == simulator.SessionAPI) {
			t.Errorf("%s: API %v", id, session.API)
		}
	}
	for _, c := range []struct{ id, node, hit, status string }{
		{simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions, "Unreviewed"},
		{simulator.SessionKYC, "feature_aml_1", simulator.HitPEP, "Unreviewed"},
		{simulator.SessionKYC, "feature_aml_1", simulator.HitNamesake, "False Positive"},
		{simulator.SessionKYB, "feature_aml_1", simulator.HitCompany, "Unreviewed"},
		{simulator.SessionHits, "default", simulator.HitPEP, "Unreviewed"},
		{simulator.SessionHits, "default", simulator.HitNamesake, "False Positive"},
		{simulator.SessionTwoChecks, "feature_aml_1", simulator.HitPEP, "Unreviewed"},
		{simulator.SessionExample, "feature_aml_1", simulator.HitPEP, "Unreviewed"},
		{simulator.SessionExampleNoGraph, "default", simulator.HitSanctions, "Unreviewed"},
		{simulator.SessionTwoChecks, "feature_aml_2", simulator.HitSanctions, "Unreviewed"},
	} {
		if got := server.HitStatus(c.id, c.node, c.hit); got != c.status {
			t.Errorf("%s %s %s is %q, want %q", c.id, c.node, c.hit, got, c.status)
		}
	}
	if n := len(server.Sessions()); n != len(simulator.Fixtures())+2 {
		t.Errorf("%d sessions", n)
	}
	if _, ok := server.Destination(simulator.DestinationExample); !ok {
		t.Error("the destination of the examples is missing")
	}
}
