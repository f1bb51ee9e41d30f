# No Didit, no key: every session has these steps.
mock_provider "didit" {}

override_module {
  target = module.sessions
  outputs = {
    features = { for name in ["case-1.yaml", "2026/case-2.yml", "case-4.yaml"] : name => [
      { node_id = "default", feature_type = "LIVENESS", status = "In Review" },
      { node_id = "feature_aml_1", feature_type = "AML", status = "In Review" },
      { node_id = "feature_liveness_1", feature_type = "LIVENESS", status = "Approved" },
      { node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "In Review" },
    ] }
  }
}

run "a_declined_step_needs_a_reason" {
  command = plan
  variables {
    folder = "./tests/fixtures/declined-without-reason"
  }
  expect_failures = [output.declined_steps_say_why]
}

run "an_aml_step_needs_a_ticket" {
  command = plan
  variables {
    folder = "./tests/fixtures/aml-without-ticket"
  }
  expect_failures = [output.aml_steps_have_a_ticket]
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
  expect_failures = [output.adopted_steps_change_nothing]
}
