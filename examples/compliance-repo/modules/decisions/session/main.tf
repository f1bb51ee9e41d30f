terraform {
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# The session that one file decides.
variable "session_id" {
  type = string
}

variable "session" {
  type = object({ value = string, recorded = optional(string) })
}

resource "didit_session_status" "session" {
  session_id = var.session_id
  status     = var.session.value
  comment    = var.session.recorded
}
