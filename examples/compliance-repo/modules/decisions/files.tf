# From files to steps. What is wrong with a file goes into local.problems, and nothing of
# that file goes any further: every problem of every file is said at once.
locals {
  file_keys      = ["session_id", "expired", "steps"]
  step_keys      = ["node_id", "feature_type", "status", "comment", "ticket", "adopted"]
  text_keys      = ["node_id", "feature_type", "status", "comment", "ticket"]
  statuses       = ["Approved", "Declined", "In Review"]
  session_id     = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
  not_a_decision = "(^|/)(README\\.md|\\..*)$"

  names = [for name in fileset(var.folder, "**") : name if !can(regex(local.not_a_decision, name))]

  # null where a file is not YAML. Terraform's console says where:
  #   echo 'yamldecode(file("decisions/case-7.yaml"))' | terraform console
  documents = { for name in local.names : name => try(yamldecode(file("${var.folder}/${name}")), null) if can(regex("\\.ya?ml$", name)) }

  # What stands under steps, as far as it is a map of maps.
  steps_of = { for name, document in local.documents : name => {
    for step, keys in try(document.steps, {}) : step => keys if can(keys(keys))
  } if can(keys(document.steps)) }

  file_problems = concat(
    [for name in local.names : "${name}: the name of a decision file ends in .yaml" if !can(regex("\\.ya?ml$", name))],
    flatten([for name, document in local.documents : !can(keys(document)) ? [
      "${name}: not YAML with session_id and steps; to see where it breaks: echo 'yamldecode(file(\"${var.folder}/${name}\"))' | terraform console"
      ] : concat(
      [for key in keys(document) : "${name}: ${key}: unknown key; known are ${join(", ", local.file_keys)}" if !contains(local.file_keys, key)],
      can(regex(local.session_id, document.session_id)) ? [] : [
        "${name}: session_id: ${can(document.session_id) ? "must be a UUID in lower case, such as 11111111-2222-4333-8444-555555555555" : "is missing"}"
      ],
      try(document.expired == tobool(document.expired), !can(document.expired)) ? [] : ["${name}: expired: must be true or false"],
      try(length(keys(document.steps)) > 0, false) ? [] : ["${name}: steps: must name at least one step"],
      [for step in try(keys(document.steps), []) : "${name}: steps.${step}: must hold ${join(", ", local.step_keys)}" if !can(keys(document.steps[step]))],
    )]),
  )

  step_problems = flatten([for name, steps in local.steps_of : [for step, it in steps : [for problem in concat(
    [for key in keys(it) : "${key}: unknown key; known are ${join(", ", local.step_keys)}" if !contains(local.step_keys, key)],
    [for key in local.text_keys : "${key}: must be text, not empty" if can(it[key]) && !try(it[key] == tostring(it[key]) && trimspace(it[key]) != "", false)],
    try(contains(local.statuses, it.status), false) ? [] : ["status: ${can(it.status) ? "must be Approved, Declined or In Review" : "is missing"}"],
    can(it.node_id) != can(it.feature_type) ? [] : ["node_id: give either node_id or, for a workflow without a graph, feature_type"],
    try(it.adopted == tobool(it.adopted), !can(it.adopted)) ? [] : ["adopted: must be true or false"],
  ) : "${name}: steps.${step}.${problem}"]]])

  same_session = flatten([
    for session, names in { for name, document in local.documents : try(tostring(document.session_id), "") => name... } : [
      for name in names : "${name}: session_id: ${join(" and ", names)} name the same session; keep its steps in one file"
    ] if session != "" && length(names) > 1
  ])

  problems = concat(local.file_problems, local.step_problems)
  refused  = toset([for problem in local.problems : split(": ", problem)[0]])

  # The files that count: in order, and not expired.
  sessions = { for name, document in local.documents : name => document.session_id
  if !contains(local.refused, name) && !try(document.expired == true, false) }

  steps = merge([for name, session_id in local.sessions : { for step, it in local.steps_of[name] : "${name}/${step}" => {
    file         = name
    step         = step
    session_id   = session_id
    node_id      = try(it.node_id, null)
    feature_type = try(it.feature_type, null)
    status       = it.status
    comment      = try(it.comment, "")
    ticket       = try(it.ticket, "")
    adopted      = try(it.adopted, false)
    # What Didit records, together with the change.
    recorded  = try("${it.comment} (${it.ticket})", it.comment, it.ticket, null)
    import_id = can(it.node_id) ? "${session_id}/${it.node_id}" : "${session_id}/default/${it.feature_type}"
  } }]...)
}
