// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestTheFixturesAreWhatTheirConstantsSay(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
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
	if n := len(server.Sessions()); n != len(simulator.Fixtures()) {
		t.Errorf("%d sessions", n)
	}
}
