// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// What is newer outranks what is older, in what is kept and in what is shared.

func TestTheReadBeforeAChangeReplacesWhatIsKept(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		mustRead(t, process)
		world.mustDecide(t, nodeAML, didit.StatusDeclined)

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if got := statuses(process.Kept(sampleID)); got != "Approved, Approved, Declined" {
			t.Errorf("kept is %s, want this change and the one in the console", got)
		}
	})
}

// statuses lists those of a decision's steps.
func statuses(decision *didit.Decision) (list string) {
	if decision == nil {
		return "nothing"
	}
	for i, feature := range decision.Features {
		if i > 0 {
			list += ", "
		}
		list += feature.Status
	}
	return list
}

func TestAConfirmedChangeLeavesAloneWhatOthersHold(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		process := world.process(t)
		var held *didit.Decision
		world.beforeRequest(http.MethodPatch, 1, func() { held = process.Kept(sampleID) })

		mustApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))

		if before, after := statuses(held), statuses(process.Kept(sampleID)); before != "In Review, Approved, In Review" || after != "Approved, Approved, In Review" {
			t.Errorf("what was given out before is %s, what is kept now %s", before, after)
		}
	})
}

func TestAConfirmedChangeUpdatesItsStepOnlyWhereOthersShareTheNode(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, world *world) {
		for _, session := range simulator.Fixtures() {
			world.AddSession(session)
		}
		process := world.process(t)
		step := decisions.Step{SessionID: simulator.SessionTwoTypes, NodeID: didit.DefaultNodeID, FeatureType: "ID_VERIFICATION"}

		mustApply(t, process, decisions.Change{Step: step, To: didit.StatusDeclined})

		if got := statuses(process.Kept(simulator.SessionTwoTypes)); got != "Declined, Approved" {
			t.Errorf("kept is %s, want the other step as it was", got)
		}
	})
}

// startApply applies a change in the background; its error comes through the channel.
func startApply(t *testing.T, process *decisions.Decisions, change decisions.Change) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() {
		_, err := process.Apply(t.Context(), change)
		result <- err
	}()
	synctest.Wait()
	return result
}

// stages lets a test hold every call of a fake API and answer it when its turn comes.
type stages struct {
	reads   map[int]chan *didit.Decision
	changes map[int]chan error
	pause   chan struct{}
}

func newStages() (*stages, *fakeAPI) {
	s := &stages{reads: map[int]chan *didit.Decision{}, changes: map[int]chan error{}, pause: make(chan struct{})}
	for nth := 1; nth <= 5; nth++ {
		s.reads[nth], s.changes[nth] = make(chan *didit.Decision), make(chan error)
	}
	return s, &fakeAPI{
		onRead: func(_ context.Context, nth int, _ string) (*didit.Decision, error) {
			return <-s.reads[nth], nil
		},
		onChange: func(_ context.Context, nth int, _ didit.FeatureStatusUpdate) error { return <-s.changes[nth] },
		onPause: func(context.Context) error {
			<-s.pause
			return nil
		},
	}
}

// read answers the nth read, and waits until all that follows has happened.
func (s *stages) read(nth int, statuses ...string) {
	s.reads[nth] <- sampleDecision(statuses...)
	synctest.Wait()
}

// change answers the nth change.
func (s *stages) change(nth int, err error) {
	s.changes[nth] <- err
	synctest.Wait()
}

func (s *stages) endPause() {
	s.pause <- struct{}{}
	synctest.Wait()
}

func TestAReadThatBeganEarlierDoesNotReplaceANewerOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		plan := startAsk(t.Context(), process)
		stages.read(1)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 2
		aml := startApply(t, process, change(nodeAML, didit.StatusInReview, didit.StatusApproved)) // read 3

		stages.read(3, didit.StatusInReview, didit.StatusDeclined) // liveness was overturned meanwhile
		stages.read(2)

		if got := statuses(process.Kept(sampleID)); got != "In Review, Declined, In Review" {
			t.Errorf("kept is %s, want what the later read brought", got)
		}
		stages.change(1, nil)
		stages.change(2, nil)
		if <-ocr != nil || <-aml != nil || !plan.isDone() {
			t.Error("not everybody got done")
		}
		if got := statuses(process.Kept(sampleID)); got != "Approved, Declined, Approved" {
			t.Errorf("kept is %s, want both changes in it", got)
		}
	})
}

