// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// newTestRunner returns a runner whose terraform is another program.
func newTestRunner(t *testing.T, cli terraformcli.CLI, output *strings.Builder) *Runner {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the commands of the pages are for a POSIX shell")
	}
	didit, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	for _, session := range simulator.Fixtures() {
		didit.AddSession(session)
	}
	cli.Path = "echo"
	options := Options{Didit: didit, Home: t.TempDir(), Replace: strings.NewReplacer("$SIMULATOR", didit.URL).Replace, Printer: Printer{Writer: output}, Strict: true}
	r := &Runner{Options: options, CLI: &cli}
	if r.shell, err = newShell(t.Context(), &cli, options.Home, "/checkout", nil); err != nil {
		t.Fatal(err)
	}
	return r
}

// follow follows a page up to the first error.
func follow(t *testing.T, r *Runner, page string) error {
	t.Helper()
	blocks, err := Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		if err := r.Follow(t.Context(), block); err != nil {
			return err
		}
	}
	return nil
}

func console(commands string) string { return "```console\n" + commands + "\n```\n" }

func TestRunner_KeepsFolderAndVariables(t *testing.T) {
	t.Parallel()
	var output strings.Builder
	r := newTestRunner(t, terraformcli.CLI{Version: "Terraform v1.5.0", Minor: 5}, &output)

	err := follow(t, r, "# A title\n\nA paragraph.\n\n"+console("mkdir a && cd a\nexport NAME=\"it's\"")+
		"```yaml\n# b/c.yaml\nkey: value\n```\n"+console(`terraform "$NAME" "$CHECKOUT" $(cat b/c.yaml)`)+"```text\nit's /checkout # b/c.yaml\nkey: value\n```\n")
	if err != nil {
		t.Fatal(err)
	}

	for _, part := range []string{"━━ A title ━━", "A paragraph.", "$ mkdir a && cd a", "  key: value", "  it's /checkout # b/c.yaml key: value", "✓ As expected: exit code 0, and Didit got 0 GET and 0 PATCH."} {
		if !strings.Contains(output.String(), part) {
			t.Errorf("the output lacks %q:\n%s", part, &output)
		}
	}
}

const read = `curl -sf -H "X-Api-Key: ` + simulator.DefaultAPIKey + `" $SIMULATOR/v3/session/` + simulator.SessionKYC + "/decision/ >report"

func TestRunner_FailsIfPageDiffers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ page, expected, found string }{
		"exit code":          {console("exit 2"), "exit code 0", "exit code 2"},
		"excerpt":            {console("echo one; echo two") + "```text\ntwo\none\n```\n", "one", "it is not in the output, or not in this order"},
		"requests not named": {console(read), "0 GET and 0 PATCH", "1 GET and 0 PATCH"},
		"fewer requests":     {"<!-- test: 2 to 3 GET, 1 PATCH -->\n" + console(read), "2 to 3 GET and 1 PATCH", "1 GET and 0 PATCH"},
		"failed request":     {"<!-- test: 1 GET -->\n<!-- test: exit code 22 -->\n" + console(strings.Replace(read, "000001", "999999", 1)), "every request succeeds", "returned 404"},
		"trail":              {"```trail\nBY SESSION WHAT FROM TO COMMENT\nconsole …0001 feature_aml_1 In Review Approved\n```\n", "console …0001", "BY SESSION WHAT FROM TO COMMENT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newTestRunner(t, terraformcli.CLI{Version: "Terraform v1.5.0", Minor: 5}, &strings.Builder{})

			err := follow(t, r, "# A section\n\n"+test.page+console("echo next"))

			mismatch, ok := errors.AsType[*MismatchError](err)
			if !ok {
				t.Fatalf("the page ended with %v", err)
			}
			if mismatch.Section != "A section" || !strings.Contains(mismatch.Expected, test.expected) || !strings.Contains(mismatch.Found, test.found) {
				t.Errorf("got %v, want %q instead of %q", mismatch, test.found, test.expected)
			}
			if strings.Contains(r.Output, "next") {
				t.Error("the page was followed after the failure")
			}
		})
	}
}

func TestRunner_ComparesChangesWithRequests(t *testing.T) {
	t.Parallel()
	var r Runner
	patch := simulator.Request{Method: http.MethodPatch, Status: http.StatusOK}
	for name, test := range map[string]struct {
		requests []simulator.Request
		changes  []simulator.TrailEntry
		deferred int
		fails    bool
	}{
		"one change for a PATCH":   {[]simulator.Request{patch}, []simulator.TrailEntry{{Actor: "API Client"}, {Actor: "Ada", ActorType: simulator.ActorConsoleUser}}, 0, false},
		"no change for a PATCH":    {[]simulator.Request{patch}, nil, 0, true},
		"one change for two PATCH": {[]simulator.Request{patch, patch}, []simulator.TrailEntry{{Actor: "API Client"}}, 0, true},
		"a PATCH that waits":       {[]simulator.Request{patch}, nil, 1, false},
		"a change that has waited": {nil, []simulator.TrailEntry{{Actor: "API Client"}}, -1, false},
	} {
		if expected, _ := r.compare(Block{}, expectation{deferred: test.deferred}, 0, test.requests, test.changes); (expected != "") != test.fails {
			t.Errorf("%s: expected %q", name, expected)
		}
	}
}

