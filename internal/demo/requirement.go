// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"regexp"
	"strconv"
)

var cliVersion = regexp.MustCompile(`^(Terraform|OpenTofu) v(\d+)\.(\d+)`)

// requirement is a feature, and the minor versions of 1.x that brought it.
type requirement struct {
	feature             string
	terraform, openTofu int
}

var (
	// importBlocks are the main way into the provider.
	importBlocks = requirement{"import blocks", 5, 6}
	// importForEach is what the example's repository is made of; older OpenTofu
	// reads it, but not its tests.
	importForEach = requirement{"import blocks with for_each", 7, 7}
)

// met refuses a CLI that is older than the feature. A version that cannot be
// read is given a try.
func (r requirement) met(version string) error {
	parts := cliVersion.FindStringSubmatch(version)
	if parts == nil {
		return nil
	}
	// The expression lets digits pass only; a number too large is a late version.
	major, _ := strconv.Atoi(parts[2])
	minor, _ := strconv.Atoi(parts[3])
	needed := map[string]int{"Terraform": r.terraform, "OpenTofu": r.openTofu}[parts[1]]
	if major > 1 || major == 1 && minor >= needed {
		return nil
	}
	return &tooOldError{r, version}
}

// tooOldError is a CLI without the feature.
type tooOldError struct {
	requirement
	version string
}

func (e *tooOldError) Error() string {
	return fmt.Sprintf("The demo needs %s: Terraform 1.%d, OpenTofu 1.%d, or later; this is %s.\n"+
		"Put a newer one on the PATH, or name one in TF_ACC_TERRAFORM_PATH. The provider itself works with Terraform 1.0 and later.", e.feature, e.terraform, e.openTofu, e.version)
}