func TestAConfirmedChangeOutranksAReadThatBeganEarlier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // read 1
		stages.read(1)
		aml := startApply(t, process, change(nodeAML, didit.StatusInReview, didit.StatusApproved)) // read 2

		stages.change(1, nil)
		stages.read(2) // from before the change

		if got := statuses(process.Kept(sampleID)); got != "Approved, Approved, In Review" {
			t.Errorf("kept is %s, want the change in it", got)
		}
		stages.change(2, nil)
		if <-ocr != nil || <-aml != nil {
			t.Error("not everybody got done")
		}
	})
}

func TestAnUnclearOutcomeOutdatesWhatIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		stages.read(1)

		stages.change(1, lostAnswer())
		if kept := process.Kept(sampleID); kept != nil {
			t.Errorf("kept is %s, want nothing until it is settled", statuses(kept))
		}
		later := startAsk(t.Context(), process)
		stages.read(2, didit.StatusApproved)
		stages.endPause()
		stages.read(3, didit.StatusApproved)

		if <-ocr != nil || !later.isDone() || statuses(later.decision) != "Approved, Approved, In Review" {
			t.Errorf("one who asked meanwhile got %s, want a read of its own", statuses(later.decision))
		}
	})
}

func TestAnUnclearOutcomeOutranksAReadThatBeganEarlier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		stages.read(1)
		aml := startApply(t, process, change(nodeAML, didit.StatusInReview, didit.StatusApproved))

		stages.change(1, lostAnswer())
		stages.read(2) // from before the change

		if kept := process.Kept(sampleID); kept != nil {
			t.Errorf("kept is %s, want nothing until it is settled", statuses(kept))
		}
		stages.change(2, nil)
		stages.endPause()
		stages.read(3, didit.StatusApproved, didit.StatusApproved, didit.StatusApproved)
		if <-ocr != nil || <-aml != nil {
			t.Error("not everybody got done")
		}
	})
}

func TestAReadThatIsOutrankedIsNotJoinedAndNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved))
		aml := startApply(t, process, change(nodeAML, didit.StatusInReview, didit.StatusApproved))
		stages.read(1) // serves both; the second reads for itself
		stages.read(2)
		stages.change(1, lostAnswer()) // nothing is known any more
		early := startAsk(t.Context(), process)
		stages.change(2, nil) // outranks the read that is under way
		late := startAsk(t.Context(), process)

		if got := api.readCount(); got != 4 {
			t.Fatalf("%d reads, want one for each of the two who asked", got)
		}
		stages.read(3) // from before the change
		if early.isDone() {
			t.Errorf("the first got %s from before the change", statuses(early.decision))
		}
		stages.read(4, didit.StatusApproved, didit.StatusApproved, didit.StatusApproved)

		if !early.isDone() || !late.isDone() || early.decision != late.decision || statuses(late.decision) != "Approved, Approved, Approved" {
			t.Errorf("they got %s and %s, want both the newer read", statuses(early.decision), statuses(late.decision))
		}
		stages.endPause()
		stages.read(5, didit.StatusApproved, didit.StatusApproved, didit.StatusApproved)
		if <-ocr != nil || <-aml != nil {
			t.Error("not everybody got done")
		}
	})
}

func TestWhoSharedAReadBeforeReadsAgainBeforeAChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stages, api := newStages()
		process := decisions.New(api, 0)
		plan := startAsk(t.Context(), process)                                                     // read 1
		ocr := startApply(t, process, change(nodeOCR, didit.StatusInReview, didit.StatusApproved)) // shares it

		stages.read(1)
		if len(api.updates) != 0 || api.readCount() != 2 {
			t.Fatalf("%d changes after %d reads, want a read that began with the apply", len(api.updates), api.readCount())
		}
		stages.read(2)
		stages.change(1, nil)

		if <-ocr != nil || !plan.isDone() {
			t.Error("not everybody got done")
		}
	})
}
