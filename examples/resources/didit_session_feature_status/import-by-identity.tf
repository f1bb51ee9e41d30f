import {
  to = didit_session_feature_status.ocr
  identity = {
    session_id = "11111111-2222-4333-8444-555555555555"
    node_id    = "feature_ocr_1"
  }
}
