# Run by terraform test, without Didit and without a key.
mock_provider "didit" {
  mock_data "didit_session_decisions" {
    defaults = {
      sessions = {
        "11111111-2222-4333-8444-000000000001" = {
          status       = "In Review"
          session_kind = "user"
          features     = [{ node_id = "feature_aml_1", feature_type = "AML", status = "In Review" }]
          aml_hits     = [{ node_id = "feature_aml_1", hit_id = "hit_1", review_status = "Unreviewed", match_score = 97, risk_score = null }]
        }
      }
      missing = ["11111111-2222-4333-8444-000000000002"]
    }
  }
}

run "finds_unreviewed_hits" {
  command = plan

  assert {
    condition     = contains(output.unreviewed_hits["11111111-2222-4333-8444-000000000001"], "hit_1")
    error_message = "The unreviewed hit was not found."
  }

  expect_failures = [check.sessions_exist]
}
