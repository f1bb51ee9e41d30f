# Sessions of one workflow that are In Review.
#
#   terraform query
#   terraform query -generate-config-out=sessions.tf
list "didit_session_status" "in_review" {
  provider = didit
  limit    = 500

  config {
    statuses     = ["In Review"]
    workflow_ids = ["77777777-2222-4333-8444-000000000001"]
  }
}
