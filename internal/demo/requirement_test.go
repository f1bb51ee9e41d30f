// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
)

func TestCLIWithoutImportBlocksIsRefused(t *testing.T) {
	t.Parallel()
	for version, tooOld := range map[string]bool{
		"Terraform v1.0.11":        true,
		"Terraform v1.4.7":         true,
		"Terraform v1.5.0":         false,
		"Terraform v1.15.0-alpha1": false,
		"Terraform v2.0.0":         false,
		"Terraform v0.15.5":        true,
		"OpenTofu v1.5.9":          true,
		"OpenTofu v1.6.0":          false,
		"OpenTofu v1.12.6":         false,
		"a CLI of somebody's own":  false,
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			err := importBlocks.met(version)

			if (err != nil) != tooOld {
				t.Fatalf("got %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), "Terraform 1.5, OpenTofu 1.6, or later; this is "+version) {
				t.Errorf("it does not say what is needed: %v", err)
			}
		})
	}
}
