# What one decision file decides. A module instance for each file keeps every collection small: Terraform evaluates a
# for_each again for each of its instances, so that one collection of all steps would cost the square of their number.
variable "file" {
  description = "Checked content of the file: session_id, hits, steps, session (null without one)."
  type        = any
}

# In the order in which Didit has to hear of them: a hit can change the AML step, and a step the session.
resource "didit_session_aml_hit_status" "hit" {
  for_each = var.file.hits

  session_id    = var.file.session_id
  node_id       = each.value.node_id
  hit_id        = each.value.hit_id
  review_status = each.value.value
}

resource "didit_session_feature_status" "step" {
  for_each = var.file.steps

  session_id   = var.file.session_id
  node_id      = each.value.node_id
  feature_type = each.value.feature_type
  status       = each.value.value
  comment      = each.value.recorded

  depends_on = [didit_session_aml_hit_status.hit]
}

resource "didit_session_status" "session" {
  count = var.file.session == null ? 0 : 1

  session_id = var.file.session_id
  status     = var.file.session.value
  comment    = var.file.session.recorded

  depends_on = [didit_session_aml_hit_status.hit, didit_session_feature_status.step]
}
