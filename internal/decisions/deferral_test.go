// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// overridesPath is the end of the path of the list of overrides.
const overridesPath = "/features/overrides/"

// inFlow runs a test with a fake clock, in an env whose sample session has a person in the
// flow.
func inFlow(t *testing.T, test func(t *testing.T, env *env)) {
	t.Helper()
	inFlowOf(t, simulator.Options{}, test)
}

func inFlowOf(t *testing.T, options simulator.Options, test func(t *testing.T, env *env)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		env := newEnv(t, newPipes(), options)
		session := sampleSession()
		session.Status = didit.StatusInProgress
		env.AddSession(session)
		test(t, env)
	})
}

// deferredApproval is a deferred change of the sample session's OCR step.
func deferredApproval() decisions.Change {
	deferred := change(nodeOCR, didit.StatusInReview, didit.StatusApproved)
	deferred.Deferred = true
	return deferred
}

// assertOverrides asserts the states of the sample session's overrides, newest first.
func (e *env) assertOverrides(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, override := range e.Overrides(sampleID) {
		got = append(got, override.State)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the overrides are %q, want %q", got, want)
	}
}

func (e *env) mustFinishFlow(t *testing.T) {
	t.Helper()
	if err := e.FinishFlow(sampleID); err != nil {
		t.Error(err)
	}
}

func TestDeferral_WaitsUntilPersonHasFinished(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		service := env.newService(t)

		result, err := service.Apply(t.Context(), deferredApproval())

		if err != nil || !result.Changed || result.Value != didit.StatusInReview || result.Override.State != didit.OverridePending {
			t.Errorf("%+v, %v", result, err)
		}
		env.assertSent(t, 3, 1) // the report, and the list before and after
		env.assertTrail(t)
		env.mustFinishFlow(t)
		env.assertTrail(t, trailOCRApproved)
		override, err := service.Override(t.Context(), sampleID, result.Override.ID)
		if err != nil || override.State != didit.OverridePending {
			t.Errorf("the cached list was read after the change, but has %+v, %v", override, err)
		}
	})
}

func TestDeferral_IsImmediateIfFlowIsOver(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		result, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if err != nil || !result.Changed || result.Override.State != didit.OverrideApplied {
			t.Errorf("%+v, %v", result, err)
		}
		env.assertSent(t, 3, 1)
		env.assertTrail(t, trailOCRApproved)
	})
}

func TestDeferral_WantedValueSendsNothing(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.mustSet(t, nodeOCR, didit.StatusApproved)

		result := mustApply(t, env.newService(t), deferredApproval())

		if result.Changed || result.Override.ID != "" {
			t.Errorf("%+v", result)
		}
		env.assertSent(t, 1, 0)
	})
}

func TestDeferral_ThirdValueIsConflict(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.mustSet(t, nodeOCR, didit.StatusDeclined)

		_, err := env.newService(t).Apply(t.Context(), deferredApproval())

		assertConflict(t, err, decisions.ConflictError{Expected: didit.StatusInReview, Found: didit.StatusDeclined, Wanted: didit.StatusApproved})
		env.assertSent(t, 1, 0)
	})
}

// A change by another process, of this value or another one.
func TestDeferral_OneThatWaitsAlreadyIsError(t *testing.T) {
	t.Parallel()
	for _, to := range []string{didit.StatusApproved, didit.StatusDeclined} {
		inFlow(t, func(t *testing.T, env *env) {
			other := deferredApproval()
			other.To = to
			before, err := env.newService(t).Apply(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}

			_, err = env.newService(t).Apply(t.Context(), deferredApproval())

			if waiting := requireError[*decisions.WaitingError](t, err); waiting.Override.ID != before.Override.ID || waiting.Override.NewStatus != to {
				t.Errorf("%+v, want %+v", waiting.Override, before.Override)
			}
			env.assertOverrides(t, didit.OverridePending)
			if sent := env.Count(http.MethodPatch); sent != 1 {
				t.Errorf("%d PATCHes were sent", sent)
			}
		})
	}
}

