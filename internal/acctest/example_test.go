// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package acctest_test

import (
	"os"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Every package with acceptance tests has this TestMain: its first test builds the
// provider for all of them, and Main removes the build.
func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// This is how to write an acceptance test. Copy it beside the file that it tests, name
// it after the subject and its behaviour, and run it alone:
//
//	make testacc RUN=TestExample PACKAGE=./internal/acctest
//
// It runs the real CLI in a folder, because it needs a saved plan. A test that needs no
// saved plan, exit code or flag uses terraform-plugin-testing: see runSteps in
// internal/provider/acceptance_test.go.
func TestExample_ApplyRefusesStepThatChangedSincePlan(t *testing.T) {
	t.Parallel()

	// Given a simulated Didit of the test's own, with the sessions of simulator.Fixtures.
	// New skips the test without TF_ACC; RequireCLI skips it on a CLI that is too old.
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(5, "import blocks")

	// And the configuration that a user would write. Config adds the provider block.
	ws := env.Workspace(env.Config(`
import {
  to = didit_session_feature_status.aml
  id = "` + simulator.SessionKYC + `/feature_aml_1"
}

resource "didit_session_feature_status" "aml" {
  session_id = "` + simulator.SessionKYC + `"
  node_id    = "feature_aml_1"
  status     = "Declined"
}
`))

	// When it is planned: Run… methods run the CLI, Must… methods fail the test if it does.
	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()

	// Then the plan shows the change, and cost one read. RequireRequests counts since its
	// last call: Terraform's output alone does not show what was sent.
	change := ws.Planned()["didit_session_feature_status.aml"]
	if change.Actions() != "update" || change.Change.Before["status"] != "In Review" || change.Change.After["status"] != "Declined" {
		t.Errorf("the plan does not show the change: %+v", change)
	}
	env.RequireRequests(1, 0)

	// When a reviewer in the console decides before the apply
	env.MustDecide(simulator.SessionKYC, "feature_aml_1", "Approved")
	result := ws.RunJSON("apply", "tfplan")

	// Then the apply fails with the fixed summary and the particulars, on the attribute at
	// fault, after one read, and sends nothing.
	result.RequireError("The decision has changed since the plan", `was "In Review" in the plan`, `is "Approved" now`, "Nothing was sent.")
	result.Errors[0].RequireAttribute(t, "didit_session_feature_status.aml", "status")
	env.RequireRequests(1, 0)

	// And the audit trail has only the reviewer's decision.
	env.RequireTrail(acctest.ByConsole("feature_aml_1", "In Review", "Approved"))
}
