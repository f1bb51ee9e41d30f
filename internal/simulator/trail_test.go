// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestTheConsoleDecidesUnderTheAPIsRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id, node, feature, status string
		err                       error
	}{
		"by node":               {simulator.SessionKYC, "feature_ocr_1", "", "Declined", nil},
		"by node and array":     {simulator.SessionKYC, "feature_ocr_1", "id_verifications", "Declined", nil},
		"by label":              {simulator.SessionTwoTypes, "default", "ID_VERIFICATION", "Declined", nil},
		"empty node is default": {simulator.SessionTwoTypes, "", "id_verifications", "Declined", nil},
		"same status":           {simulator.SessionKYC, "feature_ocr_1", "", "In Review", simulator.ErrConflict},
		"unknown session":       {unknownSession, "feature_ocr_1", "", "Declined", simulator.ErrNotFound},
		"unknown node":          {simulator.SessionKYC, "feature_ocr_2", "", "Declined", simulator.ErrNotFound},
		"other feature":         {simulator.SessionKYC, "feature_ocr_1", "AML", "Declined", simulator.ErrNotFound},
		"ambiguous":             {simulator.SessionTwoTypes, "default", "", "Declined", simulator.ErrConflict},
		"API session":           {simulator.SessionAPI, "default", "", "Declined", simulator.ErrConflict},
		"no status":             {simulator.SessionKYC, "feature_ocr_1", "", "Expired", simulator.ErrStatus},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			err := server.Decide(c.id, c.node, c.feature, c.status, "seen by a person")
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			trail := server.Trail("")
			if c.err != nil {
				if len(trail) != 0 {
					t.Errorf("trail %+v", trail)
				}
				return
			}
			if len(trail) != 1 || trail[0].Actor != "console" || trail[0].To != c.status || trail[0].Comment != "seen by a person" {
				t.Errorf("trail %+v", trail)
			}
			if got := server.FeatureStatus(c.id, c.node, c.feature); got != c.status {
				t.Errorf("the step is %q", got)
			}
		})
	}
}

func TestTheFlowLeavesNothingOnTheTrail(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	if err := server.SetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "", "Resub Requested"); err != nil {
		t.Fatal(err)
	}
	server.RemoveFeature(simulator.SessionKYC, "feature_aml_1", "aml_screenings")
	server.RemoveFeature(simulator.SessionTwoTypes, "", "liveness_checks")

	for _, c := range []struct{ id, node, array, status string }{
		{simulator.SessionKYC, "feature_ocr_1", "", "Resub Requested"},
		{simulator.SessionKYC, "feature_aml_1", "", ""},
		{simulator.SessionTwoTypes, "default", "liveness_checks", ""},
		{simulator.SessionTwoTypes, "default", "", "In Review"},
		{unknownSession, "default", "", ""},
	} {
		if got := server.FeatureStatus(c.id, c.node, c.array); got != c.status {
			t.Errorf("%s %s %s is %q, want %q", c.id, c.node, c.array, got, c.status)
		}
	}
	if trail := server.Trail(""); len(trail) != 0 {
		t.Errorf("trail %+v", trail)
	}
}

func TestTheTrailOutlivesItsSession(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	patch(t, server, simulator.SessionKYB, "feature_aml_1", `{"new_status":"Declined"}`)
	server.DeleteSession(simulator.SessionKYC)

	want(t, get(t, server, decisionPath(simulator.SessionKYC)), 404, notFound)
	if n, all := len(server.Trail(simulator.SessionKYC)), server.Trail(""); n != 1 || len(all) != 2 || all[0].SessionID != simulator.SessionKYC {
		t.Errorf("%d of the session, all: %+v", n, all)
	}
}
