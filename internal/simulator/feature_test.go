// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestUpdateFeatureStatus_RecordsTheChangeOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id, node, body string
		array          string // of the step that changes
		model, label   string
		from, comment  string
	}{
		"id":             {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","comment":"forged"}`, "", "KYC", "ID_VERIFICATION", "In Review", "forged"},
		"liveness":       {simulator.SessionKYC, "feature_liveness_1", `{"new_status":"Declined"}`, "", "Face", "LIVENESS", "Approved", ""},
		"face match":     {simulator.SessionKYC, "feature_face_match_1", `{"new_status":"Declined"}`, "", "FaceMatch", "FACE_MATCH", "Approved", ""},
		"aml":            {simulator.SessionKYC, "feature_aml_1", `{"new_status":"Declined"}`, "", "AML", "AML", "In Review", ""},
		"poa, with type": {simulator.SessionKYC, "feature_poa_1", `{"new_status":"Declined","feature_type":"POA"}`, "", "POA", "POA", "In Review", ""},
		"kyb registry":   {simulator.SessionKYB, "feature_kyb_registry_1", `{"new_status":"Declined"}`, "", "KYBRegistry", "KYB_REGISTRY", "Approved", ""},
		"only step":      {simulator.SessionSimple, "default", `{"new_status":"Declined"}`, "", "KYC", "ID_VERIFICATION", "In Review", ""},
		"one of two":     {simulator.SessionTwoTypes, "default", `{"new_status":"Declined","feature_type":"LIVENESS"}`, "liveness_checks", "Face", "LIVENESS", "Approved", ""},
		"in progress":    {simulator.SessionInProgress, "feature_liveness_1", `{"new_status":"Declined"}`, "", "Face", "LIVENESS", "In Review", ""},
		"unknown field":  {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","unknown":1}`, "", "KYC", "ID_VERIFICATION", "In Review", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})

			first, second := patch(t, server, c.id, c.node, c.body), patch(t, server, c.id, c.node, c.body)

			checkResponse(t, withoutOverride(t, first), 200, canonical(map[string]string{"session_id": c.id, "node_id": c.node, "feature_type": c.model, "new_status": "Declined"}))
			checkResponse(t, second, 400, `{"new_status":"The new status is the same as the current status."}`)
			if got := server.FeatureStatus(c.id, c.node, c.array); got != "Declined" {
				t.Errorf("the step is %q", got)
			}
			trail := server.Trail(c.id)
			if len(trail) != 1 {
				t.Fatalf("trail %+v", trail)
			}
			expected := simulator.TrailEntry{
				Time: trail[0].Time, Actor: "API Client", ActorType: "API_KEY", Kind: simulator.DecidedFeature, SessionID: c.id, NodeID: c.node, FeatureType: c.label,
				From: c.from, To: "Declined", Comment: c.comment,
			}
			if trail[0] != expected || trail[0].Time.IsZero() {
				t.Errorf("trail %+v, want %+v", trail[0], expected)
			}
		})
	}
}

func TestUpdateFeatureStatus_RefusalChangesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	several := `{"feature_type":["This field is required when the session has several features at this node."]}`
	for name, c := range map[string]struct {
		id, node, body string
		status         int
		response       string
	}{
		"same status":          {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"In Review"}`, 400, `{"new_status":"The new status is the same as the current status."}`},
		"API session":          {simulator.SessionAPI, "default", `{"new_status":"Declined"}`, 400, `{"detail":"Cannot change feature status for API sessions."}`},
		"unknown node":         {simulator.SessionKYC, "feature_ocr_2", `{"new_status":"Declined"}`, 404, `{"detail":"No feature found with node_id 'feature_ocr_2' in this session."}`},
		"default in a graph":   {simulator.SessionKYC, "default", `{"new_status":"Declined"}`, 404, `{"detail":"No feature found with node_id 'default' in this session."}`},
		"default, other type":  {simulator.SessionTwoTypes, "default", `{"new_status":"Declined","feature_type":"POA"}`, 404, `{"detail":"No feature found with node_id 'default' in this session."}`},
		"node, other type":     {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","feature_type":"POA"}`, 404, `{"detail":"No feature found with node_id 'feature_ocr_1' in this session."}`},
		"default is ambiguous": {simulator.SessionTwoTypes, "default", `{"new_status":"Declined"}`, 400, several},
		"two of one type":      {simulator.SessionSameType, "default", `{"new_status":"Declined"}`, 400, several},
		"two of the type":      {simulator.SessionSameType, "default", `{"new_status":"Declined","feature_type":"AML"}`, 400, `{"feature_type":["The session has several features of this type at this node."]}`},
		"lower case":           {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"approved"}`, 400, `{"new_status":["\"approved\" is not a valid choice."]}`},
		"not settable":         {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Resub Requested"}`, 400, `{"new_status":["\"Resub Requested\" is not a valid choice."]}`},
		"no status":            {simulator.SessionKYC, "feature_ocr_1", `{"comment":"x"}`, 400, `{"new_status":["This field is required."]}`},
		"no body":              {simulator.SessionKYC, "feature_ocr_1", ``, 400, `{"new_status":["This field is required."]}`},
		"null status":          {simulator.SessionKYC, "feature_ocr_1", `{"new_status":null}`, 400, `{"new_status":["This field may not be null."]}`},
		"comment no text":      {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined","comment":[]}`, 400, `{"comment":["Not a valid string."]}`},
		"array":                {simulator.SessionKYC, "feature_ocr_1", `[]`, 400, `{"non_field_errors":["Invalid data. Expected a dictionary."]}`},
		"null":                 {simulator.SessionKYC, "feature_ocr_1", `null`, 400, `{"non_field_errors":["Invalid data. Expected a dictionary."]}`},
		"no JSON":              {simulator.SessionKYC, "feature_ocr_1", `{new_status`, 400, `{"detail":"JSON parse error - invalid character 'n' looking for beginning of object key string"}`},
		"two values":           {simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"} {}`, 400, `{"detail":"JSON parse error - invalid character '{' after top-level value"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := get(t, server, decisionPath(c.id))
			checkResponse(t, patch(t, server, c.id, c.node, c.body), c.status, c.response)
			if get(t, server, decisionPath(c.id)).body != before.body || len(server.Trail(c.id)) != 0 {
				t.Errorf("something was changed: %+v", server.Trail(c.id))
			}
		})
	}
}

