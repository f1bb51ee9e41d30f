# What happened to the statuses of one session, newest first.
data "didit_session_reviews" "case_17" {
  session_id = "11111111-2222-4333-8444-555555555555"
  activities = ["STATUS_UPDATED"]
}

output "status_changes" {
  value = [for review in data.didit_session_reviews.case_17.reviews : "${review.created_at} ${review.actor_type}: ${review.previous_status} -> ${review.new_status}"]
}
