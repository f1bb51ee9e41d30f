// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command zipnames prints the names of the files in a zip, one per line. It replaces
// unzip, which not every machine has.
package main

import (
	"archive/zip"
	"log"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: zipnames FILE")
	}
	archive, err := zip.OpenReader(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range archive.File {
		if _, err := os.Stdout.WriteString(file.Name + "\n"); err != nil { //nolint:forbidigo // This command is no plugin.
			log.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		log.Fatal(err)
	}
}