// A request is lost, and then a reviewer defers another change: the error must not say that nothing was sent.
func TestDeferral_OneThatWaitsAfterLostRequestIsError(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{"reset": lostResponses["reset"], "202": unconfirmedSuccesses["202"]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFlow(t, func(t *testing.T, env *env) {
				env.Inject(onChange(fault))
				list := `{"session_id": "` + sampleID + `", "overrides": [{"id": "7", "node_id": "` + nodeOCR + `", "new_status": "Declined", "state": "` + didit.OverridePending + `"}]}`
				env.Inject(simulator.Fault{Path: overridesPath, Body: list, Skip: 1})

				_, err := env.newService(t).Apply(t.Context(), deferredApproval())

				if waiting := requireError[*decisions.WaitingError](t, err); !waiting.Sent {
					t.Errorf("%+v", waiting)
				}
				if sent := env.Count(http.MethodPatch); sent != 1 {
					t.Errorf("%d PATCHes were sent", sent)
				}
			})
		})
	}
}

// It may be one that waits.
func TestDeferral_UnknownStateIsError(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.Inject(simulator.Fault{Path: overridesPath, Body: `{"session_id": "` + sampleID + `", "overrides": [{"id": "7", "node_id": "` + nodeOCR + `", "new_status": "Declined", "state": "queued"}]}`})

		_, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if waiting := requireError[*decisions.WaitingError](t, err); waiting.Override.State != "queued" {
			t.Errorf("%+v", waiting.Override)
		}
		env.assertSent(t, 2, 0)
	})
}

// Another step's override, and those that are over, are no obstacle.
func TestDeferral_OtherOverridesDoNotMatter(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		first, err := env.newService(t).Apply(t.Context(), deferredApproval())
		if err != nil {
			t.Fatal(err)
		}
		if err := env.CancelOverride(sampleID, first.Override.ID); err != nil {
			t.Fatal(err)
		}
		for _, node := range []string{nodeAML, nodeOCR} {
			deferred := deferredApproval()
			deferred.Subject = decisions.FeatureRef{SessionID: sampleID, NodeID: node}
			if result, err := env.newService(t).Apply(t.Context(), deferred); err != nil || result.Override.ID == first.Override.ID {
				t.Errorf("%s: %+v, %v", node, result, err)
			}
		}
		env.assertOverrides(t, didit.OverridePending, didit.OverridePending, didit.OverrideCancelled)
	})
}

func TestDeferral_LostResponseIsReconciledByList(t *testing.T) {
	t.Parallel()
	for name, fault := range lostResponses {
		for isMade, patches := range map[bool]int{true: 1, false: 2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				inFlow(t, func(t *testing.T, env *env) {
					lost := onChange(fault)
					lost.After = isMade
					env.Inject(lost)

					result, err := env.newService(t).Apply(t.Context(), deferredApproval())

					if err != nil || !result.Changed || result.Override.State != didit.OverridePending {
						t.Errorf("%+v, %v", result, err)
					}
					if sent := env.Count(http.MethodPatch); sent != patches {
						t.Errorf("made %t: %d PATCHes were sent, want %d", isMade, sent, patches)
					}
					env.assertOverrides(t, didit.OverridePending)
				})
			})
		}
	}
}

func TestDeferral_IsNotSentAgainAfter2xx(t *testing.T) {
	t.Parallel()
	for name, fault := range unconfirmedSuccesses {
		for _, isMade := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				inFlow(t, func(t *testing.T, env *env) {
					unconfirmed := onChange(fault)
					unconfirmed.After = isMade
					env.Inject(unconfirmed)

					result, err := env.newService(t).Apply(t.Context(), deferredApproval())

					unknown, isUnknown := errors.AsType[*didit.OutcomeUnknownError](err)
					if isUnknown == isMade || isUnknown && unknown.Shown != didit.StatusInReview || isMade && (err != nil || result.Override.State != didit.OverridePending) {
						t.Errorf("made %t: %+v, %v", isMade, result, err)
					}
					if sent := env.Count(http.MethodPatch); sent != 1 {
						t.Errorf("%d PATCHes were sent", sent)
					}
				})
			})
		}
	}
}

