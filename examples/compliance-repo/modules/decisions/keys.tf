# Of two equal keys YAML silently keeps the last, so a second steps block, or a second status, would drop decisions. Here
# each file is read again with a number at every key, which keeps them all: "status !12!" has the twelfth colon.
locals {
  # A file in parts: what is before a colon that can end a key, and the colon. The last one is in an added comment.
  parts = { for name, text in local.texts : name => regexall("(?s)(.*?\\S)([\"']\\s*:|\\s*:(?:\\s|$))", "${text}\n#:") }

  numbered = { for name, parts in local.parts : name => try(yamldecode(join("", [for i, part in parts : "${part[0]} !${i}!${part[1]}"])), null) }

  # The files of which both readings differ, or in which a key has no number. As JSON all keys are seen at once.
  differing = [for name, json in { for name, document in local.numbered : name => jsonencode(document) } : name if can(keys(local.documents[name])) && (
    replace(json, "/ ![0-9]+!/", "") != jsonencode(local.documents[name]) ||
    length(regexall(" ![0-9]+!\":", json)) != length(regexall("\"(?:[^\"\\\\]|\\\\.)*\":", json))
  )]

  # In those files: every key, as steps.passport.status, and the numbers at which it is written.
  keys_written = { for name in local.differing : name => {
    for path in flatten([for a in try(keys(local.numbered[name]), []) : [a,
      [for b in try(keys(local.numbered[name][a]), []) : ["${a}.${b}",
        [for c in try(keys(local.numbered[name][a][b]), []) : "${a}.${b}.${c}"]
      ]]
    ]]) : replace(path, "/ ![0-9]+!/", "") => try(tonumber(regex(" !([0-9]+)!$", path)[0]), -1)...
  } }

  key_problems = flatten([for name, keys in local.keys_written : [
    for problem in coalescelist([for key, numbers in keys :
      "${key}: is written more than once, in lines ${join(" and ", [for i in numbers : length(split("\n", join("", concat(flatten(slice(local.parts[name], 0, i)), [local.parts[name][i][0]])))) if i >= 0])}"
      if length(numbers) > 1
    ], ["every key must be a word with a colon and a space behind it, and none of YAML's ?, <<, yes and no"]) : { file = name, problem = problem }
  ]])
}
