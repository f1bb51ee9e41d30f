mock_provider "didit" {}

variables {
  session_id = "11111111-2222-4333-8444-000000000001"
}

run "a_hit_has_its_review_status" {
  command = plan
  module {
    source = "./hits"
  }
  variables {
    hits = { list = { node_id = "feature_aml_1", hit_id = "hit_1", value = "Confirmed Match" } }
  }

  assert {
    condition     = didit_session_aml_hit_status.hit["list"].review_status == "Confirmed Match"
    error_message = "The hit has another review status."
  }
}

run "a_step_has_its_comment" {
  command = plan
  module {
    source = "./steps"
  }
  variables {
    steps = {
      passport  = { node_id = "feature_ocr_1", value = "Approved" }
      sanctions = { node_id = "feature_aml_1", value = "Declined", recorded = "The hit is this person. (CASE-1)" }
    }
  }

  assert {
    condition     = didit_session_feature_status.step["sanctions"].comment == "The hit is this person. (CASE-1)"
    error_message = "The ticket is recorded with the comment."
  }
  assert {
    condition     = didit_session_feature_status.step["passport"].comment == null
    error_message = "Without comment and ticket nothing is recorded."
  }
}

run "a_session_has_its_status_and_comment" {
  command = plan
  module {
    source = "./session"
  }
  variables {
    session = { value = "Declined", recorded = "See the AML step." }
  }

  assert {
    condition     = didit_session_status.session.status == "Declined" && didit_session_status.session.comment == "See the AML step."
    error_message = "The session has another status or comment."
  }
}
