// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestSessionDecision_ReturnsStepsAndHits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	step := func(node, label, status string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"node_id": knownvalue.StringExact(node), "feature_type": knownvalue.StringExact(label), "status": knownvalue.StringExact(status),
		})
	}
	hit := func(id, status string, match, risk float64) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"node_id": knownvalue.StringExact("feature_aml_1"), "hit_id": knownvalue.StringExact(id), "review_status": knownvalue.StringExact(status),
			"match_score": knownvalue.Float64Exact(match), "risk_score": knownvalue.Float64Exact(risk),
		})
	}
	runSteps(env, resource.TestStep{
		Config: env.Config(decisionDataBlock("kyc", simulator.SessionKYC)),
		ConfigStateChecks: []statecheck.StateCheck{
			expectData("session_decision.kyc", "status", knownvalue.StringExact("In Review")),
			expectData("session_decision.kyc", "session_kind", knownvalue.StringExact("user")),
			expectData("session_decision.kyc", "session_number", knownvalue.NotNull()),
			expectData("session_decision.kyc", "workflow_id", knownvalue.StringExact(simulator.WorkflowKYC)),
			expectData("session_decision.kyc", "environment", knownvalue.StringExact("sandbox")),
			expectData("session_decision.kyc", "created_at", knownvalue.NotNull()),
			expectData("session_decision.kyc", "expires_at", knownvalue.NotNull()),
			// Ordered by node ID, whatever the order of the report.
			expectData("session_decision.kyc", "features", knownvalue.ListExact([]knownvalue.Check{
				step("feature_aml_1", "AML", "In Review"),
				step("feature_face_match_1", "FACE_MATCH", "Approved"),
				step("feature_liveness_1", "LIVENESS", "Approved"),
				step("feature_ocr_1", "ID_VERIFICATION", "In Review"),
				step("feature_poa_1", "POA", "In Review"),
			})),
			expectData("session_decision.kyc", "aml_hits", knownvalue.ListExact([]knownvalue.Check{
				hit(simulator.HitNamesake, "False Positive", 61.5, 85),
				hit(simulator.HitSanctions, "Unreviewed", 97, 95),
				hit(simulator.HitPEP, "Unreviewed", 94.5, 60),
			})),
		},
	})
}

func TestSessionDecision_SharesTheReadWithTheResources(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionDataBlock("kyc", simulator.SessionKYC) +
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"}.hcl("ocr") +
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Approved"}.hcl("aml")))

	ws.MustRun("plan")

	env.RequireRequests(1, 0)
}

func TestDataSources_UnknownSessionIsAnError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for name, block := range map[string]string{
		"didit_session_decision": decisionDataBlock("gone", unknownSession),
		"didit_session_reviews":  fmt.Sprintf("data \"didit_session_reviews\" \"gone\" {\n  session_id = %q\n}\n", unknownSession),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := env.In(t).Workspace(env.Config(block)).MustFail("plan")
			acctest.RequireText(t, output, "Session not found", unknownSession, "scope")
		})
	}
}

func TestSessions_ForEachOverTheirStepsInReview(t *testing.T) {
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
		"no match":                      {`vendor_data = "nobody"`, 0},
		"as many as allowed":            {ofWorkflow + "\nmax_results = 230", many},
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

func TestSessions_MoreThanMaxResultsIsAnError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	output := env.Workspace(env.Config("data \"didit_sessions\" \"all\" {\n  max_results = 2\n}\n")).MustFail("plan")
	acctest.RequireText(t, output, "More results than max_results", "More than 2 sessions match", "max_results = 2")
}

func TestSessions_FiltersThatMatchNothingOrPeopleAreRefused(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for name, test := range map[string]struct{ filter, message string }{
		"misspelt status":   {`statuses = ["in review"]`, `"In Review"`},
		"no status":         {`statuses = []`, "at least 1"},
		"null status":       {`statuses = [null]`, "null"},
		"unknown kind":      {`session_kind = "company"`, `"business"`},
		"not a day":         {`created_from = "30.06.2026"`, "2026-06-30"},
		"search by name":    {`search = "somebody"`, "UUID of a session"},
		"not a workflow ID": {`workflow_ids = ["kyc"]`, "UUID of a workflow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := env.In(t).Workspace(env.Config("data \"didit_sessions\" \"all\" {\n  " + test.filter + "\n}\n")).MustFail("plan")
			acctest.RequireText(t, output, test.message)
		})
	}
	if sent := len(env.Requests()); sent != 0 {
		t.Errorf("%d requests were sent for filters that are refused", sent)
	}
}

