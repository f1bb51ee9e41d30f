// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// TestOperations_AreRecordedForTheContract sends requests that keep to the OpenAPI document to
// every operation. Where DIDIT_TRAFFIC names a folder, internal/contract then checks requests and
// responses against the document.
func TestOperations_AreRecordedForTheContract(t *testing.T) {
	t.Parallel()
	traffic, err := simulator.RecordTraffic(os.Getenv("DIDIT_TRAFFIC"), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	server := start(t, simulator.Options{Traffic: traffic, RecomputesAML: true, ReordersEvents: true})
	t.Cleanup(func() {
		server.Close()
		if err := traffic.Close(); err != nil {
			t.Error(err)
		}
	})
	rotated := server.SetDestination(simulator.Destination{Label: "rotated", URL: "https://hooks.example.com/rotated", SubscribedEvents: []string{"status.updated"}})
	server.RotateSecret(rotated.ID, 24*time.Hour)
	const kyc, kyb = simulator.SessionKYC, simulator.SessionKYB
	hits := func(id string) string { return "/v3/session/" + id + "/update-aml-hit-status/" }
	resubmit := func(node, feature string) string {
		return `{"new_status":"Resubmitted","nodes_to_resubmit":[{"node_id":"` + node + `","feature":"` + feature + `"}]}`
	}
	destination := destinationBody("x", "https://hooks.example.com/x", "status.updated", "data.updated")
	path := destinations + rotated.ID + "/"
	const later = `{"new_status":"Declined","defer_until_flow_finishes":true}`
	overrideID := deferred(t, server, inFlow, face, "Declined")
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"PATCH", hits(kyc), hitBody(simulator.HitSanctions, "False Positive", "feature_aml_1"), 200},
		{"PATCH", hits(simulator.SessionTwoChecks) + "?node_id=feature_aml_2", hitBody(simulator.HitSanctions, "Confirmed Match", ""), 200},
		{"PATCH", hits(simulator.SessionTwoChecks), hitBody(simulator.HitSanctions, "Confirmed Match", ""), 400},
		{"PATCH", hits(kyc), hitBody("hit_none", "Inconclusive", ""), 404},
		{"PATCH", hits(simulator.SessionSimple), hitBody("hit_none", "Inconclusive", ""), 404},
		{"PATCH", statusPath(kyc), `{"new_status":"Declined","comment":"forged"}`, 200},
		{"PATCH", statusPath(kyc), `{"new_status":"Declined"}`, 400},
		{"PATCH", statusPath(kyc), resubmit("feature_poa_1", "PROOF_OF_ADDRESS"), 200},
		{"PATCH", statusPath(kyb), resubmit("feature_aml_1", "AML"), 200},
		{"PATCH", statusPath(kyb), resubmit("feature_aml_1", "AML"), 429},
		{"PATCH", statusPath(kyb), resubmit("feature_kyb_registry_1", "KYB_REGISTRY"), 400},
		{"PATCH", statusPath(simulator.SessionExpired), `{"new_status":"Approved"}`, 400},
		{"PATCH", statusPath(unknownSession), `{"new_status":"Approved"}`, 404},
		{"PATCH", updatePath(kyb, "feature_kyb_documents_1"), `{"new_status":"Approved"}`, 200},
		{"PATCH", updatePath(inFlow, liveness), later, 200},
		{"PATCH", updatePath(inFlow, liveness), later, 500},
		{"GET", overridesPath(inFlow), "", 200},
		{"POST", cancelPath(overrideID), "", 200},
		{"POST", cancelPath(overrideID), "", 409},
		{"GET", feedPath(inFlow, ""), "", 200},
		{"POST", destinations, destination, 201},
		{"POST", destinations, destination, 400},
		{"GET", destinations, "", 200},
		{"GET", path, "", 200},
		{"PATCH", path, `{"enabled":false}`, 200},
		{"DELETE", path, "", 204},
		{"DELETE", path, "", 404},
		{"GET", "/v3/sessions/?status=In%20Review", "", 200},
		{"GET", "/v3/sessions/?session_kind=business", "", 200},
		{"GET", feedPath(kyc, ""), "", 200},
	} {
		headers := header{}
		if c.body == "" {
			headers["Content-Type"] = ""
		}
		if got := do(t, server, c.method, c.path, c.body, headers); got.status != c.status {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, got.status, got.body)
		}
	}
	restricted := simulator.Fixtures()[0]
	restricted.RestrictsAttributes = true
	server.AddSession(restricted)
	for _, session := range server.Sessions() {
		if got := do(t, server, http.MethodGet, decisionPath(session.ID), "", nil); got.status != 200 {
			t.Errorf("%s: %d", session.ID, got.status)
		}
	}
}
