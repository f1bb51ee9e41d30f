// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func decisionsDataBlock(sessions ...string) string {
	return fmt.Sprintf("data \"didit_session_decisions\" \"all\" {\n  session_ids = [\"%s\"]\n}\n", strings.Join(sessions, `", "`))
}

func TestSessionDecisions_ReturnsSessionsAndListsMissing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	object := func(attributes map[string]knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(attributes)
	}
	text := knownvalue.StringExact
	step := func(node, label, status string) knownvalue.Check {
		return object(map[string]knownvalue.Check{"node_id": text(node), "feature_type": text(label), "status": text(status)})
	}
	hit := func(id, status string, match, risk float64) knownvalue.Check {
		return object(map[string]knownvalue.Check{
			"node_id": text("feature_aml_1"), "hit_id": text(id), "review_status": text(status),
			"match_score": knownvalue.Float64Exact(match), "risk_score": knownvalue.Float64Exact(risk),
		})
	}
	runSteps(env, resource.TestStep{
		// Neither the order of the IDs nor a repetition matters.
		Config: env.Config(decisionsDataBlock(simulator.SessionKYC, unknownSession, manySession(1), simulator.SessionKYC, unknownSession)),
		ConfigStateChecks: []statecheck.StateCheck{
			expectData("session_decisions.all", "missing", knownvalue.ListExact([]knownvalue.Check{text(manySession(1)), text(unknownSession)})),
			expectData("session_decisions.all", "sessions", knownvalue.MapExact(map[string]knownvalue.Check{
				simulator.SessionKYC: object(map[string]knownvalue.Check{
					"status":       text("In Review"),
					"session_kind": text("user"),
					// The report has another order.
					"features": knownvalue.ListExact([]knownvalue.Check{
						step("feature_aml_1", "AML", "In Review"),
						step("feature_face_match_1", "FACE_MATCH", "Approved"),
						step("feature_liveness_1", "LIVENESS", "Approved"),
						step("feature_ocr_1", "ID_VERIFICATION", "In Review"),
						step("feature_poa_1", "POA", "In Review"),
					}),
					"aml_hits": knownvalue.ListExact([]knownvalue.Check{
						hit(simulator.HitNamesake, "False Positive", 61.5, 85),
						hit(simulator.HitSanctions, "Unreviewed", 97, 95),
						hit(simulator.HitPEP, "Unreviewed", 94.5, 60),
					}),
				}),
			})),
		},
	})
}

func TestSessionDecisions_SharesReadWithResources(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionsDataBlock(simulator.SessionKYC, simulator.SessionKYB) +
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"}.hcl("ocr") +
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Approved"}.hcl("aml")))

	ws.MustRun("plan")

	env.RequireRequests(2, 0)
}

func TestSessionDecisions_OfNoSessionReadsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	runSteps(env, resource.TestStep{
		Config: env.Config(`data "didit_session_decisions" "all" { session_ids = [] }`),
		ConfigStateChecks: []statecheck.StateCheck{
			expectData("session_decisions.all", "sessions", knownvalue.MapSizeExact(0)),
			expectData("session_decisions.all", "missing", knownvalue.ListSizeExact(0)),
		},
	})
	env.RequireRequests(0, 0)
}

func TestSessionDecisions_UnknownIDIsReadDuringApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(4, "terraform_data")
	ws := env.Workspace(env.Config(fmt.Sprintf(`
resource "terraform_data" "new" { input = %q }
data "didit_session_decisions" "all" { session_ids = [terraform_data.new.output] }
output "status" { value = data.didit_session_decisions.all.sessions[%[1]q].status }
`, simulator.SessionKYC)))

	ws.MustRun("plan")
	env.RequireRequests(0, 0)

	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(1, 0)
	acctest.RequireText(t, ws.MustRun("output", "-json", "status"), `"In Review"`)
}

func TestSessionDecisions_BadIDsAreErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	for _, ids := range []string{`["11111111-2222-4333-8444-00000000000A"]`, `["case-7"]`, `[""]`, `[null]`} {
		output := env.Workspace(env.Config(`data "didit_session_decisions" "all" { session_ids = ` + ids + ` }`)).MustFail("validate")
		acctest.RequireText(t, output, "session_ids")
	}
	env.RequireRequests(0, 0)
}

// Any Django service returns the same 404 as Didit.
func TestSessionDecisions_WrongBaseURLIsErrorAndNotMissing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Not found."}`, Times: -1})

	env.Workspace(env.Config(decisionsDataBlock(unknownSession))).RunJSON("plan").
		RequireError("The response is not from Didit's API", unknownSession, "GET /v3/sessions/ returned 404", "base_url")

	env.RequireRequests(2, 0)
}

