# The team's rules. local.broken lists every decision that breaks one, with a sentence. What this plan makes has to keep
# every rule, or the plan fails; what was made before is reported, and stops nothing. README.md names what a rule may use.
locals {
  broken = concat(
    [for it in local.decisions : merge(it, { problem = "a Declined ${it.kind == "session" ? "session" : "step"} needs a comment of at least 20 visible characters" })
    if it.kind != "hits" && it.to == "Declined" && it.from != it.to && it.reason < 20],

    [for it in local.decisions : merge(it, { problem = "a reviewed AML hit needs a reason of at least 20 visible characters, which stays in this file" })
    if it.kind == "hits" && it.to != "Unreviewed" && it.from != it.to && it.reason < 20],

    # Didit says what is AML, not the file.
    [for it in local.decisions : merge(it, { problem = "a decision on AML needs a ticket" })
    if it.feature_type == "AML" && it.to != "Unreviewed" && it.from != it.to && it.ticket == null],

    # Such a rule binds a session as soon as this plan makes any decision of it.
    [for it in local.decisions : merge(it, {
      problem = "${join(", ", local.against_approval[it.session_id])}; decide that first, or say in exception, in at least 20 visible characters, why the session is Approved all the same"
      makes   = local.after[it.session_id].changes
    }) if it.kind == "session" && it.value == "Approved" && !it.excused && length(try(local.against_approval[it.session_id], [])) > 0],

    [for it in local.decisions : merge(it, {
      problem = "${local.hides_hits[it.session_id] ? "Didit does not show all hits of the session" : "a hit of this check is a Confirmed Match"}; decline the step, or say in exception, in at least 20 visible characters, why it is Approved all the same"
      makes   = local.after[it.session_id].changes
      }) if it.kind == "steps" && it.feature_type == "AML" && it.value == "Approved" && !it.excused &&
    (try(local.hides_hits[it.session_id], false) || anytrue([for hit in try(local.after[it.session_id].hits, []) : hit.node_id == it.node_id && hit.value == "Confirmed Match"]))],
  )

  # Didit hides hits where a workflow restricts its responses: that is not the same as no hits.
  hides_hits = { for id, live in local.live : id => live.aml_hits == null }

  # Why a session should not be Approved.
  against_approval = { for id, session in local.after : id => concat(
    local.hides_hits[id] ? ["Didit does not show all of its hits"] : [],
    [for hit in session.hits : "hit ${hit.hit_id} is ${hit.value}" if contains(["Confirmed Match", "Unreviewed"], hit.value)],
    [for step in session.steps : "step ${step.node_id} (${step.feature_type}) is Declined" if step.value == "Declined"],
  ) }
}

# One list, so that one plan names everything that is wrong, a line each.
locals {
  problems = concat(
    local.read.problems,
    [for it in local.broken : "${it.file}: ${it.at}: ${it.problem}" if it.makes],
  )
  attention = concat(
    [for it in local.decisions : "${it.file}: ${it.at}: decided was ${it.to}; Didit ${it.hidden ? "has ${it.value}" : it.found == null ? "no longer has it" : "has ${it.found}"}" if it.found == null && !it.hidden || it.value != it.to],
    [for it in local.broken : "${it.file}: ${it.at}: ${it.problem}" if !it.makes],
  )
}

output "problems" { value = local.problems }

# Refuses the plan. It waits for the data source: if Terraform knew the problems while validating, it would stop without
# a plan, and reviewers would see nothing.
output "decisions" {
  value = length(local.decisions)

  precondition {
    condition     = local.live == null || length(local.problems) == 0
    error_message = join("\n", local.problems)
  }
}

output "attention" { value = local.attention }

# A warning of the plan: what became of decisions that are made. It stops nothing.
check "decisions" {
  assert {
    condition     = length(local.attention) == 0
    error_message = join("\n", local.attention)
  }
}
