# AML steps that are In Review, in sessions of one workflow.
#
#   terraform query
#   terraform query -generate-config-out=decisions.tf
list "didit_session_feature_status" "aml_in_review" {
  provider = didit
  limit    = 500

  config {
    statuses      = ["In Review"]
    feature_types = ["AML"]
    workflow_ids  = ["77777777-2222-4333-8444-000000000001"]
  }
}