func TestRunner_RunsDirectives(t *testing.T) {
	t.Parallel()
	var output strings.Builder
	r := newTestRunner(t, terraformcli.CLI{Version: "OpenTofu v1.8.0", Minor: 8}, &output)

	err := follow(t, r, "<!-- test: run: export NAME=quiet -->\n<!-- test: on Terraform 1.5: exit 1 -->\n<!-- test: a folder with versions.tf -->\n<!-- test: exit code 3 -->\n<!-- test: 1 GET -->\n"+
		console("test \"$NAME\" = quiet && test \"$(ls)\" = versions.tf\n"+read+"\nexit 3")+
		"<!-- test: decide "+simulator.SessionKYC+" feature_aml_1 Declined \"On a list\" -->\n<!-- test: in Didit "+simulator.SessionKYC+" feature_aml_1 is Declined -->\n"+
		"<!-- test: decide "+simulator.SessionKYC+" feature_aml_1/"+simulator.HitPEP+" Confirmed Match -->\n<!-- test: in Didit "+simulator.SessionKYC+" feature_aml_1/"+simulator.HitPEP+" is Confirmed Match -->\n"+
		"<!-- test: decide "+simulator.SessionKYC+" Declined \"On a list\" -->\n<!-- test: in Didit "+simulator.SessionKYC+" is Declined -->\n"+
		"```trail\nBY  SESSION  WHAT  FROM  TO  COMMENT\nconsole  …0001  feature_aml_1  In Review  Declined  On a list\n"+
		"console  …0001  "+simulator.HitPEP+"  Unreviewed  Confirmed Match\nconsole …0001 the session In Review Declined On a list\n```\n")
	if err != nil {
		t.Fatal(err)
	}

	if event := `→ In the console: feature_aml_1 "In Review" -> "Declined", "On a list"`; !strings.Contains(output.String(), event) {
		t.Errorf("the output lacks %q:\n%s", event, &output)
	}
	for _, wrong := range []string{"<!-- test: do it -->\n", "<!-- test: in Didit " + simulator.SessionKYC + " feature_aml_1 is Approved -->\n", "<!-- test: run: exit 1 -->\n"} {
		if err := follow(t, r, wrong+console(":")); err == nil {
			t.Errorf("%s succeeded", wrong)
		}
	}
}

func TestRunner_StopsAtUnmetRequirement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		needs, version string
		minor          int
		unmet, lasts   bool
	}{
		"older Terraform":             {"needs Terraform 1.7, OpenTofu 1.8", "Terraform v1.6.9", 6, true, false},
		"recent Terraform":            {"needs Terraform 1.7, OpenTofu 1.8", "Terraform v1.7.0", 7, false, false},
		"older OpenTofu":              {"needs Terraform 1.7, OpenTofu 1.8", "OpenTofu v1.7.0", 7, true, false},
		"recent OpenTofu":             {"needs Terraform 1.7, OpenTofu 1.8", "OpenTofu v1.12.1", 12, false, false},
		"OpenTofu, Terraform only":    {"needs Terraform 1.14", "OpenTofu v1.20.0", 20, true, false},
		"older Terraform, whole page": {"this page needs Terraform 1.7", "Terraform v1.5.0", 5, true, true},
		"missing command":             {"this page needs the command nothing-has-this-name", "Terraform v1.5.0", 5, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newTestRunner(t, terraformcli.CLI{Version: test.version, Minor: test.minor}, &strings.Builder{})
			isUnmet := func(err error) bool {
				_, unmet := errors.AsType[*UnmetError](err)
				return unmet
			}

			first := follow(t, r, "<!-- test: "+test.needs+" -->\n"+console(":"))
			second := follow(t, r, "<!-- test: an empty folder -->\n"+console(":"))

			if isUnmet(first) != test.unmet || isUnmet(second) != test.lasts {
				t.Errorf("got %v, then in another folder %v", first, second)
			}
		})
	}
}

func TestRunner_InterruptsCommandsOfTheShell(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t, terraformcli.CLI{Version: "Terraform v1.5.0", Minor: 5}, &strings.Builder{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	started := filepath.Join(r.Home, "started")
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(started); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()

	// The program under the shell handles the interrupt, as the CLI does.
	begin := time.Now()
	_, err := r.shell.run(ctx, `sh -c 'trap "echo interrupted >\"$HOME/ended\"; exit 1" INT; touch "$HOME/started"; while :; do sleep 0.1; done'`, &strings.Builder{})

	if !errors.Is(err, context.Canceled) || time.Since(begin) > 9*time.Second {
		t.Errorf("got %v after %s", err, time.Since(begin))
	}
	if _, err := os.Stat(filepath.Join(r.Home, "ended")); err != nil {
		t.Errorf("the program was not interrupted: %v", err)
	}
}
