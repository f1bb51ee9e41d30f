# The team's rules. Each lists what breaks it; the output of the same name refuses that, and a test in
# tests/policy.tftest.hcl shows that it does. Add yours in the same way.
locals {
  live = merge([for part in module.live : part.sessions]...)

  # Every decision with what Didit knows of it now: found is null if the session has no such step or hit, or several.
  hits = flatten([for name, file in local.files : [for key, it in file.hits : merge(it, {
    file  = name
    at    = "hits.${key}"
    found = try(one([for hit in local.live[name].aml_hits : hit if hit.node_id == it.node_id && hit.hit_id == it.hit_id]).review_status, null)
  })]])

  steps = flatten([for name, file in local.files : [for key, it in file.steps : merge(it, {
    file  = name
    at    = "steps.${key}"
    found = try(one([for step in local.live[name].features : step if step.node_id == coalesce(it.node_id, "default") && coalesce(it.feature_type, step.feature_type) == step.feature_type]), null)
  })]])

  sessions = [for name, file in local.files : merge(file.session, {
    file  = name
    at    = "session"
    live  = local.live[name]
    found = local.live[name].status
  }) if file.session != null]

  same_session = flatten([
    for session, names in { for name, document in local.documents : try(tostring(document.session_id), "") => name... } : [
      for name in names : "${name}: session_id: ${join(" and ", names)} name the same session; keep its decisions in one file"
    ] if session != "" && length(names) > 1
  ])

  declined_decisions_say_why = [
    for it in concat(local.steps, local.sessions) : "${it.file}: ${it.at}.comment: a Declined ${it.at == "session" ? "session" : "step"} needs a comment of at least 20 characters"
    if it.value == "Declined" && !it.adopted && length(it.reason) < 20
  ]

  reviewed_hits_say_why = [
    for it in local.hits : "${it.file}: ${it.at}.reason: a reviewed AML hit needs a reason of at least 20 characters, which stays in this file"
    if it.value != "Unreviewed" && !it.adopted && length(it.reason) < 20
  ]

  aml_decisions_have_a_ticket = concat(
    [for it in local.hits : "${it.file}: ${it.at}.ticket: an AML hit needs a ticket" if it.value != "Unreviewed" && !it.adopted && it.ticket == ""],
    [for it in local.steps : "${it.file}: ${it.at}.ticket: an AML step needs a ticket" if try(it.found.feature_type, it.feature_type) == "AML" && !it.adopted && it.ticket == ""],
  )

  # A decision from before this repository needs no reason, but may change nothing.
  adopted_decisions_change_nothing = [
    for it in concat(local.hits, [for it in local.steps : merge(it, { found = try(it.found.status, null) })], local.sessions) :
    "${it.file}: ${it.at}.adopted: it is ${coalesce(it.found, "gone")} in Didit; delete adopted, and say why it should be ${it.value}"
    if it.adopted && it.found != it.value
  ]

  decisions_exist = concat(
    [for it in local.hits : "${it.file}: ${it.at}.hit_id: the session has no such hit at node ${it.node_id}, or several" if it.found == null],
    [for it in local.steps : "${it.file}: ${it.at}.${it.node_id == null ? "feature_type" : "node_id"}: the session has no such step, or several" if it.found == null],
  )

  # Files that come from before this repository, as they are.
  adopted_files = [for it in local.sessions : it.file if it.adopted && alltrue(concat(values(local.files[it.file].hits)[*].adopted, values(local.files[it.file].steps)[*].adopted))]

  # Why a session should not be Approved: its hits and steps as they will be after the apply, named in a file or not.
  against = { for session in local.sessions : session.file => concat(
    [for hit in session.live.aml_hits : "hit ${hit.hit_id} is ${hit.review_status}"
      if contains(["Confirmed Match", "Unreviewed"], hit.review_status) && !anytrue([for it in local.files[session.file].hits : it.node_id == hit.node_id && it.hit_id == hit.hit_id])
    ],
    [for key, it in local.files[session.file].hits : "hits.${key} is ${it.value}" if contains(["Confirmed Match", "Unreviewed"], it.value)],
    [for step in session.live.features : "step ${step.node_id} (${step.feature_type}) is Declined"
      if step.status == "Declined" && !anytrue([for it in local.files[session.file].steps : coalesce(it.node_id, "default") == step.node_id && coalesce(it.feature_type, step.feature_type) == step.feature_type])
    ],
    [for key, it in local.files[session.file].steps : "steps.${key} is Declined" if it.value == "Declined"],
  ) if session.value == "Approved" }

  approved_sessions_are_clear = [
    for it in local.sessions : "${it.file}: session.status: ${join(", ", local.against[it.file])}; decide that first, or say in session.approved_although, in at least 20 characters, why the session is Approved all the same"
    if it.value == "Approved" && !contains(local.adopted_files, it.file) && length(try(local.against[it.file], [])) > 0 && length(it.although) < 20
  ]
}

output "sessions_have_one_file" {
  value = true

  precondition {
    condition     = length(local.same_session) == 0
    error_message = join("\n", local.same_session)
  }
}

output "declined_decisions_say_why" {
  value = true

  precondition {
    condition     = length(local.declined_decisions_say_why) == 0
    error_message = join("\n", local.declined_decisions_say_why)
  }
}

output "reviewed_hits_say_why" {
  value = true

  precondition {
    condition     = length(local.reviewed_hits_say_why) == 0
    error_message = join("\n", local.reviewed_hits_say_why)
  }
}

output "aml_decisions_have_a_ticket" {
  value = true

  precondition {
    condition     = length(local.aml_decisions_have_a_ticket) == 0
    error_message = join("\n", local.aml_decisions_have_a_ticket)
  }
}

output "adopted_decisions_change_nothing" {
  value = true

  precondition {
    condition     = length(local.adopted_decisions_change_nothing) == 0
    error_message = join("\n", local.adopted_decisions_change_nothing)
  }
}

output "decisions_exist" {
  value = true

  precondition {
    condition     = length(local.decisions_exist) == 0
    error_message = join("\n", local.decisions_exist)
  }
}

output "approved_sessions_are_clear" {
  value = true

  precondition {
    condition     = length(local.approved_sessions_are_clear) == 0
    error_message = join("\n", local.approved_sessions_are_clear)
  }
}