func TestUpdateFeatureStatus_RejectsOtherMediaTypes(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	got := do(t, server, "PATCH", updatePath(simulator.SessionKYC, "feature_ocr_1"), `{"new_status":"Declined"}`, header{"Content-Type": "text/plain"})
	checkResponse(t, got, 415, `{"detail":"Unsupported media type \"text/plain\" in request."}`)
}

func TestUpdateFeatureStatus_DoesNotChangeADecidedSession(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.SetSessionStatus(simulator.SessionSimple, "Approved")
	patch(t, server, simulator.SessionSimple, "default", `{"new_status":"Declined"}`)
	if got := get(t, server, decisionPath(simulator.SessionSimple)).object(t)["status"]; got != "Approved" {
		t.Errorf("the session is %q", got)
	}
}

func TestUpdateFeatureStatus_CompletesASessionThatWaitsForTheStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		other, wanted, session string
	}{
		"all approved":      {"Approved", "Approved", "Approved"},
		"one declined":      {"Approved", "Declined", "Declined"},
		"one open":          {"Not Finished", "Approved", "In Progress"},
		"sent back for now": {"Approved", "In Review", "In Progress"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			server.AddSession(simulator.Session{ID: simulator.SessionInProgress, Status: "In Progress", Features: []simulator.Feature{
				{Array: "id_verifications", NodeID: "a", Status: c.other}, {Array: "aml_screenings", NodeID: "b", Status: "Not Finished"},
			}})
			patch(t, server, simulator.SessionInProgress, "b", `{"new_status":"`+c.wanted+`"}`)
			if got, _ := server.Session(simulator.SessionInProgress); got.Status != c.session {
				t.Errorf("the session is %q, want %q", got.Status, c.session)
			}
		})
	}
}

func TestDecideFeature_KeepsToTheAPIsRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id, node, feature, status string
		err                       error
	}{
		"by node":               {simulator.SessionKYC, "feature_ocr_1", "", "Declined", nil},
		"by node and array":     {simulator.SessionKYC, "feature_ocr_1", "id_verifications", "Declined", nil},
		"by label":              {simulator.SessionTwoTypes, "default", "ID_VERIFICATION", "Declined", nil},
		"empty node is default": {simulator.SessionTwoTypes, "", "id_verifications", "Declined", nil},
		"same status":           {simulator.SessionKYC, "feature_ocr_1", "", "In Review", simulator.ErrConflict},
		"unknown session":       {unknownSession, "feature_ocr_1", "", "Declined", simulator.ErrNotFound},
		"unknown node":          {simulator.SessionKYC, "feature_ocr_2", "", "Declined", simulator.ErrNotFound},
		"other feature":         {simulator.SessionKYC, "feature_ocr_1", "AML", "Declined", simulator.ErrNotFound},
		"ambiguous":             {simulator.SessionTwoTypes, "default", "", "Declined", simulator.ErrConflict},
		"API session":           {simulator.SessionAPI, "default", "", "Declined", simulator.ErrConflict},
		"no status":             {simulator.SessionKYC, "feature_ocr_1", "", "Expired", simulator.ErrStatus},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			err := server.DecideFeature(c.id, c.node, c.feature, c.status, "seen by a person")
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			trail := server.Trail("")
			if c.err != nil {
				if len(trail) != 0 {
					t.Errorf("trail %+v", trail)
				}
				return
			}
			if len(trail) != 1 || trail[0].Actor != "console" || trail[0].To != c.status || trail[0].Comment != "seen by a person" {
				t.Errorf("trail %+v", trail)
			}
			if got := server.FeatureStatus(c.id, c.node, c.feature); got != c.status {
				t.Errorf("the step is %q", got)
			}
		})
	}
}
