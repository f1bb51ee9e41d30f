resource "didit_session_feature_status" "address" {
  session_id = "11111111-2222-4333-8444-000000000001"
  node_id    = "feature_poa"
  status     = "Approved"
  comment    = "Address is on the bank's letter, CASE-7"
}
