// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestQueryFindsStepsByStatusAndWorkflowAndWritesTheirConfiguration(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(14, "terraform query")
	env.RequireTerraform(14, "terraform query")
	ws := env.Workspace(env.Config(""))
	ws.Write("open.tfquery.hcl", fmt.Sprintf(`
list "didit_session_feature_status" "open" {
  provider         = didit
  include_resource = true
  config {
    statuses     = ["In Review"]
    workflow_ids = [%q, %q]
  }
}`, simulator.WorkflowKYB, simulator.WorkflowSimple))

	// When the steps are looked for, and what was found is applied as it stands
	found := ws.MustRun("query", "-generate-config-out=found.tf")
	written, err := os.ReadFile(filepath.Join(ws.Folder, "found.tf"))
	if err != nil {
		t.Fatal(err)
	}
	env.ResetRequests()
	_ = os.Remove(filepath.Join(ws.Folder, "open.tfquery.hcl"))
	applied := ws.MustRun("apply", "-auto-approve")

	// Then all that the API can address was found, and nothing else
	for _, want := range []string{
		simulator.SessionKYB + "/feature_kyb_documents_1 (KYB_DOCUMENTS): In Review",
		simulator.SessionKYB + "/feature_aml_1 (AML): In Review",
		simulator.SessionSimple + "/default/ID_VERIFICATION (ID_VERIFICATION): In Review",
		simulator.SessionTwoTypes + "/default/ID_VERIFICATION (ID_VERIFICATION): In Review",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("%s was not found:\n%s", want, found)
		}
	}
	acctest.RequireText(t, found, "Several steps match", simulator.SessionSameType)
	for _, unwanted := range []string{"feature_kyb_registry_1", simulator.SessionKYC} {
		if strings.Contains(string(written), unwanted) {
			t.Errorf("%s was found:\n%s", unwanted, written)
		}
	}
	// And adopting it changed nothing
	if env.Count("PATCH") != 0 {
		t.Errorf("adopting what was found sent changes: %v\n%s", env.RequestLines(), applied)
	}
	if state, imports := ws.State(), strings.Count(string(written), "import {"); imports == 0 || len(state) != imports {
		t.Errorf("%d steps are in the state after %d imports:\n%s", len(state), imports, written)
	}
}

func TestQueryEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(14, "terraform query")
	env.RequireTerraform(14, "terraform query")
	ws := env.Workspace(env.Config(""))
	ws.Write("open.tfquery.hcl", "list \"didit_session_feature_status\" \"open\" {\n  provider = didit\n  limit    = 3\n}\n")

	found := ws.MustRun("query")

	if lines := strings.Count(found, "list.didit_session_feature_status.open"); lines != 3 {
		t.Errorf("%d steps were listed, want 3:\n%s", lines, found)
	}
}
