data "didit_session_decision" "case_17" {
  session_id = "11111111-2222-4333-8444-555555555555"
}

# Which steps wait for a person? Their node IDs and types are what a decision file needs.
output "in_review" {
  value = [for step in data.didit_session_decision.case_17.features : step if step.status == "In Review"]
}
