// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func statusPath(id string) string { return "/v3/session/" + id + "/update-status/" }

func updateStatus(t *testing.T, server *simulator.Server, id, body string) result {
	t.Helper()
	return do(t, server, http.MethodPatch, statusPath(id), body, nil)
}

// decisions are the entries of the trail without their times.
func decisions(server *simulator.Server, id string) string {
	var lines []string
	for _, e := range server.Trail(id) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %s>%s %s", e.Actor, e.Kind, e.NodeID, e.FeatureType, e.HitID, e.From, e.To, e.Comment))
	}
	return strings.Join(lines, "\n")
}

// steps are the steps of a session with the number of hits.
func steps(t *testing.T, server *simulator.Server, id string) string {
	t.Helper()
	session, _ := server.Session(id)
	texts := []string{session.Status}
	for _, step := range session.Features {
		texts = append(texts, fmt.Sprintf("%s %s %d", step.Node(), step.Status, len(step.Hits)))
	}
	return strings.Join(texts, ", ")
}

func TestUpdateStatus_RecordsTheDecisionOnTrailReviewsAndFeed(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})

	got := updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Declined","comment":"forged"}`)

	checkResponse(t, got, 200, `{"session_id":"`+simulator.SessionKYC+`"}`)
	if got := decisions(server, ""); got != "API Client session    In Review>Declined forged" {
		t.Errorf("trail %s", got)
	}
	report := get(t, server, decisionPath(simulator.SessionKYC)).object(t)
	reviews := report["reviews"].([]any)
	last := reviews[len(reviews)-1].(map[string]any)
	if report["status"] != "Declined" || last["user"] != "API Client" || last["new_status"] != "Declined" || last["comment"] != "forged" {
		t.Errorf("status %v, reviews %v", report["status"], reviews)
	}
	if got := entries(t, get(t, server, feedPath(simulator.SessionKYC, "?limit=1"))); got != "STATUS_UPDATED API_KEY In Review>Declined (In Review>Declined) forged" {
		t.Errorf("feed %s", got)
	}
	if steps := report["id_verifications"].([]any); steps[0].(map[string]any)["status"] != "In Review" {
		t.Errorf("the step changed: %v", steps)
	}
}

func TestUpdateStatus_OverturnsFromEveryDecidableStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"Declined", "In Review", "Kyc Expired", "Abandoned", "Resubmitted"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			server.SetSessionStatus(simulator.SessionKYC, status)
			if got := updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Approved"}`); got.status != 200 {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

