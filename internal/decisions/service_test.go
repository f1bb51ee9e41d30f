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

func TestApply_CostsOneReadAndOneChange(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		result := mustApply(t, env.process(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		want := decisions.Result{Changed: true, Found: decisions.Found{
			Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR, FeatureType: "ID_VERIFICATION"}, Value: didit.StatusApproved, SessionStatus: didit.StatusInReview,
		}}
		if result != want {
			t.Errorf("Apply returned %+v, want %+v", result, want)
		}
		env.assertSent(t, 1, 1)
		env.assertTrail(t, trailOCRApproved)
	})
}

func TestApply_SendsNothingIfTheStatusIsSet(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{
		"as an import says": didit.StatusApproved, "as nobody knows": "", "though the plan saw another": didit.StatusDeclined,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				mustApply(t, env.process(t), change(nodeLiveness, from, didit.StatusApproved))

				env.assertSent(t, 1, 0)
				env.assertTrail(t)
			})
		})
	}
}

func TestApply_TrustsTheCacheForTheWantedStatus(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		process := env.process(t)
		mustRead(t, process)
		env.ResetRequests()

		mustApply(t, process, change(nodeLiveness, "", didit.StatusApproved))

		env.assertSent(t, 0, 0)
	})
}

func TestApply_ReadsBeforeAChangeWhateverIsCached(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		process := env.process(t)
		mustRead(t, process)
		env.ResetRequests()

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 1, 1)
	})
}

func TestApply_OfADecidedSessionUpdatesTheCache(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.SetSessionStatus(sampleID, didit.StatusApproved)
		process := env.process(t)
		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		env.ResetRequests()

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 0, 0)
		env.assertTrail(t, trailOCRApproved)
	})
}

func TestApply_ConflictSendsNothing(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		env.mustDecide(t, nodeOCR, didit.StatusDeclined)

		_, err := env.process(t).Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
		env.assertSent(t, 1, 0)
		env.assertStatus(t, nodeOCR, didit.StatusDeclined)
	})
}

func assertConflict(t *testing.T, err error, want decisions.ConflictError) {
	t.Helper()
	var conflict *decisions.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	want.Subject = conflict.Subject
	if *conflict != want {
		t.Errorf("got %+v, want %+v", *conflict, want)
	}
	for _, status := range []string{want.Expected, want.Found, want.Wanted} {
		if !strings.Contains(conflict.Error(), status) {
			t.Errorf("%q does not name %q", conflict, status)
		}
	}
}

func TestApply_PlainBlockNeverOverturnsADecision(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ found, wanted string }{
		{didit.StatusApproved, didit.StatusDeclined},
		{didit.StatusApproved, didit.StatusInReview},
		{didit.StatusDeclined, didit.StatusApproved},
		{didit.StatusDeclined, didit.StatusInReview},
	} {
		t.Run(test.found+" to "+test.wanted, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.mustSet(t, nodeOCR, test.found)

				_, err := env.process(t).Apply(t.Context(), change(nodeOCR, "", test.wanted))

				assertStanding(t, err, test.found, test.wanted)
				env.assertSent(t, 1, 0)
			})
		})
	}
}

func TestApply_PlainBlockDecidesAnUndecidedStep(t *testing.T) {
	t.Parallel()
	for _, found := range []string{didit.StatusInReview, "Not Finished", "Expired", "Resub Requested", "A New Word"} {
		t.Run(found, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.mustSet(t, nodeOCR, found)

				mustApply(t, env.process(t), change(nodeOCR, "", didit.StatusDeclined))

				env.assertSent(t, 1, 1)
				env.assertTrail(t, "API Client: feature_ocr_1 "+found+" -> Declined (seen by two)")
			})
		})
	}
}

// mustSet gives a step a status as the flow itself does.
func (e *env) mustSet(t *testing.T, nodeID, status string) {
	t.Helper()
	if err := e.SetFeatureStatus(sampleID, nodeID, "", status); err != nil {
		t.Fatal(err)
	}
}

func TestApply_ChangesAStepOfAnUnknownArray(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "voice_checks", NodeID: "feature_voice_1"})
		env.AddSession(session)

		result := mustApply(t, env.process(t), change("feature_voice_1", didit.StatusInReview, didit.StatusApproved))

		if ref, _ := result.Subject.(decisions.FeatureRef); ref.FeatureType != "VOICE_CHECKS" {
			t.Errorf("the step is labelled %q, want its array in upper case", ref.FeatureType)
		}
		env.assertTrail(t, "API Client: feature_voice_1 In Review -> Approved (seen by two)")
	})
}

func TestApply_UnknownStepIsAnErrorAndSendsNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		step decisions.FeatureRef
		want decisions.NotFoundReason
	}{
		"missing":         {decisions.FeatureRef{SessionID: sampleID, NodeID: "feature_poa_1"}, decisions.Missing},
		"other type":      {decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR, FeatureType: "AML"}, decisions.OtherType},
		"ambiguous":       {decisions.FeatureRef{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID}, decisions.Ambiguous},
		"not addressable": {decisions.FeatureRef{SessionID: simulator.SessionSameType, NodeID: didit.DefaultNodeID, FeatureType: "AML"}, decisions.NotAddressable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				for _, session := range simulator.Fixtures() {
					env.AddSession(session)
				}

				_, err := env.process(t).Apply(t.Context(), decisions.Change{Subject: test.step, To: didit.StatusApproved})

				assertNotFound(t, err, test.want)
				env.assertSent(t, 1, 0)
			})
		})
	}
}

func assertNotFound(t *testing.T, err error, want decisions.NotFoundReason) {
	t.Helper()
	var problem *decisions.NotFoundError
	if !errors.As(err, &problem) || problem.Reason != want {
		t.Errorf("got %v, want reason %d", err, want)
	}
}

func TestApply_ReadsAgainForAStepThatTheCacheLacks(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		process := env.process(t)
		mustRead(t, process)
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "poa_verifications", NodeID: "feature_poa_1"})
		env.AddSession(session)

		mustApply(t, process, change("feature_poa_1", "", didit.StatusApproved))

		env.assertSent(t, 2, 1)
	})
}

func TestApply_AddressesAStepWithoutNodeIDByItsType(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		for _, session := range simulator.Fixtures() {
			env.AddSession(session)
		}
		step := decisions.FeatureRef{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, env.process(t), decisions.Change{Subject: step, To: didit.StatusDeclined})

		if got := env.FeatureStatus(simulator.SessionTwoTypes, "", "id_verifications"); got != didit.StatusDeclined {
			t.Errorf("the step that was meant stands %q", got)
		}
		if got := env.FeatureStatus(simulator.SessionTwoTypes, "", "liveness_checks"); got != didit.StatusApproved {
			t.Errorf("the other step stands %q", got)
		}
	})
}

func TestApply_FailedReadIsAnErrorAndSendsNothing(t *testing.T) {
	t.Parallel()
	for name, isKept := range map[string]bool{"first read": false, "read before the change": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				process := env.process(t)
				if isKept {
					mustRead(t, process)
				}
				env.DeleteSession(sampleID)

				_, err := process.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, didit.KindSessionNotFound) {
					t.Errorf("got %v, want that the session is not found", err)
				}
				env.assertTrail(t)
			})
		})
	}
}
