import {
  to = didit_webhook_destination.case_management
  id = "33333333-2222-4333-8444-555555555555"
}
