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

// listBlock returns a list block for a file *.tfquery.hcl.
func listBlock(resource, arguments, config string) string {
	return fmt.Sprintf("list %q \"found\" {\n  provider = didit\n  %s\n  config {\n%s\n  }\n}\n", resource, arguments, config)
}

func TestQuery_GeneratesConfigurationWithoutChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind            decisionKind
		config          string
		found, notFound []string
		warning         string
	}{
		"steps": {
			kinds[0], fmt.Sprintf("statuses = [\"In Review\"]\nworkflow_ids = [%q, %q]", simulator.WorkflowKYB, simulator.WorkflowSimple),
			[]string{
				simulator.SessionKYB + "/feature_kyb_documents_1 (KYB_DOCUMENTS): In Review",
				simulator.SessionKYB + "/feature_aml_1 (AML): In Review",
				simulator.SessionSimple + "/default/ID_VERIFICATION (ID_VERIFICATION): In Review",
				simulator.SessionTwoTypes + "/default/ID_VERIFICATION (ID_VERIFICATION): In Review",
			},
			[]string{"feature_kyb_registry_1", simulator.SessionKYC},
			simulator.SessionSameType,
		},
		"sessions": {
			sessionKind, fmt.Sprintf("statuses = [\"Approved\", \"Declined\"]\nsession_kind = %q", simulator.KindUser),
			[]string{simulator.SessionApproved + ": Approved", simulator.SessionDeclined + ": Declined"},
			[]string{simulator.SessionKYC, simulator.SessionInProgress},
			"",
		},
		"AML hits": {
			hitKind, fmt.Sprintf("review_statuses = [\"Unreviewed\"]\nworkflow_ids = [%q]", simulator.WorkflowKYC),
			[]string{hitKind.id + ": Unreviewed"},
			[]string{simulator.HitNamesake},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireTerraform(14, "terraform query")
			ws := env.Workspace(env.Config())
			ws.Write("found.tfquery.hcl", listBlock(test.kind.resource, "include_resource = true", test.config))

			found := ws.MustRun("query", "-generate-config-out=found.tf")
			generated := ws.Read("found.tf")
			env.ResetRequests()
			if err := os.Remove(filepath.Join(ws.Folder, "found.tfquery.hcl")); err != nil {
				t.Fatal(err)
			}
			ws.MustRun("apply", "-auto-approve")

			for _, want := range test.found {
				if !strings.Contains(found, want) {
					t.Errorf("%s was not found:\n%s", want, found)
				}
			}
			for _, unwanted := range test.notFound {
				if strings.Contains(generated, unwanted) {
					t.Errorf("%s was found:\n%s", unwanted, generated)
				}
			}
			if test.warning != "" {
				acctest.RequireText(t, found, "Didit cannot tell these apart", test.warning)
			}
			if env.Count("PATCH") != 0 {
				t.Errorf("the apply of the generated configuration sent changes: %v", env.RequestLines())
			}
			if state, imports := ws.State(), strings.Count(generated, "import {"); imports == 0 || len(state) != imports {
				t.Errorf("%d instances are in the state after %d imports:\n%s", len(state), imports, generated)
			}
		})
	}
}

func TestQuery_EndsAtLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	for _, kind := range kinds {
		ws := env.Workspace(env.Config())
		ws.Write("found.tfquery.hcl", listBlock(kind.resource, "limit = 2", ""))

		found := ws.MustRun("query")

		if lines := strings.Count(found, "list."+kind.resource+".found"); lines != 2 {
			t.Errorf("%d of %s were listed, want 2:\n%s", lines, kind.resource, found)
		}
	}
}

func TestQuery_EscapesDisplayNames(t *testing.T) {
	t.Parallel()
	const hostile = "x\x1b[31m\nError: forged\u202e"
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "aml_screenings", NodeID: hostile, Status: hostile, Hits: []simulator.Hit{{ID: hostile, RiskScore: 90}}},
	}})
	for _, kind := range []decisionKind{kinds[0], hitKind} {
		ws := env.Workspace(env.Config())
		ws.Write("found.tfquery.hcl", listBlock(kind.resource, "", ""))

		found := ws.MustRun("query")

		// Terraform prints the identity in front of it as it is.
		acctest.RequireText(t, found, unknownSession+`/x\x1b[31m\nError: forged\u202e`)
	}
}

