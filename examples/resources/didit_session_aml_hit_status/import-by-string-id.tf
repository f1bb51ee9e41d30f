import {
  to = didit_session_aml_hit_status.namesake
  id = "11111111-2222-4333-8444-555555555555/feature_aml_1/hit_7c1e9a40b2d35f86e0a4c912"
}
