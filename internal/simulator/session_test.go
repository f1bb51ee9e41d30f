// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestAddSession_SetsDefaultsAndReplaces(t *testing.T) {
	t.Parallel()
	server := simulator.New(simulator.Options{})
	steps := []simulator.Feature{{Array: "aml_screenings"}}
	server.AddSession(simulator.Session{ID: unknownSession, Features: steps})
	server.AddSession(simulator.Session{Number: 10})
	server.AddSession(simulator.Session{})
	server.AddSession(simulator.Session{Kind: simulator.KindBusiness})
	server.AddSession(simulator.Session{ID: unknownSession, Status: "Approved", Features: []simulator.Feature{{Array: "poa_verifications", NodeID: "n"}}})

	if steps[0].Status != "" {
		t.Error("the caller's steps were changed")
	}
	replaced, _ := server.Session(unknownSession)
	if replaced.Number != 1 || replaced.Status != "Approved" || len(replaced.Features) != 1 || replaced.Features[0].NodeID != "n" {
		t.Errorf("replaced: %+v", replaced)
	}
	var numbers []int
	for _, session := range server.Sessions() {
		numbers = append(numbers, session.Number)
	}
	if canonical(numbers) != "[10,11,1,1]" {
		t.Errorf("numbers %v", numbers)
	}
	if _, ok := server.Session("missing"); ok {
		t.Error("an unknown session was found")
	}
	server.SetSessionStatus("missing", "Approved")
	server.RemoveFeature("missing", "", "")
}

func TestSession_ReturnsACopy(t *testing.T) {
	t.Parallel()
	server := simulator.New(simulator.Options{})
	server.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{{Array: "aml_screenings"}}})
	copied, _ := server.Session(unknownSession)
	copied.Features[0].Status = "Declined"
	if got := server.FeatureStatus(unknownSession, "", ""); got != "In Review" {
		t.Errorf("the step is %q", got)
	}
}
