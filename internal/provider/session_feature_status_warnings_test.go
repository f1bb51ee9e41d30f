// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestPlanWarnsThatACommentWillNotBeRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionKYC, node: "feature_face_match_1", status: "Approved", comment: "Seen."}.hcl("face")))

	said := p.speak("plan").succeeded()

	said.warned("The comment will not be recorded", simulator.SessionKYC, "feature_face_match_1", `is "Approved"`, `wanted "Approved"`, "nothing is sent")
	said.warnings[0].on(t, address("face"), "comment")
	p.must("apply", "-auto-approve")
	p.expectState("face", map[string]any{"comment": "Seen."})
	w.expectTrail()
	// Once it is in the state, there is nothing more to say.
	p.speak("plan").succeeded().silent()
}

func TestCommentThatGoesWithAChangeIsNoWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("Declined", "Forged.", "In Review", "")+
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Approved", comment: "No match."}.hcl("new")))

	p.speak("plan").succeeded().silent()
}

func TestWarningsOfOneCauseShareTheirSummaryAndAreToldApartByTheirDetail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.managed()
	p.write("main.tf", w.config(ocrAndAML("In Review", "Look again.", "In Review", "Look again.")))

	said := p.speak("plan").succeeded()

	if len(said.warnings) != 2 || said.warnings[0].Summary != said.warnings[1].Summary || said.warnings[0].Detail == said.warnings[1].Detail {
		t.Errorf("want two warnings of one summary and two details, not %v", said.warnings)
	}
}

func TestPlanWarnsThatAChangeCanMoveAnOpenSessionOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionInProgress, node: "feature_liveness_1", status: "Declined"}.hcl("open")))

	for _, status := range []string{"Not Started", "In Progress", "Awaiting User", "Resubmitted"} {
		w.SetSessionStatus(simulator.SessionInProgress, status)
		said := p.speak("plan").succeeded()
		said.warned("The session is not decided yet", simulator.SessionInProgress, "is "+status, "feature_liveness_1", `from "In Review" to "Declined"`, "completes it")
		said.warnings[0].on(t, address("open"), "status")
	}
	for _, status := range []string{"In Review", "Approved", "Declined", "Expired", "Kyc Expired", "Abandoned"} {
		w.SetSessionStatus(simulator.SessionInProgress, status)
		p.speak("plan").succeeded().silent()
	}
}

func TestPlanOfAnAdoptedStepWarnsThatAChangeCanMoveAnOpenSessionOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_5_0, "an import block")
	p := w.project(w.config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Declined"}.adopted("open")))

	p.speak("plan").succeeded().warned("The session is not decided yet",
		simulator.SessionInProgress, "is In Progress", "feature_ocr_1", `from "Approved" to "Declined"`, "completes it")
	w.SetSessionStatus(simulator.SessionInProgress, "In Review")
	p.speak("plan").succeeded().silent()
}

func TestStepInPlaceOfAnOpenSessionIsNoWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	p := w.project(w.config(decisionBlock{session: simulator.SessionInProgress, node: "feature_ocr_1", status: "Approved"}.hcl("open")))

	p.speak("plan").succeeded().silent()
	p.must("apply", "-auto-approve")
	p.speak("plan").succeeded().silent()
}

func TestPlanOfADestroyWarnsThatTheDecisionStaysAndSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_3_0, "a warning in the plan of a destroy")
	p := w.project(w.config(ocrAndAML("Declined", "Forged.", "In Review", "")))
	p.must("apply", "-auto-approve")
	w.ResetRequests()

	said := p.speak("plan", "-destroy", "-out=tfplan").succeeded()

	var details []string
	for _, warning := range said.warnings {
		warning.has(t, "The decision stays in place", simulator.SessionKYC, "nothing is sent")
		details = append(details, warning.Detail)
	}
	slices.Sort(details)
	if len(details) != 2 || !strings.Contains(details[0], `"feature_aml_1" of session`) || !strings.Contains(details[0], `stays "In Review"`) ||
		!strings.Contains(details[1], `"feature_ocr_1" of session`) || !strings.Contains(details[1], `stays "Declined"`) {
		t.Errorf("want a warning for each step with its status, not %q", details)
	}
	w.expectCounts(1, 0)
	p.speak("apply", "tfplan").succeeded()
	w.expectCounts(0, 0)
	p.expectNoState()
	w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", "Forged."))
	if got := w.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", ""); got != "Declined" {
		t.Errorf("the step is %q after the destroy, want Declined", got)
	}
}
