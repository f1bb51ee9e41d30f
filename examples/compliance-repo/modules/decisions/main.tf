# From files to decisions. The files alone say which decisions there are, never what Didit has now: a decision that is
# left out for a while would be made a second time.
locals {
  read = provider::didit::decision_files({ for name in fileset(var.folder, "*.yaml") : name => file("${var.folder}/${name}") })

  # By session, under the keys of the import IDs, so that names of files and of decisions are free to change.
  files = { for name, file in local.read.files : file.session_id => {
    name    = name
    session = file.session
    hits    = { for key, it in file.hits : "${file.session_id}/${it.node_id}/${it.hit_id}" => merge(it, { at = "hits.${key}" }) }
    steps   = { for key, it in file.steps : join("/", compact([file.session_id, it.node_id, it.node_id == "default" ? it.feature_type : null])) => merge(it, { at = "steps.${key}" }) }
  } }
}

# What Didit has, read once for each session. The rules need it; decisions do not wait for it.
data "didit_session_decisions" "live" {
  session_ids          = keys(local.files)
  deferred_session_ids = [for id, file in local.files : id if anytrue([for it in file.steps : it.defer_until_flow_finishes])]
}

# A module instance for each file, because Terraform evaluates a for_each again for each of its instances. Hits come
# before steps and steps before sessions: a hit can change the AML step, and a step the session. The order is between
# modules, because between resources it would connect every step with every hit of every file.
module "hits" {
  source   = "./hits"
  for_each = { for id, file in local.files : id => file.hits if length(file.hits) > 0 }

  session_id = each.key
  hits       = each.value
}

module "steps" {
  source   = "./steps"
  for_each = { for id, file in local.files : id => file.steps if length(file.steps) > 0 }

  session_id = each.key
  steps      = each.value

  depends_on = [module.hits]
}

module "session" {
  source   = "./session"
  for_each = { for id, file in local.files : id => file.session if file.session != null }

  session_id = each.key
  session    = each.value

  depends_on = [module.hits, module.steps]
}
