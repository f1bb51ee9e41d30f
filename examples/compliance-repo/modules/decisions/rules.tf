# The team's rules. local.broken lists every decision that breaks one, with a sentence. What this plan makes has to keep
# every rule, or the plan fails; what was made before is reported, and stops nothing. README.md names what a rule may use.
locals {
  broken = concat(
    [for it in local.decisions : merge(it, { problem = "a Declined ${it.kind == "session" ? "session" : "step"} needs a comment of at least 20 characters" })
    if it.kind != "hits" && it.to == "Declined" && it.from != it.to && it.reason < 20],

    [for it in local.decisions : merge(it, { problem = "a reviewed AML hit needs a reason of at least 20 characters, which stays in this file" })
    if it.kind == "hits" && it.to != "Unreviewed" && it.from != it.to && it.reason < 20],

    # Didit says what is AML, not the file.
    [for it in local.decisions : merge(it, { problem = "a decision on AML needs a ticket" })
    if it.feature_type == "AML" && it.to != "Unreviewed" && it.from != it.to && it.ticket == null],

    # Such a rule binds a session as soon as this plan makes any decision of it.
    [for it in local.decisions : merge(it, {
      problem = "${join(", ", local.against_approval[it.session_id])}; decide that first, or say in exception, in at least 20 characters, why the session is Approved all the same"
      makes   = local.after[it.session_id].changes
    }) if it.kind == "session" && it.value == "Approved" && !it.excused && length(try(local.against_approval[it.session_id], [])) > 0],

    [for it in local.decisions : merge(it, {
      problem = "a hit of this check is a Confirmed Match; decline the step, or say in exception, in at least 20 characters, why it is Approved all the same"
      makes   = local.after[it.session_id].changes
    }) if it.kind == "steps" && it.feature_type == "AML" && it.value == "Approved" && !it.excused &&
    anytrue([for hit in try(local.after[it.session_id].hits, []) : hit.node_id == it.node_id && hit.value == "Confirmed Match"])],
  )

  # Why a session should not be Approved.
  against_approval = { for id, session in local.after : id => concat(
    [for hit in session.hits : "hit ${hit.hit_id} is ${hit.value}" if contains(["Confirmed Match", "Unreviewed"], hit.value)],
    [for step in session.steps : "step ${step.node_id} (${step.feature_type}) is Declined" if step.value == "Declined"],
  ) }
}

# One list, so that one plan names everything that is wrong. It waits for the data source: if Terraform knew it while
# validating, it would stop without a plan, and reviewers would see nothing.
locals {
  problems = concat(
    local.read.problems,
    [for it in local.broken : "${it.file}: ${it.at}: ${it.problem}" if it.makes],
  )
  attention = concat(
    [for it in local.decisions : "${it.file}: ${it.at}: Didit has ${coalesce(it.found, "it no longer")}; decided was ${it.to}" if it.outcome == "superseded" || it.outcome == "gone"],
    [for it in local.broken : "${it.file}: ${it.at}: ${it.problem}" if !it.makes],
  )
}

output "problems" {
  value = length(local.problems)

  precondition {
    condition     = local.live == null || length(local.problems) == 0
    error_message = "Decisions to correct:\n${join("\n", local.problems)}"
  }
}

# A warning of the plan: what became of decisions that are made.
check "decisions" {
  assert {
    condition     = length(local.attention) == 0
    error_message = "Decisions to look at:\n${join("\n", local.attention)}"
  }
}
