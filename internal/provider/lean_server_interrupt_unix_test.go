// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider_test

import (
	"os/exec"
	"syscall"
)

// setProcessGroup makes a command start a process group, so that interruptProcessGroup
// signals the CLI, its children and the provider, as Ctrl-C in a terminal does. Terraform
// 1.0 runs itself as a child, and its parent process ignores signals that only it gets.
func setProcessGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func interruptProcessGroup(command *exec.Cmd) error {
	return syscall.Kill(-command.Process.Pid, syscall.SIGINT)
}
