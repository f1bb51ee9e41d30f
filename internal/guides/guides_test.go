// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package guides_test follows the guides of the registry's pages word by word (see
// internal/pages), and checks their links and that they explain every message.
package guides_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/pages"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// checkout is the root of the repository, seen from here.
const checkout = "../.."

// guides are where the pages are, as they are published.
const guides = checkout + "/docs/guides"

// substitutions are the commands that are run in another way than a guide says, and
// why. Everything else is run as it stands.
var substitutions = []struct{ command, instead, because string }{
	{
		"git clone https://github.com/didit-community/terraform-provider-didit", `ln -s "$CHECKOUT" terraform-provider-didit`,
		"there is no network: the checkout stands for a clone of it",
	},
	{
		"export DIDIT_API_KEY=…", "export DIDIT_BASE_URL=$SIMULATOR DIDIT_API_KEY=" + simulator.DefaultAPIKey,
		"there is no account",
	},
	{
		`make simulator ARGS="-listen 127.0.0.1:8080"`, ":",
		"the simulator runs in the test's own process; its command has tests of its own",
	},
	{
		"http://127.0.0.1:8080", "$SIMULATOR",
		"it listens on a free port",
	},
	{
		"make demo", ":",
		"CI runs it by itself",
	},
	{
		"curl -LO $release/terraform-provider-didit_0.1.0_linux_amd64.zip", `cp "$HOME/release.zip" terraform-provider-didit_0.1.0_linux_amd64.zip`,
		"there is no network: an archive of the checkout stands for that of the release",
	},
	{
		"curl -LO $release/terraform-provider-didit_0.1.0_SHA256SUMS", "sha256sum *.zip >terraform-provider-didit_0.1.0_SHA256SUMS",
		"there is no network",
	},
	{
		`curl -sSfL -H "Authorization: Bearer $TOKEN" "https://app.terraform.io/api/v2/runs/$RUN_ID/plan/json-output" >plan.json`,
		`terraform -chdir=groups/2026 show -json "$PWD/reviewed.tfplan" >plan.json`,
		"there is no network: the plan is that of the run before",
	},
	{
		"_linux_amd64.zip", "_" + platform + ".zip",
		"the archive is for the machine at hand",
	},
	{
		"-platform=linux_amd64", "-platform=" + platform,
		"the archive is for the machine at hand",
	},
}

const platform = runtime.GOOS + "_" + runtime.GOARCH

// reader follows pages in a home of their own.
type reader struct {
	*pages.Runner
	t *testing.T
}

func newReader(t *testing.T) *reader {
	t.Helper()
	switch {
	case os.Getenv("TF_ACC") == "":
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	case runtime.GOOS == "windows":
		t.Skip("the commands of the guides are for a POSIX shell")
	}
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	didit.AddDemoData() // what a reader's own simulator serves
	r := &reader{t: t}
	options := pages.Options{Didit: didit, Home: t.TempDir(), Checkout: absolute(t, checkout), Replace: r.replace}
	if r.Runner, err = pages.NewRunner(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	return r
}

// replace puts everything in its place that is done otherwise here.
func (r *reader) replace(commands string) string {
	for _, substitution := range substitutions {
		commands = strings.ReplaceAll(commands, substitution.command, substitution.instead)
	}
	commands = strings.ReplaceAll(commands, "$SIMULATOR", r.Didit.URL)
	if r.CLI.IsOpenTofu() {
		// As the guide on installing says.
		commands = strings.ReplaceAll(commands, "registry.terraform.io", "registry.opentofu.org")
	}
	return commands
}

// follow follows blocks, each in a test of its own, up to the first that fails.
func (r *reader) follow(blocks []pages.Block) {
	r.t.Helper()
	for _, block := range blocks {
		if block.Kind == pages.Heading || block.Kind == pages.Paragraph {
			if err := r.Follow(r.t.Context(), block); err != nil {
				r.t.Fatal(err)
			}
			continue
		}
		passed := r.t.Run(fmt.Sprintf("line %d", block.Line), func(t *testing.T) {
			err := r.Follow(t.Context(), block)
			if _, isUnmet := errors.AsType[*pages.UnmetError](err); isUnmet {
				t.Skip(err)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, r.Output)
			}
		})
		if !passed {
			r.t.Fatal("the rest of the page needs what failed")
		}
	}
}

func parse(t *testing.T, page string) []pages.Block {
	t.Helper()
	blocks, err := pages.Parse(contentOf(t, page))
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	return blocks
}

func TestGuides_CanBeFollowedWordByWord(t *testing.T) {
	t.Parallel()
	for _, page := range allGuides(t) {
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			t.Parallel()
			r := newReader(t)
			if filepath.Base(page) == "installing.md" {
				r.archiveRelease()
			}
			r.follow(parse(t, page))
		})
	}
}

// archiveRelease makes the archive of a release, for this machine.
func (r *reader) archiveRelease() {
	r.t.Helper()
	folder := r.t.TempDir()
	build := exec.CommandContext(r.t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(folder, "terraform-provider-didit_v0.1.0"), checkout)
	if output, err := build.CombinedOutput(); err != nil {
		r.t.Fatalf("%v\n%s", err, output)
	}
	file, err := os.Create(filepath.Join(r.Home, "release.zip"))
	if err != nil {
		r.t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	if err := errors.Join(archive.AddFS(os.DirFS(folder)), archive.Close(), file.Close()); err != nil {
		r.t.Fatal(err)
	}
}

func TestSubstitutions_AreOfCommandsInGuides(t *testing.T) {
	t.Parallel()
	var commands strings.Builder
	for _, page := range allGuides(t) {
		for _, block := range parse(t, page) {
			if block.Kind == pages.Console {
				commands.WriteString(block.Text)
			}
		}
	}
	for _, substitution := range substitutions {
		if !strings.Contains(commands.String(), substitution.command) {
			t.Errorf("no guide has the command %s any more", substitution.command)
		}
	}
}

func allGuides(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(guides + "/*.md")
	if err != nil || len(found) < 7 {
		t.Fatalf("there are %d guides: %v", len(found), err)
	}
	return found
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
