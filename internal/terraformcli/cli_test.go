// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package terraformcli

import (
	"runtime"
	"testing"
)

func TestVersionAndPlatformAreTheCLIsOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ output, version, platform string }{
		"Terraform":        {"Terraform v1.11.4\non darwin_amd64\n\nYour version of Terraform is out of date!\n", "Terraform v1.11.4", "darwin_amd64"},
		"OpenTofu":         {"OpenTofu v1.12.6\r\non windows_arm64\r\n", "OpenTofu v1.12.6", "windows_arm64"},
		"without platform": {"Terraform v1.0.0", "Terraform v1.0.0", runtime.GOOS + "_" + runtime.GOARCH},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			version, platform := parseVersion(test.output)

			if version != test.version || platform != test.platform {
				t.Errorf("got %q and %q, want %q and %q", version, platform, test.version, test.platform)
			}
		})
	}
}