// One of this value that was withdrawn before is no proof that the request arrived.
func TestDeferral_LostRequestAfterWithdrawnChangeIsRetried(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		first, err := env.newService(t).Apply(t.Context(), deferredApproval())
		if err != nil {
			t.Fatal(err)
		}
		if err := env.CancelOverride(sampleID, first.Override.ID); err != nil {
			t.Fatal(err)
		}
		env.Inject(onChange(simulator.Fault{Cut: simulator.CutReset}))

		result, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if err != nil || result.Override.ID == first.Override.ID {
			t.Errorf("%+v, %v", result, err)
		}
		env.assertOverrides(t, didit.OverridePending, didit.OverrideCancelled)
	})
}

// The response is lost, and then the person finishes, or a reviewer withdraws the change.
func TestDeferral_LostResponseOfChangeThatIsOver(t *testing.T) {
	t.Parallel()
	for state, end := range map[string]func(t *testing.T, env *env){
		didit.OverrideApplied: func(t *testing.T, env *env) { env.mustFinishFlow(t) },
		didit.OverrideCancelled: func(t *testing.T, env *env) {
			if err := env.CancelOverride(sampleID, env.Overrides(sampleID)[0].ID); err != nil {
				t.Error(err)
			}
		},
	} {
		inFlow(t, func(t *testing.T, env *env) {
			env.Inject(onChange(after(html(http.StatusBadGateway))))
			env.AfterResponse(func(request simulator.Request) {
				if request.Method == http.MethodPatch {
					end(t, env)
				}
			})

			result, err := env.newService(t).Apply(t.Context(), deferredApproval())

			if err != nil || !result.Changed || result.Override.State != state {
				t.Errorf("%+v, %v", result, err)
			}
			if sent := env.Count(http.MethodPatch); sent != 1 {
				t.Errorf("%s: %d PATCHes were sent", state, sent)
			}
		})
	}
}

func TestDeferral_UnreadableListAfterLostResponseIsUnknownOutcome(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.Inject(onChange(after(html(http.StatusBadGateway))))
		env.Inject(simulator.Fault{Path: overridesPath, Skip: 1, Times: -1, Status: http.StatusForbidden, Body: `{"detail": "No."}`})

		_, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if !isOutcomeUnknown(err) {
			t.Errorf("error %v", err)
		}
		env.assertOverrides(t, didit.OverridePending)
	})
}

// The change is made, so this is no failure.
func TestDeferral_UnreadableListAfterChangeIsSuccess(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.Inject(simulator.Fault{Path: overridesPath, Skip: 1, Times: -1, Status: http.StatusForbidden, Body: `{"detail": "No."}`})

		result, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if err != nil || !result.Changed || result.Override.ID == "" || result.Override.State != "" {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

// An API that shows more of the override than its page promises.
func TestDeferral_StateInResponseNeedsNoFurtherRead(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Body: `{"session_id": "` + sampleID + `", "node_id": "` + nodeOCR + `", "new_status": "Approved", "override": {"id": "7", "state": "pending_until_flow_finishes"}}`}))

		result, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if err != nil || result.Override.ID != "7" || result.Override.State != didit.OverridePending {
			t.Errorf("%+v, %v", result, err)
		}
		env.assertSent(t, 2, 1)
	})
}

// It would make the change at once.
func TestDeferral_APIWithoutItIsSentNothing(t *testing.T) {
	t.Parallel()
	inFlowOf(t, simulator.Options{WithoutOverrides: true}, func(t *testing.T, env *env) {
		_, err := env.newService(t).Apply(t.Context(), deferredApproval())

		if !didit.IsKind(err, didit.KindNoDeferral) {
			t.Errorf("error %v", err)
		}
		env.assertSent(t, 2, 0)
		env.assertTrail(t)
	})
}

