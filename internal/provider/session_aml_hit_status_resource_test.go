// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// This file tests what only AML hits have: workflows without a graph, several checks, and
// ongoing monitoring, which adds and removes hits.

var hitKind = kinds[2]

// hitAt returns the kind for another hit.
func hitAt(session, node, hit string) decisionKind {
	kind := hitKind.with("session_id", session).with("node_id", node).with("hit_id", hit)
	if node == "" {
		node = "default"
	}
	kind.id = session + "/" + node + "/" + hit
	return kind
}

func TestHit_WithoutGraphUsesNodeDefault(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	bodies := recordBodies(env)
	hit := hitAt(simulator.SessionHits, "", simulator.HitPEP)
	ws := env.Workspace(env.Config(hit.block("one", "False Positive", "")))

	ws.MustRun("apply", "-auto-approve")

	ws.RequireState(hit.at("one"), map[string]any{"id": hit.id, "node_id": "default", "review_status": "False Positive"})
	env.RequireTrail(hit.byTerraform("Unreviewed", "False Positive", ""))
	for path, body := range bodies() {
		if fmt.Sprint(body) != fmt.Sprint(map[string]any{"hit_id": simulator.HitPEP, "review_status": "False Positive"}) {
			t.Errorf("%s was sent %v", path, body)
		}
	}
	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

func TestHit_AMLChecksAreDistinguishedByNode(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	one, two := hitAt(simulator.SessionTwoChecks, "feature_aml_1", simulator.HitPEP), hitAt(simulator.SessionTwoChecks, "feature_aml_2", simulator.HitSanctions)
	ws := env.Workspace(env.Config(one.block("one", "Confirmed Match", ""), two.block("two", "False Positive", "")))

	ws.MustRun("apply", "-auto-approve")

	env.RequireTrail(one.byTerraform("Unreviewed", "Confirmed Match", ""), two.byTerraform("Unreviewed", "False Positive", ""))
}

// Didit needs a node ID if a session has several AML checks.
func TestHit_ChecksWithoutNodeIDsFailPlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.AddSession(simulator.Session{ID: unknownSession, Features: []simulator.Feature{
		{Array: "aml_screenings", Status: "In Review", Hits: []simulator.Hit{{ID: simulator.HitPEP, RiskScore: 90}}},
		{Array: "aml_screenings", Status: "In Review", Hits: []simulator.Hit{{ID: simulator.HitSanctions, RiskScore: 90}}},
	}})
	ws := env.Workspace(env.Config(hitAt(unknownSession, "default", simulator.HitPEP).block("one", "False Positive", "")))

	result := ws.RunJSON("plan")

	result.RequireError("Didit cannot tell these apart", unknownSession, simulator.HitPEP, "several AML checks", "Review it in the Didit console")
	env.RequireRequests(1, 0)
}

func TestHit_MissingHitFailsPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind     decisionKind
		parts    []string
		argument string
	}{
		"unknown hit":            {hitAt(simulator.SessionKYC, "feature_aml_1", "hit_missing"), []string{`"hit_missing"`, hitKind.listLine, "Correct hit_id"}, "hit_id"},
		"node of other type":     {hitAt(simulator.SessionKYC, "feature_ocr_1", simulator.HitSanctions), []string{`Node "feature_ocr_1"`, "is not an AML check", hitKind.listLine}, "node_id"},
		"unknown node":           {hitAt(simulator.SessionKYC, "feature_lma_1", simulator.HitSanctions), []string{`Node "feature_lma_1"`, "is not an AML check"}, "node_id"},
		"default in a graph":     {hitAt(simulator.SessionKYC, "", simulator.HitSanctions), []string{"no AML check without a node ID", "Set node_id"}, "resource"},
		"hit of the other check": {hitAt(simulator.SessionTwoChecks, "feature_aml_2", simulator.HitPEP), []string{`"` + simulator.HitPEP + `" at node "feature_aml_1"`}, "hit_id"},
		"session without AML":    {hitAt(simulator.SessionSimple, "", simulator.HitSanctions), []string{"no AML check", "The session has no AML hits."}, "resource"},
		"unknown session":        {hitAt(unknownSession, "feature_aml_1", simulator.HitSanctions), []string{unknownSession, "scope"}, "session_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.Config(test.kind.block("one", "False Positive", "")))

			result := ws.RunJSON("plan")

			summary := "AML hit not found"
			if name == "unknown session" {
				summary = "Session not found"
			}
			result.RequireError(summary, append(test.parts, "remove its block or file")...)
			result.Errors[0].RequireAttribute(t, test.kind.at("one"), test.argument)
			env.RequireRequests(1, 0)
		})
	}
}

func TestHit_ErrorBoundsListOfHits(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for i := range 50 {
		env.MustSetHit(simulator.SessionKYC, "feature_aml_1", simulator.Hit{ID: fmt.Sprintf("hit_%02d", i)})
	}
	ws := env.Workspace(env.Config(hitAt(simulator.SessionKYC, "feature_aml_1", "hit_missing").block("one", "False Positive", "")))

	result := ws.RunJSON("plan")

	result.RequireError("AML hit not found", "more")
	if lines := strings.Count(result.Errors[0].Detail, "\n  - "); lines > 21 {
		t.Errorf("the error lists %d lines", lines)
	}
}

func TestHit_AdoptedHitAllowsEveryTransition(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := hitKind.managed(env)
	from := hitKind.open
	var trail []string
	for _, to := range []string{"Inconclusive", "False Positive", "Confirmed Match", "Unreviewed"} {
		ws.Write("main.tf", env.Config(hitKind.block("one", to, "")))
		ws.MustRun("apply", "-auto-approve")
		trail = append(trail, hitKind.byTerraform(from, to, ""))
		from = to
	}
	env.RequireTrail(trail...)
}

// Ongoing monitoring adds hits.
func TestHit_NewHitIsNoDrift(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := hitKind.applied(env, "")

	env.MustSetHit(simulator.SessionKYC, "feature_aml_1", simulator.Hit{ID: "hit_new"})

	ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
}

// The report does not show whether a False Positive hit was reviewed.
func TestHit_BelowThresholdRequiresImport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "import block")
	hit := hitAt(simulator.SessionKYC, "feature_aml_1", simulator.HitNamesake)
	ws := env.Workspace(env.Config(hit.block("one", "Confirmed Match", "")))

	ws.RunJSON("plan").RequireError("A decision would be overturned", simulator.HitNamesake, `is "False Positive"`, `from = "False Positive"`)

	ws.Write("main.tf", env.Config(hit.adopted("Confirmed Match", "")))
	ws.MustRun("apply", "-auto-approve")
	env.RequireTrail(hit.byTerraform("False Positive", "Confirmed Match", ""))
}
