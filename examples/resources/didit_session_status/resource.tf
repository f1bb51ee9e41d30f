# The reviewer saw In Review. The change is made from that value only, and once.
resource "didit_session_status" "case_17" {
  session_id = "11111111-2222-4333-8444-555555555555"
  from       = "In Review"
  status     = "Declined"
  comment    = "Specimen document, see ticket COMPL-17."
}
