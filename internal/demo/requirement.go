// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"regexp"
	"strconv"
)

var cliVersion = regexp.MustCompile(`^(Terraform|OpenTofu) v(\d+)\.(\d+)`)

// requireImportBlocks refuses a CLI that is older than import blocks, the main
// way into the provider. A version that cannot be read is given a try.
func requireImportBlocks(version string) error {
	parts := cliVersion.FindStringSubmatch(version)
	if parts == nil {
		return nil
	}
	// The expression lets digits pass only; a number too large is a late version.
	major, _ := strconv.Atoi(parts[2])
	minor, _ := strconv.Atoi(parts[3])
	needed := map[string]int{"Terraform": 5, "OpenTofu": 6}[parts[1]]
	if major > 1 || major == 1 && minor >= needed {
		return nil
	}
	return &tooOldError{version}
}

// tooOldError is a CLI that has no import blocks.
type tooOldError struct{ version string }

func (e *tooOldError) Error() string {
	return fmt.Sprintf("The demo needs import blocks: Terraform 1.5, OpenTofu 1.6, or later; this is %s.\n"+
		"Put a newer one on the PATH, or name one in TF_ACC_TERRAFORM_PATH. The provider itself works with Terraform 1.0 and later.", e.version)
}
