# The reviewer saw Unreviewed. The change is made from that value only, and once.
resource "didit_session_aml_hit_status" "namesake" {
  session_id    = "11111111-2222-4333-8444-555555555555"
  node_id       = "feature_aml_1"
  hit_id        = "hit_7c1e9a40b2d35f86e0a4c912"
  from          = "Unreviewed"
  review_status = "False Positive"
  comment       = "Another birth year, see ticket COMPL-18." # for git and the state: Didit takes none here
}

# A workflow without a graph has no node IDs: leave node_id out.
resource "didit_session_aml_hit_status" "sanctions" {
  session_id    = "11111111-2222-4333-8444-666666666666"
  hit_id        = "hit_5a0c7d1e9b3f2a4c6e8d0b17"
  from          = "Unreviewed"
  review_status = "Confirmed Match"
}
