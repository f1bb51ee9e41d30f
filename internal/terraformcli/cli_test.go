// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package terraformcli

import (
	"runtime"
	"testing"
)

func TestParseVersion_ReadsVersionAndPlatformOfCLI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		output string
		want   CLI
	}{
		"Terraform":        {"Terraform v1.11.4\non darwin_amd64\n\nYour version of Terraform is out of date!\n", CLI{Version: "Terraform v1.11.4", Minor: 11, platform: "darwin_amd64"}},
		"OpenTofu":         {"OpenTofu v1.12.6\r\non windows_arm64\r\n", CLI{Version: "OpenTofu v1.12.6", Minor: 12, platform: "windows_arm64"}},
		"without platform": {"Terraform v1.0.0", CLI{Version: "Terraform v1.0.0", platform: runtime.GOOS + "_" + runtime.GOARCH}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cli CLI

			if err := cli.parseVersion(test.output); err != nil || cli != test.want {
				t.Errorf("got %+v, %v, want %+v", cli, err, test.want)
			}
		})
	}
}

func TestParseVersion_RejectsOtherProgram(t *testing.T) {
	t.Parallel()
	var cli CLI
	if err := cli.parseVersion("usage: another program"); err == nil {
		t.Errorf("got %+v", cli)
	}
}

func TestPlain_RemovesColoursBoxesAndLineBreaks(t *testing.T) {
	t.Parallel()
	boxed := "\x1b[31m╷\x1b[0m\x1b[0m\n\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0mStep not\n\x1b[31m│\x1b[0m found\n\x1b[31m╵\x1b[0m\n"

	if got, want := Plain(boxed), "Error: Step not found"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
