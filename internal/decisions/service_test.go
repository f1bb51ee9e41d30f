// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestApply_CostsOneReadAndOneChange(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		result := mustApply(t, env.newService(t), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		want := decisions.Result{Changed: true, Recorded: true, Found: decisions.Found{
			Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR, FeatureType: "ID_VERIFICATION"}, Value: didit.StatusApproved, SessionStatus: didit.StatusInReview,
		}}
		if result != want {
			t.Errorf("Apply returned %+v, want %+v", result, want)
		}
		env.assertSent(t, 1, 1)
		env.assertTrail(t, trailOCRApproved)
	})
}

func TestApply_SendsNothingIfStatusIsSet(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{
		"adopted": didit.StatusApproved, "without from": "", "adopted, another status in the plan": didit.StatusDeclined,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				result := mustApply(t, env.newService(t), change(nodeLiveness, from, didit.StatusApproved))

				if result.Changed || result.Cached {
					t.Errorf("Apply returned %+v, want no change, and a read", result)
				}
				env.assertSent(t, 1, 0)
				env.assertTrail(t)
			})
		})
	}
}

// After a refresh or plan in the same process, an apply without changes reads nothing.
func TestApply_ReadsNothingIfCacheShowsWantedStatus(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		mustRead(t, service)

		inParallel(3, []decisions.Change{
			change(nodeOCR, "", didit.StatusInReview),
			change(nodeLiveness, didit.StatusApproved, didit.StatusApproved),
			change(nodeAML, didit.StatusDeclined, didit.StatusInReview),
		}, func(block decisions.Change) {
			if result := mustApply(t, service, block); !result.Cached || result.Changed {
				t.Errorf("Apply returned %+v, want the cached status", result)
			}
		})

		env.assertSent(t, 1, 0)
	})
}

func TestApply_ReadsBeforeChangeDespiteCache(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		mustRead(t, service)
		env.ResetRequests()

		mustApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		env.assertSent(t, 1, 1)
	})
}

func TestApply_ReadsBeforeChangeDespiteReadInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBlockingAPI()
		service := decisions.New(api, 0)
		plan := startRead(t.Context(), service) // read 1
		apply := startApply(t, service, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		api.endRead(1)
		if len(api.updates) != 0 || api.readCount() != 2 {
			t.Fatalf("%d changes after %d reads, want another read before the change", len(api.updates), api.readCount())
		}
		api.endRead(2)
		api.endChange(1, nil)

		if err := <-apply; err != nil || !plan.isDone() {
			t.Errorf("Apply returned %v, the plan's read is done: %t", err, plan.isDone())
		}
	})
}

func TestApply_ReadsAgainIfCacheLacksStep(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		mustRead(t, service)
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "poa_verifications", NodeID: "feature_poa_1"})
		env.AddSession(session)

		mustApply(t, service, change("feature_poa_1", "", didit.StatusApproved))

		env.assertSent(t, 2, 1)
	})
}

func TestApply_PlainBlockNeverOverturnsDecision(t *testing.T) {
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

				_, err := env.newService(t).Apply(t.Context(), change(nodeOCR, "", test.wanted))

				assertStanding(t, err, test.found, test.wanted)
				env.assertSent(t, 1, 0)
			})
		})
	}
}

func TestApply_PlainBlockDecidesUndecidedStep(t *testing.T) {
	t.Parallel()
	for _, found := range []string{didit.StatusInReview, "Not Finished", "Expired", "Resub Requested", "Invented Status"} {
		t.Run(found, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				env.mustSet(t, nodeOCR, found)

				mustApply(t, env.newService(t), change(nodeOCR, "", didit.StatusDeclined))

				env.assertSent(t, 1, 1)
				env.assertTrail(t, "API Client: feature_ocr_1 "+found+" -> Declined (reviewed)")
			})
		})
	}
}

func TestApply_ChangesStepOfUnknownArray(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		session := sampleSession()
		session.Features = append(session.Features, simulator.Feature{Array: "voice_checks", NodeID: "feature_voice_1"})
		env.AddSession(session)

		result := mustApply(t, env.newService(t), change("feature_voice_1", didit.StatusInReview, didit.StatusApproved))

		if ref, _ := result.Subject.(decisions.FeatureRef); ref.FeatureType != "VOICE_CHECKS" {
			t.Errorf("the step has the type %q, want its array in upper case", ref.FeatureType)
		}
		env.assertTrail(t, "API Client: feature_voice_1 In Review -> Approved (reviewed)")
	})
}

