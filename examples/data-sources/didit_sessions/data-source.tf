# The sessions since July that are In Review.
data "didit_sessions" "in_review" {
  statuses     = ["In Review"]
  created_from = "2026-07-01"
  max_results  = 200
}

# The list has no node IDs. A session's decision has them.
data "didit_session_decision" "in_review" {
  for_each = toset(data.didit_sessions.in_review.sessions[*].session_id)

  session_id = each.key
}

# Every step that is In Review in these sessions, as an import ID.
output "steps_in_review" {
  value = flatten([for session in data.didit_session_decision.in_review : [
    for step in session.features : join("/", concat([session.session_id, step.node_id], step.node_id == "default" ? [step.feature_type] : []))
    if step.status == "In Review"
  ]])
}
