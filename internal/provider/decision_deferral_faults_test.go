// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Lost or unclear responses, of a change that was made and of one that was not.
func TestDeferral_LostResponseIsReconciledByList(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"reset": {Cut: simulator.CutReset}, "502": {Status: http.StatusBadGateway, Header: htmlHeader, Body: "<html></html>"},
	} {
		for isMade, patches := range map[bool]int{true: 1, false: 2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				lost := fault
				lost.Method, lost.After = http.MethodPatch, isMade
				env.Inject(lost)
				ws := env.Workspace(env.Config(deferredBlock("Forged.")))

				ws.MustRun("apply", "-auto-approve")

				requirePatches(env, patches)
				ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "waiting", override(env).ID, "pending_until_flow_finishes"))
			})
		}
	}
}

// A report has no node ID for a step of a workflow without a graph. If the list has none either,
// a change whose response was lost was sent again.
func TestDeferral_LostResponseOfStepWithoutNodeID(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.SetSessionStatus(simulator.SessionSimple, "In Progress")
	env.Inject(simulator.Fault{Method: http.MethodPatch, After: true, Status: http.StatusBadGateway, Header: htmlHeader, Body: "<html></html>"})
	proxy := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		recorder := httptest.NewRecorder()
		env.ServeHTTP(recorder, request)
		maps.Copy(response.Header(), recorder.Header())
		response.Header().Del("Content-Length")
		response.WriteHeader(recorder.Code)
		_, _ = io.WriteString(response, strings.ReplaceAll(recorder.Body.String(), `"node_id":"default"`, `"node_id":null`))
	}))
	t.Cleanup(proxy.Close)
	env.URL = proxy.URL
	step := kinds[0]
	step.address = []argument{{"session_id", simulator.SessionSimple}}
	ws := env.Workspace(env.Config(step.decided("one", "In Review", "Declined", "Forged.", deferral)))

	ws.MustRun("apply", "-auto-approve")

	requirePatches(env, 1)
}

func TestDeferral_APIWithoutItIsSentNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{WithoutOverrides: true})
	ws := env.Workspace(env.Config(deferredBlock("Forged.")))

	result := ws.RunJSON("apply", "-auto-approve")

	result.RequireError(summaryNoDeferral, simulator.SessionInProgress, "returned 404", "Nothing was sent")
	result.Errors[0].RequireAttribute(t, deferredStep.at("one"), "defer_until_flow_finishes")
	requirePatches(env, 0)
	ws.RequireNoState()
	env.RequireTrail()
}

func TestDeferral_ResponseWithoutOverrideIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Method: http.MethodPatch, Body: `{"session_id": "` + simulator.SessionInProgress + `", "node_id": "feature_liveness_1", "new_status": "Declined"}`})
	ws := env.Workspace(env.Config(deferredBlock("Forged.")))

	ws.RunJSON("apply", "-auto-approve").RequireError(summaryNoDeferral, "PATCH", "has no override", "Check the step in the Didit console")

	requirePatches(env, 1)
	ws.RequireNoState()
}

func TestDeferral_UnreadableListKeepsState(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"404": {Status: http.StatusNotFound, Header: htmlHeader, Body: "<html></html>"},
		"403": {Status: http.StatusForbidden, Body: `{"detail": "You do not have permission to perform this action."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws, id := waiting(env)
			fault.Path = overridesPath
			env.Inject(fault)

			if result := ws.RunJSON("apply", "-auto-approve"); len(result.Errors) != 1 {
				t.Errorf("the errors are %v", result.Errors)
			}

			requirePatches(env, 0)
			ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "waiting", id, "pending_until_flow_finishes"))
		})
	}
}

// The report is read first. The person finishes before the list is read.
func TestDeferral_ReportOlderThanListIsReadAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws, id := waiting(env)
	env.BeforeResponse(func(request simulator.Request) {
		if strings.HasSuffix(request.Path, overridesPath) {
			finishFlow(env)
		}
	})

	ws.MustRun("apply", "-auto-approve", "-refresh-only")

	env.RequireRequests(3, 0)
	ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "stands", id, "applied"))
}

// A state that this release does not know, and an override that is no longer listed.
func TestDeferral_UnknownStateGoesByValue(t *testing.T) {
	t.Parallel()
	for name, overrides := range map[string]string{
		"unknown":    `[{"id": "ID", "node_id": "feature_liveness_1", "new_status": "Declined", "state": "expired"}]`,
		"not listed": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws, id := waiting(env)
			env.Inject(simulator.Fault{Path: overridesPath, Times: 1, Body: `{"session_id": "` + simulator.SessionInProgress + `", "overrides": ` + strings.ReplaceAll(overrides, "ID", id) + `}`})

			ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
			requirePatches(env, 0)
			if state := ws.State()[deferredStep.at("one")].Attributes; state["outcome"] != "superseded" || state["status"] != "In Review" {
				t.Errorf("the state is %v", state)
			}
			// It is read again, because the state may change.
			finishFlow(env)
			ws.MustRun("apply", "-auto-approve")
			requirePatches(env, 0)
			ws.RequireState(deferredStep.at("one"), stateOfDeferred("Declined", "stands", id, "applied"))
		})
	}
}
