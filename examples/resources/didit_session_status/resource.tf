# The session exists already: adopt it. The block may stay; once the session is adopted, it does nothing.
import {
  to = didit_session_status.case_17
  id = "11111111-2222-4333-8444-555555555555"
}

resource "didit_session_status" "case_17" {
  session_id = "11111111-2222-4333-8444-555555555555"
  status     = "Declined"
  comment    = "Specimen document, see ticket COMPL-17."
}
