# Decision files are YAML, one for each session. In practice, they are read from a folder:
#
#   texts = { for name in fileset("decisions", "*.yaml") : "decisions/${name}" => file("decisions/${name}") }
locals {
  texts = {
    "decisions/case-7.yaml" = <<-YAML
      session_id: 11111111-2222-4333-8444-000000000001
      hits:
        politician:
          node_id: feature_aml_1
          hit_id: hit_7c1e9a40b2d35f86e0a4c912
          from: Unreviewed
          to: False Positive
          reason: The politician is twenty years older.
          ticket: CASE-7
      steps:
        passport:
          node_id: feature_ocr_1
          from: In Review
          to: Approved
          comment: Passport seen on a video call.
          ticket: CASE-7
      session: { from: In Review, to: Declined, comment: "A sanctioned person, see the AML step." }
    YAML
  }

  decisions = provider::didit::decision_files(local.texts)
}

output "hit" {
  value = local.decisions.files["decisions/case-7.yaml"].hits["politician"].to # False Positive
}

output "comment" {
  value = local.decisions.files["decisions/case-7.yaml"].steps["passport"].recorded # Passport seen on a video call. (CASE-7)
}

# Every problem of every file is one line, such as decisions/case-7.yaml:14:11: steps.passport.to: must be written …
output "problems" {
  value = local.decisions.problems

  precondition {
    condition     = length(local.decisions.problems) == 0
    error_message = join("\n", local.decisions.problems)
  }
}
