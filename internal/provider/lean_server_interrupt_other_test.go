// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package provider_test

import (
	"errors"
	"os/exec"
)

func setProcessGroup(*exec.Cmd) {}

func interruptProcessGroup(*exec.Cmd) error {
	return errors.New("SIGINT cannot be sent on this platform")
}
