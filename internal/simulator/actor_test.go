// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestActor_KeyIsAnAPIKeyAndTokenAConsoleUser(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{
		{APIKey: "invented-key", Actor: "pipeline", Write: true}, {AccessToken: "invented-token", Actor: "Ada", Write: true},
	}})
	path := updatePath(simulator.SessionKYC, "feature_ocr_1")
	do(t, server, http.MethodPatch, path, `{"new_status":"Declined"}`, header{"X-Api-Key": "invented-key"})
	do(t, server, http.MethodPatch, path, `{"new_status":"Approved"}`, header{"X-Api-Key": "", "Authorization": "Bearer invented-token"})

	trail := server.Trail("")
	if len(trail) != 2 || trail[0].ActorType != simulator.ActorAPIKey || trail[0].Actor != "pipeline" || trail[1].ActorType != simulator.ActorConsoleUser || trail[1].Actor != "Ada" {
		t.Errorf("trail %+v", trail)
	}
}
