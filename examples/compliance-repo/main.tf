# The key comes from the environment: DIDIT_API_KEY.
provider "didit" {}

module "decisions" {
  source = "./modules/decisions"
  folder = "${path.root}/decisions"
}

# The steps exist already: adopt them. Import blocks belong to the root module;
# once a step is adopted, its block does nothing.
import {
  for_each = module.decisions.import_ids
  to       = module.decisions.didit_session_feature_status.step[each.key]
  id       = each.value
}
