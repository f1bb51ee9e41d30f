resource "didit_session_feature_status" "papers" {
  session_id = "11111111-2222-4333-8444-000000000002"
  node_id    = "feature_kyb_documents_1"
  status     = "Approved"
  comment    = "Articles are complete, CASE-8"
}
