# Every decision of every file, beside what Didit has (found) and what this plan makes of it (value).
locals {
  live = data.didit_session_decisions.live.sessions

  # null if the session has no such step or hit, or several.
  found_hits = { for it in local.written : it.key => try(one([
    for hit in local.live[it.session_id].aml_hits : hit if hit.node_id == it.node_id && hit.hit_id == it.hit_id
  ]), null) if it.kind == "hits" }
  found_steps = { for it in local.written : it.key => try(one([
    for step in local.live[it.session_id].features : step if step.node_id == coalesce(it.node_id, "default") && coalesce(it.feature_type, step.feature_type) == step.feature_type
  ]), null) if it.kind == "steps" }

  # By kind and key, what this plan makes of the decision.
  values = { for kind, modules in { hits = module.hits, steps = module.steps, session = module.session } : kind => merge([for each in modules : each.values]...) }

  found = [for it in local.written : merge(it, {
    value        = local.values[it.kind][it.key]
    node_id      = it.kind == "session" ? null : coalesce(it.node_id, "default")
    feature_type = try(local.found_steps[it.key].feature_type, it.feature_type)
    hidden       = it.kind == "hits" && try(local.hides_hits[it.session_id], false)
    found        = it.kind == "session" ? try(local.live[it.session_id].status, null) : try(local.found_hits[it.key].review_status, local.found_steps[it.key].status, null)
    reason       = try(length(regexall("\\S", it.text)), 0)
    excused      = try(length(regexall("\\S", it.exception)), 0) >= 20
    waits        = try(it.defer_until_flow_finishes && local.waiting[it.key] == it.to, false)
  })]

  # A deferred change that waits counts as made, although Didit still has the old value. Whether a decision on a hidden
  # hit is made cannot be seen: so it has to keep the rules about itself.
  waiting   = data.didit_session_decisions.live.waiting
  decisions = [for it in local.found : merge(it, { makes = it.value == it.to && !it.waits && (it.hidden ? it.from != it.to : it.found != null && it.found != it.to) })]

  # Each session as it will be after the apply: also hits and steps that no file names.
  planned = { for it in local.decisions : "${it.session_id}/${it.node_id == null ? "" : it.node_id}/${coalesce(it.hit_id, it.feature_type, "session")}" => it.value }
  changed = { for it in local.decisions : it.session_id => it.at... if it.makes && !it.hidden }
  after = { for id, live in local.live : id => {
    hits    = [for hit in coalesce(live.aml_hits, []) : merge(hit, { value = try(local.planned["${id}/${hit.node_id}/${hit.hit_id}"], hit.review_status) })]
    steps   = [for step in live.features : merge(step, { value = try(local.planned["${id}/${step.node_id}/${step.feature_type}"], step.status) })]
    changes = can(local.changed[id])
  } }
}
