// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestHitRef_FindsHitByNodeAndID(t *testing.T) {
	t.Parallel()
	const node = didit.DefaultNodeID
	check := func(nodeID string) didit.Feature { return didit.Feature{NodeID: nodeID, Type: didit.TypeAML} }
	hit := func(nodeID, id string) didit.AMLHit {
		return didit.AMLHit{NodeID: nodeID, ID: id, ReviewStatus: didit.ReviewUnreviewed}
	}
	graph := []didit.Feature{{NodeID: "ocr", Type: "ID_VERIFICATION"}, check("aml_1"), check("aml_2")}
	for name, test := range map[string]struct {
		features   []didit.Feature
		hits       []didit.AMLHit
		nodeID, id string
		reason     decisions.NotFoundReason
	}{
		"node and hit":                        {graph, []didit.AMLHit{hit("aml_1", "a"), hit("aml_2", "a")}, "aml_2", "a", 0},
		"unknown hit":                         {graph, []didit.AMLHit{hit("aml_1", "a")}, "aml_1", "b", decisions.Missing},
		"hit at another check":                {graph, []didit.AMLHit{hit("aml_1", "a")}, "aml_2", "a", decisions.Missing},
		"node without check":                  {graph, nil, "ocr", "a", decisions.NoAMLCheck},
		"unknown node":                        {graph, nil, "aml_3", "a", decisions.NoAMLCheck},
		"two hits of one ID":                  {graph, []didit.AMLHit{hit("aml_1", "a"), hit("aml_1", "a")}, "aml_1", "a", decisions.NotAddressable},
		"two checks at one node":              {[]didit.Feature{check("aml_1"), check("aml_1")}, []didit.AMLHit{hit("aml_1", "a")}, "aml_1", "a", decisions.NotAddressable},
		"default with one check":              {[]didit.Feature{check(node)}, []didit.AMLHit{hit(node, "a")}, node, "a", 0},
		"default with two checks":             {[]didit.Feature{check(node), check(node)}, []didit.AMLHit{hit(node, "a"), hit(node, "b")}, node, "b", decisions.NotAddressable},
		"default with a check that has an ID": {[]didit.Feature{check(node), check("aml_1")}, []didit.AMLHit{hit(node, "a")}, node, "a", decisions.NotAddressable},
		"default in a graph":                  {graph, nil, node, "a", decisions.NoAMLCheck},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref := decisions.HitRef{SessionID: sampleID, NodeID: test.nodeID, HitID: test.id}

			found, err := ref.Find(&didit.Decision{SessionID: sampleID, Status: didit.StatusInReview, Features: test.features, AMLHits: test.hits})

			if test.reason != 0 {
				assertNotFound(t, err, test.reason)
				return
			}
			if want := (decisions.Found{Subject: ref, Value: didit.ReviewUnreviewed, SessionStatus: didit.StatusInReview}); err != nil || found != want {
				t.Errorf("found %v, %v, want %v", found, err, want)
			}
		})
	}
}

// Didit may recompute the AML step after a review, also in a session that is decided.
func TestHitRef_ChangeInvalidatesSession(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		session := sampleSession()
		session.Status = didit.StatusApproved
		session.Features[2].Hits = []simulator.Hit{{ID: "hit_a", RiskScore: 90}}
		env.AddSession(session)
		service := env.newService(t)
		mustRead(t, service)

		mustApply(t, service, decisions.Change{
			Subject: decisions.HitRef{SessionID: sampleID, NodeID: nodeAML, HitID: "hit_a"},
			From:    didit.ReviewUnreviewed, To: didit.ReviewFalsePositive,
		})

		if cached := service.CachedDecision(sampleID); cached != nil {
			t.Errorf("cached is %v, want nothing", cached)
		}
	})
}
