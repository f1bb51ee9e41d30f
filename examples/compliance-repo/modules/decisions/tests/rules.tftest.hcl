# Every rule once, without Didit and without a key: what Didit has is written here.
mock_provider "didit" {
  mock_data "didit_session_decisions" {
    defaults = {
      missing = []
      waiting = { "11111111-2222-4333-8444-000000000005/feature_aml_1" = "Approved" }
      sessions = {
        "11111111-2222-4333-8444-000000000001" = {
          status       = "In Review"
          session_kind = "user"
          features = [
            { node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "In Review" },
            { node_id = "feature_aml_1", feature_type = "AML", status = "In Review" },
          ]
          aml_hits = [
            { node_id = "feature_aml_1", hit_id = "hit_list", review_status = "Unreviewed", match_score = 97, risk_score = 90 },
            { node_id = "feature_aml_1", hit_id = "hit_politician", review_status = "Unreviewed", match_score = 85, risk_score = null },
          ]
        }
        # Approved, and monitoring has found somebody since.
        "11111111-2222-4333-8444-000000000002" = {
          status       = "Approved"
          session_kind = "user"
          features     = [{ node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "In Review" }]
          aml_hits     = [{ node_id = "feature_aml_1", hit_id = "hit_new", review_status = "Unreviewed", match_score = 91, risk_score = null }]
        }
        # Without a graph of nodes, and decided.
        "11111111-2222-4333-8444-000000000003" = {
          status       = "Declined"
          session_kind = "user"
          features     = [{ node_id = "default", feature_type = "ID_VERIFICATION", status = "Declined" }]
          aml_hits     = []
        }
        # The person is in the flow.
        "11111111-2222-4333-8444-000000000005" = {
          status       = "In Progress"
          session_kind = "user"
          features     = [{ node_id = "feature_aml_1", feature_type = "AML", status = "In Review" }]
          aml_hits     = [{ node_id = "feature_aml_1", hit_id = "hit_list", review_status = "Confirmed Match", match_score = 97, risk_score = 90 }]
        }
      }
    }
  }
}

run "good" {
  command = plan
  variables { folder = "tests/fixtures/good" }

  assert {
    condition     = output.decisions == 7 && length(output.problems) == 0
    error_message = join("\n", output.problems)
  }
}

run "exceptions" {
  command = plan
  variables { folder = "tests/fixtures/exceptions" }

  assert {
    condition     = output.decisions == 3 && length(output.problems) == 0
    error_message = join("\n", output.problems)
  }
}

run "unreadable" {
  command = plan
  variables { folder = "tests/fixtures/unreadable" }
  expect_failures = [output.decisions]

  assert {
    condition     = startswith(output.problems[0], "case-1.yaml:2:1: step: ")
    error_message = join("\n", output.problems)
  }
}

run "declined_without_comment" {
  command = plan
  variables { folder = "tests/fixtures/declined-without-comment" }
  expect_failures = [output.decisions]

  assert {
    condition = output.problems == [
      "case-1.yaml: steps.passport: a Declined step needs a comment of at least 20 visible characters",
      "case-1.yaml: session: a Declined session needs a comment of at least 20 visible characters",
    ]
    error_message = join("\n", output.problems)
  }
}

run "hit_without_reason" {
  command = plan
  variables { folder = "tests/fixtures/hit-without-reason" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-1.yaml: hits.politician: a reviewed AML hit needs a reason of at least 20 visible characters, which stays in this file"]
    error_message = join("\n", output.problems)
  }
}

run "aml_without_ticket" {
  command = plan
  variables { folder = "tests/fixtures/aml-without-ticket" }
  expect_failures = [output.decisions]

  assert {
    condition = output.problems == [
      "case-1.yaml: hits.politician: a decision on AML needs a ticket",
      "case-1.yaml: steps.harmless: a decision on AML needs a ticket",
    ]
    error_message = join("\n", output.problems)
  }
}

run "approved_despite_hits" {
  command = plan
  variables { folder = "tests/fixtures/approved-despite-hits" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-1.yaml: session: hit hit_list is Confirmed Match, hit hit_politician is Unreviewed; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}

run "approved_with_declined_step" {
  command = plan
  variables { folder = "tests/fixtures/approved-with-declined-step" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-1.yaml: session: step feature_ocr_1 (ID_VERIFICATION) is Declined; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}

run "short_exception" {
  command = plan
  variables { folder = "tests/fixtures/short-exception" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-1.yaml: session: hit hit_list is Unreviewed, hit hit_politician is Unreviewed; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}

run "aml_approved_beside_match" {
  command = plan
  variables { folder = "tests/fixtures/aml-approved-beside-match" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-1.yaml: steps.sanctions: a hit of this check is a Confirmed Match; decline the step, or say in exception, in at least 20 visible characters, why it is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}

# As soon as a plan makes any decision of a session, the whole session has to be in order.
run "changed_beside_a_new_hit" {
  command = plan
  variables { folder = "tests/fixtures/changed-beside-a-new-hit" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-2.yaml: session: hit hit_new is Unreviewed; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}

# What was made before a rule, or before Didit changed, is reported and stops nothing.
run "made" {
  command = plan
  variables { folder = "tests/fixtures/made" }
  expect_failures = [check.decisions]

  assert {
    condition = output.attention == [
      "case-9.yaml: steps.passport: decided was Declined; Didit no longer has it",
      "case-3.yaml: steps.passport: a Declined step needs a comment of at least 20 visible characters",
      "case-2.yaml: session: hit hit_new is Unreviewed; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same",
    ]
    error_message = join("\n", output.attention)
  }
}

# A deferred change that waits is made, although Didit still has the old value.
run "waiting" {
  command = plan
  variables { folder = "tests/fixtures/waiting" }
  expect_failures = [check.decisions]

  assert {
    condition     = output.attention == ["case-5.yaml: steps.sanctions: a hit of this check is a Confirmed Match; decline the step, or say in exception, in at least 20 visible characters, why it is Approved all the same"]
    error_message = join("\n", output.attention)
  }
}

# A reviewer has deferred the change in the console: a plan that makes it at once has to keep every rule.
run "made_before_it_waits" {
  command = plan
  variables { folder = "tests/fixtures/made-before-it-waits" }
  expect_failures = [output.decisions]

  assert {
    condition     = output.problems == ["case-5.yaml: steps.sanctions: a hit of this check is a Confirmed Match; decline the step, or say in exception, in at least 20 visible characters, why it is Approved all the same"]
    error_message = join("\n", output.problems)
  }
}
