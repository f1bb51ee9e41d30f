# Notifies the case management of every decision on a step, hit or session.
resource "didit_webhook_destination" "case_management" {
  label             = "Case management"
  url               = "https://hooks.example.com/didit"
  subscribed_events = ["status.updated", "data.updated"]
}
