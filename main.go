// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-didit serves the provider to Terraform or OpenTofu.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

// version is stamped in by the release.
var version = "dev"

func main() {
	var debug bool
	flag.BoolVar(&debug, "debug", false, "wait for a debugger: serve until stopped, and print what to set as TF_REATTACH_PROVIDERS")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/didit-community/didit",
		Debug:   debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
