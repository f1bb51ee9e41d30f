terraform {
  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# The key comes from the environment: DIDIT_API_KEY. This root only reads.
provider "didit" {}

variable "session_kind" {
  description = "Only user (KYC) or only business (KYB) sessions; both if it is null."
  type        = string
  default     = null
}

variable "session_statuses" {
  description = "Sessions in these statuses."
  type        = set(string)
  default     = ["Approved", "Declined", "In Review"]
}

variable "workflow_ids" {
  description = "Only sessions of these workflows; all if it is null."
  type        = set(string)
  default     = null
}

variable "created_from" {
  description = "Only sessions created on this day (2026-06-30) or later."
  type        = string
  default     = null
}

variable "max_sessions" {
  description = "More sessions than these are an error. Each costs one read, of which Didit allows 600 a minute."
  type        = number
  default     = 1000
}

variable "step_statuses" {
  description = "Steps in these statuses are adopted. Add In Review for undecided steps."
  type        = set(string)
  default     = ["Approved", "Declined"]

  validation {
    condition     = alltrue([for status in var.step_statuses : contains(["Approved", "Declined", "In Review"], status)])
    error_message = "A decision file can hold Approved, Declined and In Review only."
  }
}

variable "hit_statuses" {
  description = "AML hits in these review statuses are adopted. Didit itself makes a hit below the match threshold a False Positive."
  type        = set(string)
  default     = ["Confirmed Match", "Inconclusive"]
}

variable "session_decisions" {
  description = "Whether a session's own decision, Approved or Declined, is adopted."
  type        = bool
  default     = true
}

data "didit_sessions" "chosen" {
  session_kind = var.session_kind
  statuses     = var.session_statuses
  workflow_ids = var.workflow_ids
  created_from = var.created_from
  max_results  = var.max_sessions
}

data "didit_session_decision" "chosen" {
  for_each = toset(data.didit_sessions.chosen.sessions[*].session_id)

  session_id = each.key
}

locals {
  # Steps by their address. An address with several steps is left out.
  steps = { for id, session in data.didit_session_decision.chosen : id => {
    for step in session.features : step.node_id == "default" ? "default-${step.feature_type}" : step.node_id => step...
  } }

  taken = { for id, steps in local.steps : id => {
    for name, found in steps : name => found[0] if length(found) == 1 && contains(var.step_statuses, found[0].status)
  } }

  left_out = flatten([for id, steps in local.steps : [for name, found in steps :
    "${id} ${name}: ${length(found) > 1 ? "the session has ${length(found)} such steps, which Didit's API cannot tell apart" : found[0].status}"
    if !contains(keys(local.taken[id]), name)
  ]])

  hits = { for id, session in data.didit_session_decision.chosen : id => {
    for hit in session.aml_hits : "${hit.node_id}-${hit.hit_id}" => merge(
      { hit_id = hit.hit_id, review_status = hit.review_status, adopted = true },
      { for key, value in { node_id = hit.node_id } : key => value if value != "default" },
    ) if contains(var.hit_statuses, hit.review_status)
  } }

  decided = { for id, session in data.didit_session_decision.chosen : id => {
    for key, value in { status = session.status, adopted = true } : key => value
    if var.session_decisions && contains(["Approved", "Declined"], session.status)
  } }

  # A map sorts its keys; nothing in the files changes from one run to the next.
  files = { for id, steps in local.taken : "${id}.yaml" => yamlencode(merge({ session_id = id }, {
    for key, value in {
      hits = local.hits[id]
      steps = { for name, step in steps : name => merge(
        { status = step.status, adopted = true },
        { for key, value in { node_id = step.node_id, feature_type = step.feature_type } : key => value if(key == "node_id") == (step.node_id != "default") },
      ) }
      session = local.decided[id]
    } : key => value if length(value) > 0
  })) if length(steps) + length(local.hits[id]) + length(local.decided[id]) > 0 }
}

# One line of text for every line of every file, with the file's name before it: write-files.sh takes it apart.
output "files" {
  description = "The decision files."
  value       = join("", flatten([for name, text in local.files : [for line in split("\n", trimspace(text)) : "${name}: ${line}\n"]]))
}

output "left_out" {
  description = "Steps that are not adopted, and why."
  value       = local.left_out
}

output "counts" {
  description = "Numbers of sessions, files, hits and steps."
  value = {
    sessions       = length(local.steps)
    files          = length(local.files)
    hits           = sum(concat([0], [for hits in local.hits : length(hits)]))
    steps          = sum(concat([0], [for steps in local.taken : length(steps)]))
    steps_left_out = length(local.left_out)
  }
}
