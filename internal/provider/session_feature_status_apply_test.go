// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// managed gives a project in which the steps ocr and aml of the KYC session are
// managed as they stand, In Review. Nothing has been sent for it.
func managedSteps(env *acctest.Env) *acctest.Workspace {
	env.T.Helper()
	ws := env.Workspace(env.Config(ocrAndAML("In Review", "", "In Review", "")))
	ws.MustRun("apply", "-auto-approve")
	env.ResetRequests()
	return ws
}

func ocrAndAML(ocr, ocrComment, aml, amlComment string) string {
	return decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: ocr, comment: ocrComment}.hcl("ocr") +
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: aml, comment: amlComment}.hcl("aml")
}

func TestChangeIsSentOnceWithItsCommentAndNeverAgain(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	output := ws.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, `~ status = "In Review" -> "Declined"`, `+ comment = "Forged."`, "0 added, 1 changed, 0 destroyed")
	// One read to refresh, one before the change.
	env.RequireRequests(2, 1)
	for range 2 {
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
		env.RequireRequests(1, 0)
	}
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged.", "feature_type": "ID_VERIFICATION", "id": simulator.SessionKYC + "/feature_ocr_1"})
}

func TestCommentAloneIsTerraformsOwnAffair(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)

	// A new comment is kept, and the plan says that it will not be recorded.
	ws.Write("main.tf", env.Config(ocrAndAML("In Review", "Look again.", "In Review", "")))
	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireWarning("The comment will not be recorded",
		simulator.SessionKYC, "feature_ocr_1", `is "In Review"`, "nothing is sent")
	env.RequireRequests(1, 0)
	ws.MustRun("apply", "tfplan")
	env.RequireRequests(0, 0)
	ws.RequireState(address("ocr"), map[string]any{"comment": "Look again.", "status": "In Review"})
	ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()

	// One that is dropped leaves the state, without a word.
	ws.Write("main.tf", env.Config(ocrAndAML("In Review", "", "In Review", "")))
	ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
	if change := ws.Planned()[address("ocr")].Change; !slices.Equal(change.Actions, []string{"update"}) || change.After["comment"] != nil {
		t.Errorf("the plan is %+v, want an update that drops the comment", change)
	}
	env.ResetRequests()
	ws.MustRun("apply", "tfplan")
	env.RequireRequests(0, 0)
	ws.RequireState(address("ocr"), map[string]any{"comment": nil, "status": "In Review"})
	env.RequireTrail()
}

func TestSavedPlanThatWasOvertakenIsRefused(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	ws.MustRun("plan", "-out", "tfplan")

	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	env.ResetRequests()
	result := ws.RunJSON("apply", "tfplan")

	result.RequireError("The decision has changed since the plan", simulator.SessionKYC, "feature_ocr_1",
		`was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent", "Plan again")
	result.Errors[0].RequireAttribute(t, address("ocr"), "status")
	env.RequireRequests(1, 0)
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Approved"))
	ws.RequireState(address("ocr"), map[string]any{"status": "In Review", "comment": nil})

	// The next plan shows what the reviewer has to see, and may then overturn it.
	acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), `~ status = "Approved" -> "Declined"`)
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Approved"), acctest.ByTerraform("feature_ocr_1", "Approved", "Declined", "Forged."))
}

func TestSavedPlanThatTheFlowHasOvertakenIsRefused(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))
	ws.MustRun("plan", "-out", "tfplan")

	env.MustSetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "Resub Requested")
	env.ResetRequests()

	ws.RunJSON("apply", "tfplan").RequireError("The decision has changed since the plan", `was "In Review"`, `is "Resub Requested" now`, `"Declined" is wanted`)
	env.RequireRequests(1, 0)
}

func TestSavedPlanWhoseDecisionWasMadeMeanwhileSucceedsAndSendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "In Review", "")+
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("new")))
	ws.MustRun("plan", "-out", "tfplan")

	// The same decisions, on a managed step and on a new one.
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	env.MustDecide(simulator.SessionKYB, "feature_aml_1", "Approved")
	env.ResetRequests()
	ws.MustRun("apply", "tfplan")

	env.RequireRequests(2, 0)
	env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Declined"), acctest.ByConsole("feature_aml_1", "In Review", "Approved"))
	ws.RequireState(address("ocr"), map[string]any{"status": "Declined", "comment": "Forged."})
	ws.RequireState(address("new"), map[string]any{"status": "Approved"})
}

func TestDecisionThatLandsWhileASiblingIsWrittenIsNotOverwritten(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "Declined", "")))
	ws.MustRun("plan", "-out", "tfplan")
	env.ResetRequests()

	// While the first of the two is being changed, a person decides the other.
	var once sync.Once
	env.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			once.Do(func() {
				if bytes.Contains([]byte(request.Path), []byte("feature_ocr_1")) {
					env.MustDecide(simulator.SessionKYC, "feature_aml_1", "Approved")
				} else {
					env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
				}
			})
		}
	})
	result := ws.RunJSON("apply", "-parallelism=1", "tfplan")

	result.RequireError("The decision has changed since the plan", simulator.SessionKYC, `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent")
	env.RequireRequests(2, 1)
	if trail := env.Trail(""); len(trail) != 2 {
		t.Errorf("the trail is %v, want the console's entry and one more", trail)
	}
}

func TestSiblingsOfASessionAreAllChangedInOneApply(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := managedSteps(env)
	ws.Write("main.tf", env.Config(ocrAndAML("Declined", "Forged.", "Approved", "No match.")))

	ws.MustRun("apply", "-auto-approve")

	env.RequireRequests(1+2, 2)
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("feature_aml_1", "In Review", "Approved", "No match."))
}

