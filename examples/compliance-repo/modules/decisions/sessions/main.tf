# What Didit knows of the sessions: one read of each, which the resources share. Where a session
# is gone, the plan fails here, and the address in the error names the file.
#
# A module of its own because tests can give a module's outputs, but not the lists of a mocked data source.
variable "sessions" {
  description = "Session ID by file."
  type        = map(string)
}

data "didit_session_decision" "file" {
  for_each = var.sessions

  session_id = each.value
}

output "features" {
  description = "The steps of each file's session: node_id, feature_type, status."
  value       = { for name, session in data.didit_session_decision.file : name => session.features }
}
