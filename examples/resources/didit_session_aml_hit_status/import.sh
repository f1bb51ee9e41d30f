# session_id/node_id/hit_id
terraform import didit_session_aml_hit_status.namesake 11111111-2222-4333-8444-555555555555/feature_aml_1/hit_7c1e9a40b2d35f86e0a4c912

# A workflow without a graph: session_id/default/hit_id
terraform import didit_session_aml_hit_status.sanctions 11111111-2222-4333-8444-666666666666/default/hit_5a0c7d1e9b3f2a4c6e8d0b17
