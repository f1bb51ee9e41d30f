# From files to decisions. Every problem goes into local.problems, and nothing of a file with a problem goes any
# further: the plan lists every problem of every file at once.
locals {
  # What each key may hold, as JSON.
  text   = { pattern = "^\"(\\\\[nrt]|\\s)*([^\\s\"\\\\]|\\\\[^nrt])", problem = "must be text, not empty" }
  switch = { pattern = "^(true|false)$", problem = "must be true or false" }
  group  = { pattern = "^\\{\"", problem = "must name at least one" }

  file_keys = {
    session_id = { pattern = "^\"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\"$", problem = "must be a UUID in lower case, such as 11111111-2222-4333-8444-555555555555" }
    expired    = local.switch
    hits       = local.group
    steps      = local.group
    session    = { pattern = "", problem = "" }
  }
  kinds = {
    hits = {
      hit_id        = local.text
      node_id       = local.text
      review_status = { pattern = "^\"(Unreviewed|Confirmed Match|False Positive|Inconclusive)\"$", problem = "must be Unreviewed, Confirmed Match, False Positive or Inconclusive" }
      reason        = local.text
      ticket        = local.text
      adopted       = local.switch
    }
    steps = {
      node_id      = local.text
      feature_type = local.text
      status       = { pattern = "^\"(Approved|Declined|In Review)\"$", problem = "must be Approved, Declined or In Review" }
      comment      = local.text
      ticket       = local.text
      adopted      = local.switch
    }
    session = {
      status            = { pattern = "^\"(Approved|Declined)\"$", problem = "must be Approved or Declined" }
      comment           = local.text
      ticket            = local.text
      approved_although = local.text
      adopted           = local.switch
    }
  }
  required = { hits = ["hit_id", "review_status"], steps = ["status"], session = ["status"] }

  # Everything below the folder is a decision file or is refused. That includes hidden files: .gitattributes, for
  # example, can hide decisions from the diff.
  names = [for name in fileset(var.folder, "**") : name if !can(regex("^([^./][^/]*/)*(README\\.md|\\.gitkeep)$", name))]
  texts = { for name in local.names : name => try(file("${var.folder}/${name}"), "") if can(regex("^([^./][^/]*/)*[^./][^/]*\\.ya?ml$", name)) }

  # null if a file is not YAML.
  documents = { for name, text in local.texts : name => try(yamldecode(text), null) }

  # Every decision of every file, as it is written; at is where it is in the file.
  written = flatten([for name, document in local.documents : concat(
    [for kind in ["hits", "steps"] : [for key in try(keys(document[kind]), []) : { file = name, kind = kind, at = "${kind}.${key}", it = document[kind][key] }]],
    [for it in try([document.session], []) : { file = name, kind = "session", at = "session", it = it }],
  )])

  file_problems = flatten([
    [for name in local.names : { file = name, problem = "the name of a decision file ends in .yaml, and no part of it begins with a dot" } if !can(local.texts[name])],
    [for name, document in local.documents : [for problem in !can(keys(document)) ? [
      "not YAML with session_id and decisions; to see where it breaks: echo 'yamldecode(file(\"${var.folder}/${name}\"))' | terraform console"
      ] : flatten([
        [for key, value in document : "${key}: ${try(local.file_keys[key].problem, "unknown key; known are ${join(", ", keys(local.file_keys))}")}"
        if !can(regex(local.file_keys[key].pattern, jsonencode(value)))],
        can(document.session_id) ? [] : ["session_id: is missing"],
        # scripts/check-groups, which does not parse YAML, finds it there.
        try(jsonencode(regexall("(?m)^\\x{feff}?[\"']?session_id[\"']?:[ \\t]+[\"']?([^\\s\"'#]+)[\"']?[ \\t]*(?:#.*)?\\r?$", local.texts[name])) == jsonencode([[document.session_id]]), true) ? [] : ["session_id: must be at the beginning of a line, with the UUID on the same line, and only once"],
        can(document.hits) || can(document.steps) || can(document.session) ? [] : ["must hold hits, steps or session"],
    ]) : { file = name, problem = problem }]],
  ])

  decision_problems = flatten([for d in local.written : [for problem in can(keys(d.it)) ? flatten([
    [for key, value in d.it : ".${key}: ${try(local.kinds[d.kind][key].problem, "unknown key; known are ${join(", ", keys(local.kinds[d.kind]))}")}"
    if !can(regex(local.kinds[d.kind][key].pattern, jsonencode(value)))],
    [for key in local.required[d.kind] : ".${key}: is missing" if !can(d.it[key])],
    d.kind != "steps" || can(d.it.node_id) != can(d.it.feature_type) ? [] : [".node_id: give either node_id or, for a workflow without a graph, feature_type"],
  ]) : [": must hold ${join(", ", keys(local.kinds[d.kind]))}"] : { file = d.file, problem = "${d.at}${problem}" }]])

  problems = concat(local.file_problems, local.key_problems, local.decision_problems)
  refused  = toset(local.problems[*].file)

  # Characters that a reader does not see, such as a zero-width space: Unicode's control and default ignorable ones, and
  # the blank of Braille.
  invisible = "/[\\x00-\\x1f\\x7f-\\x9f\\x{ad}\\x{34f}\\x{61c}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{206f}\\x{2800}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{feff}\\x{ffa0}\\x{1d173}-\\x{1d17a}\\x{e0000}-\\x{e0fff}]/"

  # The files that count: valid, and not expired. reason, ticket and although are what a reader sees; recorded is what
  # Didit records with the change, which it does not do for a hit.
  files = { for name, document in local.documents : name => {
    session_id = document.session_id
    hits = { for key, it in try(document.hits, {}) : key => {
      hit_id  = it.hit_id
      node_id = try(it.node_id, "default")
      value   = it.review_status
      reason  = trimspace(replace(try(it.reason, ""), local.invisible, ""))
      ticket  = trimspace(replace(try(it.ticket, ""), local.invisible, ""))
      adopted = try(it.adopted, false)
    } }
    steps = { for key, it in try(document.steps, {}) : key => {
      node_id      = try(it.node_id, null)
      feature_type = try(it.feature_type, null)
      value        = it.status
      reason       = trimspace(replace(try(it.comment, ""), local.invisible, ""))
      ticket       = trimspace(replace(try(it.ticket, ""), local.invisible, ""))
      adopted      = try(it.adopted, false)
      recorded     = try("${it.comment} (${it.ticket})", it.comment, it.ticket, null)
    } }
    session = try({
      value    = document.session.status
      reason   = trimspace(replace(try(document.session.comment, ""), local.invisible, ""))
      although = trimspace(replace(try(document.session.approved_although, ""), local.invisible, ""))
      adopted  = try(document.session.adopted, false)
      recorded = try("${document.session.comment} (${document.session.ticket})", document.session.comment, document.session.ticket, null)
    }, null)
  } if !contains(local.refused, name) && !try(document.expired == true, false) }
}