func TestApply_ChangesStepWithoutNodeIDByItsType(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		for _, session := range simulator.Fixtures() {
			env.AddSession(session)
		}
		step := decisions.FeatureRef{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, env.newService(t), decisions.Change{Subject: step, To: didit.StatusDeclined})

		if got := env.FeatureStatus(simulator.SessionTwoTypes, "", "id_verifications"); got != didit.StatusDeclined {
			t.Errorf("the addressed step is %q, want Declined", got)
		}
		if got := env.FeatureStatus(simulator.SessionTwoTypes, "", "liveness_checks"); got != didit.StatusApproved {
			t.Errorf("the other step is %q, want Approved", got)
		}
	})
}

func TestApply_UnknownStepIsErrorAndSendsNothing(t *testing.T) {
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

				_, err := env.newService(t).Apply(t.Context(), decisions.Change{Subject: test.step, To: didit.StatusApproved})

				assertNotFound(t, err, test.want)
				env.assertSent(t, 1, 0)
			})
		})
	}
}

func TestApply_FailedReadIsErrorAndSendsNothing(t *testing.T) {
	t.Parallel()
	for name, isCached := range map[string]bool{"first read": false, "read before the change": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				service := env.newService(t)
				if isCached {
					mustRead(t, service)
				}
				env.DeleteSession(sampleID)

				_, err := service.Apply(t.Context(), change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if !didit.IsKind(err, didit.KindSessionNotFound) {
					t.Errorf("error %v, want KindSessionNotFound", err)
				}
				env.assertTrail(t)
			})
		})
	}
}

func TestApply_CancelEndsAnyWaitAtOnce(t *testing.T) {
	t.Parallel()
	const delay = 20 * time.Second
	retryAfter := http.Header{"Retry-After": {"60"}}
	for name, test := range map[string]struct {
		faults         []simulator.Fault
		reads          int
		outcomeUnknown bool
	}{
		"during the read":     {[]simulator.Fault{{Method: http.MethodGet, Delay: delay}}, 1, false},
		"during a rate limit": {[]simulator.Fault{{Method: http.MethodPatch, Status: http.StatusTooManyRequests, Header: retryAfter}}, 1, false},
		"before the change":   {[]simulator.Fault{{Method: http.MethodPatch, Delay: delay}}, 1, true},
		"after the change":    {[]simulator.Fault{{Method: http.MethodPatch, DelayAfter: delay}}, 1, true},
		"during the backoff":  {[]simulator.Fault{{Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Header: retryAfter}}, 1, true},
		"during the read that reconciles": {[]simulator.Fault{
			{Method: http.MethodPatch, Cut: simulator.CutReset},
			{Method: http.MethodGet, Skip: 1, Delay: delay},
		}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				for _, fault := range test.faults {
					env.Inject(fault)
				}
				service := env.newService(t)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				begin := time.Now()

				_, err := service.Apply(ctx, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

				if waited := time.Since(begin); waited != 10*time.Second || !errors.Is(err, context.DeadlineExceeded) || isOutcomeUnknown(err) != test.outcomeUnknown {
					t.Errorf("returned %v after %s, want the timeout after 10s, outcome unknown: %t", err, waited, test.outcomeUnknown)
				}
				if reads := env.Count(http.MethodGet); reads != test.reads {
					t.Errorf("%d reads, want %d", reads, test.reads)
				}
			})
		})
	}
}

// Blocks for one subject may differ in from and in the deferral: the comment of both is recorded.
func TestApply_RecordedIsOfValueAndComment(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		first := change(nodeOCR, didit.StatusInReview, didit.StatusApproved)
		mustApply(t, service, first)
		withoutFrom, deferred, otherComment := first, first, first
		withoutFrom.From, deferred.Deferred, otherComment.Comment = "", true, "another"

		for _, test := range []struct {
			change decisions.Change
			want   bool
		}{{withoutFrom, true}, {deferred, true}, {otherComment, false}} {
			if result := mustApply(t, service, test.change); result.Changed || result.Recorded != test.want {
				t.Errorf("%+v: changed %t, recorded %t, want %t", test.change, result.Changed, result.Recorded, test.want)
			}
		}
		env.assertTrail(t, trailOCRApproved)
	})
}
