// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func overridesPath(id string) string { return "/v3/session/" + id + "/features/overrides/" }

func cancelPath(override string) string { return overridesPath(inFlow) + override + "/cancel/" }

// withoutOverride returns a response to a change without its override, which has to have an ID.
func withoutOverride(t *testing.T, got result) result {
	t.Helper()
	fields := got.object(t)
	if override, _ := fields["override"].(map[string]any); len(override) != 1 || override["id"] == "" {
		t.Errorf("override %v", fields["override"])
	}
	delete(fields, "override")
	got.body = canonical(fields)
	return got
}

// deferred sends a change that waits for the end of the flow, and returns the ID of its override.
func deferred(t *testing.T, server *simulator.Server, id, node, status string) string {
	t.Helper()
	got := patch(t, server, id, node, `{"new_status":"`+status+`","comment":"Seen.","defer_until_flow_finishes":true}`)
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return got.object(t)["override"].(map[string]any)["id"].(string)
}

// states are the overrides of a session as the API lists them, newest first.
func states(t *testing.T, server *simulator.Server, id string) string {
	t.Helper()
	listed := get(t, server, overridesPath(id)).object(t)
	texts := []string{fmt.Sprint(listed["person_in_flow"], " ", listed["flow_finished_at"])}
	for _, row := range listed["overrides"].([]any) {
		o := row.(map[string]any)
		texts = append(texts, fmt.Sprint(o["node_id"], " ", o["feature_type"], " ", o["feature_model"], " ", o["previous_status"], ">", o["new_status"], " ", o["state"]))
	}
	return strings.Join(texts, "\n")
}

const (
	inFlow   = simulator.SessionInProgress
	liveness = "feature_liveness_1"
	face     = "feature_face_match_1"
)

func TestOverride_WaitsUntilTheFlowFinishes(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.SetTime(day(time.April, 1))

	id := deferred(t, server, inFlow, liveness, "Declined")

	if got := server.FeatureStatus(inFlow, liveness, ""); got != "In Review" || len(server.Trail("")) != 0 {
		t.Errorf("the step is %s, trail %+v", got, server.Trail(""))
	}
	if got := states(t, server, inFlow); got != "true <nil>\nfeature_liveness_1  Face In Review>Declined pending_until_flow_finishes" {
		t.Errorf("before the end\n%s", got)
	}
	if err := server.FinishFlow(inFlow); err != nil {
		t.Fatal(err)
	}
	if got := states(t, server, inFlow); got != "false 2026-04-01T09:30:00.000000Z\nfeature_liveness_1  Face In Review>Declined applied" {
		t.Errorf("after it\n%s", got)
	}
	if got := decisions(server, inFlow); got != "API Client feature feature_liveness_1 LIVENESS  In Review>Declined Seen." {
		t.Errorf("trail %s", got)
	}
	if overrides := server.Overrides(inFlow); len(overrides) != 1 || overrides[0].ID != id {
		t.Errorf("overrides %+v", overrides)
	}
	if session, _ := server.Session(inFlow); session.Status != "In Review" { // the face match is Not Finished
		t.Errorf("the session is %s", session.Status)
	}
	if err := server.FinishFlow(inFlow); !errors.Is(err, simulator.ErrConflict) {
		t.Errorf("finishing again: %v", err)
	}
}

// Didit promises no check of the value that the reviewer saw.
func TestOverride_IsAppliedWhateverTheValueIsThen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ between, want string }{
		"another value":    {"Approved", "Approved>Declined"},
		"the wanted value": {"Declined", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			deferred(t, server, inFlow, liveness, "Declined")
			if err := server.DecideFeature(inFlow, liveness, "", c.between, "In the console."); err != nil {
				t.Fatal(err)
			}

			if err := server.FinishFlow(inFlow); err != nil {
				t.Fatal(err)
			}

			if got := server.FeatureStatus(inFlow, liveness, ""); got != "Declined" {
				t.Errorf("the step is %s", got)
			}
			if got := decisions(server, inFlow); !strings.HasSuffix(got, "Seen.") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("trail %s", got)
			}
			if got := states(t, server, inFlow); !strings.HasSuffix(got, "applied") {
				t.Errorf("overrides\n%s", got)
			}
		})
	}
}

