// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"slices"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// overrideIDs are the overrides that this process has made.
type overrideIDs struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (o *overrideIDs) add(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ids == nil {
		o.ids = map[string]bool{}
	}
	o.ids[id] = true
}

func (o *overrideIDs) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ids[id]
}

// Override returns an override of a session from the cache, or reads the list of overrides.
// It is zero if the list does not have it. Errors are the client's or the context's.
func (s *Service) Override(ctx context.Context, sessionID, id string) (didit.FeatureOverride, error) {
	list, err := s.cache.overrides.Find(ctx, sessionID)
	if err != nil {
		return didit.FeatureOverride{}, err
	}
	found, _ := findOverride(*list, func(override didit.FeatureOverride) bool { return override.ID == id })
	return found, nil
}

// FindFresh is [Service.Find] with a read that begins now. It is for a cached report that may
// be older than the list of overrides.
func (s *Service) FindFresh(ctx context.Context, subject Subject) (Found, error) {
	decision, err := s.cache.FindFresh(ctx, subject.Session())
	if err != nil {
		return Found{}, err
	}
	return subject.Find(decision)
}

// findOverride returns the newest override for which matches returns true.
func findOverride(list []didit.FeatureOverride, matches func(didit.FeatureOverride) bool) (found didit.FeatureOverride, isFound bool) {
	if i := slices.IndexFunc(list, matches); i >= 0 {
		return list[i], true
	}
	return found, false
}

// isOf reports whether an override is, or may be, of the step. Without a type it is one of
// the only step at its node.
func (r FeatureRef) isOf(override didit.FeatureOverride) bool {
	return override.NodeID == r.NodeID &&
		(r.NodeID != didit.DefaultNodeID || override.FeatureType == "" || r.FeatureType == "" || didit.SameFeatureType(override.FeatureType, r.FeatureType))
}

// deferral is one deferred change that is being made.
type deferral struct {
	*Service
	change Change
	step   FeatureRef
	found  Found // by the last read
	// before are the overrides before the first request.
	before map[string]bool
	result Result
}

// deferChange is change for a deferred change. The session's report shows nothing of a change
// that waits, so the list of overrides reconciles a lost response. The list is read before
// the request too: an older API does not have it, and would make the change at once.
func (s *Service) deferChange(ctx context.Context, step FeatureRef, change Change) (Result, error) {
	d := &deferral{Service: s, change: change, step: step}
	err := didit.Change{
		Acquire: s.api.AcquireWrite, MaxRetries: s.maxRetries,
		Check: func(sent didit.Attempts) (isKnown bool, err error) { return d.check(ctx, sent) },
		Send:  func(permit *didit.WritePermit) error { return d.send(ctx, permit) },
	}.Make(ctx)
	if err != nil {
		return Result{}, withShown(err, d.found)
	}
	if d.result.Changed {
		s.deferred.add(d.result.Override.ID)
		d.complete(ctx)
	}
	return d.result, nil
}

// check reports whether the change is made, needs no request, or must not be made.
func (d *deferral) check(ctx context.Context, sent didit.Attempts) (isKnown bool, err error) {
	decision, err := d.cache.FindFresh(ctx, d.step.SessionID)
	if err != nil {
		return false, err
	}
	found, err := d.step.Find(decision)
	if step, isStep := found.Subject.(FeatureRef); isStep {
		d.found, d.step, err = found, step, d.change.Check(found.Value)
	}
	if sent.Count == 0 && (err != nil || didit.SameStatus(found.Value, d.change.To)) {
		d.result = Result{Found: found}
		return true, err
	}
	list, listErr := d.cache.overrides.FindFresh(ctx, d.step.SessionID)
	if listErr != nil {
		return false, listErr
	}
	if sent.Count == 0 {
		d.before = map[string]bool{}
		for _, override := range *list {
			d.before[override.ID] = true
		}
	}
	if own, isMade := findOverride(*list, func(override didit.FeatureOverride) bool { return d.isOwn(override, sent) }); isMade {
		d.result = Result{Found: d.found, Changed: true, Override: own}
		return true, nil
	}
	waiting, isWaiting := findOverride(*list, func(override didit.FeatureOverride) bool { return d.step.isOf(override) && !override.IsFinal() })
	switch {
	case sent.Last != nil && sent.Last.Kind == didit.KindNoDeferral:
		return true, sent.Last
	case err != nil:
		return isVerdict(err, sent), err
	case didit.SameStatus(found.Value, d.change.To):
		d.result = Result{Found: found}
		return true, nil
	case isWaiting:
		return true, &WaitingError{Step: d.step, Override: waiting, Sent: sent.OutcomeUnknown}
	}
	return false, nil
}

// isOwn reports whether an override is this change: it has its value, and this process has
// made it for an identical block, or it is new since a request with an unknown outcome. One
// that was cancelled since counts too: it must not be sent again.
func (d *deferral) isOwn(override didit.FeatureOverride, sent didit.Attempts) bool {
	return override.ID != "" && d.step.isOf(override) && didit.SameStatus(override.NewStatus, d.change.To) &&
		(d.deferred.has(override.ID) || sent.OutcomeUnknown && !d.before[override.ID])
}

// send sends the change.
func (d *deferral) send(ctx context.Context, permit *didit.WritePermit) error {
	override, err := d.api.UpdateFeatureStatus(ctx, permit, d.step.SessionID, d.step.NodeID, d.step.body(d.change))
	if err != nil {
		d.step.invalidate(d.cache)
		return err
	}
	d.result = Result{Found: d.found, Changed: true, Override: override}
	return nil
}

// complete reads the state of the override, if the response did not show it. A failure is no
// error, because the change is made; the next refresh reads the state.
func (d *deferral) complete(ctx context.Context) {
	d.step.invalidate(d.cache)
	if d.result.Override.State == "" {
		list, err := d.cache.overrides.FindFresh(ctx, d.step.SessionID)
		if err == nil {
			read, _ := findOverride(*list, func(override didit.FeatureOverride) bool { return override.ID == d.result.Override.ID })
			d.result.Override.State = read.State
		}
	}
}
