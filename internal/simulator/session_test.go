// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestASessionIsFilledInAndReplaced(t *testing.T) {
	t.Parallel()
	world := simulator.New(simulator.Options{})
	steps := []simulator.Feature{{Array: "aml_screenings"}}
	world.AddSession(simulator.Session{ID: unknownSession, Features: steps})
	world.AddSession(simulator.Session{Number: 10})
	world.AddSession(simulator.Session{})
	world.AddSession(simulator.Session{Kind: simulator.KindBusiness})
	world.AddSession(simulator.Session{ID: unknownSession, Status: "Approved", Features: []simulator.Feature{{Array: "poa_verifications", NodeID: "n"}}})

	if steps[0].Status != "" {
		t.Error("the caller's steps were changed")
	}
	replaced, _ := world.Session(unknownSession)
	if replaced.Number != 1 || replaced.Status != "Approved" || len(replaced.Features) != 1 || replaced.Features[0].NodeID != "n" {
		t.Errorf("replaced: %+v", replaced)
	}
	var numbers []int
	for _, session := range world.Sessions() {
		numbers = append(numbers, session.Number)
	}
	if canonical(numbers) != "[10,11,1,1]" {
		t.Errorf("numbers %v", numbers)
	}
	if _, ok := world.Session("nobody"); ok {
		t.Error("an unknown session was found")
	}
	world.SetSessionStatus("nobody", "Approved")
	world.RemoveFeature("nobody", "", "")
}

func TestACopyOfASessionIsNotTheWorld(t *testing.T) {
	t.Parallel()
	world := simulator.New(simulator.Options{})
	world.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{{Array: "aml_screenings"}}})
	copied, _ := world.Session(unknownSession)
	copied.Features[0].Status = "Declined"
	if got := world.FeatureStatus(unknownSession, "", ""); got != "In Review" {
		t.Errorf("the step is %q", got)
	}
}
