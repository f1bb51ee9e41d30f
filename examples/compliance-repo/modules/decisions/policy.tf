# The team's rules. Each lists what breaks it; the output of the same name refuses that,
# and a test in tests/policy.tftest.hcl shows that it does. Add yours in the same way.
locals {
  # What Didit knows of each step; null where it has no such step.
  found = { for key, step in local.steps : key => one([
    for feature in module.sessions.features[step.file] : feature
    if feature.node_id == coalesce(step.node_id, "default") && (step.feature_type == null || feature.feature_type == step.feature_type)
  ]) }

  # A decision that was made before it came into this repository owes it no reason, but may change nothing.
  decided_here = { for key, step in local.steps : key => step if !step.adopted }

  declined_steps_say_why = [
    for step in local.decided_here : "${step.file}: steps.${step.step}.comment: a Declined step needs a comment of at least 20 characters"
    if step.status == "Declined" && length(trimspace(step.comment)) < 20
  ]

  aml_steps_have_a_ticket = [
    for key, step in local.decided_here : "${step.file}: steps.${step.step}.ticket: an AML step needs a ticket"
    if step.ticket == "" && try(local.found[key].feature_type, step.feature_type) == "AML"
  ]

  adopted_steps_change_nothing = [
    for key, step in local.steps : "${step.file}: steps.${step.step}.adopted: the step is ${try(local.found[key].status, "gone")} in Didit; take adopted out, and say why it shall be ${step.status}"
    if step.adopted && try(local.found[key].status != step.status, true)
  ]

  steps_exist = [
    for key, step in local.steps : "${step.file}: steps.${step.step}.${step.node_id == null ? "feature_type" : "node_id"}: the session has no such step, or several"
    if local.found[key] == null
  ]
}

output "sessions_have_one_file" {
  value = true

  precondition {
    condition     = length(local.same_session) == 0
    error_message = join("\n", local.same_session)
  }
}

output "declined_steps_say_why" {
  value = true

  precondition {
    condition     = length(local.declined_steps_say_why) == 0
    error_message = join("\n", local.declined_steps_say_why)
  }
}

output "aml_steps_have_a_ticket" {
  value = true

  precondition {
    condition     = length(local.aml_steps_have_a_ticket) == 0
    error_message = join("\n", local.aml_steps_have_a_ticket)
  }
}

output "adopted_steps_change_nothing" {
  value = true

  precondition {
    condition     = length(local.adopted_steps_change_nothing) == 0
    error_message = join("\n", local.adopted_steps_change_nothing)
  }
}

output "steps_exist" {
  value = true

  precondition {
    condition     = length(local.steps_exist) == 0
    error_message = join("\n", local.steps_exist)
  }
}
