terraform {
  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

provider "didit" {}

variable "steps" {
  type = number
}

variable "steps_per_session" {
  type = number
}

locals {
  nodes = ["feature_ocr_1", "feature_liveness_1", "feature_face_match_1", "feature_aml_1", "feature_poa_1"]
}

resource "didit_session_feature_status" "step" {
  count = var.steps

  session_id = format("%08x-2222-4333-8444-%012d", floor(count.index / var.steps_per_session) * 2654435761 % 4294967296, floor(count.index / var.steps_per_session))
  node_id    = local.nodes[count.index % var.steps_per_session]
  status     = "Approved"
  comment    = "Seen on a video call, CASE-7"
}
