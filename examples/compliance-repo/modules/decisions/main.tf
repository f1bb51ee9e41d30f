# From files to decisions. Which decisions there are depends on the files alone, never on what Didit has now: a decision
# that is left out for a while would be made a second time.
locals {
  read = provider::didit::decision_files({ for name in fileset(var.folder, "*.yaml") : name => file("${var.folder}/${name}") })

  # Under the keys of the import IDs, so that names of files and of decisions are free to change.
  written = flatten([for name, file in local.read.files : concat(
    [for key, it in file.hits : merge(it, { key = "${file.session_id}/${it.node_id}/${it.hit_id}", kind = "hits", at = "hits.${key}", file = name, session_id = file.session_id, text = it.reason, feature_type = "AML", exception = null })],
    [for key, it in file.steps : merge(it, { key = join("/", compact([file.session_id, it.node_id, it.node_id == "default" ? it.feature_type : null])), kind = "steps", at = "steps.${key}", file = name, session_id = file.session_id, text = it.comment, hit_id = null })],
    [for it in file.session[*] : merge(it, { key = file.session_id, kind = "session", at = "session", file = name, session_id = file.session_id, text = it.comment, node_id = null, feature_type = null, hit_id = null })],
  )])
}

# What Didit has, read once for each session. The rules need it; decisions do not wait for it.
data "didit_session_decisions" "live" {
  session_ids          = [for it in local.written : it.session_id]
  deferred_session_ids = [for it in local.written : it.session_id if try(it.defer_until_flow_finishes, null) == true]
}

# Hits come before steps and steps before sessions: a hit can change the AML step, and a step the session. The order is
# between modules, because between resources it would connect every step with every hit.
# Terraform goes through a whole for_each for each of its instances, and through a resource in all modules for each module
# that reads it. So there are few modules with few instances: one for each first digit of the sessions' IDs.
module "hits" {
  source   = "./hits"
  for_each = { for it in local.written : substr(it.session_id, 0, 1) => it... if it.kind == "hits" }
  hits     = each.value
}

module "steps" {
  source   = "./steps"
  for_each = { for it in local.written : substr(it.session_id, 0, 1) => it... if it.kind == "steps" }
  steps    = each.value

  depends_on = [module.hits]
}

module "session" {
  source   = "./session"
  for_each = { for it in local.written : substr(it.session_id, 0, 1) => it... if it.kind == "session" }
  sessions = each.value

  depends_on = [module.hits, module.steps]
}
