// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDestinationQuery_GeneratesConfigurationWithoutChanges(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	for i := range 3 {
		env.SetDestination(simulator.Destination{Label: fmt.Sprintf("Hook %d", i), URL: fmt.Sprintf("%s/%d", hookURL, i), Enabled: true, SubscribedEvents: []string{"status.updated"}})
	}
	ws := env.Workspace(env.Config())
	ws.Write("found.tfquery.hcl", "list \"didit_webhook_destination\" \"found\" {\n  provider = didit\n  include_resource = true\n}\n")

	found := ws.MustRun("query", "-generate-config-out=found.tf")

	requireMethods(env, map[string]int{"GET": 1})
	acctest.RequireText(t, found, "Hook 0: "+hookURL+"/0", "Hook 2: "+hookURL+"/2")
	ws.RunJSON("plan", "-out=tfplan").RequireSuccess()
	acctest.RequireText(t, ws.MustRun("apply", "tfplan"), "3 imported, 0 added, 0 changed, 0 destroyed")
	if env.Count(http.MethodPatch) != 0 {
		t.Errorf("the apply of the generated configuration sent changes: %v", env.RequestLines())
	}
}

func TestDestinationQuery_EscapesDisplayNames(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	env.SetDestination(simulator.Destination{Label: "x\x1b[31m\nError: forged\u202e", URL: hookURL, SubscribedEvents: []string{"status.updated"}})
	ws := env.Workspace(env.Config())
	ws.Write("found.tfquery.hcl", "list \"didit_webhook_destination\" \"found\" {\n  provider = didit\n}\n")

	acctest.RequireText(t, ws.MustRun("query"), `x\x1b[31m\nError: forged\u202e: `+hookURL)
}
