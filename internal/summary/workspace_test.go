// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

const (
	kyc        = `"` + simulator.SessionKYC + `"`
	kyb        = `"` + simulator.SessionKYB + `"`
	simple     = `"` + simulator.SessionSimple + `"`
	inProgress = `"` + simulator.SessionInProgress + `"`
)

// workspace is a folder with a configuration for a simulated Didit.
type workspace struct {
	*acctest.Env
	*acctest.Workspace
}

func newWorkspace(t *testing.T, blocks ...string) workspace {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	return workspace{env, env.Workspace(env.Config(blocks...))}
}

// configure replaces the configuration.
func (w workspace) configure(blocks ...string) {
	w.Write("main.tf", w.Config(blocks...))
}

// plan makes a plan and returns its summary.
func (w workspace) plan(t *testing.T, arguments ...string) summary.Summary {
	t.Helper()
	w.MustRun(append([]string{"plan", "-out=tfplan"}, arguments...)...)
	return w.shown(t)
}

func (w workspace) shown(t *testing.T) summary.Summary {
	t.Helper()
	parsed, err := summary.Parse([]byte(w.MustRun("show", "-json", "tfplan")))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// approve approves a step of the KYC session in the console.
func (w workspace) approve(t *testing.T, node string) {
	t.Helper()
	if err := w.DecideFeature(simulator.SessionKYC, node, "", simulator.StatusApproved, ""); err != nil {
		t.Fatal(err)
	}
}

// stepBlock returns a resource block; comment is an expression, "" for none.
func stepBlock(name, session, node, status, comment string) string {
	if comment != "" {
		comment = "\n  comment = " + comment
	}
	return fmt.Sprintf("\nresource \"didit_session_feature_status\" %q {\n  session_id = %s\n  node_id = %q\n  status = %q%s\n}\n", name, session, node, status, comment)
}

// importBlock returns an import block; the ID is an expression.
func importBlock(to, id string) string {
	return fmt.Sprintf("\nimport {\n  to = %s\n  id = %s\n}\n", to, id)
}

func hitBlock(name, hit, reviewStatus string) string {
	return fmt.Sprintf("\nresource \"didit_session_aml_hit_status\" %q {\n  session_id = %s\n  node_id = \"feature_aml_1\"\n  hit_id = %q\n  review_status = %q\n}\n", name, kyc, hit, reviewStatus)
}

func adoptedHit(name, hit, reviewStatus string) string {
	return importBlock("didit_session_aml_hit_status."+name, fmt.Sprintf("%q", simulator.SessionKYC+"/feature_aml_1/"+hit)) + hitBlock(name, hit, reviewStatus)
}

// adoptedSession decides the KYC session after its hits and steps.
func adoptedSession(status, comment string) string {
	return importBlock("didit_session_status.kyc", kyc) + fmt.Sprintf("\nresource \"didit_session_status\" \"kyc\" {\n  session_id = %s\n  status = %q\n  comment = %q\n"+
		"  depends_on = [didit_session_aml_hit_status.sanctions, didit_session_aml_hit_status.pep, didit_session_feature_status.aml]\n}\n", kyc, status, comment)
}

func adoptedStep(name, session, node, status, comment string) string {
	return importBlock("didit_session_feature_status."+name, `"`+strings.Trim(session, `"`)+"/"+node+`"`) + stepBlock(name, session, node, status, comment)
}

// requireDecisions checks the decisions, as "effect: subject: from -> to: comment".
func requireDecisions(t *testing.T, s summary.Summary, want ...string) {
	t.Helper()
	text := func(value summary.Value) string {
		return map[summary.ValueKind]string{summary.Known: value.Text, summary.None: "-", summary.Unknown: "unknown", summary.Sensitive: "sensitive"}[value.Kind]
	}
	var got []string
	for _, d := range s.Decisions {
		subject := map[summary.Kind]string{summary.Hit: text(d.HitID), summary.Feature: text(d.NodeID), summary.Session: "session", summary.Resubmission: "repeat " + text(d.NodeID)}[d.Kind]
		got = append(got, fmt.Sprintf("%s: %s: %s -> %s: %s", d.Effect, subject, text(d.From), text(d.To), text(d.Comment)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the decisions are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// requireResult checks the comparison, and that its Markdown has all the parts.
func requireResult(t *testing.T, reviewed, now summary.Summary, want summary.Result, parts ...string) {
	t.Helper()
	difference, err := summary.Compare(reviewed, now)
	if err != nil || difference.Result() != want {
		t.Errorf("the result is %d (%v), want %d:\n%s", difference.Result(), err, want, difference.Markdown(page))
	}
	requireParts(t, difference.Markdown(page), parts...)
}
