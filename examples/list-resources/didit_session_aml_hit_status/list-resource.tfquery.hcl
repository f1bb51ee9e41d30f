# Unreviewed AML hits, in sessions that are In Review.
#
#   terraform query
#   terraform query -generate-config-out=hits.tf
list "didit_session_aml_hit_status" "unreviewed" {
  provider = didit
  limit    = 500

  config {
    review_statuses  = ["Unreviewed"]
    session_statuses = ["In Review"]
  }
}
