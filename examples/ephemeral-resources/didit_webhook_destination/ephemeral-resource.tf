ephemeral "didit_webhook_destination" "case_management" {
  id = "33333333-2222-4333-8444-555555555555"
}

# A write-only argument takes the secret into a secret manager; neither the plan nor the state contains it. For instance:
#
#   resource "vault_kv_secret_v2" "didit" {
#     mount                = "secret"
#     name                 = "didit-webhook"
#     data_json_wo         = jsonencode({ key = ephemeral.didit_webhook_destination.case_management.secret_shared_key })
#     data_json_wo_version = 1
#   }
