terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "sessions" {
  type = list(object({ session_id = string, from = string, to = string, recorded = optional(string) }))
}

locals { sessions = tomap({ for it in var.sessions : it.session_id => it }) }

resource "didit_session_status" "session" {
  for_each = local.sessions

  session_id = each.key
  from       = each.value.from
  status     = each.value.to
  comment    = each.value.recorded
}

# What this plan makes of them.
output "values" { value = { for id, session in didit_session_status.session : id => session.status } }
