terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "steps" {
  type = list(object({ key = string, session_id = string, node_id = optional(string), feature_type = optional(string), from = string, to = string, recorded = optional(string), defer_until_flow_finishes = optional(bool) }))
}

locals {
  steps = tomap({ for it in var.steps : it.key => it })

  # Terraform copies the whole for_each for each of its instances: texts cost less than objects.
  session_ids = tomap({ for it in var.steps : it.key => it.session_id })
}

resource "didit_session_feature_status" "step" {
  for_each = local.session_ids

  session_id   = each.value
  node_id      = local.steps[each.key].node_id
  feature_type = local.steps[each.key].feature_type
  from         = local.steps[each.key].from
  status       = local.steps[each.key].to
  comment      = local.steps[each.key].recorded

  defer_until_flow_finishes = local.steps[each.key].defer_until_flow_finishes
}

# What this plan makes of them.
output "values" { value = { for key, step in didit_session_feature_status.step : key => step.status } }
