terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "hits" {
  type = list(object({ key = string, session_id = string, node_id = string, hit_id = string, from = string, to = string, recorded = optional(string) }))
}

locals {
  hits = tomap({ for it in var.hits : it.key => it })

  # Terraform copies the whole for_each for each of its instances: texts cost less than objects.
  session_ids = tomap({ for it in var.hits : it.key => it.session_id })
}

resource "didit_session_aml_hit_status" "hit" {
  for_each = local.session_ids

  session_id    = each.value
  node_id       = local.hits[each.key].node_id
  hit_id        = local.hits[each.key].hit_id
  from          = local.hits[each.key].from
  review_status = local.hits[each.key].to
  comment       = local.hits[each.key].recorded
}

# What this plan makes of them.
output "values" { value = { for key, hit in didit_session_aml_hit_status.hit : key => hit.review_status } }