func TestUpdateStatus_RefusalChangesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	const kyb = "Resubmit the relevant child KYC sessions instead; the parent will recompute automatically."
	notDecidable := `{"detail":"Only sessions with status Approved, Declined, In Review, Kyc Expired, Abandoned, Resubmitted can be updated. Current status: %s"}`
	resubmit := func(nodes string) string { return `{"new_status":"Resubmitted","nodes_to_resubmit":` + nodes + `}` }
	for name, c := range map[string]struct {
		id, body string
		status   int
		response string
	}{
		"unknown session":        {unknownSession, `{"new_status":"Approved"}`, 404, notFound},
		"in progress":            {simulator.SessionInProgress, `{"new_status":"Approved"}`, 400, fmt.Sprintf(notDecidable, "In Progress")},
		"expired, invalid body":  {simulator.SessionExpired, `{"new_status":1`, 400, fmt.Sprintf(notDecidable, "Expired")},
		"same status":            {simulator.SessionApproved, `{"new_status":"Approved"}`, 400, `["The new status is the same as the current status."]`},
		"no status":              {simulator.SessionKYC, `{}`, 400, `{"new_status":["This field is required."]}`},
		"no JSON":                {simulator.SessionKYC, `{`, 400, `{"detail":"JSON parse error - unexpected end of JSON input"}`},
		"In Review":              {simulator.SessionApproved, `{"new_status":"In Review"}`, 400, `{"new_status":["You can only update the status to 'Approved', 'Declined', or 'Resubmitted'."]}`},
		"not a status":           {simulator.SessionKYC, `{"new_status":"approved"}`, 400, `{"new_status":["\"approved\" is not a valid choice."]}`},
		"several errors":         {simulator.SessionKYC, `{"new_status":null,"comment":1,"send_email":"x"}`, 400, `{"comment":["Not a valid string."],"new_status":["This field may not be null."],"send_email":["Must be a valid boolean."]}`},
		"e-mail without address": {simulator.SessionKYC, `{"new_status":"Approved","send_email":true}`, 400, `{"email_address":["Email address is required when send_email is true."]}`},
		"nodes no list":          {simulator.SessionKYC, resubmit(`"feature_ocr_1"`), 400, `{"nodes_to_resubmit":["Expected a list of items."]}`},
		"node incomplete":        {simulator.SessionKYC, resubmit(`[{"node_id":"feature_ocr_1","feature":"OCR"},{"feature":"OCR"}]`), 400, `{"nodes_to_resubmit":[{},{"node_id":["This field is required."]}]}`},
		"unknown node":           {simulator.SessionKYC, resubmit(`[{"node_id":"feature_ocr_2","feature":"OCR"}]`), 400, `{"nodes_to_resubmit":"Node 'feature_ocr_2' with feature OCR was not found in this session."}`},
		"node of another type":   {simulator.SessionKYC, resubmit(`[{"node_id":"feature_ocr_1","feature":"AML"}]`), 400, `{"nodes_to_resubmit":"Node 'feature_ocr_1' with feature AML was not found in this session."}`},
		"KYB checks":             {simulator.SessionKYB, resubmit(`[{"node_id":"feature_kyb_registry_1","feature":"KYB_REGISTRY"},{"node_id":"x","feature":"KYB"}]`), 400, `{"nodes_to_resubmit":"The following features cannot be resubmitted directly: KYB_REGISTRY, KYB. ` + kyb + `"}`},
		"no nodes":               {simulator.SessionKYC, `{"new_status":"Resubmitted"}`, 400, `{"nodes_to_resubmit":["This field is required."]}`},
		"empty nodes":            {simulator.SessionKYC, resubmit(`[]`), 400, `{"nodes_to_resubmit":["This list may not be empty."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := get(t, server, decisionPath(c.id)).body
			checkResponse(t, updateStatus(t, server, c.id, c.body), c.status, c.response)
			if get(t, server, decisionPath(c.id)).body != before || len(server.Trail(c.id)) != 0 {
				t.Errorf("something changed: %+v", server.Trail(c.id))
			}
		})
	}
	invalid := updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Approved","nodes_to_resubmit":[{"node_id":"n","feature":"BOGUS"}]}`)
	if invalid.status != 400 || !strings.HasPrefix(invalid.body, `{"nodes_to_resubmit":[{"feature":["\"BOGUS\" is not a valid choice. Valid choices are: AGE_ESTIMATION, AML, `) {
		t.Errorf("unknown feature: %d %s", invalid.status, invalid.body)
	}
}

func TestUpdateStatus_RepeatedStatusIsOKByOption(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{RepeatedStatusOK: true})
	server.SetSessionStatus(simulator.SessionKYC, "Resubmitted")

	checkResponse(t, updateStatus(t, server, simulator.SessionApproved, `{"new_status":"Approved","comment":"again"}`), 200, `{"session_id":"`+simulator.SessionApproved+`"}`)
	checkResponse(t, updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Resubmitted","nodes_to_resubmit":[{"node_id":"n","feature":"OCR"}]}`), 400, `["The new status is the same as the current status."]`)

	if got := decisions(server, ""); got != "" {
		t.Errorf("trail %s", got)
	}
}

func TestEmailRequests_RecordTheFields(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Declined"}`)
	if got := server.EmailRequests(); len(got) != 0 {
		t.Errorf("requests %+v", got)
	}
	updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Approved","send_email":true,"email_address":"a@people.example.com"}`)
	updateStatus(t, server, simulator.SessionKYC, `{"new_status":"Declined","send_email":false}`)
	expected := []simulator.EmailRequest{{SessionID: simulator.SessionKYC, Send: true, Address: "a@people.example.com"}, {SessionID: simulator.SessionKYC}}
	if got := server.EmailRequests(); !slices.Equal(got, expected) {
		t.Errorf("requests %+v", got)
	}
}

