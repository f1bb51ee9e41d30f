# All webhook destinations of the application.
#
#   terraform query
#   terraform query -generate-config-out=destinations.tf
list "didit_webhook_destination" "all" {
  provider = didit
}
