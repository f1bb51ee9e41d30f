# The step exists already: adopt it. The block may stay; once the step is adopted, it does nothing.
import {
  to = didit_session_feature_status.ocr
  id = "11111111-2222-4333-8444-555555555555/feature_ocr_1"
}

resource "didit_session_feature_status" "ocr" {
  session_id = "11111111-2222-4333-8444-555555555555"
  node_id    = "feature_ocr_1"
  status     = "Declined"
  comment    = "Specimen document, see ticket COMPL-17."
}

# A workflow without a graph has no node IDs. If the session has several steps, feature_type selects one.
import {
  to = didit_session_feature_status.liveness
  id = "11111111-2222-4333-8444-666666666666/default/LIVENESS"
}

resource "didit_session_feature_status" "liveness" {
  session_id   = "11111111-2222-4333-8444-666666666666"
  feature_type = "LIVENESS"
  status       = "Approved"
  comment      = "Second look at the video: same person."
}
