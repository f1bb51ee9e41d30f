terraform {
  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

provider "didit" {}
