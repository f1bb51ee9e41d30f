// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package provider_test

import (
	"errors"
	"os/exec"
)

func inGroup(*exec.Cmd) {}

func interruptGroup(*exec.Cmd) error {
	return errors.New("there is no such signal here")
}
