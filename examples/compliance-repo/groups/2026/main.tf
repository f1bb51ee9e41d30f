# A group of decisions: its files, and a state of its own. Another group is a copy of this file in a folder beside
# this one, with another key for its state.
terraform {
  # 1.7 is the first with for_each in import blocks and with mock_provider in tests; see README.md.
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }

  # Keep the state where the pipelines find it, encrypted and locked: choose a backend before the first merge.
  # backend "s3" {
  #   key = "decisions/2026.tfstate"
  # }
}

# The key comes from the environment: DIDIT_API_KEY.
provider "didit" {}

module "decisions" {
  source = "../../modules/decisions"
  folder = "${path.root}/decisions"
}

# Hits, steps and sessions exist already: adopt them. Import blocks belong in the root module; after the adoption they do
# nothing.
import {
  for_each = module.decisions.hits
  to       = module.decisions.module.hits[each.value.file].didit_session_aml_hit_status.hit[each.value.name]
  id       = each.value.id
}

import {
  for_each = module.decisions.steps
  to       = module.decisions.module.steps[each.value.file].didit_session_feature_status.step[each.value.name]
  id       = each.value.id
}

import {
  for_each = module.decisions.sessions
  to       = module.decisions.module.session[each.key].didit_session_status.session
  id       = each.value
}
