# The reviewer saw In Review. The change is made from that value only, and once.
resource "didit_session_feature_status" "ocr" {
  session_id = "11111111-2222-4333-8444-555555555555"
  node_id    = "feature_ocr_1"
  from       = "In Review"
  status     = "Declined"
  comment    = "Specimen document, see ticket COMPL-17."
}

# A workflow without a graph has no node IDs. If the session has several steps, feature_type selects one.
resource "didit_session_feature_status" "liveness" {
  session_id   = "11111111-2222-4333-8444-666666666666"
  feature_type = "LIVENESS"
  from         = "In Review"
  status       = "Approved"
  comment      = "Second look at the video: same person."
}
