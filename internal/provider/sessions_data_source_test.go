// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestSessions_FeedForEachOverStepsInReview(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(fmt.Sprintf(`
data "didit_sessions" "open" {
  workflow_ids = [%q]
  statuses     = ["In Review"]
}
data "didit_session_decision" "open" {
  for_each   = toset(data.didit_sessions.open.sessions[*].session_id)
  session_id = each.value
}
locals {
  in_review = merge([
    for id, decision in data.didit_session_decision.open : {
      for step in decision.features : "${id}/${step.node_id}" => merge(step, { session_id = id }) if step.status == "In Review"
    }
  ]...)
}
resource "didit_session_feature_status" "open" {
  for_each   = local.in_review
  session_id = each.value.session_id
  node_id    = each.value.node_id
  status     = "Approved"
}`, simulator.WorkflowKYB)))

	ws.MustRun("apply", "-auto-approve")

	for _, node := range []string{"feature_kyb_documents_1", "feature_kyb_key_people_1", "feature_aml_1"} {
		if status := env.FeatureStatus(simulator.SessionKYB, node, ""); status != "Approved" {
			t.Errorf("%s is %q, want Approved", node, status)
		}
	}
	if changes := len(env.Trail("")); changes != 3 {
		t.Errorf("%d changes are on the trail, want 3", changes)
	}
}

func TestSessions_FiltersAndReadsAllPages(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	const many = 230
	for i := range many {
		session := oneStepSession(i)
		session.WorkflowID, session.VendorData = "88888888-2222-4333-8444-000000000001", fmt.Sprintf("vendor-%03d", i)
		session.CreatedAt = time.Date(2026, 6, 1+i%3, 12, 0, 0, 0, time.UTC)
		if i%10 == 0 {
			session.Status = "Declined"
		}
		if i%2 == 1 {
			session.Kind = simulator.KindBusiness
		}
		env.AddSession(session)
	}
	const ofWorkflow = `workflow_ids = ["88888888-2222-4333-8444-000000000001"]`
	for name, test := range map[string]struct {
		filter string
		count  int
	}{
		"all of a workflow, both kinds": {ofWorkflow, many},
		"one kind":                      {ofWorkflow + "\nsession_kind = \"business\"", many / 2},
		"status":                        {ofWorkflow + "\nstatuses = [\"Declined\"]", many / 10},
		"vendor data":                   {`vendor_data = "vendor-007"`, 1},
		"search by session ID":          {fmt.Sprintf("search = %q", simulator.SessionKYB), 1},
		"one day, both kinds":           {ofWorkflow + "\ncreated_from = \"2026-06-02\"\ncreated_to = \"2026-06-02\"", 77},
		"no match":                      {`vendor_data = "vendor-999"`, 0},
		"exactly max_results":           {ofWorkflow + "\nmax_results = 230", many},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := env.In(t)
			runSteps(env, resource.TestStep{
				Config: env.Config(fmt.Sprintf("data \"didit_sessions\" \"all\" {\n%s\n}\noutput \"ids\" {\n  value = toset(data.didit_sessions.all.sessions[*].session_id)\n}\n", test.filter)),
				ConfigStateChecks: []statecheck.StateCheck{
					expectData("sessions.all", "sessions", knownvalue.ListSizeExact(test.count)),
					statecheck.ExpectKnownOutputValue("ids", knownvalue.SetSizeExact(test.count)),
				},
			})
		})
	}
}

func TestSessions_MoreThanMaxResultsIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	output := env.Workspace(env.Config("data \"didit_sessions\" \"all\" {\n  max_results = 2\n}\n")).MustFail("plan")
	acctest.RequireText(t, output, "More results than max_results", "More sessions match than max_results, 2.", "max_results = 2")
}

func TestSessions_RowWithoutIDIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Path: "/v3/sessions/", Times: -1, Body: `{"next": null, "results": [{"session_id": "` + simulator.SessionKYC + `", "status": "In Review"}, {"business_session_id": "x", "status": "Awaiting User"}]}`})

	env.Workspace(env.Config("data \"didit_sessions\" \"all\" {}\n")).RunJSON("plan").
		RequireError("Didit's response has an unexpected form", "GET /v3/sessions/ returned 200. A row of the list has no usable session_id.", "The response is Didit's")
}

func TestSessions_MissingStatusIsNull(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Path: "/v3/sessions/", Times: -1, Body: `{"next": null, "results": [{"session_id": "` + simulator.SessionKYC + `", "status": null, "features": [{"feature": "AML"}, "OCR"]}]}`})
	ws := env.Workspace(env.Config("data \"didit_sessions\" \"all\" {\n  session_kind = \"user\"\n}\noutput \"all\" {\n  value = [for row in data.didit_sessions.all.sessions : [row.status, [for step in row.features : [step.feature_type, step.status]]]]\n}\n"))

	ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, ws.MustRun("output", "-json", "all"), `[[null,[["AML",null],["OCR",null]]]]`)
}

func TestSessions_RejectsInvalidFilters(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for name, test := range map[string]struct{ filter, message string }{
		"misspelled status": {`statuses = ["in review"]`, `a value of statuses must be written "In Review", not "in review".`},
		"unknown status":    {`statuses = ["Reviewed"]`, `"Kyc Expired" or "Abandoned", not "Reviewed".`},
		"reversed days":     {"created_from = \"2026-07-01\"\n  created_to = \"2026-06-30\"", "created_to (2026-06-30) is before created_from (2026-07-01), so no session can match."},
		"space in search":   {`search = " 17"`, "UUID of a session"},
		"space in an ID":    {`workflow_ids = ["77777777-2222-4333-8444-000000000001 "]`, "a value of workflow_ids must not end with a space or an invisible character"},
		"no status":         {`statuses = []`, "at least 1"},
		"null status":       {`statuses = [null]`, "null"},
		"unknown kind":      {`session_kind = "company"`, `session_kind must be "user" or "business", not "company".`},
		"not a day":         {`created_from = "30.06.2026"`, "2026-06-30"},
		"search by name":    {`search = "Zorvandel"`, "UUID of a session"},
		"not a workflow ID": {`workflow_ids = ["kyc"]`, "UUID of a workflow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := env.In(t).Workspace(env.Config("data \"didit_sessions\" \"all\" {\n  " + test.filter + "\n}\n")).MustFail("plan")
			acctest.RequireText(t, output, test.message)
			for _, syntax := range []string{"Value(", "[\"Not Started\" "} {
				if strings.Contains(output, syntax) {
					t.Errorf("the output contains %s: %s", syntax, output)
				}
			}
		})
	}
	if sent := len(env.Requests()); sent != 0 {
		t.Errorf("%d requests were sent, want none", sent)
	}
}

func TestSessions_RetriesAfterRateLimit(t *testing.T) {
	t.Parallel()
	// Didit's limit is lower than the provider's.
	env := acctest.New(t, simulator.Options{ReadsPerMinute: 1, Window: time.Second})
	ws := env.Workspace(env.Config("data \"didit_sessions\" \"users\" {\n  session_kind = \"user\"\n}\n" +
		"data \"didit_sessions\" \"companies\" {\n  session_kind = \"business\"\n}\n"))

	ws.MustRun("plan")

	refused := 0
	for _, request := range env.Requests() {
		if request.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if sent := len(env.Requests()); refused == 0 || sent-refused != 2 {
		t.Errorf("the requests are %v, want two lists and a refused request", env.RequestLines())
	}
}
