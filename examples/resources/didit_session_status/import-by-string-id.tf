import {
  to = didit_session_status.case_17
  id = "11111111-2222-4333-8444-555555555555"
}
