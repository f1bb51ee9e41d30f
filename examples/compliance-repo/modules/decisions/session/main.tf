terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "session_id" { type = string }

variable "session" {
  type = object({ from = string, to = string, recorded = optional(string) })
}

resource "didit_session_status" "session" {
  session_id = var.session_id
  from       = var.session.from
  status     = var.session.to
  comment    = var.session.recorded
}

# What this plan makes of it.
output "value" { value = didit_session_status.session.status }