// One odd item, hit or session must not make the rest of a list unusable.
func TestQuery_WarnsAboutUnusableItems(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	env.Inject(simulator.Fault{Path: "/v3/sessions/", Times: -1, Body: `{"next": null, "results": [{"session_id": "` + simulator.SessionKYC + `", "status": null}, {"session_id": "` + simulator.SessionApproved + `"}, {"session_id": "` + simulator.SessionSimple + `", "status": "IN_REVIEW"}]}`})
	env.Inject(simulator.Fault{Path: simulator.SessionKYC + "/decision/", Times: -1, Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "In Review", "liveness_checks": [null],
		"aml_screenings": [{"node_id": "feature_aml_1", "status": "in_review", "hits": [{"id": "hit_1", "review_status": null}, {"id": "hit_2", "review_status": "UNREVIEWED"}]}, {"node_id": "feature_aml_2", "status": "In Review", "hits": null}]}`})
	env.Inject(simulator.Fault{Path: simulator.SessionApproved + "/decision/", Times: -1, Body: `{"session_id": "` + simulator.SessionApproved + `", "session_id": "x"}`})
	for _, test := range []struct {
		kind         decisionKind
		config       string
		parts, finds []string
	}{
		{kinds[0], `statuses = ["IN_REVIEW"]`, []string{"A step (LIVENESS)", "it contains a field twice"}, []string{"feature_aml_1 (AML): In Review", "default/ID_VERIFICATION (ID_VERIFICATION): In Review"}},
		{hitKind, "", []string{`AML hit "hit_1"`, "one more similar warning", "it contains a field twice"}, []string{"hit_2: Unreviewed"}},
		{sessionKind, "", []string{simulator.SessionKYC + " is left out", "one more similar warning"}, []string{simulator.SessionSimple + ": In Review"}},
	} {
		ws := env.Workspace(env.Config())
		ws.Write("found.tfquery.hcl", listBlock(test.kind.resource, "", test.config+"\nsession_kind = \"user\""))

		found := ws.MustRun("query")

		acctest.RequireText(t, found, append(test.parts, test.finds...)...)
	}
}

// The list of sessions contains their statuses.
func TestQuery_ListOfSessionsReadsNoReport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	ws := env.Workspace(env.Config())
	ws.Write("found.tfquery.hcl", listBlock(sessionKind.resource, "", `session_kind = "user"`))

	ws.MustRun("query")

	for _, line := range env.RequestLines() {
		if !strings.HasPrefix(line, "GET /v3/sessions/ ") {
			t.Errorf("%s was sent, want only lists of sessions", line)
		}
	}
}

func TestQuery_RejectsInvalidFilters(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireTerraform(14, "terraform query")
	for resource, filters := range map[string]map[string]string{
		kinds[0].resource:    {`statuses = []`: "at least 1", `feature_types = ["liveness"]`: "label in upper case", `session_statuses = ["in review"]`: `"In Review"`},
		sessionKind.resource: {`statuses = ["in review"]`: `"In Review"`, `created_from = "30.06.2026"`: "2026-06-30", "created_from = \"2026-07-01\"\n created_to = \"2026-06-30\"": "so no session can match", `workflow_ids = ["kyc"]`: "UUID of a workflow"},
		hitKind.resource:     {`review_statuses = []`: "at least 1", `review_statuses = ["unreviewed"]`: "must be written", `session_kind = "company"`: `"business"`},
	} {
		for filter, message := range filters {
			ws := env.Workspace(env.Config())
			ws.Write("found.tfquery.hcl", listBlock(resource, "", filter))
			acctest.RequireText(t, ws.MustFail("query"), message)
		}
	}
	env.RequireRequests(0, 0)
}