func TestSessionDecisions_FailureIsErrorThatNamesTheSession(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Path: simulator.SessionKYB, Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`, Times: -1})

	env.Workspace(env.Config(decisionsDataBlock(simulator.SessionKYC, simulator.SessionKYB))).RunJSON("plan").
		RequireError("The credential may not do this", simulator.SessionKYB, "read:sessions")
}

const rulesOfManySessions = `
terraform {
  required_providers {
    didit = { source = "didit-community/didit" }
  }
}
variable "session_ids" { type = set(string) }
data "didit_session_decisions" "all" { session_ids = var.session_ids }
output "open" {
  value = join(",", flatten([for id, session in data.didit_session_decisions.all.sessions : [
    [for step in session.features : step.node_id if step.status == "In Review"],
    [for hit in session.aml_hits : hit.hit_id if hit.review_status == "Unreviewed"],
  ]]))
}
output "missing" { value = join(",", data.didit_session_decisions.all.missing) }
`

// The mocks of terraform test cannot fill nested attributes. Those of this data source
// they can, by mock_data and by override_data.
func TestSessionDecisions_CanBeMocked(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "mock providers")
	w := env.InstalledWorkspace()
	w.Write("main.tf", rulesOfManySessions)
	w.Write("tests/rules.tftest.hcl", `
mock_provider "didit" {
  mock_data "didit_session_decisions" {
    defaults = {
      sessions = {
        "11111111-2222-4333-8444-000000000001" = {
          status       = "In Review"
          session_kind = "user"
          features     = [{ node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "In Review" }]
          aml_hits     = [{ node_id = "feature_aml_1", hit_id = "hit_1", review_status = "Unreviewed", match_score = 97, risk_score = null }]
        }
      }
      missing = ["11111111-2222-4333-8444-000000000002"]
    }
  }
}

variables {
  session_ids = ["11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"]
}

run "mock_data" {
  command = plan

  assert {
    condition     = output.open == "feature_ocr_1,hit_1" && output.missing == "11111111-2222-4333-8444-000000000002"
    error_message = "${output.open} ${output.missing}"
  }
}

run "override_data" {
  command = plan

  override_data {
    target = data.didit_session_decisions.all
    values = {
      sessions = {
        "11111111-2222-4333-8444-000000000001" = {
          status       = "Approved"
          session_kind = "user"
          features     = []
          aml_hits     = [{ node_id = "feature_aml_1", hit_id = "hit_2", review_status = "Unreviewed", match_score = null, risk_score = null }]
        }
      }
      missing = []
    }
  }

  assert {
    condition     = output.open == "hit_2" && output.missing == ""
    error_message = "${output.open} ${output.missing}"
  }
}
`)
	w.MustRun("init")

	acctest.RequireText(t, w.MustRun("test"), "2 passed, 0 failed.")
	env.RequireRequests(0, 0)
}

// A rule has to know a change that waits, because the report shows nothing of it.
func TestSessionDecisions_ListsDeferredChangesThatWait(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.SetSessionStatus(simulator.SessionSimple, "In Progress")
	sessions := fmt.Sprintf("[%q, %q, %q]", simulator.SessionInProgress, simulator.SessionSimple, unknownSession)
	simple := fmt.Sprintf(`
resource "didit_session_feature_status" "simple" {
  session_id                = %q
  feature_type              = "ID_VERIFICATION"
  from                      = "In Review"
  status                    = "Approved"
  defer_until_flow_finishes = true
}
`, simulator.SessionSimple)
	ws := env.Workspace(env.Config(deferredBlock("Forged.") + simple))
	ws.MustRun("apply", "-auto-approve")
	require := func(deferred, want string, lists int) {
		t.Helper()
		ws.Write("main.tf", env.Config(deferredBlock("Forged.")+simple+fmt.Sprintf(`
data "didit_session_decisions" "all" {
  session_ids          = %s
  deferred_session_ids = %s
}
output "waiting" { value = data.didit_session_decisions.all.waiting }
`, sessions, deferred)))
		ws.MustRun("apply", "-auto-approve")
		env.ResetRequests()
		ws.MustRun("plan")
		requireLists(env, lists)
		var got any
		if err := json.Unmarshal([]byte(ws.MustRun("output", "-json", "waiting")), &got); err != nil || fmt.Sprint(got) != want {
			t.Errorf("of %s, %v waits, %v; want %s", deferred, got, err, want)
		}
	}

	// One list for each change that waits is of the refresh, which the data source shares.
	require("null", "map[]", 2)
	require(sessions, fmt.Sprintf("map[%s/default/ID_VERIFICATION:Approved %s:Declined]", simulator.SessionSimple, deferredStep.id), 2)
	finishFlow(env)
	require(fmt.Sprintf("[%q]", simulator.SessionInProgress), "map[]", 2)
}

func TestSessionDecisions_FailureOfAListIsErrorThatNamesTheSession(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{WithoutOverrides: true})

	env.Workspace(env.Config(fmt.Sprintf("data \"didit_session_decisions\" \"all\" {\n  session_ids          = [%[1]q]\n  deferred_session_ids = [%[1]q]\n}\n", simulator.SessionKYB))).
		RunJSON("plan").RequireError(summaryNoDeferral, simulator.SessionKYB)
}
