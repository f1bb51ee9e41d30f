// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisions reads decisions cheaply and changes one safely: one read a
// session, compare, skip, write, settle doubt. It knows neither Terraform nor
// HTTP.
package decisions

import (
	"context"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// API is what this room needs of the room below; [didit.Client] provides it.
type API interface {
	RetrieveDecision(ctx context.Context, sessionID string) (*didit.Decision, error)
	UpdateFeatureStatus(ctx context.Context, sessionID, nodeID string, update didit.FeatureStatusUpdate) error
	// Pause waits before a change is sent again for the attempt-th time.
	Pause(ctx context.Context, attempt int) error
}

// Decisions reads and changes the steps of sessions. It is made once for a
// configured provider, so that all of its steps share what has been read, and
// is safe for concurrent use.
type Decisions struct {
	api        API
	maxRetries int
	memo       memo
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
	feature, err := change.Step.Find(decision)
	if !fresh && (err != nil || feature.Status != change.To) {
		if decision, err = d.readNow(ctx, change.Step.SessionID); err != nil {
			return didit.Feature{}, err
		}
		feature, err = change.Step.Find(decision)
	}
	if err != nil || feature.Status == change.To {
		return feature, err
	}
	if err := change.Check(feature.Status); err != nil {
		return feature, err
	}
	return d.send(ctx, change, decision, feature)
}

// send sends the change of a step that stands at feature.Status, and settles by
// reading what an answer leaves open.
func (d *Decisions) send(ctx context.Context, change Change, decision *didit.Decision, feature didit.Feature) (didit.Feature, error) {
	before := feature.Status
	for attempt := 1; ; attempt++ {
		err := d.api.UpdateFeatureStatus(ctx, change.Step.SessionID, feature.NodeID, didit.FeatureStatusUpdate{
			NewStatus:   change.To,
			Comment:     change.Comment,
			FeatureType: typeToSend(decision, feature),
		})
		if err == nil {
			feature.Status = change.To
			d.memo.changed(change.Step.SessionID, feature)
			return feature, nil
		}
		d.memo.outdate(change.Step.SessionID)
		if !isDoubtful(err) {
			return feature, err
		}
		feature, decision, err = d.settle(ctx, change, before, attempt, err)
		if err != nil || feature.Status == change.To {
			return feature, err
		}
	}
}

// settle reads what has become of a change whose answer was err. It returns the
// step as it stands, wanted or as before; the latter means: send it again.
func (d *Decisions) settle(ctx context.Context, change Change, before string, attempt int, sent error) (didit.Feature, *didit.Decision, error) {
	unsettled := &UnsettledError{Change: change, Attempts: attempt, Sent: sent}
	// A refusal is known already; only a doubt is worth waiting for.
	if !isRefusal(sent) {
		if err := d.api.Pause(ctx, attempt); err != nil {
			unsettled.Read = err
			return didit.Feature{}, nil, unsettled
		}
	}
	decision, err := d.readNow(ctx, change.Step.SessionID)
	if err != nil {
		unsettled.Read = err
		return didit.Feature{}, nil, unsettled
	}
	// Before a refusal that follows another attempt, that one was in doubt.
	inDoubt := attempt > 1 || !isRefusal(sent)
	feature, err := change.Step.Find(decision)
	switch {
	case err != nil && inDoubt:
		unsettled.Read = err
		return feature, decision, unsettled
	case err != nil:
		return feature, decision, err
	case feature.Status == change.To:
		return feature, decision, nil
	case feature.Status != before:
		return feature, decision, &ConflictError{Step: change.Step, Expected: before, Found: feature.Status, Wanted: change.To, Sent: inDoubt}
	case isRefusal(sent):
		return feature, decision, sent
	case attempt > d.maxRetries:
		return feature, decision, unsettled
	}
	return feature, decision, nil
}

// isDoubtful is true where only reading tells what has become of a change: no
// clear answer, or a 400, which the API also gives to a change that an earlier
// attempt has made already.
func isDoubtful(err error) bool {
	failure := didit.AsError(err)
	return failure != nil && (failure.Unclear || isRefusal(err))
}

func isRefusal(err error) bool {
	return didit.IsKind(err, didit.KindValidation) || didit.IsKind(err, didit.KindAPISession)
}

// typeToSend names the step's type only where the API needs it to tell steps
// apart: older versions of the API do not know the field.
func typeToSend(decision *didit.Decision, feature didit.Feature) string {
	if feature.NodeID != didit.DefaultNodeID || len(stepsAt(decision, didit.DefaultNodeID)) < 2 {
		return ""
	}
	return feature.Type
}
