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

  # Hidden files are refused: .gitattributes, for example, can hide decisions from the diff of a pull request.
  names = [for name in fileset(var.folder, "**") : name if !can(regex("(^|/)(README\\.md|\\.gitkeep|\\.DS_Store)$", name))]
  texts = { for name in local.names : name => try(file("${var.folder}/${name}"), "") if can(regex("^([^./][^/]*/)*[^./][^/]*\\.ya?ml$", name)) }

  # null if a file is not YAML.
  documents = { for name, text in local.texts : name => try(yamldecode(text), null) }

  # Every decision of every file, as it is written; at is where it is in the file.
  written = flatten([for name, document in local.documents : concat(
    [for kind in ["hits", "steps"] : [for key in try(keys(document[kind]), []) : { file = name, kind = kind, at = "${kind}.${key}", it = document[kind][key] }]],
    [for it in try([document.session], []) : { file = name, kind = "session", at = "session", it = it }],
  )])

  file_problems = flatten([
    [for name in local.names : { file = name, problem = "the name of a decision file ends in .yaml, and does not begin with a dot" } if !can(local.texts[name])],
    [for name, document in local.documents : [for problem in can(keys(document)) ? flatten([
      [for key, value in document : "${key}: ${try(local.file_keys[key].problem, "unknown key; known are ${join(", ", keys(local.file_keys))}")}"
      if !can(regex(local.file_keys[key].pattern, jsonencode(value)))],
      can(document.session_id) ? local.session_problems[name] : ["session_id: is missing"],
      can(document.hits) || can(document.steps) || can(document.session) ? local.count_problems[name] : ["must hold hits, steps or session"],
    ]) : ["not YAML with session_id and decisions; to see where it breaks: echo 'yamldecode(file(\"${var.folder}/${name}\"))' | terraform console"] : { file = name, problem = problem }]],
  ])

  # The scripts look for the session ID without reading YAML.
  session_problems = { for name, text in local.texts : name => [for found in [regexall("(?m)^\\x{feff}?[\"']?session_id[\"']?:[ \\t]+[\"']?([^\\s\"'#]+)[\"']?[ \\t]*(?:#.*)?\\r?$", text)] :
    "session_id: must be written once, at the beginning of a line, with its value on the same line" if join(" ", flatten(found)) != try(tostring(local.documents[name].session_id), "")
  ] }

  # Of two equal keys YAML silently keeps the last, so two pull requests that each add a step could lose one. Every
  # decision has one status, so a key that is written twice leaves more of them in the text than there are decisions.
  count_problems = { for name, text in local.texts : name => [for count in [length(regexall("(?m)(^|[{,])[ \\t]*[\"']?(review_)?status[\"']?[ \\t]*:", text))] :
    "status or review_status is written ${count} times, for ${try(local.counts[name], 0)} decisions: write no key twice, and no \"status:\" in a text" if count != try(local.counts[name], 0)
  ] }
  counts = { for file, written in { for d in local.written : d.file => d... if can(d.it.status) || can(d.it.review_status) } : file => length(written) }

  decision_problems = flatten([for d in local.written : [for problem in can(keys(d.it)) ? flatten([
    [for key, value in d.it : ".${key}: ${try(local.kinds[d.kind][key].problem, "unknown key; known are ${join(", ", keys(local.kinds[d.kind]))}")}"
    if !can(regex(local.kinds[d.kind][key].pattern, jsonencode(value)))],
    [for key in local.required[d.kind] : ".${key}: is missing" if !can(d.it[key])],
    d.kind != "steps" || can(d.it.node_id) != can(d.it.feature_type) ? [] : [".node_id: give either node_id or, for a workflow without a graph, feature_type"],
  ]) : [": must hold ${join(", ", keys(local.kinds[d.kind]))}"] : { file = d.file, problem = "${d.at}${problem}" }]])

  problems = concat(local.file_problems, local.decision_problems)
  refused  = toset(local.problems[*].file)

  # The files that count: valid, and not expired. reason is what the file says for people; recorded is what Didit
  # records with the change, which it does not do for a hit.
  files = { for name, document in local.documents : name => {
    session_id = document.session_id
    hits = { for key, it in try(document.hits, {}) : key => {
      hit_id  = it.hit_id
      node_id = try(it.node_id, "default")
      value   = it.review_status
      reason  = try(it.reason, "")
      ticket  = try(it.ticket, "")
      adopted = try(it.adopted, false)
    } }
    steps = { for key, it in try(document.steps, {}) : key => {
      node_id      = try(it.node_id, null)
      feature_type = try(it.feature_type, null)
      value        = it.status
      reason       = try(it.comment, "")
      ticket       = try(it.ticket, "")
      adopted      = try(it.adopted, false)
      recorded     = try("${it.comment} (${it.ticket})", it.comment, it.ticket, null)
    } }
    session = try({
      value    = document.session.status
      reason   = try(document.session.comment, "")
      although = try(document.session.approved_although, "")
      adopted  = try(document.session.adopted, false)
      recorded = try("${document.session.comment} (${document.session.ticket})", document.session.comment, document.session.ticket, null)
    }, null)
  } if !contains(local.refused, name) && !try(document.expired == true, false) }
}
