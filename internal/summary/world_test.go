// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// world is a simulated Didit and a folder with a configuration of the CLI at hand.
type world struct {
	*simulator.Server
	t      *testing.T
	cli    *terraformcli.CLI
	folder string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	folder, err := providerFolder()
	if err != nil {
		t.Fatal(err)
	}
	cli, err := terraformcli.New(t.Context(), t.TempDir(), folder)
	if err != nil {
		t.Fatal(err)
	}
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	return &world{Server: server, t: t, cli: cli, folder: t.TempDir()}
}

// providerFolder holds what is built once for all tests of this package.
var providerFolder = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "didit-summary-test")
	if err != nil {
		return "", err
	}
	return folder, terraformcli.BuildProvider(context.Background(), folder)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("TF_ACC") != "" {
		if folder, err := providerFolder(); err == nil {
			_ = os.RemoveAll(folder)
		}
	}
	os.Exit(code)
}

// needs skips a test for which the CLI at hand is older than 1.minor; Terraform
// and OpenTofu have what is asked for here since the same version.
func (w *world) needs(minor int, what string) {
	w.t.Helper()
	_, version, _ := strings.Cut(w.cli.Version, " v")
	var has [2]int
	if _, err := fmt.Sscanf(version, "%d.%d", &has[0], &has[1]); err != nil {
		w.t.Fatalf("no version in %q: %v", w.cli.Version, err)
	}
	if slices.Compare(has[:], []int{1, minor}) < 0 {
		w.t.Skipf("%s needs Terraform or OpenTofu 1.%d or later; this is %s", what, minor, w.cli.Version)
	}
}

// configure writes the configuration anew.
func (w *world) configure(blocks ...string) {
	w.t.Helper()
	provider := fmt.Sprintf(`
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
provider "didit" {
  base_url = %q
  api_key  = %q
}
`, w.URL, simulator.DefaultAPIKey)
	if err := os.WriteFile(filepath.Join(w.folder, "main.tf"), []byte(provider+strings.Join(blocks, "")), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// block is a resource block; comment is an expression, "" for none.
func block(name, session, node, status, comment string) string {
	if comment != "" {
		comment = "\n  comment = " + comment
	}
	return fmt.Sprintf(`
resource "didit_session_feature_status" %q {
  session_id = %s
  node_id    = %q
  status     = %q%s
}
`, name, session, node, status, comment)
}

// adopted is a resource block with an import block for it.
func adopted(name, session, node, status, comment string) string {
	return fmt.Sprintf("\nimport {\n  to = didit_session_feature_status.%s\n  id = %q\n}\n", name, strings.Trim(session, `"`)+"/"+node) +
		block(name, session, node, status, comment)
}

// run runs the CLI, and gives what it wrote to standard output.
func (w *world) run(arguments ...string) ([]byte, error) {
	w.t.Helper()
	command := w.cli.Command(w.t.Context(), w.folder, nil, arguments...)
	var errors bytes.Buffer
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%v: %w\n%s%s", arguments, err, output, errors.String())
	}
	return output, err
}

func (w *world) must(arguments ...string) []byte {
	w.t.Helper()
	output, err := w.run(arguments...)
	if err != nil {
		w.t.Fatal(err)
	}
	return output
}

// plan makes a plan and reads its summary.
func (w *world) plan(arguments ...string) summary.Summary {
	w.t.Helper()
	w.must(append([]string{"plan", "-out=tfplan"}, arguments...)...)
	return w.shown()
}

func (w *world) shown() summary.Summary {
	w.t.Helper()
	parsed, err := summary.Parse(w.must("show", "-json", "tfplan"))
	if err != nil {
		w.t.Fatal(err)
	}
	return parsed
}

// approve is a person in the console, who approves a step of the KYC session.
func (w *world) approve(node string) {
	w.t.Helper()
	if err := w.Decide(simulator.SessionKYC, node, "", simulator.StatusApproved, ""); err != nil {
		w.t.Fatal(err)
	}
}

// lines are the decisions in short, sorted by step.
func lines(s summary.Summary) []string {
	var short []string
	for _, d := range s.Decisions {
		text := func(value summary.Value) string {
			return map[summary.Kind]string{summary.Known: value.Text, summary.None: "-", summary.Unknown: "unknown", summary.Sensitive: "sensitive"}[value.Kind]
		}
		short = append(short, fmt.Sprintf("%s: %s %s: %s -> %s: %s", d.Group, text(d.NodeID), text(d.FeatureType), text(d.From), text(d.To), text(d.Comment)))
	}
	return short
}

func expectLines(t *testing.T, s summary.Summary, want ...string) {
	t.Helper()
	if got := lines(s); !slices.Equal(got, want) {
		t.Errorf("the decisions are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
