# The hit exists already: adopt it. The block may stay; once the hit is adopted, it does nothing.
import {
  to = didit_session_aml_hit_status.namesake
  id = "11111111-2222-4333-8444-555555555555/feature_aml_1/hit_7c1e9a40b2d35f86e0a4c912"
}

# Another birth year, see ticket COMPL-18. Didit takes no comment here: the reason stays in git.
resource "didit_session_aml_hit_status" "namesake" {
  session_id    = "11111111-2222-4333-8444-555555555555"
  node_id       = "feature_aml_1"
  hit_id        = "hit_7c1e9a40b2d35f86e0a4c912"
  review_status = "False Positive"
}

# A workflow without a graph has no node IDs: leave node_id out.
import {
  to = didit_session_aml_hit_status.sanctions
  id = "11111111-2222-4333-8444-666666666666/default/hit_5a0c7d1e9b3f2a4c6e8d0b17"
}

resource "didit_session_aml_hit_status" "sanctions" {
  session_id    = "11111111-2222-4333-8444-666666666666"
  hit_id        = "hit_5a0c7d1e9b3f2a4c6e8d0b17"
  review_status = "Confirmed Match"
}
