// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest contains the helpers of acceptance tests: a simulated Didit,
// workspaces in which a real Terraform or OpenTofu runs with the provider of this
// checkout, and checks of the CLI's output, plan and state.
//
// Tests that need no saved plan, exit code or flags use terraform-plugin-testing
// instead, with [Env.Config].
package acctest

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Env is a simulated Didit that has [simulator.Fixtures], for one test.
type Env struct {
	*simulator.Server
	T testing.TB
}

// Unlimited are the options of a Didit without rate limits.
var Unlimited = simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1}

// New starts a simulated Didit, and stops it when the test ends. It skips the test if
// TF_ACC is not set. If DIDIT_TRAFFIC names a folder, it records the traffic there for
// the contract test.
func New(t testing.TB, options simulator.Options) *Env {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	traffic, err := simulator.RecordTraffic(os.Getenv("DIDIT_TRAFFIC"), t.Name())
	require(t, err)
	options.Traffic = traffic
	server, err := simulator.Start(options)
	require(t, err)
	t.Cleanup(func() {
		server.Close()
		if err := traffic.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	return &Env{Server: server, T: t}
}

// In returns the same Didit for a subtest.
func (e *Env) In(t testing.TB) *Env { return &Env{e.Server, t} }

// Config returns a configuration with a provider block for this Didit.
func (e *Env) Config(blocks ...string) string {
	return e.ConfigWith(fmt.Sprintf("api_key = %q", simulator.DefaultAPIKey), blocks...)
}

// ConfigWith is Config with other arguments in the provider block.
func (e *Env) ConfigWith(arguments string, blocks ...string) string {
	return ProviderConfig(fmt.Sprintf("base_url = %q\n  %s", e.URL, arguments), blocks...)
}

// ProviderConfig returns a configuration with these arguments in the provider block.
func ProviderConfig(arguments string, blocks ...string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
provider "didit" {
  %s
}
%s`, arguments, strings.Join(blocks, ""))
}

// Environment returns the variables that configure a provider for this Didit.
func (e *Env) Environment() []string {
	return []string{"DIDIT_BASE_URL=" + e.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
}

// RequireCLI skips the test if the CLI is older than 1.minor. Terraform and OpenTofu
// have most features since the same version; otherwise see RequireTerraform.
func (e *Env) RequireCLI(minor int, feature string) {
	e.T.Helper()
	cli := BuiltCLI(e.T)
	if cli.Minor < minor {
		e.T.Skipf("%s: needs Terraform or OpenTofu 1.%d or later; this is %s", feature, minor, cli.Version)
	}
}

// RequireTerraform skips the test if the CLI is OpenTofu, or a Terraform older than
// 1.minor.
func (e *Env) RequireTerraform(minor int, feature string) {
	e.T.Helper()
	if cli := BuiltCLI(e.T); cli.IsOpenTofu() {
		e.T.Skipf("%s: needs Terraform; this is %s", feature, cli.Version)
	}
	e.RequireCLI(minor, feature)
}

// RequireRequests checks how many reads and changes were sent since the last call.
func (e *Env) RequireRequests(gets, patches int) {
	e.T.Helper()
	if got := e.Count(http.MethodGet); got != gets {
		e.T.Errorf("%d GETs were sent, want %d: %v", got, gets, e.RequestLines())
	}
	if got := e.Count(http.MethodPatch); got != patches {
		e.T.Errorf("%d PATCHes were sent, want %d: %v", got, patches, e.RequestLines())
	}
	e.ResetRequests()
}

// RequestLines returns the request log, a line each.
func (e *Env) RequestLines() []string {
	var lines []string
	for _, request := range e.Requests() {
		lines = append(lines, fmt.Sprintf("%s %s %d", request.Method, request.Path, request.Status))
	}
	return lines
}

// RequireTrail checks the audit trails of all sessions, in any order.
func (e *Env) RequireTrail(want ...string) {
	e.T.Helper()
	var got []string
	for _, entry := range e.Trail("") {
		subject := cmp.Or(entry.HitID, entry.NodeID, "session")
		got = append(got, fmt.Sprintf("%s: %s -> %s by %s: %q", subject, entry.From, entry.To, entry.Actor, entry.Comment))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		e.T.Errorf("the trail is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// ByTerraform returns an entry of the trail, as RequireTrail compares it. subject is a
// node ID, a hit ID, or "session".
func ByTerraform(subject, from, to, comment string) string {
	return fmt.Sprintf("%s: %s -> %s by API Client: %q", subject, from, to, comment)
}

// ByConsole returns an entry of the trail for a decision in the console.
func ByConsole(subject, from, to string) string {
	return fmt.Sprintf("%s: %s -> %s by console: %q", subject, from, to, "")
}

func require(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// MustDecide decides a step as a reviewer in the console does.
func (e *Env) MustDecide(session, node, status string) {
	e.T.Helper()
	if err := e.DecideFeature(session, node, "", status, ""); err != nil {
		e.T.Error(err)
	}
}

// MustSetFeatureStatus sets any status of a step, as the verification flow does.
func (e *Env) MustSetFeatureStatus(session, node, status string) {
	e.T.Helper()
	if err := e.SetFeatureStatus(session, node, "", status); err != nil {
		e.T.Error(err)
	}
}

// MustDecideSession decides a session as a reviewer in the console does.
func (e *Env) MustDecideSession(session, status string) {
	e.T.Helper()
	if err := e.DecideSession(session, status, ""); err != nil {
		e.T.Error(err)
	}
}

// MustReviewHit reviews an AML hit as a reviewer in the console does.
func (e *Env) MustReviewHit(session, node, hit, reviewStatus string) {
	e.T.Helper()
	if err := e.ReviewHit(session, node, hit, reviewStatus); err != nil {
		e.T.Error(err)
	}
}

// MustSetHit adds or changes a hit, as ongoing monitoring does.
func (e *Env) MustSetHit(session, node string, hit simulator.Hit) {
	e.T.Helper()
	if err := e.SetHit(session, node, hit); err != nil {
		e.T.Error(err)
	}
}
