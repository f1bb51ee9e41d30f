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

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// managed gives a project in which the steps ocr and aml of the KYC session are
// managed as they stand, In Review. Nothing has been sent for it.
func (w *world) managed() *project {
	w.t.Helper()
	p := w.project(w.config(ocrAndAML("In Review", "", "In Review", "")))
	p.must("apply", "-auto-approve")
	w.ResetRequests()
	return p
}

func ocrAndAML(ocr, ocrComment, aml, amlComment string) string {
	return decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: ocr, comment: ocrComment}.hcl("ocr") +
		decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: aml, comment: amlComment}.hcl("aml")
}

func TestChangeIsSentOnceWithItsCommentAndNeverAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()

	p.write("main.tf", w.config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	output := p.must("apply", "-auto-approve")

	expectText(t, output, `~ status = "In Review" -> "Declined"`, `+ comment = "Forged."`, "0 added, 1 changed, 0 destroyed")
	// One read to refresh, one before the change.
	w.expectCounts(2, 1)
	for range 2 {
		expectText(t, p.must("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
		w.expectCounts(1, 0)
	}
	w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	p.expectState("ocr", map[string]any{"status": "Declined", "comment": "Forged.", "feature_type": "ID_VERIFICATION", "id": simulator.SessionKYC + "/feature_ocr_1"})
}

func TestCommentAloneIsTerraformsOwnAffair(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()

	// A new comment is kept, and the plan says that it will not be recorded.
	p.write("main.tf", w.config(ocrAndAML("In Review", "Look again.", "In Review", "")))
	p.speak("plan", "-out=tfplan").succeeded().warned("The comment will not be recorded",
		simulator.SessionKYC, "feature_ocr_1", `is "In Review"`, "nothing is sent")
	w.expectCounts(1, 0)
	p.must("apply", "tfplan")
	w.expectCounts(0, 0)
	p.expectState("ocr", map[string]any{"comment": "Look again.", "status": "In Review"})
	p.speak("plan").succeeded().silent()

	// One that is dropped leaves the state, without a word.
	p.write("main.tf", w.config(ocrAndAML("In Review", "", "In Review", "")))
	p.speak("plan", "-out=tfplan").succeeded().silent()
	if change := p.planned()[address("ocr")].Change; !slices.Equal(change.Actions, []string{"update"}) || change.After["comment"] != nil {
		t.Errorf("the plan is %+v, want an update that drops the comment", change)
	}
	w.ResetRequests()
	p.must("apply", "tfplan")
	w.expectCounts(0, 0)
	p.expectState("ocr", map[string]any{"comment": nil, "status": "In Review"})
	w.expectTrail()
}

func TestSavedPlanThatWasOvertakenIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	p.must("plan", "-out", "tfplan")

	w.decide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	w.ResetRequests()
	said := p.speak("apply", "tfplan")

	said.failed("The decision has changed since the plan", simulator.SessionKYC, "feature_ocr_1",
		`was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent", "Plan again")
	said.errors[0].on(t, address("ocr"), "status")
	w.expectCounts(1, 0)
	w.expectTrail(byConsole("feature_ocr_1", "In Review", "Approved"))
	p.expectState("ocr", map[string]any{"status": "In Review", "comment": nil})

	// The next plan shows what the reviewer has to see, and may then overturn it.
	expectText(t, p.must("apply", "-auto-approve"), `~ status = "Approved" -> "Declined"`)
	w.expectTrail(byConsole("feature_ocr_1", "In Review", "Approved"), byTerraform("feature_ocr_1", "Approved", "Declined", "Forged."))
}

func TestSavedPlanThatTheFlowHasOvertakenIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "", "In Review", "")))
	p.must("plan", "-out", "tfplan")

	w.flowSets(simulator.SessionKYC, "feature_ocr_1", "Resub Requested")
	w.ResetRequests()

	p.speak("apply", "tfplan").failed("The decision has changed since the plan", `was "In Review"`, `is "Resub Requested" now`, `"Declined" is wanted`)
	w.expectCounts(1, 0)
}

func TestSavedPlanWhoseDecisionWasMadeMeanwhileSucceedsAndSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "Forged.", "In Review", "")+
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved"}.hcl("new")))
	p.must("plan", "-out", "tfplan")

	// The same decisions, on a managed step and on a new one.
	w.decide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	w.decide(simulator.SessionKYB, "feature_aml_1", "Approved")
	w.ResetRequests()
	p.must("apply", "tfplan")

	w.expectCounts(2, 0)
	w.expectTrail(byConsole("feature_ocr_1", "In Review", "Declined"), byConsole("feature_aml_1", "In Review", "Approved"))
	p.expectState("ocr", map[string]any{"status": "Declined", "comment": "Forged."})
	p.expectState("new", map[string]any{"status": "Approved"})
}

func TestDecisionThatLandsWhileASiblingIsWrittenIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "", "Declined", "")))
	p.must("plan", "-out", "tfplan")
	w.ResetRequests()

	// While the first of the two is being changed, a person decides the other.
	var once sync.Once
	w.BeforeResponse(func(request simulator.Request) {
		if request.Method == http.MethodPatch {
			once.Do(func() {
				if bytes.Contains([]byte(request.Path), []byte("feature_ocr_1")) {
					w.decide(simulator.SessionKYC, "feature_aml_1", "Approved")
				} else {
					w.decide(simulator.SessionKYC, "feature_ocr_1", "Approved")
				}
			})
		}
	})
	said := p.speak("apply", "-parallelism=1", "tfplan")

	said.failed("The decision has changed since the plan", simulator.SessionKYC, `was "In Review"`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent")
	w.expectCounts(2, 1)
	if trail := w.Trail(""); len(trail) != 2 {
		t.Errorf("the trail is %v, want the console's entry and one more", trail)
	}
}

func TestSiblingsOfASessionAreAllChangedInOneApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "Forged.", "Approved", "No match.")))

	p.must("apply", "-auto-approve")

	w.expectCounts(1+2, 2)
	w.expectTrail(
		byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		byTerraform("feature_aml_1", "In Review", "Approved", "No match."))
}

func TestTwoNewBlocksOfOneStepWithOneStatusMakeOneEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	same := decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined", comment: "Forged."}
	p := w.project(w.config(same.hcl("one") + same.hcl("two")))

	p.must("apply", "-auto-approve")

	// Even where both have read before either has written.
	w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	p.expectState("one", map[string]any{"status": "Declined"})
	p.expectState("two", map[string]any{"status": "Declined"})
}

func TestApplyOfASavedPlanWhoseSessionOrStepIsGoneKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]struct {
		remove  func(*world)
		summary string
		words   []string
	}{
		"session": {func(w *world) { w.DeleteSession(simulator.SessionKYC) }, "Session not found", []string{"deleted", "scope"}},
		"step":    {func(w *world) { w.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") }, "Step not found", []string{"feature_aml_1 (AML): In Review"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			p := w.managed()
			p.write("main.tf", w.config(ocrAndAML("Declined", "", "In Review", "")))
			p.must("plan", "-out", "tfplan")

			gone.remove(w)
			w.ResetRequests()

			p.speak("apply", "tfplan").failed(gone.summary, append(gone.words, simulator.SessionKYC, "feature_ocr_1")...)
			w.expectCounts(1, 0)
			p.expectState("ocr", map[string]any{"status": "In Review"})
		})
	}
}

func TestFeatureTypeIsSentOnlyWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	sent := w.recordChanges()
	p := w.project(w.config(
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", featureType: "ID_VERIFICATION", status: "Declined", comment: "Forged."}.hcl("node") +
			decisionBlock{session: simulator.SessionSimple, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("only") +
			decisionBlock{session: simulator.SessionTwoTypes, featureType: "ID_VERIFICATION", status: "Approved"}.hcl("several")))

	p.must("apply", "-auto-approve")

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
	w.expectTrail(
		byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."),
		byTerraform("default", "In Review", "Approved", ""),
		byTerraform("default", "In Review", "Approved", ""))
}

// recordChanges puts a recorder between the provider and the simulator, which
// logs no bodies. The function gives what was sent last to each path.
func (w *world) recordChanges() func() map[string]map[string]any {
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
				w.t.Errorf("the body of %s: %v", request.URL.Path, err)
			}
			mu.Lock()
			bodies[request.URL.Path] = fields
			mu.Unlock()
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		w.ServeHTTP(answer, request)
	}))
	w.t.Cleanup(recorder.Close)
	w.URL = recorder.URL
	return func() map[string]map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return bodies
	}
}
