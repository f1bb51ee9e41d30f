data "didit_session_decisions" "cases" {
  session_ids = ["11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"]
}

# The hits that nobody has reviewed yet, by session.
output "unreviewed_hits" {
  value = {
    for id, session in data.didit_session_decisions.cases.sessions : id =>
    [for hit in session.aml_hits : hit.hit_id if hit.review_status == "Unreviewed"]
  }
}

check "sessions_exist" {
  assert {
    condition     = length(data.didit_session_decisions.cases.missing) == 0
    error_message = "Didit no longer has ${join(", ", data.didit_session_decisions.cases.missing)}."
  }
}
