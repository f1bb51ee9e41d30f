// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package terraformcli runs a real Terraform or OpenTofu with the provider of this
// checkout, for tests, demos and benchmarks. It neither reads nor writes the user's own
// CLI configuration.
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
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// CLI is a Terraform or OpenTofu, with the source of its provider.
type CLI struct {
	// Path is the executable.
	Path string
	// Version is its first line of output, such as "Terraform v1.11.4", and Minor the
	// second number in it.
	Version string
	Minor   int

	// platform is the CLI's own: on a Mac an amd64 CLI may run beside an arm64 Go.
	platform   string
	configFile string
}

// IsOpenTofu reports whether the CLI is OpenTofu, not Terraform.
func (c *CLI) IsOpenTofu() bool { return strings.HasPrefix(c.Version, "OpenTofu") }

// Find returns the CLI that TF_ACC_TERRAFORM_PATH names, or else the terraform, or else
// the tofu on the PATH. Its init finds providers as it does by default.
func Find(ctx context.Context) (*CLI, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	cli := &CLI{Path: path}
	// Without the user's configuration, whose errors would precede the version.
	version, err := cli.Run(ctx, "", []string{"TF_CLI_CONFIG_FILE=" + os.DevNull}, "version")
	if err == nil && version.ExitCode != 0 {
		err = fmt.Errorf("exit code %d\n%s", version.ExitCode, version.Output)
	}
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", path, err)
	}
	return cli, cli.parseVersion(version.Output)
}

func find() (string, error) {
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

var versionNumber = regexp.MustCompile(`v1\.(\d+)`)

func (c *CLI) parseVersion(output string) error {
	version, rest, _ := strings.Cut(output, "\n")
	c.Version = strings.TrimSpace(version)
	c.platform = runtime.GOOS + "_" + runtime.GOARCH
	for line := range strings.Lines(rest) {
		if platform, found := strings.CutPrefix(strings.TrimSpace(line), "on "); found {
			c.platform = platform
		}
	}
	number := versionNumber.FindStringSubmatch(c.Version)
	if number == nil {
		return fmt.Errorf("there is no version 1.x in %q", output)
	}
	c.Minor, _ = strconv.Atoi(number[1])
	return nil
}

// ModuleRoot returns the folder of the go.mod that the working directory is below.
func ModuleRoot() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if filepath.Dir(folder) == folder {
			return "", errors.New("the working directory is not in a clone of the repository")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}

// BuildProvider builds the provider of this module into a folder.
func BuildProvider(ctx context.Context, folder string) error {
	_, err := Build(ctx, ".", folder)
	return err
}

// Build builds a package of this module ("./internal/…") into a folder, under the name
// of the provider, and returns the executable.
func Build(ctx context.Context, source, folder string) (executable string, err error) {
	root, err := ModuleRoot()
	if err != nil {
		return "", err
	}
	executable = filepath.Join(folder, "terraform-provider-didit")
	if runtime.GOOS == "windows" {
		executable += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", executable, source) //nolint:gosec // G204: the caller's own package and folder.
	build.Dir = root
	// Leftovers of an interrupted build are deleted with the folder.
	build.Env = append(os.Environ(), "GOTMPDIR="+folder)
	interruptFirst(build)
	if output, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(ctx.Err(), fmt.Errorf("building %s: %w\n%s", source, err, output))
	}
	return executable, nil
}

// New returns a CLI that takes the provider from the folder that it was built into. It
// needs no init, and warns of that. The CLI's configuration is written into folder.
func New(ctx context.Context, folder, providerFolder string) (*CLI, error) {
	cli, err := Find(ctx)
	if err != nil {
		return nil, err
	}
	// Full addresses, because a configuration may name the host or not.
	return cli, cli.configure(folder, fmt.Sprintf(`  dev_overrides {
    "registry.terraform.io/didit-community/didit" = %q
    "registry.opentofu.org/didit-community/didit" = %q
  }
  direct {}`, providerFolder, providerFolder))
}

// NewInstalled builds a package of this module and returns a CLI whose init installs it
// as the provider, as it would from a registry. Build and configuration are written into
// folder.
func NewInstalled(ctx context.Context, folder, source string) (cli *CLI, executable string, err error) {
	if cli, err = Find(ctx); err != nil {
		return nil, "", err
	}
	host := "registry.terraform.io"
	if cli.IsOpenTofu() {
		host = "registry.opentofu.org"
	}
	mirror := filepath.Join(folder, "mirror")
	binaries := filepath.Join(mirror, host, "didit-community", "didit", "0.0.1", cli.platform)
	if err = os.MkdirAll(binaries, 0o750); err != nil {
		return nil, "", err
	}
	if executable, err = Build(ctx, source, binaries); err != nil {
		return nil, "", err
	}
	return cli, executable, cli.configure(folder, fmt.Sprintf(`  filesystem_mirror {
    path = %q
  }`, mirror))
}

// configure writes the CLI's configuration with a source of providers.
func (c *CLI) configure(folder, installation string) error {
	c.configFile = filepath.Join(folder, "cli.tfrc")
	return os.WriteFile(c.configFile, []byte("provider_installation {\n"+installation+"\n}\n"), 0o600)
}

// Result is the outcome of a command.
type Result struct {
	// Output is standard output and standard error, interleaved.
	Output string
	// ExitCode is 0 for success; plan -detailed-exitcode has 2 for changes.
	ExitCode int
}

// Run runs a command in a folder, with variables ("NAME=value") on top of
// Environment. An exit code is not an error; the error is that of starting it.
func (c *CLI) Run(ctx context.Context, folder string, variables []string, arguments ...string) (Result, error) {
	var output bytes.Buffer
	code, err := c.Stream(ctx, &output, folder, variables, arguments...)
	return Result{Output: output.String(), ExitCode: code}, err
}

// Stream is Run that writes the output at once.
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
	command.Env = append(c.Environment(), "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	command.Env = append(command.Env, variables...)
	return command
}

// interruptFirst interrupts a command whose context ends, so that it ends its provider and
// removes its temporary files, and kills it ten seconds later.
func interruptFirst(command *exec.Cmd) {
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
}

// Environment returns this process's environment for commands of the CLI, without the
// variables that configure the CLI or the provider: a real key must not reach a simulator,
// nor a test the real API.
func (c *CLI) Environment() []string {
	clean := []string{"CHECKPOINT_DISABLE=1"}
	if c.configFile != "" {
		clean = append(clean, "TF_CLI_CONFIG_FILE="+c.configFile)
	}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DIDIT_") {
			clean = append(clean, variable)
		}
	}
	return clean
}

var (
	colourCodes = regexp.MustCompile("\x1b\\[[0-9;]*m")
	boxes       = strings.NewReplacer("╷", " ", "│", " ", "╵", " ")
)

// Plain returns an output on one line, without colours and the boxes of diagnostics.
func Plain(output string) string {
	return strings.Join(strings.Fields(boxes.Replace(colourCodes.ReplaceAllString(output, ""))), " ")
}
