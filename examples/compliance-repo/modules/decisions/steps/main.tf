terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "session_id" { type = string }

# One file's steps, under the keys session_id/node_id, or session_id/default/feature_type.
variable "steps" {
  type = map(object({ node_id = optional(string), feature_type = optional(string), from = string, to = string, recorded = optional(string), defer_until_flow_finishes = optional(bool) }))
}

resource "didit_session_feature_status" "step" {
  for_each = var.steps

  session_id   = var.session_id
  node_id      = each.value.node_id
  feature_type = each.value.feature_type
  from         = each.value.from
  status       = each.value.to
  comment      = each.value.recorded

  defer_until_flow_finishes = each.value.defer_until_flow_finishes
}

# What this plan makes of them.
output "values" { value = { for key, step in didit_session_feature_status.step : key => step.status } }
