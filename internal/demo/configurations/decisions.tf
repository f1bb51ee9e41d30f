import {
  to = didit_session_feature_status.document
  id = "11111111-2222-4333-8444-000000000001/feature_ocr_1"
}

resource "didit_session_feature_status" "document" {
  session_id = "11111111-2222-4333-8444-000000000001"
  node_id    = "feature_ocr_1"
  status     = "Approved"
  comment    = "Passport seen on a video call, CASE-7"
}

import {
  to = didit_session_feature_status.sanctions
  id = "11111111-2222-4333-8444-000000000001/feature_aml_1"
}

resource "didit_session_feature_status" "sanctions" {
  session_id = "11111111-2222-4333-8444-000000000001"
  node_id    = "feature_aml_1"
  status     = "Declined"
  comment    = "On a sanctions list, CASE-7"
}

import {
  to = didit_session_feature_status.face
  id = "11111111-2222-4333-8444-000000000001/feature_face_match_1"
}

resource "didit_session_feature_status" "face" {
  session_id = "11111111-2222-4333-8444-000000000001"
  node_id    = "feature_face_match_1"
  status     = "Approved"
}
