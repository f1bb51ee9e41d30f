// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package terraformcli runs a real Terraform or OpenTofu with the provider of
// this checkout, for tests, demos and benchmarks. Nothing of the user's own CLI
// configuration is read or written.
package terraformcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// CLI is a Terraform or OpenTofu, and the provider that it uses.
type CLI struct {
	// Path is the executable.
	Path string
	// Version is its first line of output, such as "Terraform v1.11.4".
	Version string

	platform   string
	configFile string
}

// IsOpenTofu tells OpenTofu from Terraform.
func (c *CLI) IsOpenTofu() bool { return strings.HasPrefix(c.Version, "OpenTofu") }

// Find gives the executable that TF_ACC_TERRAFORM_PATH names, else the terraform
// on the PATH, else the tofu.
func Find() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no terraform and no tofu on the PATH: install Terraform 1.0 or OpenTofu 1.6, or later, or name one in TF_ACC_TERRAFORM_PATH")
}

// BuildProvider builds the provider of the module that the working directory is
// in into the folder; go is asked for nothing but what go.sum names.
func BuildProvider(ctx context.Context, folder string) error {
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", folder+string(filepath.Separator), "github.com/didit-community/terraform-provider-didit") //nolint:gosec // G204: the folder is the caller's own.
	// What an interrupted build leaves behind goes with the folder.
	build.Env = append(os.Environ(), "GOTMPDIR="+folder)
	interruptFirst(build)
	if output, err := build.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	return nil
}

// New makes a CLI whose configuration, written into folder, takes the provider
// from the folder that it was built into. It needs no init, and warns of that.
func New(ctx context.Context, folder, providerFolder string) (*CLI, error) {
	cli, err := configured(ctx, folder)
	if err != nil {
		return nil, err
	}
	// The full address: OpenTofu would look for a short one in its own registry.
	return cli, cli.configure(fmt.Sprintf(`  dev_overrides {
    "registry.terraform.io/didit-community/didit" = %q
  }
  direct {}`, providerFolder))
}

// configured makes a CLI with an empty configuration, and asks for its version.
func configured(ctx context.Context, folder string) (*CLI, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	cli := &CLI{Path: path, configFile: filepath.Join(folder, "cli.tfrc")}
	if err := os.WriteFile(cli.configFile, nil, 0o600); err != nil {
		return nil, err
	}
	version, err := cli.Run(ctx, folder, nil, "version")
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", path, err)
	}
	if version.ExitCode != 0 {
		return nil, fmt.Errorf("%s version ended with %d:\n%s", path, version.ExitCode, version.Output)
	}
	cli.Version, cli.platform = parseVersion(version.Output)
	return cli, nil
}

// parseVersion takes the version's line and the platform, the CLI's own and not
// this process's: on a Mac an amd64 CLI may run beside an arm64 Go.
func parseVersion(output string) (version, platform string) {
	version, rest, _ := strings.Cut(output, "\n")
	platform = runtime.GOOS + "_" + runtime.GOARCH
	for line := range strings.Lines(rest) {
		if on, found := strings.CutPrefix(strings.TrimSpace(line), "on "); found {
			platform = on
		}
	}
	return strings.TrimSpace(version), platform
}

// configure says where providers come from.
func (c *CLI) configure(installation string) error {
	return os.WriteFile(c.configFile, []byte("provider_installation {\n"+installation+"\n}\n"), 0o600)
}

// Result is what a command said.
type Result struct {
	// Output is standard output and standard error as they came.
	Output string
	// ExitCode is 0 for success; plan -detailed-exitcode has 2 for changes.
	ExitCode int
}

// Run runs a command in a folder, with variables ("NAME=value") on top of a
// clean environment. An exit code is no error; the error is that of starting it.
func (c *CLI) Run(ctx context.Context, folder string, variables []string, arguments ...string) (Result, error) {
	var output bytes.Buffer
	code, err := c.Stream(ctx, &output, folder, variables, arguments...)
	return Result{Output: output.String(), ExitCode: code}, err
}

// Stream is Run with the output written as it comes.
func (c *CLI) Stream(ctx context.Context, output io.Writer, folder string, variables []string, arguments ...string) (exitCode int, err error) {
	command := c.Command(ctx, folder, variables, arguments...)
	command.Stdout, command.Stderr = output, output
	err = command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// Command prepares a command without starting it, for callers that signal it.
func (c *CLI) Command(ctx context.Context, folder string, variables []string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, c.Path, arguments...) //nolint:gosec // G204: running a CLI is what this package is for.
	interruptFirst(command)
	command.Dir = folder
	command.Env = append(cleanEnvironment(), "TF_CLI_CONFIG_FILE="+c.configFile, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	command.Env = append(command.Env, variables...)
	return command
}

// interruptFirst gives a command whose context ends some time to tidy up: to end
// its provider, to remove its temporary files.
func interruptFirst(command *exec.Cmd) {
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
}

// cleanEnvironment is this process's without what would change what the CLI or
// the provider do: a real key must not reach a simulator, nor a test the real API.
func cleanEnvironment() []string {
	var clean []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DIDIT_") {
			clean = append(clean, variable)
		}
	}
	return clean
}
