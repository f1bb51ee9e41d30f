# A session that is Approved, with a Declined step.
mock_provider "didit" {}

override_module {
  target = module.live
  outputs = { sessions = { "case-1.yaml" = {
    status = "Approved"
    features = [
      { node_id = "feature_liveness_1", feature_type = "LIVENESS", status = "Declined" },
      { node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION", status = "Approved" },
    ]
    aml_hits = []
  } } }
}

run "an_adopted_session_may_be_approved_despite_adopted_decisions" {
  command = plan
  variables {
    folder = "./tests/fixtures/adopted-file"
  }
}

run "an_adopted_session_is_not_approved_despite_a_new_decision" {
  command = plan
  variables {
    folder = "./tests/fixtures/adopted-session-with-declined-step"
  }
  expect_failures = [output.approved_sessions_are_clear]
}
