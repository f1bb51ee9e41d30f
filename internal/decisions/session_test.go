// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// otherID is a session beside the sample: a company to whose people that one belongs.
const otherID = "22222222-2222-4333-8444-000000000002"

// Didit recomputes a company's status from those of its people.
func TestSessionRef_ChangeInvalidatesAllSessions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		companyRead := make(chan struct{})
		api := &fakeAPI{onRead: func(_ context.Context, nth int, sessionID string) (*didit.Decision, error) {
			if nth == 2 {
				<-companyRead
			}
			return &didit.Decision{SessionID: sessionID, Status: didit.StatusInReview}, nil
		}}
		service := decisions.New(api, 0)
		mustRead(t, service)
		company := make(chan error, 1)
		go func() {
			_, err := service.Decision(t.Context(), otherID)
			company <- err
		}()
		synctest.Wait()

		mustApply(t, service, decisions.Change{Subject: decisions.SessionRef{SessionID: sampleID}, From: didit.StatusInReview, To: didit.StatusApproved})
		close(companyRead)

		if err := <-company; err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{sampleID, otherID} {
			if cached := service.CachedDecision(id); cached != nil {
				t.Errorf("session %s is cached from before the change", id)
			}
		}
		if _, err := service.Decision(t.Context(), otherID); err != nil {
			t.Fatal(err)
		}
		mustApply(t, service, decisions.Change{Subject: decisions.SessionRef{SessionID: sampleID}, From: didit.StatusInReview, To: didit.StatusDeclined})
		if service.CachedDecision(otherID) != nil {
			t.Error("the other session is still cached after the second change")
		}
	})
}
