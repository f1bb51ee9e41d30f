terraform {
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# What Didit knows of some sessions: one read of each, which the resources share. If a session is gone, the plan fails
# here, and the address in the error names the file.
#
# A module of its own because tests can set a module's outputs, but not the lists of a mocked data source.
variable "sessions" {
  description = "Session ID by file."
  type        = map(string)
}

data "didit_session_decision" "of" {
  for_each = var.sessions

  session_id = each.value
}

output "sessions" {
  description = "The session of each file as it is in Didit: status, features, aml_hits."
  value       = data.didit_session_decision.of
}
