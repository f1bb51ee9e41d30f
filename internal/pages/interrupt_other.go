// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package pages

import "os/exec"

// interruptGroup does nothing: there is no POSIX shell here that it could interrupt.
func interruptGroup(*exec.Cmd) {}
