terraform {
  required_providers {
    didit = {
      source = "didit-community/didit"
    }
  }
}

# The key comes from the environment: DIDIT_API_KEY.
provider "didit" {}
