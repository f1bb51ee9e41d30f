// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestSameFeatureType_AcceptsArrayNameAsAlias(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"LIVENESS", "LIVENESS", true},
		{"LIVENESS", "LIVENESS_CHECKS", true},
		{"KYB_REGISTRY", "REGISTRY_CHECKS", true},
		{"VOICE_CHECKS", "VOICE_CHECKS", true},
		{"LIVENESS_CHECKS", "LIVENESS_CHECKS", true},
		{"LIVENESS", "FACE_MATCH", false},
		{"LIVENESS", "FACE_MATCHES", false},
		{"LIVENESS_CHECKS", "FACE_MATCHES", false},
		{"LIVENESS", "", false},
	} {
		if SameFeatureType(test.a, test.b) != test.same || SameFeatureType(test.b, test.a) != test.same {
			t.Errorf("%q and %q: want same type %t, in both orders", test.a, test.b, test.same)
		}
	}
}

func TestUpdateFeatureStatus_SendsOnlyWhatIsSet(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]FeatureStatusUpdate{
		`{"new_status":"Approved"}`:                                               {NewStatus: StatusApproved},
		`{"new_status":"Declined","comment":"Reviewed: name \"differs\""}`:        {NewStatus: StatusDeclined, Comment: `Reviewed: name "differs"`},
		`{"new_status":"In Review","feature_type":"LIVENESS"}`:                    {NewStatus: StatusInReview, FeatureType: "LIVENESS"},
		`{"new_status":"Approved","comment":"two\nlines ä","feature_type":"AML"}`: {NewStatus: StatusApproved, Comment: "two\nlines ä", FeatureType: "AML"},
		`{"new_status":"Approved","defer_until_flow_finishes":true}`:              {NewStatus: StatusApproved, Defer: true},
	} {
		var sent []byte
		api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			sent, _ = io.ReadAll(r.Body)
			respondWith(http.StatusOK, nil, `{"session_id": "`+testSession+`", "node_id": "default", "new_status": "`+body.NewStatus+`", "override": {"id": "an ID"}}`)(w, r)
		})

		err := update(t.Context(), newTestClient(t, api.URL), testSession, DefaultNodeID, body)
		if err != nil {
			t.Fatal(err)
		}
		request := api.received()[0]
		if got, want := request.Method+" "+request.RequestURI, "PATCH /v3/session/"+testSession+"/features/default/update-status/"; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
		assertHeader(t, request, http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {testKey}})
		if string(sent) != want {
			t.Errorf("body %s, want %s", sent, want)
		}
	}
}

func TestUpdateFeatureStatus_AcceptsAnyConfirming2xx(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 203, 206, 299} {
		api := newFakeAPI(t, respondWith(status, nil, testUpdated))
		if err := operations[http.MethodPatch](t.Context(), newTestClient(t, api.URL)); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// The value was set. Another attempt would be a 400 for the same status.
func TestUpdate_AcceptsEchoInAnotherSpelling(t *testing.T) {
	t.Parallel()
	for sent, echo := range map[string]string{StatusInReview: "IN_REVIEW", StatusApproved: "approved"} {
		assertPatch(t, "/v3/session/"+testSession+"/features/"+testNode+"/update-status/", `{"new_status":"`+sent+`"}`, updated(testSession, testNode, echo),
			func(client *Client, permit *WritePermit) error {
				_, err := client.UpdateFeatureStatus(t.Context(), permit, testSession, testNode, FeatureStatusUpdate{NewStatus: sent})
				return err
			})
	}
	for sent, echo := range map[string]string{ReviewFalsePositive: "FALSE_POSITIVE", ReviewConfirmedMatch: "confirmed match"} {
		assertPatch(t, "/v3/session/"+testSession+"/update-aml-hit-status/", `{"hit_id":"h1","review_status":"`+sent+`"}`, `{"hit_id": "h1", "review_status": "`+echo+`"}`,
			func(client *Client, permit *WritePermit) error {
				return client.UpdateAMLHitStatus(t.Context(), permit, testSession, AMLHitStatusUpdate{HitID: "h1", ReviewStatus: sent})
			})
	}
}

func TestUpdateFeatureStatus_UnconfirmedSuccessIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	updatedTo := func(sessionID, nodeID, status string) http.HandlerFunc {
		return respondWith(200, nil, updated(sessionID, nodeID, status))
	}
	for name, handler := range map[string]http.HandlerFunc{
		"another status":            updatedTo(testSession, testNode, StatusDeclined),
		"another session":           updatedTo("11111111-2222-4333-8444-000000000002", testNode, StatusApproved),
		"another node":              updatedTo(testSession, "feature_aml_1", StatusApproved),
		"names in upper case":       respondWith(200, nil, strings.ReplaceAll(strings.ToUpper(testUpdated), "APPROVED", "Approved")),
		"no session":                respondWith(200, nil, `{"node_id": "`+testNode+`", "new_status": "Approved"}`),
		"no node":                   respondWith(200, nil, `{"session_id": "`+testSession+`", "new_status": "Approved"}`),
		"no status":                 respondWith(200, nil, `{"session_id": "`+testSession+`", "node_id": "`+testNode+`"}`),
		"status is null":            respondWith(200, nil, strings.ReplaceAll(testUpdated, `"Approved"`, "null")),
		"status is an array":        respondWith(200, nil, strings.ReplaceAll(testUpdated, `"Approved"`, `["Approved"]`)),
		"status twice":              respondWith(200, nil, strings.ReplaceAll(testUpdated, "}", `, "new_status": "Approved"}`)),
		"no content":                respondWith(204, http.Header{"Content-Type": nil}, ""),
		"empty":                     respondWith(200, nil, ""),
		"HTML":                      respondWith(200, htmlHeader, "<p>Approved</p>"),
		"HTML labelled as JSON":     respondWith(200, nil, "<p>Approved</p>"),
		"JSON labelled as HTML":     respondWith(200, htmlHeader, testUpdated),
		"cut off":                   respondWith(200, nil, testUpdated[:len(testUpdated)-1]),
		"two responses":             respondWith(200, nil, testUpdated+testUpdated),
		"too long":                  respondWith(200, nil, strings.ReplaceAll(testUpdated, "}", `, "rest": "`+strings.Repeat("x", 1<<20)+`"}`)),
		"cut off by the connection": respondWith(200, http.Header{"Content-Length": {"999"}}, testUpdated),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, handler)
			client := newTestClient(t, api.URL, withRetries(5, 0))

			failure := requireError(t, operations[http.MethodPatch](t.Context(), client))

			if !failure.OutcomeUnknown || failure.StatusCode/100 != 2 || failure.Kind != KindNotAPI && failure.Kind != KindMalformed {
				t.Errorf("%v: kind %d, outcome unknown %t", failure, failure.Kind, failure.OutcomeUnknown)
			}
			if n := len(api.received()); n != 1 {
				t.Errorf("sent %d times, want once: only a read can show the outcome", n)
			}
		})
	}
}
