terraform {
  # 1.8 is the first with provider functions; OpenTofu has them from 1.7.
  required_version = ">= 1.8"
  required_providers { didit = { source = "didit-community/didit" } }
}
