terraform {
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# The steps that one file decides.
variable "session_id" {
  type = string
}

variable "steps" {
  type = map(object({ node_id = optional(string), feature_type = optional(string), value = string, recorded = optional(string) }))
}

resource "didit_session_feature_status" "step" {
  for_each = var.steps

  session_id   = var.session_id
  node_id      = each.value.node_id
  feature_type = each.value.feature_type
  status       = each.value.value
  comment      = each.value.recorded
}
