// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-didit serves the provider to Terraform or OpenTofu.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

// version is stamped in by the release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger: serve until stopped, and print what to set as TF_REATTACH_PROVIDERS")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	provider.QuietUnusedLogs()
	if err := tf6server.Serve("registry.terraform.io/didit-community/didit", provider.NewServer(version), options...); err != nil {
		log.Fatal(err)
	}
}
