// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// review sends a change of a hit; query begins with "?" or is empty.
func review(t *testing.T, server *simulator.Server, id, query, body string) result {
	t.Helper()
	return do(t, server, http.MethodPatch, "/v3/session/"+id+"/update-aml-hit-status/"+query, body, nil)
}

func hitBody(hitID, status, nodeID string) string {
	body := map[string]string{"hit_id": hitID, "review_status": status}
	if nodeID != "" {
		body["node_id"] = nodeID
	}
	return canonical(body)
}

func TestUpdateHitStatus_RecordsTheReview(t *testing.T) {
	t.Parallel()
	const sanctions, pep = simulator.HitSanctions, simulator.HitPEP
	for name, c := range map[string]struct {
		id, query, body, node, hit string
	}{
		"node in the body":      {simulator.SessionKYC, "", hitBody(sanctions, "False Positive", "feature_aml_1"), "feature_aml_1", sanctions},
		"node in the query":     {simulator.SessionTwoChecks, "?node_id=feature_aml_2", hitBody(sanctions, "False Positive", ""), "feature_aml_2", sanctions},
		"body outweighs query":  {simulator.SessionTwoChecks, "?node_id=feature_aml_1", hitBody(sanctions, "False Positive", "feature_aml_2"), "feature_aml_2", sanctions},
		"only check of a graph": {simulator.SessionKYB, "", hitBody(simulator.HitCompany, "False Positive", ""), "feature_aml_1", simulator.HitCompany},
		"without a graph":       {simulator.SessionHits, "", hitBody(pep, "False Positive", ""), "default", pep},
		"former ID":             {simulator.SessionHits, "", hitBody("4711", "False Positive", ""), "default", "hit_new"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			if err := server.SetHit(simulator.SessionHits, "", simulator.Hit{ID: "hit_new", FormerID: "4711"}); err != nil {
				t.Fatal(err)
			}
			response := canonical(map[string]string{"message": "Hit status updated successfully", "hit_id": c.hit, "review_status": "False Positive"})
			checkResponse(t, review(t, server, c.id, c.query, c.body), 200, response)
			checkResponse(t, review(t, server, c.id, c.query, c.body), 200, response)

			if got := server.HitStatus(c.id, c.node, c.hit); got != "False Positive" {
				t.Errorf("the hit is %q", got)
			}
			entry := fmt.Sprintf("API Client aml_hit %s AML %s Unreviewed>False Positive ", c.node, c.hit)
			if got := decisions(server, ""); got != entry {
				t.Errorf("trail %q, want %q", got, entry)
			}
			if session, _ := server.Session(c.id); session.Status != "In Review" || session.Features[len(session.Features)-1].Status != "In Review" {
				t.Errorf("session and step followed: %+v", session)
			}
		})
	}
}

func TestUpdateHitStatus_AppearsInTheFeed(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	review(t, server, simulator.SessionHits, "", hitBody(simulator.HitPEP, "Confirmed Match", ""))
	got := get(t, server, feedPath(simulator.SessionHits, "?limit=1"))
	entry := got.object(t)["results"].([]any)[0].(map[string]any)
	if entry["metadata"] != nil || strings.Contains(got.body, simulator.HitPEP) || // the feed has no hit ID
		entry["activity_type"] != "AML_HIT_STATUS_UPDATED" || canonical(entry["new_value"]) != `{"status":"Confirmed Match"}` || entry["new_status"] != nil {
		t.Errorf("entry %s", canonical(entry))
	}
}

