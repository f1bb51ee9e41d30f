module "session" {
  source   = "./session"
  for_each = local.files

  session_id = each.value.session_id
}

module "file" {
  source   = "./file"
  for_each = local.files

  file = each.value

  # A session that is gone is one error, with the name of its file.
  depends_on = [module.session]
}

output "hits" {
  description = "File, name and import ID of every AML hit."
  value = merge([for name, file in local.files : {
    for key, hit in file.hits : "${name}/${key}" => { file = name, name = key, id = "${file.session_id}/${hit.node_id}/${hit.hit_id}" }
  }]...)
}

output "steps" {
  description = "File, name and import ID of every step."
  value = merge([for name, file in local.files : {
    for key, step in file.steps : "${name}/${key}" => { file = name, name = key, id = "${file.session_id}/${step.node_id == null ? "default/${step.feature_type}" : step.node_id}" }
  }]...)
}

output "sessions" {
  description = "Import ID of every session that a file decides, by file."
  value       = { for name, file in local.files : name => file.session_id if file.session != null }
}

output "files_are_valid" {
  value = true

  precondition {
    condition     = length(local.problems) == 0
    error_message = "Files to correct:\n${join("\n", local.problems)}"
  }
}