func TestSessionReviews_NewestFirstAndCommentsOnRequest(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	if err := env.DecideFeature(simulator.SessionKYC, "feature_ocr_1", "", "Declined", "A remark."); err != nil {
		t.Fatal(err)
	}
	block := func(arguments string) string {
		return env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n  %s\n}\n", simulator.SessionKYC, arguments))
	}
	expectFirst := func(attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.didit_session_reviews.kyc", firstReview(attribute), check)
	}
	runSteps(env,
		resource.TestStep{
			Config: block(""),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("session_reviews.kyc", "reviews", knownvalue.ListSizeExact(4)),
				expectFirst("created_at", knownvalue.NotNull()),
				expectFirst("activity", knownvalue.StringExact("STATUS_UPDATED")),
				expectFirst("actor_type", knownvalue.StringExact("CONSOLE_USER")),
				expectFirst("previous_status", knownvalue.StringExact("In Review")),
				expectFirst("new_status", knownvalue.StringExact("Declined")),
				expectFirst("changed_fields", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("status")})),
				expectFirst("comment", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: block("include_comments = true\n  activities = [\"STATUS_UPDATED\"]"),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("session_reviews.kyc", "reviews", knownvalue.ListSizeExact(1)),
				expectFirst("comment", knownvalue.StringExact("A remark.")),
			},
		},
		resource.TestStep{
			Config:      block("max_results = 3"),
			ExpectError: acctest.Wrapped("more than 3 matching entries"),
		},
	)
}

// firstReview is the path of an attribute of the newest entry.
func firstReview(attribute string) tfjsonpath.Path {
	return tfjsonpath.New("reviews").AtSliceIndex(0).AtMapKey(attribute)
}

func TestSessionReviews_CommentsAreSensitive(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "hiding sensitive values that stand inside a list") // 1.0 lacks it
	runSteps(env, resource.TestStep{
		Config: env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n  include_comments = true\n}\n", simulator.SessionKYC)),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectSensitiveValue("data.didit_session_reviews.kyc", firstReview("comment")),
		},
	})
}

func TestSessions_RateLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	// Given a key of which others have used up what the provider believes to have
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
		t.Errorf("want two lists that came, and a refusal before: %v", env.RequestLines())
	}
}

func TestSessionReviews_OfACompanyIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	output := env.Workspace(env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyb\" {\n  session_id = %q\n}\n", simulator.SessionKYB))).MustFail("plan")
	acctest.RequireText(t, output, "Session not found", simulator.SessionKYB, "trail of KYC sessions only")
}

func TestDataSources_StoreNoPersonalData(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	if err := env.DecideFeature(simulator.SessionKYC, "feature_ocr_1", "", "Declined", "A remark."); err != nil {
		t.Fatal(err)
	}
	ws := env.Workspace(env.Config(decisionDataBlock("kyc", simulator.SessionKYC) + decisionDataBlock("kyb", simulator.SessionKYB) +
		"data \"didit_sessions\" \"all\" {}\n" +
		fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n}\n", simulator.SessionKYC)))

	ws.MustRun("apply", "-auto-approve")

	state, err := os.ReadFile(filepath.Join(ws.Folder, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(state), simulator.SessionKYB) {
		t.Fatal("the state does not hold what was read")
	}
	for _, canary := range append(simulator.Canaries(), "A remark.", "customer-1") {
		if strings.Contains(string(state), canary) {
			t.Errorf("the state holds %q", canary)
		}
	}
}

func decisionDataBlock(name, session string) string {
	return fmt.Sprintf("data \"didit_session_decision\" %q {\n  session_id = %q\n}\n", name, session)
}

func expectData(source, attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.didit_"+source, tfjsonpath.New(attribute), check)
}
