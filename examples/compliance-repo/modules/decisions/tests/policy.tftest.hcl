# No Didit, no key: every session has these steps and AML hits.
mock_provider "didit" {}

override_module {
  target = module.live
  outputs = { sessions = { for name in ["case-1.yaml", "2026/case-2.yml", "case-4.yaml", "case-5.yaml"] : name => {
    status = "In Review"
    features = [
      { node_id = "default", feature_type = "LIVENESS", status = "In Review" },
      { node_id = "feature_aml_1", feature_type = "AML", status = "In Review" },
      { node_id = "feature_liveness_1", feature_type = "LIVENESS", status = "Approved" },
      { node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "In Review" },
    ]
    aml_hits = [
      { node_id = "default", hit_id = "hit_7c1e9a40b2d35f86e0a4c912", review_status = "False Positive" },
      { node_id = "feature_aml_1", hit_id = "hit_5a0c7d1e9b3f2a4c6e8d0b17", review_status = "Unreviewed" },
      { node_id = "feature_aml_1", hit_id = "hit_7c1e9a40b2d35f86e0a4c912", review_status = "Unreviewed" },
    ]
  } } }
}

run "a_declined_step_needs_a_reason" {
  command = plan
  variables {
    folder = "./tests/fixtures/declined-without-reason"
  }
  expect_failures = [output.declined_decisions_say_why]
}

run "a_declined_session_needs_a_reason" {
  command = plan
  variables {
    folder = "./tests/fixtures/declined-session-without-reason"
  }
  expect_failures = [output.declined_decisions_say_why]
}

run "an_aml_step_needs_a_ticket" {
  command = plan
  variables {
    folder = "./tests/fixtures/aml-without-ticket"
  }
  expect_failures = [output.aml_decisions_have_a_ticket]
}

run "a_reviewed_hit_needs_a_reason_and_a_ticket" {
  command = plan
  variables {
    folder = "./tests/fixtures/hit-without-reason"
  }
  expect_failures = [output.reviewed_hits_say_why, output.aml_decisions_have_a_ticket]
}

run "a_reason_can_be_read" {
  command = plan
  variables {
    folder = "./tests/fixtures/invisible-reason"
  }
  expect_failures = [output.declined_decisions_say_why, output.reviewed_hits_say_why, output.aml_decisions_have_a_ticket]
}

run "two_files_never_name_the_same_session" {
  command = plan
  variables {
    folder = "./tests/fixtures/same-session"
  }
  expect_failures = [output.sessions_have_one_file]
}

run "an_adopted_step_changes_nothing" {
  command = plan
  variables {
    folder = "./tests/fixtures/adopted-but-changed"
  }
  expect_failures = [output.adopted_decisions_change_nothing]
}

run "an_adopted_hit_or_session_changes_nothing" {
  command = plan
  variables {
    folder = "./tests/fixtures/adopted-hit-and-session-but-changed"
  }
  expect_failures = [output.adopted_decisions_change_nothing]
}

run "a_session_is_not_approved_while_its_file_says_otherwise" {
  command = plan
  variables {
    folder = "./tests/fixtures/approved-despite-hits"
  }
  expect_failures = [output.approved_sessions_are_clear]
}

run "a_session_is_not_approved_with_a_hit_that_no_file_names" {
  command = plan
  variables {
    folder = "./tests/fixtures/approved-with-declined-step"
  }
  expect_failures = [output.approved_sessions_are_clear]
}
