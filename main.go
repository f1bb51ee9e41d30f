// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-didit serves the provider to Terraform or OpenTofu.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

// Set by the linker in a release.
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	debug := flag.Bool("debug", false, "serve until stopped, for a debugger, and print the value of TF_REATTACH_PROVIDERS")
	showVersion := flag.Bool("version", false, "print version and commit, and exit")
	flag.Parse()
	if *showVersion {
		_, _ = fmt.Fprintf(os.Stdout, "terraform-provider-didit %s (%s)\n", version, commit)
		return
	}

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	provider.QuietUnusedLogs()
	if err := tf6server.Serve("registry.terraform.io/didit-community/didit", provider.NewServer(version), options...); err != nil {
		log.Fatal(err)
	}
}
