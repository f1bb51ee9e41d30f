// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// substitutions are what the test does in another way than the reader of a
// guide, and why. Everything else is run as it stands.
var substitutions = []struct{ command, instead, because string }{
	{
		"git clone https://github.com/didit-community/terraform-provider-didit", `ln -s "$CHECKOUT" terraform-provider-didit`,
		"there is no network: the checkout stands for a clone of it",
	},
	{
		"export DIDIT_API_KEY=…", "export DIDIT_BASE_URL=http://127.0.0.1:8080 DIDIT_API_KEY=" + simulator.DefaultAPIKey,
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
		"scripts/fetch-plan-summary bin", `mkdir bin && cp "$TOOLS/didit-plan-summary" bin/`,
		"there is no network: a build of the checkout stands for the release",
	},
	{
		"terraform providers lock -platform=linux_amd64 -platform=darwin_arm64", ":",
		"it asks the registry",
	},
	{
		`terraform providers mirror -platform=linux_amd64 "$HOME/mirror"`, ":",
		"it asks the registry, whatever the CLI configuration says; what follows makes the same folder by hand",
	},
	{
		"curl -LO $release/terraform-provider-didit_0.1.0_linux_amd64.zip", `cp "$TOOLS"/terraform-provider-didit_0.1.0_*.zip .`,
		"there is no network: an archive of the checkout stands for that of the release",
	},
	{
		"curl -LO $release/terraform-provider-didit_0.1.0_SHA256SUMS", "sha256sum *.zip >terraform-provider-didit_0.1.0_SHA256SUMS",
		"there is no network",
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

// Of every terraform init the test's CLI configuration says that what the
// registry would give is in a folder (terraformcli.NewMirrored).

const platform = runtime.GOOS + "_" + runtime.GOARCH

// substitute puts everything in its place that is done otherwise here.
func (r *reader) substitute(commands string) string {
	for _, substitution := range substitutions {
		commands = strings.ReplaceAll(commands, substitution.command, substitution.instead)
	}
	commands = strings.ReplaceAll(commands, "$SIMULATOR", r.didit.URL)
	if r.tools.cli.IsOpenTofu() {
		// As the guide on installing says.
		commands = strings.ReplaceAll(commands, "registry.terraform.io", "registry.opentofu.org")
		commands = strings.ReplaceAll(commands, "terraform-provider-didit install", "terraform-provider-didit install HOST=registry.opentofu.org")
	}
	return commands
}

// tools are what a reader has on the machine, or downloads.
type tools struct {
	cli   *terraformcli.CLI
	minor int
	// folder holds the CLI under the name terraform, and what a release has.
	folder, checkout string
	goVariables      []string
}

// environment is that of a terminal of a user with this home folder.
func (d tools) environment(home string) []string {
	var variables []string
	for _, variable := range d.cli.Command(context.Background(), home, nil).Env {
		switch name, _, _ := strings.Cut(variable, "="); name {
		case "HOME", "PATH", "PWD", "OLDPWD", "TF_INPUT", "TF_IN_AUTOMATION", "MAKEFLAGS", "MAKELEVEL":
		default:
			variables = append(variables, variable)
		}
	}
	return append(append(variables, d.goVariables...),
		"HOME="+home, "PATH="+d.folder+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TOOLS="+d.folder, "CHECKOUT="+d.checkout)
}

// shared is what the first test makes for all.
var shared struct {
	once   sync.Once
	folder string
	tools  tools
	err    error
}

func installedTools(t *testing.T) tools {
	t.Helper()
	shared.once.Do(func() {
		shared.tools.checkout = absolute(t, checkout)
		shared.err = install(context.Background())
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.tools
}

var versionNumber = regexp.MustCompile(`v1\.(\d+)`)

// install outlives the first test that asks for it.
func install(ctx context.Context) (err error) {
	if shared.folder, err = os.MkdirTemp("", "didit-guides-"); err != nil {
		return err
	}
	d := &shared.tools
	var mirror terraformcli.Mirror
	if d.cli, mirror, err = terraformcli.NewMirrored(ctx, shared.folder); err != nil {
		return err
	}
	if found := versionNumber.FindStringSubmatch(d.cli.Version); found != nil {
		d.minor, _ = strconv.Atoi(found[1])
	}
	if _, err = mirror.Build(ctx); err != nil {
		return err
	}
	if d.goVariables, err = goVariables(ctx); err != nil {
		return err
	}
	d.folder = filepath.Join(shared.folder, "bin")
	if err = os.Mkdir(d.folder, 0o700); err != nil {
		return err
	}
	path, err := exec.LookPath(d.cli.Path)
	if err != nil {
		return err
	}
	if err = os.Symlink(path, filepath.Join(d.folder, "terraform")); err != nil {
		return err
	}
	if err = build(ctx, filepath.Join(d.folder, "didit-plan-summary"), "./cmd/didit-plan-summary"); err != nil {
		return err
	}
	return release(ctx, d.folder)
}

func build(ctx context.Context, to, program string) error {
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", to, program)
	command.Dir = checkout
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", program, err, output)
	}
	return nil
}

// release makes the archive of a release, for this machine.
func release(ctx context.Context, folder string) error {
	binary := filepath.Join(folder, "terraform-provider-didit_v0.1.0")
	if err := build(ctx, binary, "."); err != nil {
		return err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: filepath.Base(binary), Method: zip.Store}
	header.SetMode(0o755)
	file, err := writer.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "terraform-provider-didit_0.1.0_"+platform+".zip"), archive.Bytes(), 0o600)
}

// goVariables keep a go command from looking for its caches in another home.
func goVariables(ctx context.Context) ([]string, error) {
	names := []string{"GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS"}
	output, err := exec.CommandContext(ctx, "go", slices.Concat([]string{"env", "-json"}, names)...).Output()
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	if err := json.Unmarshal(output, &values); err != nil {
		return nil, err
	}
	var variables []string
	for _, name := range names {
		variables = append(variables, name+"="+values[name])
	}
	return variables, nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
	os.Exit(code)
}
