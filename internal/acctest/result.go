// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// Result is the output of a command with -json.
type Result struct {
	t        testing.TB
	ExitCode int
	Output   string
	// Errors and Warnings are in the order in which the CLI printed them.
	Errors, Warnings []Diagnostic
}

// RunJSON runs a command with -json: plan, apply or destroy.
func (w *Workspace) RunJSON(arguments ...string) Result {
	w.T.Helper()
	return w.RunJSONWith(nil, arguments...)
}

// RunJSONWith is RunJSON with more variables ("NAME=value") in the environment.
func (w *Workspace) RunJSONWith(variables []string, arguments ...string) Result {
	w.T.Helper()
	run := w.RunWith(variables, slices.Insert(slices.Clone(arguments), 1, "-json")...)
	result := Result{t: w.T, ExitCode: run.ExitCode, Output: run.Output}
	for line := range strings.Lines(run.Output) {
		var event struct {
			Diagnostic *Diagnostic
		}
		if json.Unmarshal([]byte(line), &event) != nil || event.Diagnostic == nil {
			continue
		}
		switch {
		case event.Diagnostic.Severity == "error":
			result.Errors = append(result.Errors, *event.Diagnostic)
		case !strings.HasPrefix(event.Diagnostic.Summary, "Provider development overrides"):
			result.Warnings = append(result.Warnings, *event.Diagnostic)
		}
	}
	return result
}

// RequireSuccess fails the test if the command failed.
func (r Result) RequireSuccess() Result {
	r.t.Helper()
	if r.ExitCode != 0 || len(r.Errors) > 0 {
		r.t.Fatalf("the command ended with %d: %v\n%s", r.ExitCode, r.Errors, r.Output)
	}
	return r
}

// RequireError checks that the command failed with one error, which has this summary
// and whose detail contains all the parts.
func (r Result) RequireError(summary string, parts ...string) Result {
	r.t.Helper()
	if r.ExitCode == 0 || len(r.Errors) != 1 {
		r.t.Fatalf("the command ended with %d, want one error %q: %v\n%s", r.ExitCode, summary, r.Errors, r.Output)
	}
	r.Errors[0].Require(r.t, summary, parts...)
	return r
}

// RequireWarning checks that there is one warning, like RequireError.
func (r Result) RequireWarning(summary string, parts ...string) Result {
	r.t.Helper()
	if len(r.Warnings) != 1 {
		r.t.Fatalf("the warnings are %v, want one: %q\n%s", r.Warnings, summary, r.Output)
	}
	r.Warnings[0].Require(r.t, summary, parts...)
	return r
}

// WarningsOf returns the warnings with this summary.
func (r Result) WarningsOf(summary string) []Diagnostic {
	return slices.DeleteFunc(slices.Clone(r.Warnings), func(d Diagnostic) bool { return d.Summary != summary })
}

// RequireNoWarnings checks that there is no warning.
func (r Result) RequireNoWarnings() Result {
	r.t.Helper()
	if len(r.Warnings) > 0 {
		r.t.Errorf("the warnings are %v, want none", r.Warnings)
	}
	return r
}

// Diagnostic is an error or a warning of the CLI.
type Diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            *struct{ Code string }
}

func (d Diagnostic) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", d.Severity, d.Summary, d.Detail, d.Address)
}

// Require checks the summary, and that the detail contains all the parts.
func (d Diagnostic) Require(t testing.TB, summary string, parts ...string) {
	t.Helper()
	if d.Summary != summary {
		t.Errorf("the summary is %q, want %q (%s)", d.Summary, summary, d.Detail)
	}
	for _, part := range parts {
		if !strings.Contains(d.Detail, part) {
			t.Errorf("the detail lacks %q: %s", part, d.Detail)
		}
	}
	if strings.Contains(strings.ToLower(d.Summary+d.Detail), "provider produced") {
		t.Errorf("Terraform reports a bug in the provider: %v", d)
	}
}

// RequireAttribute checks which argument of which block the diagnostic is on.
func (d Diagnostic) RequireAttribute(t testing.TB, address, argument string) {
	t.Helper()
	if d.Address != address {
		t.Errorf("the diagnostic is on %q, want %q: %v", d.Address, address, d)
	}
	if d.Snippet == nil || !strings.HasPrefix(strings.TrimSpace(d.Snippet.Code), argument) {
		t.Errorf("the diagnostic is not on %s: %v %v", argument, d, d.Snippet)
	}
}

// Text returns the output of a command on one line, without the boxes of diagnostics.
func Text(output string) string { return terraformcli.Plain(output) }

// RequireText checks that the output contains all the parts. It ignores how the CLI has
// wrapped and aligned them.
func RequireText(t testing.TB, output string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(Text(output), part) {
			t.Errorf("the output lacks %q:\n%s", part, output)
		}
	}
}

// Wrapped returns a pattern for a text that the CLI may have wrapped.
func Wrapped(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `[\s│]+`))
}