func TestUpdateHitStatus_RefusalChangesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	const hit = simulator.HitPEP
	noCheck := `{"detail":"The session does not have an AML check."}`
	for name, c := range map[string]struct {
		id, query, body string
		status          int
		response        string
	}{
		"unknown session":     {unknownSession, "", hitBody(hit, "False Positive", ""), 404, sessionNotFound},
		"no AML check":        {simulator.SessionSimple, "", hitBody(hit, "False Positive", ""), 404, noCheck},
		"none at the node":    {simulator.SessionKYC, "", hitBody(hit, "False Positive", "feature_ocr_1"), 404, noCheck},
		"default is no node":  {simulator.SessionHits, "", hitBody(hit, "False Positive", "default"), 404, noCheck},
		"unknown hit":         {simulator.SessionKYC, "", hitBody("hit_none", "False Positive", ""), 404, `{"detail":"Hit with ID 'hit_none' not found in the AML check."}`},
		"hit of other check":  {simulator.SessionTwoChecks, "", hitBody(simulator.HitSanctions, "False Positive", "feature_aml_1"), 404, `{"detail":"Hit with ID '` + simulator.HitSanctions + `' not found in the AML check."}`},
		"several checks":      {simulator.SessionTwoChecks, "", hitBody(hit, "False Positive", ""), 400, `{"node_id":["This field is required when the session has several AML checks."]}`},
		"several, no graph":   {simulator.SessionSameType, "", hitBody(hit, "False Positive", ""), 400, `{"node_id":["This field is required when the session has several AML checks."]}`},
		"not a review status": {simulator.SessionKYC, "", hitBody(hit, "Maybe", ""), 400, `{"review_status":["\"Maybe\" is not a valid choice."]}`},
		"empty hit":           {simulator.SessionKYC, "", hitBody("", "Inconclusive", ""), 400, `{"hit_id":["This field may not be blank."]}`},
		"nothing":             {simulator.SessionKYC, "", ``, 400, `{"hit_id":["This field is required."],"review_status":["This field is required."]}`},
		"wrong types":         {simulator.SessionKYC, "", `{"hit_id":1,"review_status":null,"node_id":[]}`, 400, `{"hit_id":["Not a valid string."],"node_id":["Not a valid string."],"review_status":["This field may not be null."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := get(t, server, decisionPath(c.id)).body
			checkResponse(t, review(t, server, c.id, c.query, c.body), c.status, c.response)
			if get(t, server, decisionPath(c.id)).body != before || len(server.Trail(c.id)) != 0 {
				t.Errorf("something changed: %+v", server.Trail(c.id))
			}
		})
	}
}

func TestUpdateHitStatus_RecomputesTheStepByOption(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{RecomputesAML: true})
	for _, c := range []struct{ hit, review, step string }{
		{simulator.HitPEP, "Confirmed Match", "In Review"}, // the sanctions' risk is 95
		{simulator.HitSanctions, "False Positive", "Approved"},
		{simulator.HitNamesake, "Inconclusive", "In Review"},
	} {
		review(t, server, simulator.SessionKYC, "", hitBody(c.hit, c.review, ""))
		if got := server.FeatureStatus(simulator.SessionKYC, "feature_aml_1", ""); got != c.step {
			t.Errorf("after %s is %s, the step is %q, want %q", c.hit, c.review, got, c.step)
		}
	}
	if n := len(server.Trail("")); n != 3 {
		t.Errorf("%d entries on the trail, want the reviews only", n)
	}
	server.SetSessionStatus(simulator.SessionHits, "In Progress")
	review(t, server, simulator.SessionHits, "", hitBody(simulator.HitPEP, "Confirmed Match", ""))
	if got := steps(t, server, simulator.SessionHits); got != "Approved, default Approved 2" {
		t.Errorf("the session that waited on the step: %s", got)
	}
}

func TestReviewHit_KeepsToTheAPIsRules(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, c := range []struct {
		id, node, hit, status string
		err                   error
	}{
		{simulator.SessionHits, "default", simulator.HitPEP, "Inconclusive", nil},
		{simulator.SessionHits, "", simulator.HitPEP, "Inconclusive", simulator.ErrConflict},
		{simulator.SessionHits, "", simulator.HitPEP, "Maybe", simulator.ErrStatus},
		{simulator.SessionHits, "", "hit_none", "Unreviewed", simulator.ErrNotFound},
		{simulator.SessionSimple, "", simulator.HitPEP, "Unreviewed", simulator.ErrNotFound},
		{simulator.SessionSameType, "", simulator.HitPEP, "Unreviewed", simulator.ErrConflict},
		{unknownSession, "", simulator.HitPEP, "Unreviewed", simulator.ErrNotFound},
	} {
		if err := server.ReviewHit(c.id, c.node, c.hit, c.status); !errors.Is(err, c.err) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := decisions(server, ""); got != "console aml_hit default AML "+simulator.HitPEP+" Unreviewed>Inconclusive " {
		t.Errorf("trail %s", got)
	}
}

func TestMonitoring_AddsChangesAndRemovesHitsWithoutTheTrail(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	set := func(hit simulator.Hit) {
		t.Helper()
		if err := server.SetHit(simulator.SessionKYC, "feature_aml_1", hit); err != nil {
			t.Error(err)
		}
	}
	set(simulator.Hit{ID: "hit_near", MatchScore: new(float64(simulator.MatchThreshold))})
	set(simulator.Hit{ID: "hit_far", MatchScore: new(float64(simulator.MatchThreshold - 1))})
	set(simulator.Hit{ID: simulator.HitPEP, ReviewStatus: "Confirmed Match"})
	if err := server.RemoveHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions); err != nil {
		t.Error(err)
	}

	for hit, status := range map[string]string{"hit_near": "Unreviewed", "hit_far": "False Positive", simulator.HitPEP: "Confirmed Match", simulator.HitSanctions: ""} {
		if got := server.HitStatus(simulator.SessionKYC, "feature_aml_1", hit); got != status {
			t.Errorf("%s is %q, want %q", hit, got, status)
		}
	}
	if err := server.SetHit(simulator.SessionKYC, "feature_ocr_1", simulator.Hit{ID: "x"}); !errors.Is(err, simulator.ErrNotFound) {
		t.Errorf("a hit at another step: %v", err)
	}
	if err := server.RemoveHit(simulator.SessionKYC, "feature_aml_1", "hit_none"); !errors.Is(err, simulator.ErrNotFound) {
		t.Errorf("removing an unknown hit: %v", err)
	}
	if n := len(server.Trail("")); n != 0 {
		t.Errorf("%d entries on the trail", n)
	}
}

func TestReport_ContainsEachHitWithItsPersonalData(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, size := range []int{0, 2500} {
		session, _ := server.Session(simulator.SessionKYC)
		session.ReportBytes = size
		session.Features[3].Hits[0].MatchScore = nil
		server.AddSession(session)

		screening := get(t, server, decisionPath(simulator.SessionKYC)).object(t)["aml_screenings"].([]any)[0].(map[string]any)

		var hits []string
		for _, item := range screening["hits"].([]any) {
			hit := item.(map[string]any)
			hits = append(hits, fmt.Sprint(hit["id"], " ", hit["review_status"], " ", hit["match_score"], " ", hit["risk_score"]))
			text := canonical(hit)
			if size == 0 && (len(text) < 3<<10 || !strings.Contains(text, simulator.Canaries()[0]) || hit["datasets"] == nil || hit["adverse_media_matches"] == nil) {
				t.Errorf("a hit of %d bytes: %.300s", len(text), text)
			}
		}
		expected := simulator.HitSanctions + " Unreviewed <nil> 95, " + simulator.HitPEP + " Unreviewed 94.5 60, " + simulator.HitNamesake + " False Positive 61.5 85"
		if got := strings.Join(hits, ", "); got != expected {
			t.Errorf("hits %s", got)
		}
		if size == 0 && (screening["total_hits"] != 3.0 || screening["score"] != 95.0) {
			t.Errorf("total %v, score %v", screening["total_hits"], screening["score"])
		}
	}
}
