mock_provider "didit" {}

# The resources of one file.
run "a_ticket_is_recorded_with_the_comment" {
  command = plan
  module {
    source = "./file"
  }
  variables {
    file = {
      session_id = "11111111-2222-4333-8444-000000000001"
      hits       = { list = { node_id = "feature_aml_1", hit_id = "hit_1", value = "Confirmed Match" } }
      steps = {
        passport  = { node_id = "feature_ocr_1", feature_type = null, value = "Approved", recorded = null }
        sanctions = { node_id = "feature_aml_1", feature_type = null, value = "Declined", recorded = "The hit is this person. (CASE-1)" }
      }
      session = { value = "Declined", recorded = "See the AML step." }
    }
  }

  assert {
    condition     = didit_session_aml_hit_status.hit["list"].review_status == "Confirmed Match"
    error_message = "A hit has its review status."
  }
  assert {
    condition     = didit_session_feature_status.step["sanctions"].comment == "The hit is this person. (CASE-1)" && didit_session_feature_status.step["passport"].comment == null
    error_message = "A step has its comment, or none."
  }
  assert {
    condition     = didit_session_status.session[0].status == "Declined" && didit_session_status.session[0].comment == "See the AML step."
    error_message = "The session has its status and comment."
  }
}
