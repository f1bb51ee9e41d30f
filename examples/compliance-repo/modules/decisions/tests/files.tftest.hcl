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

run "files_become_steps" {
  command = plan
  variables {
    folder = "./tests/fixtures/good"
  }

  assert {
    condition = output.import_ids == tomap({
      "case-1.yaml/passport"     = "11111111-2222-4333-8444-000000000001/feature_ocr_1"
      "case-1.yaml/sanctions"    = "11111111-2222-4333-8444-000000000001/feature_aml_1"
      "2026/case-2.yml/liveness" = "11111111-2222-4333-8444-000000000002/default/LIVENESS"
      "case-4.yaml/sanctions"    = "11111111-2222-4333-8444-000000000004/feature_aml_1"
    })
    error_message = "Every step of every file has its import ID, and an expired file has none."
  }
  assert {
    condition     = didit_session_feature_status.step["case-1.yaml/sanctions"].comment == "The hit is this person, as two lists say. (CASE-1)"
    error_message = "The ticket is recorded with the comment."
  }
  assert {
    condition     = didit_session_feature_status.step["case-1.yaml/passport"].comment == null
    error_message = "Without comment and ticket nothing is recorded."
  }
}

run "a_file_that_is_no_yaml_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/broken"
  }
  expect_failures = [output.import_ids]
}

run "an_unknown_key_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/unknown-key"
  }
  expect_failures = [output.import_ids]
}

run "a_file_without_session_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-session"
  }
  expect_failures = [output.import_ids]
}

run "a_session_id_in_another_spelling_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-session"
  }
  expect_failures = [output.import_ids]
}

run "a_status_that_cannot_be_set_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-status"
  }
  expect_failures = [output.import_ids]
}

run "a_step_without_one_address_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-step"
  }
  expect_failures = [output.import_ids]
}

run "what_is_not_text_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-text"
  }
  expect_failures = [output.import_ids]
}

run "a_file_without_steps_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-steps"
  }
  expect_failures = [output.import_ids]
}

run "a_file_of_another_name_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-name"
  }
  expect_failures = [output.import_ids]
}

run "a_step_that_is_not_there_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-such-step"
  }
  expect_failures = [output.steps_exist]
}
