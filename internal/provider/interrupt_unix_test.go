// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider_test

import (
	"os/exec"
	"syscall"
)

// inGroup gives a command that is not started yet a process group of its own,
// so that interruptGroup does what Ctrl-C does in a terminal: it reaches the CLI,
// its children and the provider. Terraform 1.0 runs itself as a child, and the
// parent ignores signals that do not reach both.
func inGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func interruptGroup(command *exec.Cmd) error {
	return syscall.Kill(-command.Process.Pid, syscall.SIGINT)
}
