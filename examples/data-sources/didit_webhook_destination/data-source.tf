# The secret is stored in the state. Since Terraform 1.10 and OpenTofu 1.11, the ephemeral resource stores nothing.
data "didit_webhook_destination" "case_management" {
  id = "33333333-2222-4333-8444-555555555555"
}

output "signing_secret" {
  value     = data.didit_webhook_destination.case_management.secret_shared_key
  sensitive = true
}
