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

run "files_become_decisions" {
  command = plan
  variables {
    folder = "./tests/fixtures/good"
  }

  assert {
    condition = { for key, it in output.steps : key => it.id } == {
      "case-1.yaml/passport"     = "11111111-2222-4333-8444-000000000001/feature_ocr_1"
      "case-1.yaml/sanctions"    = "11111111-2222-4333-8444-000000000001/feature_aml_1"
      "2026/case-2.yml/liveness" = "11111111-2222-4333-8444-000000000002/default/LIVENESS"
      "case-4.yaml/sanctions"    = "11111111-2222-4333-8444-000000000004/feature_aml_1"
      "case-5.yaml/passport"     = "11111111-2222-4333-8444-000000000005/feature_ocr_1"
    }
    error_message = "Every step of every file has its import ID, and an expired file has none."
  }
  assert {
    condition = { for key, it in output.hits : key => it.id } == {
      "case-5.yaml/list"       = "11111111-2222-4333-8444-000000000005/feature_aml_1/hit_5a0c7d1e9b3f2a4c6e8d0b17"
      "case-5.yaml/politician" = "11111111-2222-4333-8444-000000000005/default/hit_7c1e9a40b2d35f86e0a4c912"
    }
    error_message = "Every AML hit has its import ID; without node_id it is that of a workflow without a graph."
  }
  assert {
    condition     = output.sessions == { "case-5.yaml" = "11111111-2222-4333-8444-000000000005" }
    error_message = "A session that a file decides has its import ID."
  }
}

run "a_file_that_is_no_yaml_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/broken"
  }
  expect_failures = [output.files_are_valid]
}

run "an_unknown_key_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/unknown-key"
  }
  expect_failures = [output.files_are_valid]
}

run "a_file_without_session_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-session"
  }
  expect_failures = [output.files_are_valid]
}

run "a_session_id_in_another_spelling_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-session"
  }
  expect_failures = [output.files_are_valid]
}

run "a_status_that_cannot_be_set_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-status"
  }
  expect_failures = [output.files_are_valid]
}

run "a_step_without_one_address_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-step"
  }
  expect_failures = [output.files_are_valid]
}

run "a_hit_that_is_incomplete_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-hit"
  }
  expect_failures = [output.files_are_valid]
}

run "a_session_cannot_be_put_in_review" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-decision-on-session"
  }
  expect_failures = [output.files_are_valid]
}

run "a_session_without_status_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/session-without-status"
  }
  expect_failures = [output.files_are_valid]
}

run "what_is_not_text_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-text"
  }
  expect_failures = [output.files_are_valid]
}

run "a_file_without_decisions_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-steps"
  }
  expect_failures = [output.files_are_valid]
}

run "a_file_of_another_name_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/wrong-name"
  }
  expect_failures = [output.files_are_valid]
}

run "a_hidden_file_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/hidden"
  }
  expect_failures = [output.files_are_valid]
}

run "a_key_that_is_written_twice_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/repeated-key"
  }
  expect_failures = [output.files_are_valid]
}

run "a_key_that_yaml_reads_as_another_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/disguised-key"
  }
  expect_failures = [output.files_are_valid]
}

run "a_session_id_that_scripts_cannot_find_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/session-in-another-form"
  }
  expect_failures = [output.files_are_valid]
}

run "a_step_that_is_not_there_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-such-step"
  }
  expect_failures = [output.decisions_exist]
}

run "a_hit_that_is_not_there_is_refused" {
  command = plan
  variables {
    folder = "./tests/fixtures/no-such-hit"
  }
  expect_failures = [output.decisions_exist]
}
