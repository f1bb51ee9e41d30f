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

// Stamped in by the release.
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger: serve until stopped, and print what to set as TF_REATTACH_PROVIDERS")
	showVersion := flag.Bool("version", false, "print version and commit, and end")
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
