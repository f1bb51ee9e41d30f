terraform {
  # 1.7 is the first with for_each in import blocks and with mock_provider in tests; see README.md.
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }

  # The state knows which decisions Terraform looks after. Keep it where the pipelines find it,
  # encrypted and locked: choose a backend before the first merge.
  # backend "s3" {}
}
