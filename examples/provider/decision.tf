# The reviewer saw In Review. The change is made from that value only, and once.
resource "didit_session_feature_status" "document" {
  session_id = "11111111-2222-4333-8444-555555555555"
  node_id    = "feature_ocr_1"
  from       = "In Review"
  status     = "Declined"
  comment    = "Specimen document, COMPL-17."
}
