// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// One read for a list of sessions, and one for each session until the limit is reached.
func TestDecisionList_ReadsNoFurtherThanLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit         int64
		results, gets int
	}{
		"first row":          {1, 1, 2},
		"end of a session":   {2, 2, 2},
		"middle of the list": {3, 3, 3},
		// The two lists, of KYC and of KYB sessions.
		"no limit": {0, 8, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := startSimulator(t, twoStepSessions(4)...)
			server := newLeanServer(t)
			configureFor(t, server, api)

			stream, err := server.ListResource(t.Context(), &tfprotov6.ListResourceRequest{
				TypeName: "didit_session_feature_status",
				Config:   &tfprotov6.DynamicValue{JSON: []byte(`{"statuses": ["In Review"]}`)},
				Limit:    test.limit,
			})
			if err != nil {
				t.Fatal(err)
			}
			var results int
			for result := range stream.Results {
				if results++; len(result.Diagnostics) > 0 {
					t.Errorf("a result has %+v", result.Diagnostics[0])
				}
			}

			if gets := api.Count(http.MethodGet); results != test.results || gets != test.gets {
				t.Errorf("%d results cost %d GETs, want %d and %d", results, gets, test.results, test.gets)
			}
		})
	}
}

func twoStepSessions(n int) (sessions []simulator.Session) {
	for range n {
		sessions = append(sessions, simulator.Session{Features: []simulator.Feature{
			{Array: "id_verifications", NodeID: "feature_ocr_1", Status: simulator.StatusInReview},
			{Array: "liveness_checks", NodeID: "feature_liveness_1", Status: simulator.StatusInReview},
		}})
	}
	return sessions
}
