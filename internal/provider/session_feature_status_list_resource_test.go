// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestQueryFindsStepsByStatusAndWorkflowAndWritesTheirConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_14_0, "terraform query")
	w.needsTerraform("terraform query")
	p := w.project(w.config(""))
	p.write("open.tfquery.hcl", fmt.Sprintf(`
list "didit_session_feature_status" "open" {
  provider         = didit
  include_resource = true
  config {
    statuses     = ["In Review"]
    workflow_ids = [%q, %q]
  }
}`, simulator.WorkflowKYB, simulator.WorkflowSimple))

	// When the steps are looked for, and what was found is applied as it stands
	found := p.must("query", "-generate-config-out=found.tf")
	written, err := os.ReadFile(filepath.Join(p.folder, "found.tf"))
	if err != nil {
		t.Fatal(err)
	}
	w.ResetRequests()
	_ = os.Remove(filepath.Join(p.folder, "open.tfquery.hcl"))
	applied := p.must("apply", "-auto-approve")

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
	expectText(t, found, "Several steps match", simulator.SessionSameType)
	for _, unwanted := range []string{"feature_kyb_registry_1", simulator.SessionKYC} {
		if strings.Contains(string(written), unwanted) {
			t.Errorf("%s was found:\n%s", unwanted, written)
		}
	}
	// And adopting it changed nothing
	if w.Count("PATCH") != 0 {
		t.Errorf("adopting what was found sent changes: %v\n%s", w.requestLines(), applied)
	}
	if state, imports := p.state(), strings.Count(string(written), "import {"); imports == 0 || len(state) != imports {
		t.Errorf("%d steps are in the state after %d imports:\n%s", len(state), imports, written)
	}
}

func TestQueryEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_14_0, "terraform query")
	w.needsTerraform("terraform query")
	p := w.project(w.config(""))
	p.write("open.tfquery.hcl", "list \"didit_session_feature_status\" \"open\" {\n  provider = didit\n  limit    = 3\n}\n")

	found := p.must("query")

	if lines := strings.Count(found, "list.didit_session_feature_status.open"); lines != 3 {
		t.Errorf("%d steps were listed, want 3:\n%s", lines, found)
	}
}

// needsTerraform skips a test of what OpenTofu does not have.
func (w *world) needsTerraform(what string) {
	w.t.Helper()
	if version := builtCLI(w.t).Version; !strings.HasPrefix(version, "Terraform") {
		w.t.Skipf("%s needs Terraform; this is %s", what, version)
	}
}
