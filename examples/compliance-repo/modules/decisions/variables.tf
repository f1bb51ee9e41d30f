variable "folder" {
  description = "Folder of the decision files, one for each session."
  type        = string
}
