terraform {
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# The AML hits that one file decides.
variable "session_id" {
  type = string
}

variable "hits" {
  type = map(object({ node_id = string, hit_id = string, value = string }))
}

resource "didit_session_aml_hit_status" "hit" {
  for_each = var.hits

  session_id    = var.session_id
  node_id       = each.value.node_id
  hit_id        = each.value.hit_id
  review_status = each.value.value
}