func TestOverride_RecordsEveryPatchAndAppliesAtOnceOutsideTheFlow(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	deferred(t, server, simulator.SessionKYC, "feature_ocr_1", "Approved")
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Approved"}`) // The same status changes nothing.
	patch(t, server, simulator.SessionTwoTypes, "default", `{"new_status":"Declined","feature_type":"LIVENESS"}`)

	finished := "false 2026-03-04T05:16:07.000089Z\n"
	if got := states(t, server, simulator.SessionKYC); got != finished+"feature_ocr_1  KYC Declined>Approved applied\nfeature_ocr_1  KYC In Review>Declined applied" {
		t.Errorf("overrides\n%s", got)
	}
	if got := states(t, server, simulator.SessionTwoTypes); !strings.HasSuffix(got, "\ndefault LIVENESS Face Approved>Declined applied") {
		t.Errorf("overrides\n%s", got)
	}
	if got := server.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", ""); got != "Approved" {
		t.Errorf("the step is %s", got)
	}
}

func TestOverride_PersonIsInTheFlowBySessionStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"Not Started": "true <nil>", "In Progress": "true <nil>", "Resubmitted": "true <nil>",
		"Awaiting User": "false <nil>", "Expired": "false <nil>", "Abandoned": "false <nil>",
		"In Review": "false 2026-01-01T09:40:00.000000Z", "Approved": "false 2026-01-01T09:40:00.000000Z",
	} {
		server := start(t, simulator.Options{})
		server.AddSession(simulator.Session{ID: unknownSession, Status: status, CreatedAt: day(time.January, 1)})
		if got := states(t, server, unknownSession); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
		server.SetSessionStatus(unknownSession, "In Progress")
		if got := states(t, server, unknownSession); got != "true <nil>" {
			t.Errorf("%s, then In Progress: %s", status, got)
		}
	}
}

func TestOverride_ResubmissionPutsThePersonBackIntoTheFlow(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	decide(t, server, simulator.Decision{
		SessionID: simulator.SessionKYC, Status: "Resubmitted", Nodes: []simulator.Node{{NodeID: "feature_poa_1", Feature: "POA"}},
	})
	deferred(t, server, simulator.SessionKYC, "feature_ocr_1", "Approved")

	if got := states(t, server, simulator.SessionKYC); got != "true <nil>\nfeature_ocr_1  KYC In Review>Approved pending_until_flow_finishes" {
		t.Errorf("overrides\n%s", got)
	}
}

func TestCancelOverride_KeepsTheStatusAndIsRefusedOnceNotPending(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.SetTime(day(time.April, 1))
	cancel := func(id string) result {
		return do(t, server, http.MethodPost, cancelPath(id), "", header{"Content-Type": ""})
	}
	first := deferred(t, server, inFlow, liveness, "Declined")

	checkResponse(t, cancel(first), 200, `{"cancel_reason":"cancelled_by_reviewer","cancelled_at":"2026-04-01T09:30:00.000000Z","state":"cancelled"}`)
	checkResponse(t, cancel(first), 409, `{"code":"feature_override_not_pending","detail":"This override is not pending."}`)
	checkResponse(t, cancel(unknownSession), 404, notFound)

	second := deferred(t, server, inFlow, liveness, "Approved")
	if err := server.CancelOverride(inFlow, second); err != nil {
		t.Fatal(err)
	}
	if err := server.CancelOverride(inFlow, second); !errors.Is(err, simulator.ErrConflict) {
		t.Errorf("cancelled again: %v", err)
	}
	if err := server.FinishFlow(inFlow); err != nil {
		t.Fatal(err)
	}
	if got := server.FeatureStatus(inFlow, liveness, ""); got != "In Review" || len(server.Trail("")) != 0 {
		t.Errorf("the step is %s, trail %+v", got, server.Trail(""))
	}
	if got := states(t, server, inFlow); strings.Count(got, " cancelled") != 2 {
		t.Errorf("overrides\n%s", got)
	}
	if got := lived(t, server, inFlow, day(time.April, 1)); !strings.HasPrefix(got, "2026-04-01 API Client: FEATURE_OVERRIDE_CANCELLED API_KEY <nil>><nil> <nil>\n") {
		t.Errorf("feed\n%s", got)
	}
}

