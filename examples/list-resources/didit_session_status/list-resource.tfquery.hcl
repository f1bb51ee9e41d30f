# Sessions of one workflow that wait for a decision.
#
#   terraform query
#   terraform query -generate-config-out=sessions.tf
#
# The generated blocks hold the status as it is. In Review cannot be set: write the one that you want.
list "didit_session_status" "in_review" {
  provider = didit
  limit    = 500

  config {
    statuses     = ["In Review"]
    workflow_ids = ["77777777-2222-4333-8444-000000000001"]
  }
}
