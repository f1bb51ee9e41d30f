# What Didit knows of one session: one read, which the resources share. If the session is gone, the plan fails here,
# and the address in the error names the file.
#
# A module of its own because tests can set a module's outputs, but not the lists of a mocked data source.
variable "session_id" {
  type = string
}

data "didit_session_decision" "session" {
  session_id = var.session_id
}

output "live" {
  description = "The session as it is in Didit: status, features, aml_hits."
  value       = data.didit_session_decision.session
}
