# A group of decisions: its files, and a state of its own. Another group is a copy of this folder; its name is the key
# of its state.
terraform {
  required_version = ">= 1.8"
  required_providers { didit = { source = "didit-community/didit" } }

  # Where the pipelines find the state, encrypted and locked. They add the key: decisions/ and the group's name.
  # backend "s3" {}
}

# The key comes from the environment: DIDIT_API_KEY.
provider "didit" {}

module "decisions" {
  source = "../../modules/decisions"
  folder = "${path.root}/decisions"
}

# What runs with the key. A plan that changes it shows code that no apply has used yet.
variable "code" { default = null }

output "code" { value = var.code }
