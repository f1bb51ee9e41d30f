// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package examples_test applies what stands under examples/ on the simulator,
// with a real Terraform or OpenTofu and the provider of this checkout.
package examples_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// examples is where they are, seen from here.
const examples = "../../examples"

// root is a working folder with a configuration, and a Didit of its own.
type root struct {
	t      testing.TB
	cli    *terraformcli.CLI
	folder string
	didit  *simulator.Server
}

// newRoot makes an empty folder beside a Didit without sessions or limits.
func newRoot(t testing.TB) *root {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	return &root{t, installedCLI(t), t.TempDir(), didit}
}

// requires skips what the CLI at hand is too old for; both know the feature
// from the same minor version on.
func (r *root) requires(minor int, feature string) {
	r.t.Helper()
	if found := minorVersion(r.cli.Version); found < minor {
		r.t.Skipf("%s need Terraform or OpenTofu 1.%d or later; this is %s", feature, minor, r.cli.Version)
	}
}

var versionNumber = regexp.MustCompile(`v1\.(\d+)`)

// minorVersion is that of 1.x; what cannot be read is given a try.
func minorVersion(version string) int {
	parts := versionNumber.FindStringSubmatch(version)
	if parts == nil {
		return 99
	}
	minor, _ := strconv.Atoi(parts[1])
	return minor
}

// at is the same CLI and Didit in another folder.
func (r *root) at(folder string) *root {
	return &root{r.t, r.cli, folder, r.didit}
}

// copy copies an example into the folder.
func (r *root) copy(example string) {
	r.t.Helper()
	r.ok(os.CopyFS(r.folder, os.DirFS(filepath.Join(examples, example))))
}

// replace puts the files of another folder in the place of one.
func (r *root) replace(folder, with string) {
	r.t.Helper()
	r.ok(os.RemoveAll(filepath.Join(r.folder, folder)))
	r.ok(os.CopyFS(filepath.Join(r.folder, folder), os.DirFS(filepath.Join(r.folder, with))))
}

func (r *root) write(name, content string) {
	r.t.Helper()
	r.ok(os.WriteFile(filepath.Join(r.folder, name), []byte(content), 0o600))
}

func (r *root) read(name string) string {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.folder, name))
	r.ok(err)
	return string(content)
}

func (r *root) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// run runs a command of the CLI, and gives what it said, without its boxes and
// line breaks.
func (r *root) run(arguments ...string) terraformcli.Result {
	r.t.Helper()
	arguments = slices.Insert(arguments, 1, "-no-color")
	result, err := r.cli.Run(r.t.Context(), r.folder, []string{"DIDIT_BASE_URL=" + r.didit.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}, arguments...)
	r.ok(err)
	return result
}

// must runs a command that ends with this exit code.
func (r *root) must(exitCode int, arguments ...string) (said string) {
	r.t.Helper()
	result := r.run(arguments...)
	if result.ExitCode != exitCode {
		r.t.Fatalf("%v ended with %d, want %d:\n%s", arguments, result.ExitCode, exitCode, result.Output)
	}
	return plain(result.Output)
}

// plansNothing expects an empty plan.
func (r *root) plansNothing() {
	r.t.Helper()
	r.must(0, "plan", "-detailed-exitcode")
}

// trail expects these changes on the audit trail, in any order, one PATCH each.
func (r *root) trail(expected ...simulator.TrailEntry) {
	r.t.Helper()
	var found []simulator.TrailEntry
	for _, change := range r.didit.Trail("") {
		found = append(found, simulator.TrailEntry{SessionID: change.SessionID, NodeID: change.NodeID, From: change.From, To: change.To, Comment: change.Comment})
	}
	byStep := func(a, b simulator.TrailEntry) int {
		return strings.Compare(a.SessionID+a.NodeID, b.SessionID+b.NodeID)
	}
	slices.SortFunc(found, byStep)
	slices.SortFunc(expected, byStep)
	if !slices.Equal(found, expected) {
		r.t.Errorf("the audit trail holds\n%+v\nwant\n%+v", found, expected)
	}
	if sent := r.didit.Count("PATCH"); sent != len(expected) {
		r.t.Errorf("%d PATCH were sent, want %d", sent, len(expected))
	}
}

// says expects passages, however they are aligned and broken into lines.
func says(t testing.TB, said string, passages ...string) {
	t.Helper()
	for _, passage := range passages {
		if !strings.Contains(said, passage) {
			t.Errorf("there is no %q in:\n%s", passage, said)
		}
	}
}

var boxes = strings.NewReplacer("╷", " ", "│", " ", "╵", " ")

func plain(text string) string { return strings.Join(strings.Fields(boxes.Replace(text)), " ") }

// shell runs a script of an example, with a text as its standard input.
func (r *root) shell(input, script string, arguments ...string) (output string, err error) {
	r.t.Helper()
	command := exec.CommandContext(r.t.Context(), "sh", append([]string{script}, arguments...)...)
	command.Dir = r.folder
	command.Stdin = strings.NewReader(input)
	said, err := command.CombinedOutput()
	return string(said), err
}

// shared is what the first test that needs it makes for all of them.
var shared struct {
	once   sync.Once
	folder string
	cli    *terraformcli.CLI
	err    error
}

// installedCLI is a CLI whose init finds the provider of this checkout.
func installedCLI(t testing.TB) *terraformcli.CLI {
	t.Helper()
	shared.once.Do(install)
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cli
}

// install builds the provider for all tests, and outlives the first of them.
func install() {
	ctx := context.Background()
	if shared.folder, shared.err = os.MkdirTemp("", "didit-examples-"); shared.err != nil {
		return
	}
	shared.cli, shared.err = terraformcli.NewInstalled(ctx, shared.folder)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
	os.Exit(code)
}
