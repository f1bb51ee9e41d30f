data "didit_session_decision" "case_17" {
  session_id = "11111111-2222-4333-8444-555555555555"
}

# The steps that wait for a reviewer. Their node IDs and types are what a decision needs.
output "in_review" {
  value = [for step in data.didit_session_decision.case_17.features : step if step.status == "In Review"]
}

# The unreviewed AML hits.
output "unreviewed" {
  value = [for hit in data.didit_session_decision.case_17.aml_hits : hit if hit.review_status == "Unreviewed"]
}