func TestOverride_SecondPendingOneOfAStepIsAFault(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	deferred(t, server, inFlow, liveness, "Declined")

	got := patch(t, server, inFlow, liveness, `{"new_status":"Approved","defer_until_flow_finishes":true}`)

	checkResponse(t, got, 500, `{"detail":"The simulator does not know what Didit does with a second pending override of one feature."}`)
	if n := len(server.Overrides(inFlow)); n != 1 {
		t.Errorf("%d overrides", n)
	}
	deferred(t, server, inFlow, face, "Declined") // Another step has one of its own.
}

// An older API would change the step at once, in the middle of the flow.
func TestWithoutOverrides_IgnoresTheFieldAndHasNoPaths(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{WithoutOverrides: true})

	got := patch(t, server, inFlow, liveness, `{"new_status":"Declined","defer_until_flow_finishes":true}`)

	checkResponse(t, got, 200, canonical(map[string]string{"session_id": inFlow, "node_id": liveness, "feature_type": "Face", "new_status": "Declined"}))
	if status := server.FeatureStatus(inFlow, liveness, ""); status != "Declined" {
		t.Errorf("the step is %s", status)
	}
	for method, path := range map[string]string{http.MethodGet: overridesPath(inFlow), http.MethodPost: cancelPath(unknownSession)} {
		if page := do(t, server, method, path, "", nil); page.status != 404 || !strings.Contains(page.body, "<html") {
			t.Errorf("%s: %d %s", path, page.status, page.body)
		}
	}
}

func TestOverrides_NeedThePrivilege(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{Credentials: []simulator.Credential{{APIKey: "invented-reader", Read: true}, {APIKey: "invented-writer", Write: true}}})
	for key, want := range map[string][2]int{"invented-reader": {200, 403}, "invented-writer": {403, 404}, "unknown": {403, 403}} {
		read := do(t, server, http.MethodGet, overridesPath(inFlow), "", header{"X-Api-Key": key})
		cancel := do(t, server, http.MethodPost, cancelPath(unknownSession), "", header{"X-Api-Key": key})
		if got := [2]int{read.status, cancel.status}; got != want {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	if got := do(t, server, http.MethodGet, overridesPath(unknownSession), "", header{"X-Api-Key": "invented-reader"}); got.body != sessionNotFound {
		t.Errorf("unknown session: %d %s", got.status, got.body)
	}
}

func TestControl_FinishesTheFlowAndCancelsOverrides(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	id := deferred(t, server, inFlow, liveness, "Declined")
	post := func(path, body string) result { return do(t, server, http.MethodPost, "/simulator/"+path, body, nil) }

	checkResponse(t, post("console/override/cancel", `{"session_id":"`+inFlow+`","override_id":"`+id+`"}`), 200, done)
	checkResponse(t, post("flow/finish", `{"session_id":"`+inFlow+`"}`), 200, done)
	for path, status := range map[string]int{"console/override/cancel": 409, "flow/finish": 409} {
		if got := post(path, `{"session_id":"`+inFlow+`","override_id":"`+id+`"}`); got.status != status {
			t.Errorf("%s again: %d", path, got.status)
		}
	}
}