// Whether the change was made, is not sent again: the response was a success.
func TestDeferral_ResponseWithoutOverride(t *testing.T) {
	t.Parallel()
	response := onChange(simulator.Fault{Body: `{"session_id": "` + sampleID + `", "node_id": "` + nodeOCR + `", "new_status": "Approved"}`})
	for name, test := range map[string]struct {
		fault simulator.Fault
		apply func(t *testing.T, env *env)
		isOK  bool
	}{
		"nothing in the list": {response, func(*testing.T, *env) {}, false},
		"made at once":        {response, func(t *testing.T, env *env) { env.mustSet(t, nodeOCR, didit.StatusApproved) }, false},
		"third value":         {response, func(t *testing.T, env *env) { env.mustSet(t, nodeOCR, didit.StatusDeclined) }, false},
		"in the list":         {after(response), func(*testing.T, *env) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFlow(t, func(t *testing.T, env *env) {
				env.Inject(test.fault)
				env.AfterResponse(func(request simulator.Request) {
					if request.Method == http.MethodPatch {
						test.apply(t, env)
					}
				})

				_, err := env.newService(t).Apply(t.Context(), deferredApproval())

				if test.isOK != (err == nil) || err != nil && (!didit.IsKind(err, didit.KindNoDeferral) || isOutcomeUnknown(err)) {
					t.Errorf("error %v", err)
				}
				if sent := env.Count(http.MethodPatch); sent != 1 {
					t.Errorf("%d PATCHes were sent", sent)
				}
			})
		})
	}
}

// Two identical blocks in one apply.
func TestDeferral_SecondOfOneProcessFindsTheFirst(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(t *testing.T, env *env, id string){
		didit.OverridePending: func(*testing.T, *env, string) {},
		didit.OverrideCancelled: func(t *testing.T, env *env, id string) {
			if err := env.CancelOverride(sampleID, id); err != nil {
				t.Error(err)
			}
		},
	} {
		inFlow(t, func(t *testing.T, env *env) {
			service := env.newService(t)
			first, err := service.Apply(t.Context(), deferredApproval())
			if err != nil {
				t.Fatal(err)
			}
			between(t, env, first.Override.ID)

			second, err := service.Apply(t.Context(), deferredApproval())

			if err != nil || !second.Changed || second.Override.ID != first.Override.ID || second.Override.State != name {
				t.Errorf("%+v, %v", second, err)
			}
			env.assertOverrides(t, name)
		})
	}
}

func TestDeferral_StepsAtDefaultNodeAreDistinguishedByType(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		env := newEnv(t, newPipes(), simulator.Options{})
		env.AddSession(simulator.Session{ID: sampleID, Status: didit.StatusInProgress, Features: []simulator.Feature{
			{Array: "id_verifications", Status: didit.StatusInReview}, {Array: "liveness_checks", Status: didit.StatusInReview},
		}})
		for _, label := range []string{"ID_VERIFICATION", "LIVENESS"} {
			deferred := deferredApproval()
			deferred.Subject = decisions.FeatureRef{SessionID: sampleID, NodeID: didit.DefaultNodeID, FeatureType: label}
			if result, err := env.newService(t).Apply(t.Context(), deferred); err != nil || result.Override.State != didit.OverridePending {
				t.Errorf("%s: %+v, %v", label, result, err)
			}
		}
		env.assertOverrides(t, didit.OverridePending, didit.OverridePending)
	})
}

// One list for all steps of a session, and a new one after a change.
func TestDeferral_ListIsCached(t *testing.T) {
	t.Parallel()
	inFlow(t, func(t *testing.T, env *env) {
		made, err := env.newService(t).Apply(t.Context(), deferredApproval())
		if err != nil {
			t.Fatal(err)
		}
		env.ResetRequests()
		service := env.newService(t)
		for _, id := range []string{made.Override.ID, made.Override.ID, "unknown"} {
			if found, err := service.Override(t.Context(), sampleID, id); err != nil || (id == "unknown") != (found.ID == "") {
				t.Errorf("%+v, %v", found, err)
			}
		}
		env.assertSent(t, 1, 0)
		mustApply(t, service, change(nodeAML, didit.StatusInReview, didit.StatusDeclined))
		env.ResetRequests()

		if _, err := service.Override(t.Context(), sampleID, made.Override.ID); err != nil {
			t.Error(err)
		}

		env.assertSent(t, 1, 0)
	})
}