func TestResubmission_DeletesStepsAndRestartsTheExpiry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id, nodes, left string
	}{
		"person's step":          {simulator.SessionKYC, `[{"node_id":"feature_ocr_1","feature":"OCR"}]`, "Resubmitted, feature_liveness_1 Approved 0, feature_face_match_1 Approved 0, feature_aml_1 In Review 3, feature_poa_1 In Review 0"},
		"alias, later AML waits": {simulator.SessionKYC, `[{"node_id":"feature_aml_1","feature":"AML"},{"node_id":"feature_ocr_1","feature":"ID_VERIFICATION"}]`, "Resubmitted, feature_liveness_1 Approved 0, feature_face_match_1 Approved 0, feature_poa_1 In Review 0"},
		"AML runs at once":       {simulator.SessionKYC, `[{"node_id":"feature_aml_1","feature":"AML"}]`, "In Review, feature_ocr_1 In Review 0, feature_liveness_1 Approved 0, feature_face_match_1 Approved 0, feature_aml_1 Approved 0, feature_poa_1 In Review 0"},
		"AML before a person's":  {simulator.SessionKYC, `[{"node_id":"feature_aml_1","feature":"AML"},{"node_id":"feature_poa_1","feature":"POA"}]`, "Resubmitted, feature_ocr_1 In Review 0, feature_liveness_1 Approved 0, feature_face_match_1 Approved 0, feature_aml_1 Approved 0"},
		"without a graph":        {simulator.SessionTwoTypes, `[{"node_id":"default","feature":"LIVENESS"}]`, "Resubmitted, default In Review 0"},
		"only step, AML":         {simulator.SessionHits, `[{"node_id":"default","feature":"AML"}]`, "Approved, default Approved 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			before, _ := server.Session(c.id)

			checkResponse(t, updateStatus(t, server, c.id, `{"new_status":"Resubmitted","comment":"blurred","nodes_to_resubmit":`+c.nodes+`}`), 200, `{"session_id":"`+c.id+`"}`)

			if got := steps(t, server, c.id); got != c.left {
				t.Errorf("left\n%s, want\n%s", got, c.left)
			}
			if got := decisions(server, c.id); got != "API Client session    In Review>Resubmitted blurred" {
				t.Errorf("trail %s", got)
			}
			after, _ := server.Session(c.id)
			if left := time.Until(after.ExpiresAt); left < 7*24*time.Hour-time.Minute || left > 7*24*time.Hour || !before.ExpiresAt.Before(time.Now()) {
				t.Errorf("expires at %v, before at %v", after.ExpiresAt, before.ExpiresAt)
			}
		})
	}
}

func TestResubmission_OfBackendStepsIsThrottledForHalfAWindow(t *testing.T) {
	t.Parallel()
	const body = `{"new_status":"Resubmitted","nodes_to_resubmit":[{"node_id":"feature_aml_1","feature":"AML"}]}`
	server := start(t, simulator.Options{})
	updateStatus(t, server, simulator.SessionKYC, body)

	got := updateStatus(t, server, simulator.SessionKYC, body)

	if after, err := strconv.Atoi(got.header.Get("Retry-After")); got.status != 429 || err != nil || after < 25 || after > 30 {
		t.Errorf("%d %s, Retry-After %q", got.status, got.body, got.header.Get("Retry-After"))
	}
	if n := len(server.Trail("")); n != 1 {
		t.Errorf("%d entries on the trail", n)
	}

	short := start(t, simulator.Options{Window: time.Nanosecond})
	for range 2 {
		if got := updateStatus(t, short, simulator.SessionKYC, body); got.status != 200 {
			t.Errorf("in a short window: %d %s", got.status, got.body)
		}
	}
}

func TestDecisionOnAPerson_RecomputesTheCompany(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	people := []string{"22222222-2222-4333-8444-000000000001", "22222222-2222-4333-8444-000000000002"}
	for _, id := range people {
		server.AddSession(simulator.Session{ID: id, Parent: simulator.SessionKYB})
	}
	for _, c := range []struct{ person, status, company string }{
		{people[0], "Approved", "In Review"}, {people[1], "Approved", "Approved"}, {people[0], "Declined", "Declined"}, {people[0], "Approved", "Approved"},
	} {
		updateStatus(t, server, c.person, `{"new_status":"`+c.status+`"}`)
		if company, _ := server.Session(simulator.SessionKYB); company.Status != c.company {
			t.Errorf("after %s: the company is %q, want %q", c.status, company.Status, c.company)
		}
	}
	if got := server.Trail(simulator.SessionKYB); len(got) != 0 {
		t.Errorf("the company's trail: %+v", got)
	}
	reviews := get(t, server, decisionPath(simulator.SessionKYB)).object(t)["reviews"].([]any)
	if last := reviews[len(reviews)-1].(map[string]any); len(reviews) != 4 || last["user"] != "Didit" {
		t.Errorf("the company's reviews: %v", reviews)
	}
}

func TestDecideSession_KeepsToTheAPIsRules(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for _, c := range []struct {
		id, status string
		err        error
	}{
		{simulator.SessionKYC, "Declined", nil},
		{simulator.SessionKYC, "Declined", simulator.ErrConflict},
		{simulator.SessionKYC, "In Review", simulator.ErrStatus},
		{simulator.SessionInProgress, "Declined", simulator.ErrConflict},
		{unknownSession, "Declined", simulator.ErrNotFound},
	} {
		if err := server.DecideSession(c.id, c.status, "by hand"); !errors.Is(err, c.err) {
			t.Errorf("%s to %s: %v, want %v", c.id, c.status, err, c.err)
		}
	}
	if got := decisions(server, ""); got != "console session    In Review>Declined by hand" {
		t.Errorf("trail %s", got)
	}
}
