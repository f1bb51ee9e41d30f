# session_id
terraform import didit_session_status.case_17 11111111-2222-4333-8444-555555555555
