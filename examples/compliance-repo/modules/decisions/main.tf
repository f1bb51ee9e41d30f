module "sessions" {
  source   = "./sessions"
  sessions = local.sessions
}

resource "didit_session_feature_status" "step" {
  for_each = local.steps

  session_id   = each.value.session_id
  node_id      = each.value.node_id
  feature_type = each.value.feature_type
  status       = each.value.status
  comment      = each.value.recorded

  # A session that is gone is said once, with the name of its file.
  depends_on = [module.sessions]
}

output "import_ids" {
  description = "Import ID of every step, by file and step."
  value       = tomap({ for key, step in local.steps : key => step.import_id })

  precondition {
    condition     = length(local.problems) == 0
    error_message = "Files to correct:\n${join("\n", local.problems)}"
  }
}
