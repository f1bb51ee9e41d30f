// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// Workspace is a folder with a configuration, in which the CLI runs.
type Workspace struct {
	T   testing.TB
	CLI *terraformcli.CLI
	// Folder is the path.
	Folder string
	// Variables are set in the environment of every command ("NAME=value").
	Variables []string
}

// NewWorkspace returns a new, empty folder. Its CLI needs no init.
func NewWorkspace(t testing.TB) *Workspace {
	t.Helper()
	return &Workspace{T: t, CLI: BuiltCLI(t), Folder: t.TempDir()}
}

// Workspace returns a new folder with this main.tf. Its CLI needs no init.
func (e *Env) Workspace(config string) *Workspace {
	e.T.Helper()
	w := NewWorkspace(e.T)
	w.Write("main.tf", config)
	return w
}

// InstalledWorkspace returns a new, empty folder. The init of its CLI installs the
// provider from a mirror, as it would from a registry, and the environment
// configures it for this Didit.
func (e *Env) InstalledWorkspace() *Workspace {
	e.T.Helper()
	return &Workspace{T: e.T, CLI: InstalledCLI(e.T), Folder: e.T.TempDir(), Variables: e.Environment()}
}

// In returns a workspace with the same CLI in another folder, for a subtest or a module.
func (w *Workspace) In(t testing.TB, folder string) *Workspace {
	return &Workspace{T: t, CLI: w.CLI, Folder: folder, Variables: w.Variables}
}

// Write writes a file, and the folders above it.
func (w *Workspace) Write(name, content string) {
	w.T.Helper()
	path := filepath.Join(w.Folder, name)
	require(w.T, os.MkdirAll(filepath.Dir(path), 0o700))
	require(w.T, os.WriteFile(path, []byte(content), 0o600))
}

// Read reads a file.
func (w *Workspace) Read(name string) string {
	w.T.Helper()
	content, err := os.ReadFile(filepath.Join(w.Folder, name))
	require(w.T, err)
	return string(content)
}

// Run runs a command and returns its output and exit code.
func (w *Workspace) Run(arguments ...string) terraformcli.Result {
	w.T.Helper()
	return w.RunWith(nil, arguments...)
}

// RunWith is Run with more variables ("NAME=value") in the environment.
func (w *Workspace) RunWith(variables []string, arguments ...string) terraformcli.Result {
	w.T.Helper()
	arguments = slices.Insert(slices.Clone(arguments), 1, "-no-color")
	result, err := w.CLI.Run(w.T.Context(), w.Folder, slices.Concat(w.Variables, variables), arguments...)
	require(w.T, err)
	return result
}

// MustRun runs a command that has to succeed.
func (w *Workspace) MustRun(arguments ...string) (output string) {
	w.T.Helper()
	return w.MustExit(0, arguments...)
}

// MustExit runs a command that has to end with this exit code.
func (w *Workspace) MustExit(exitCode int, arguments ...string) (output string) {
	w.T.Helper()
	result := w.Run(arguments...)
	if result.ExitCode != exitCode {
		w.T.Fatalf("%v ended with %d, want %d:\n%s", arguments, result.ExitCode, exitCode, result.Output)
	}
	return result.Output
}

// MustFail runs a command that has to fail.
func (w *Workspace) MustFail(arguments ...string) (output string) {
	w.T.Helper()
	result := w.Run(arguments...)
	if result.ExitCode == 0 {
		w.T.Fatalf("%v succeeded:\n%s", arguments, result.Output)
	}
	return result.Output
}

// shared are the CLIs that the first test of a package builds for all of them.
var shared = struct {
	mu               sync.Mutex
	folder           string
	built, installed *terraformcli.CLI
}{}

// BuiltCLI returns a CLI that takes the provider from a build of this checkout.
func BuiltCLI(t testing.TB) *terraformcli.CLI {
	t.Helper()
	return once(t, &shared.built, func(ctx context.Context, folder string) (*terraformcli.CLI, error) {
		if err := terraformcli.BuildProvider(ctx, folder); err != nil {
			return nil, err
		}
		return terraformcli.New(ctx, folder, folder)
	})
}

// InstalledCLI returns a CLI whose init installs the provider of this checkout from a
// mirror.
func InstalledCLI(t testing.TB) *terraformcli.CLI {
	t.Helper()
	return once(t, &shared.installed, func(ctx context.Context, folder string) (*terraformcli.CLI, error) {
		cli, _, err := terraformcli.NewInstalled(ctx, folder, ".")
		return cli, err
	})
}

// once returns the shared CLI, and installs it if there is none yet.
func once(t testing.TB, cli **terraformcli.CLI, install func(context.Context, string) (*terraformcli.CLI, error)) *terraformcli.CLI {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if *cli != nil {
		return *cli
	}
	if shared.folder == "" {
		folder, err := os.MkdirTemp("", "didit-acctest-") //nolint:usetesting // It outlives the first test.
		require(t, err)
		shared.folder = folder
	}
	folder, err := os.MkdirTemp(shared.folder, "cli-") //nolint:usetesting // It outlives the first test.
	require(t, err)
	installed, err := install(context.WithoutCancel(t.Context()), folder)
	require(t, err)
	*cli = installed
	return installed
}

// Main runs the tests of a package, and then removes the shared CLIs. TestMain calls it.
func Main(m *testing.M) (exitCode int) {
	// terraform-plugin-testing serves the provider under the address that the
	// configurations name, to OpenTofu too.
	_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.terraform.io")
	_ = os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "didit-community")
	exitCode = m.Run()
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
	return exitCode
}
