terraform {
  required_providers { didit = { source = "didit-community/didit" } }
}

variable "session_id" { type = string }

# One file's hits, under the keys session_id/node_id/hit_id.
variable "hits" {
  type = map(object({ node_id = string, hit_id = string, from = string, to = string, recorded = optional(string) }))
}

resource "didit_session_aml_hit_status" "hit" {
  for_each = var.hits

  session_id    = var.session_id
  node_id       = each.value.node_id
  hit_id        = each.value.hit_id
  from          = each.value.from
  review_status = each.value.to
  comment       = each.value.recorded
}

# What this plan makes of them.
output "values" { value = { for key, hit in didit_session_aml_hit_status.hit : key => hit.review_status } }
