# A session with a Declined step, and without AML hits.
mock_provider "didit" {}

override_module {
  target = module.live
  outputs = { sessions = { for name in ["case-1.yaml", "2026/case-2.yml", "case-4.yaml", "case-5.yaml"] : name => {
    status   = "In Review"
    features = [{ node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "Declined" }]
    aml_hits = []
  } } }
}

run "a_session_is_not_approved_with_a_declined_step_that_no_file_names" {
  command = plan
  variables {
    folder = "./tests/fixtures/approved-with-declined-step"
  }
  expect_failures = [output.approved_sessions_are_clear]
}