func TestTwoNewBlocksOfOneStepWithOneStatusMakeOneEntry(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	same := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}
	ws := env.Workspace(env.Config(same.hcl("one") + same.hcl("two")))

	ws.MustRun("apply", "-auto-approve")

	// Even where both have read before either has written.
	env.RequireTrail(acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	ws.RequireState(address("one"), map[string]any{"status": "Declined"})
	ws.RequireState(address("two"), map[string]any{"status": "Declined"})
}

func TestApplyOfASavedPlanWhoseSessionOrStepIsGoneKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]struct {
		remove  func(*acctest.Env)
		summary string
		words   []string
	}{
		"session": {func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) }, "Session not found", []string{"deleted", "scope"}},
		"step":    {func(env *acctest.Env) { env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") }, "Step not found", []string{"feature_aml_1 (AML): In Review"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := managedSteps(env)
			ws.Write("main.tf", env.Config(ocrAndAML("Declined", "", "In Review", "")))
			ws.MustRun("plan", "-out", "tfplan")

			gone.remove(env)
			env.ResetRequests()

			ws.RunJSON("apply", "tfplan").RequireError(gone.summary, append(gone.words, simulator.SessionKYC, "feature_ocr_1")...)
			env.RequireRequests(1, 0)
			ws.RequireState(address("ocr"), map[string]any{"status": "In Review"})
		})
	}
}

func TestFeatureTypeIsSentOnlyWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	sent := recordChanges(env)
	ws := env.Workspace(env.Config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "Declined", comment: "Forged."}.hcl("node") +
			decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("only") +
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("several")))

	ws.MustRun("apply", "-auto-approve")

	for path, want := range map[string]map[string]any{
		"/v3/session/" + simulator.SessionKYC + "/features/feature_ocr_1/update-status/": {"new_status": "Declined", "comment": "Forged."},
		"/v3/session/" + simulator.SessionSimple + "/features/default/update-status/":    {"new_status": "Approved"},
		"/v3/session/" + simulator.SessionTwoTypes + "/features/default/update-status/":  {"new_status": "Approved", "feature_type": "ID_VERIFICATION"},
	} {
		got, _ := json.Marshal(sent()[path])
		if want, _ := json.Marshal(want); !bytes.Equal(got, want) {
			t.Errorf("%s was sent %s, want %s", path, got, want)
		}
	}
	env.RequireTrail(
		acctest.ByTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		acctest.ByTerraform("default", "In Review", "Approved", ""),
		acctest.ByTerraform("default", "In Review", "Approved", ""))
}

// recordChanges puts a recorder between the provider and the simulator, which
// logs no bodies. The function gives what was sent last to each path.
func recordChanges(env *acctest.Env) func() map[string]map[string]any {
	var mu sync.Mutex
	bodies := map[string]map[string]any{}
	recorder := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPatch {
			body, err := io.ReadAll(request.Body)
			fields := map[string]any{}
			if err == nil {
				err = json.Unmarshal(body, &fields)
			}
			if err != nil {
				env.T.Errorf("the body of %s: %v", request.URL.Path, err)
			}
			mu.Lock()
			bodies[request.URL.Path] = fields
			mu.Unlock()
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		env.ServeHTTP(answer, request)
	}))
	env.T.Cleanup(recorder.Close)
	env.URL = recorder.URL
	return func() map[string]map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return bodies
	}
}
