# Lets the person repeat two steps. Didit deletes what it has captured for them, for good.
#
#   terraform plan  -invoke=action.didit_session_resubmission.blurred
#   terraform apply -invoke=action.didit_session_resubmission.blurred
action "didit_session_resubmission" "blurred" {
  config {
    session_id = "11111111-2222-4333-8444-555555555555"
    comment    = "The image is blurred, see ticket COMPL-19."
    nodes = [
      { node_id = "feature_ocr_1", feature_type = "ID_VERIFICATION" },
      { node_id = "feature_liveness_1", feature_type = "LIVENESS" },
    ]
  }
}
