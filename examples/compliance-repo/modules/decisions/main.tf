# Module instances with small collections, because Terraform evaluates a for_each again for each of its instances: one
# collection of all steps would cost the square of their number.
module "live" {
  source   = "./live"
  for_each = { for i, names in chunklist(keys(local.files), 50) : i => names }

  sessions = { for name in each.value : name => local.files[name].session_id }
}

# Hits, then steps, then sessions: a hit can change the AML step, and a step the session. The order is between modules,
# because between resources it would connect every step with every hit of every file. All wait for module.live, so that
# a session that is gone is one error, with the name of its file.
module "hits" {
  source   = "./hits"
  for_each = { for name, file in local.files : name => file if length(file.hits) > 0 }

  session_id = each.value.session_id
  hits       = each.value.hits

  depends_on = [module.live]
}

module "steps" {
  source   = "./steps"
  for_each = { for name, file in local.files : name => file if length(file.steps) > 0 }

  session_id = each.value.session_id
  steps      = each.value.steps

  depends_on = [module.live, module.hits]
}

module "session" {
  source   = "./session"
  for_each = { for name, file in local.files : name => file if file.session != null }

  session_id = each.value.session_id
  session    = each.value.session

  depends_on = [module.live, module.hits, module.steps]
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
    error_message = "Files to correct:\n${join("\n", [for it in local.problems : "${it.file}: ${it.problem}"])}"
  }
}
