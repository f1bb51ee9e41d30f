// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const trailOCRApproved = "API Client: feature_ocr_1 In Review -> Approved (seen by two)"

func TestALoneChangeCostsOneReadAndOneChange(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		feature := mustApply(t, world.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if want := (didit.Feature{NodeID: nodeOCR, Type: "ID_VERIFICATION", Status: didit.StatusApproved}); feature != want {
			t.Errorf("Apply gave %v, want %v", feature, want)
		}
		world.assertSent(t, 1, 1)
		world.assertTrail(t, trailOCRApproved)
	})
}

func TestNothingIsSentToAStepThatHasTheWantedStatus(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{
		"as an import says": didit.StatusApproved, "as nobody knows": "", "though the plan saw another": didit.StatusDeclined,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				mustApply(t, world.process(t), change(nodeLiveness, from, didit.StatusApproved))

				world.assertSent(t, 1, 0)
				world.assertTrail(t)
			})
		})
	}
}

func TestWhatIsKeptSavesTheReadOfAStepThatHasTheWantedStatus(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustRead(t, process)
		world.ResetRequests()

		mustApply(t, process, change(nodeLiveness, "", didit.StatusApproved))

		world.assertSent(t, 0, 0)
	})
}

func TestAChangeReadsTheSessionNowWhateverIsKept(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustRead(t, process)
		world.ResetRequests()

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		world.assertSent(t, 1, 1)
	})
}

func TestAChangeThatThisProcessMadeIsNotAskedFor(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		world.ResetRequests()

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		world.assertSent(t, 0, 0)
		world.assertTrail(t, trailOCRApproved)
	})
}

func TestAStepThatChangedSinceThePlanIsLeftAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		world.mustDecide(t, nodeOCR, didit.StatusDeclined)

		_, err := world.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
		world.assertSent(t, 1, 0)
		world.assertStatus(t, nodeOCR, didit.StatusDeclined)
	})
}

func assertConflict(t *testing.T, err error, want decisions.ConflictError) {
	t.Helper()
	var conflict *decisions.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	want.Step = conflict.Step
	if *conflict != want {
		t.Errorf("got %+v, want %+v", *conflict, want)
	}
	for _, status := range []string{want.Expected, want.Found, want.Wanted} {
		if !strings.Contains(conflict.Error(), status) {
			t.Errorf("%q does not name %q", conflict, status)
		}
	}
}

func TestACreateNeverOverturnsADecision(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ found, wanted string }{
		{didit.StatusApproved, didit.StatusDeclined},
		{didit.StatusApproved, didit.StatusInReview},
		{didit.StatusDeclined, didit.StatusApproved},
		{didit.StatusDeclined, didit.StatusInReview},
	} {
		t.Run(test.found+" to "+test.wanted, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.mustSet(t, nodeOCR, test.found)

				_, err := world.process(t).Apply(t.Context(), change(nodeOCR, "", test.wanted))

				assertStanding(t, err, test.found, test.wanted)
				world.assertSent(t, 1, 0)
			})
		})
	}
}

func TestACreateChangesWhatNobodyHasDecided(t *testing.T) {
	t.Parallel()
	for _, found := range []string{didit.StatusInReview, "Not Finished", "Expired", "Resub Requested", "A New Word"} {
		t.Run(found, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				world.mustSet(t, nodeOCR, found)

				mustApply(t, world.process(t), change(nodeOCR, "", didit.StatusDeclined))

				world.assertSent(t, 1, 1)
				world.assertTrail(t, "API Client: feature_ocr_1 "+found+" -> Declined (seen by two)")
			})
		})
	}
}

// mustSet gives a step a status as the flow itself does.
func (w *world) mustSet(t *testing.T, nodeID, status string) {
	t.Helper()
	if err := w.SetFeatureStatus(sampleID, nodeID, "", status); err != nil {
		t.Fatal(err)
	}
}

func TestAStepOfAnArrayThatNobodyKnowsIsChanged(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "voice_checks", NodeID: "feature_voice_1"})
		world.AddSession(session)

		feature := mustApply(t, world.process(t), change("feature_voice_1", didit.StatusInReview, didit.StatusApproved))

		if feature.Type != "VOICE_CHECKS" {
			t.Errorf("the step is labelled %q, want its array in upper case", feature.Type)
		}
		world.assertTrail(t, "API Client: feature_voice_1 In Review -> Approved (seen by two)")
	})
}

func TestAStepThatIsNotThereIsAnErrorAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		step decisions.Step
		want decisions.StepProblem
	}{
		"missing":         {decisions.Step{SessionID: sampleID, NodeID: "feature_poa_1"}, decisions.StepMissing},
		"other type":      {decisions.Step{SessionID: sampleID, NodeID: nodeOCR, FeatureType: "AML"}, decisions.StepOfOtherType},
		"ambiguous":       {decisions.Step{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID}, decisions.StepAmbiguous},
		"not addressable": {decisions.Step{SessionID: simulator.SessionSameType, NodeID: didit.DefaultNodeID, FeatureType: "AML"}, decisions.StepNotAddressable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				for _, session := range simulator.Fixtures() {
					world.AddSession(session)
				}

				_, err := world.process(t).Apply(t.Context(), decisions.Change{Step: test.step, To: didit.StatusApproved})

				assertStepError(t, err, test.want)
				world.assertSent(t, 1, 0)
			})
		})
	}
}

func assertStepError(t *testing.T, err error, want decisions.StepProblem) {
	t.Helper()
	var problem *decisions.StepError
	if !errors.As(err, &problem) || problem.Problem != want {
		t.Errorf("got %v, want step problem %d", err, want)
	}
}

func TestAStepThatWhatIsKeptLacksIsLookedForAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustRead(t, process)
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "poa_verifications", NodeID: "feature_poa_1"})
		world.AddSession(session)

		mustApply(t, process, change("feature_poa_1", "", didit.StatusApproved))

		world.assertSent(t, 2, 1)
	})
}

func TestAStepWithoutANodeIDIsAddressedByItsType(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		for _, session := range simulator.Fixtures() {
			world.AddSession(session)
		}
		step := decisions.Step{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, world.process(t), decisions.Change{Step: step, To: didit.StatusDeclined})

		if got := world.FeatureStatus(simulator.SessionTwoTypes, "", "id_verifications"); got != didit.StatusDeclined {
			t.Errorf("the step that was meant stands %q", got)
		}
		if got := world.FeatureStatus(simulator.SessionTwoTypes, "", "liveness_checks"); got != didit.StatusApproved {
			t.Errorf("the other step stands %q", got)
		}
	})
}

func TestAReadThatFailsIsAnErrorAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, isKept := range map[string]bool{"first read": false, "read before the change": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, world *world) {
				process := world.process(t)
				if isKept {
					mustRead(t, process)
				}
				world.DeleteSession(sampleID)

				_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, didit.KindSessionNotFound) {
					t.Errorf("got %v, want that the session is not found", err)
				}
				world.assertTrail(t)
			})
		})
	}
}
