// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// factories serve the provider to the testing library, in this process.
var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"didit": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test")(), nil },
}

// world is a simulated Didit of a test's own, with the fixtures in it.
type world struct {
	*simulator.Server
	t *testing.T
}

func newWorld(t *testing.T, options simulator.Options) *world {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	traffic, err := simulator.RecordTraffic(os.Getenv("DIDIT_TRAFFIC"), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	options.Traffic = traffic
	server, err := simulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := traffic.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	return &world{Server: server, t: t}
}

// unlimited is for tests that ask more often than a key may in a minute.
var unlimited = simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1}

// config puts the provider block before the blocks of a test.
func (w *world) config(blocks string) string {
	return w.configWith(fmt.Sprintf("api_key = %q", simulator.DefaultAPIKey), blocks)
}

// configWith is config with other arguments in the provider block.
func (w *world) configWith(arguments, blocks string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
provider "didit" {
  base_url = %q
  %s
}
%s`, w.URL, arguments, blocks)
}

// run runs a test case of the testing library, which stops at the first failure.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.Test(w.t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: steps})
}

// project is a folder with a configuration, for tests that run the CLI command
// by command.
type project struct {
	t      *testing.T
	cli    *terraformcli.CLI
	folder string
}

func (w *world) project(config string) *project {
	w.t.Helper()
	p := &project{t: w.t, cli: builtCLI(w.t), folder: w.t.TempDir()}
	p.write("main.tf", config)
	return p
}

func (p *project) write(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// command runs the CLI and gives what it said, whatever the exit code.
func (p *project) command(arguments ...string) terraformcli.Result {
	p.t.Helper()
	return p.commandWith(nil, arguments...)
}

// commandWith is command with variables ("NAME=value") in the environment.
func (p *project) commandWith(variables []string, arguments ...string) terraformcli.Result {
	p.t.Helper()
	arguments = slices.Insert(arguments, 1, "-no-color")
	result, err := p.cli.Run(p.t.Context(), p.folder, variables, arguments...)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// must runs a command that has to succeed.
func (p *project) must(arguments ...string) string {
	p.t.Helper()
	result := p.command(arguments...)
	if result.ExitCode != 0 {
		p.t.Fatalf("%v ended with %d:\n%s", arguments, result.ExitCode, result.Output)
	}
	return result.Output
}

// shared is what is made once for all tests of this package, by the first that
// runs a CLI.
var shared struct {
	once   sync.Once
	folder string
	cli    *terraformcli.CLI
	err    error
}

func builtCLI(t *testing.T) *terraformcli.CLI {
	t.Helper()
	shared.once.Do(func() {
		// It outlives the test that happens to be the first.
		ctx := context.Background()
		if shared.folder, shared.err = os.MkdirTemp("", "didit-provider-test"); shared.err != nil { //nolint:usetesting // The test's own folder would go with it.
			return
		}
		if shared.err = terraformcli.BuildProvider(ctx, shared.folder); shared.err != nil {
			return
		}
		shared.cli, shared.err = terraformcli.New(ctx, shared.folder, shared.folder)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cli
}

func TestMain(m *testing.M) {
	// The testing library serves the provider under the address that the
	// configurations name, to OpenTofu too.
	_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.terraform.io")
	_ = os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "didit-community")
	code := m.Run()
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
	os.Exit(code)
}
