# session_id/node_id
terraform import didit_session_feature_status.ocr 11111111-2222-4333-8444-555555555555/feature_ocr_1

# A workflow without a graph: session_id/default/feature_type
terraform import didit_session_feature_status.liveness 11111111-2222-4333-8444-666666666666/default/LIVENESS
