import {
  to = didit_session_status.case_17
  identity = {
    session_id = "11111111-2222-4333-8444-555555555555"
  }
}
