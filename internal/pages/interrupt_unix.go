// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package pages

import (
	"os/exec"
	"syscall"
)

// interruptGroup interrupts a command when its context ends, as Ctrl-C in a terminal does:
// the shell, the CLI and the provider get one interrupt each. The CLI then ends its
// provider; after a second interrupt it would exit at once, without its provider.
func interruptGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
}
