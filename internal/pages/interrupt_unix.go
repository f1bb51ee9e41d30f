// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package pages

import (
	"os/exec"
	"syscall"
)

// interruptGroup makes the end of a command's context do what Ctrl-C does in a
// terminal: the shell, the CLI and the provider get one interrupt each. The CLI ends
// its provider then; a second interrupt would make it leave at once.
func interruptGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
}
