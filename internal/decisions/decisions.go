// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisions reads decisions cheaply and changes one safely: one read a
// session, compare, skip, write, settle doubt. It knows neither Terraform nor
// HTTP.
package decisions

import (
	"context"
	"errors"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// API is what this room needs of the room below; [didit.Client] provides it.
type API interface {
	RetrieveDecision(ctx context.Context, sessionID string) (*didit.Decision, error)
	UpdateFeatureStatus(ctx context.Context, sessionID, nodeID string, update didit.FeatureStatusUpdate) error
	// Pause waits before a change is sent again for the attempt-th time, at
	// least as long as the API has asked for.
	Pause(ctx context.Context, attempt int, asked time.Duration) error
}

// Decisions reads and changes the steps of sessions. It is made once for a
// configured provider, so that all of its steps share what has been read, and
// is safe for concurrent use.
type Decisions struct {
	api        API
	maxRetries int
	memo       memo
	turns      turns
}

// New makes a Decisions that sends one change again at most maxRetries times.
func New(api API, maxRetries int) *Decisions {
	return &Decisions{api: api, maxRetries: maxRetries, memo: memo{sessions: map[string]*entry{}}}
}

// Read gives a session's decision: the one that is kept, the one that is being
// read for somebody else, or else a new one. The result is shared; do not change
// it. Errors are the client's or the context's.
func (d *Decisions) Read(ctx context.Context, sessionID string) (*didit.Decision, error) {
	decision, _, err := d.read(ctx, normal(sessionID))
	return decision, err
}

// Kept gives the decision that is kept of a session, or nil; it reads nothing.
func (d *Decisions) Kept(sessionID string) *didit.Decision {
	return d.memo.kept(normal(sessionID))
}

// Apply brings a step to the wanted status. It sends nothing where a read of
// this process already shows it; otherwise it reads the session now, and sends
// the change once if the step stands where the change expects it.
//
// Errors: [*StepError], [*ConflictError], [*StandingError], [*UnsettledError],
// the client's, or the context's.
func (d *Decisions) Apply(ctx context.Context, change Change) (didit.Feature, error) {
	change.Step.SessionID = normal(change.Step.SessionID)
	decision, fresh, err := d.read(ctx, change.Step.SessionID)
	if err != nil {
		return didit.Feature{}, err
	}
	seen, err := look(change, decision)
	if err != nil && !fresh {
		seen, err = d.lookNow(ctx, change)
		fresh = true
	}
	if err != nil || seen.Status == change.To {
		return seen.Feature, err
	}
	end, waited, err := d.turns.take(ctx, change.Step.SessionID, seen.Feature)
	if err != nil {
		return seen.Feature, err
	}
	defer end()
	return d.send(ctx, change, seen, fresh && !waited)
}

// sight is a step as a read showed it.
type sight struct {
	didit.Feature
	// typeToSend is the type where the API needs it to tell steps apart.
	typeToSend string
}

// look finds a change's step in a decision, and checks that the change may be
// made to it.
func look(change Change, decision *didit.Decision) (sight, error) {
	feature, err := change.Step.Find(decision)
	if err != nil {
		return sight{}, err
	}
	return sight{feature, typeToSend(decision, feature)}, change.Check(feature.Status)
}

func (d *Decisions) lookNow(ctx context.Context, change Change) (sight, error) {
	decision, err := d.readNow(ctx, change.Step.SessionID)
	if err != nil {
		return sight{}, err
	}
	return look(change, decision)
}

// send sends a change, and settles by reading what an answer leaves open.
func (d *Decisions) send(ctx context.Context, change Change, seen sight, fresh bool) (didit.Feature, error) {
	for attempt := 1; ; attempt++ {
		seenAgain, sent, err := d.sendOnce(ctx, change, seen, fresh)
		seen = seenAgain
		if !sent || err == nil {
			return seen.Feature, markSent(err, attempt > 1)
		}
		d.memo.outdate(change.Step.SessionID)
		if !isDoubtful(err) {
			return seen.Feature, err
		}
		change.From = seen.Status // whoever changes it from now on is somebody else
		seen, err = d.settle(ctx, change, attempt, err)
		if err != nil || seen.Status == change.To {
			return seen.Feature, err
		}
		fresh = true
	}
}

var errNotSent = errors.New("nothing is to be sent")

// sendOnce sends a change once, but for a limit. What was seen is looked at again
// where it is not fresh, or where a wait for the limit has made it old: the wait
// can be long enough for a person to decide. sent is false where that look keeps
// the change from being sent, by an error or because it is in place.
func (d *Decisions) sendOnce(ctx context.Context, change Change, seen sight, fresh bool) (now sight, sent bool, err error) {
	var problem error
	err = d.api.UpdateFeatureStatus(ctx, change.Step.SessionID, seen.NodeID, didit.FeatureStatusUpdate{
		NewStatus: change.To, Comment: change.Comment, FeatureType: seen.typeToSend,
		Confirm: func(ctx context.Context, waited bool) error {
			if fresh && !waited {
				return nil
			}
			if seen, problem = d.lookNow(ctx, change); problem != nil || seen.Status == change.To {
				return errNotSent
			}
			return nil
		},
	})
	switch {
	case errors.Is(err, errNotSent):
		return seen, false, problem
	case err == nil:
		seen.Status = change.To
		d.memo.changed(change.Step.SessionID, seen.Feature)
	}
	return seen, true, err
}

// markSent notes in a conflict that a change in doubt was sent before it.
func markSent(err error, sent bool) error {
	if conflict, ok := errors.AsType[*ConflictError](err); ok {
		conflict.Sent = sent
	}
	return err
}

// settle reads what has become of a change whose answer was sent. It returns the
// step as it stands, wanted or as before; the latter means: send it again.
func (d *Decisions) settle(ctx context.Context, change Change, attempt int, sent error) (sight, error) {
	unsettled := &UnsettledError{Change: change, Attempts: attempt, Sent: sent}
	failure := didit.AsError(sent)
	// A refusal is known already, and whoever is to wait too long does not send
	// again: only what may be sent again is worth waiting for.
	if !isRefusal(sent) && !failure.IsTooLongAWait() {
		if err := d.api.Pause(ctx, attempt, failure.RetryAfter); err != nil {
			unsettled.Read = err
			return sight{}, unsettled
		}
	}
	seen, err := d.lookNow(ctx, change)
	var (
		conflict *ConflictError
		missing  *StepError
	)
	// Before a refusal that follows another attempt, that one was in doubt.
	inDoubt := attempt > 1 || !isRefusal(sent)
	switch {
	case errors.As(err, &conflict), errors.As(err, &missing) && !inDoubt:
		return seen, markSent(err, inDoubt)
	case err != nil:
		unsettled.Read = err
		return seen, unsettled
	case seen.Status == change.To:
		return seen, nil
	case isRefusal(sent):
		return seen, sent
	case attempt > d.maxRetries || failure.IsTooLongAWait():
		return seen, unsettled
	}
	return seen, nil
}

// isDoubtful is true where only reading tells what has become of a change: no
// clear answer, or a 400, which the API also gives to a change that an earlier
// attempt has made already.
func isDoubtful(err error) bool {
	failure := didit.AsError(err)
	return failure != nil && (failure.Unclear || isRefusal(err))
}

func isRefusal(err error) bool {
	failure := didit.AsError(err)
	return failure != nil && failure.IsBadRequest()
}

// typeToSend names the step's type only where the API needs it to tell steps
// apart: older versions of the API do not know the field.
func typeToSend(decision *didit.Decision, feature didit.Feature) string {
	if feature.NodeID != didit.DefaultNodeID || len(stepsAt(decision, didit.DefaultNodeID)) < 2 {
		return ""
	}
	return feature.Type
}
