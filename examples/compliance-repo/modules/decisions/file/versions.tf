terraform {
  required_version = ">= 1.7"

  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}
