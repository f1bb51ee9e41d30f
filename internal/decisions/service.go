// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisions reads decisions cheaply and changes one safely, whatever its
// kind: one read per session, a fresh read and a conflict check right before each
// change, retries, and reconciliation of changes whose response was lost.
package decisions

import (
	"context"
	"iter"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// API is the part of [didit.Client] that this package uses.
type API interface {
	RetrieveDecision(ctx context.Context, sessionID string) (*didit.Decision, error)
	ListSessions(ctx context.Context, query didit.SessionQuery) iter.Seq2[didit.SessionSummary, error]
	AcquireWrite(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error)
	UpdateFeatureStatus(ctx context.Context, permit *didit.WritePermit, sessionID, nodeID string, update didit.FeatureStatusUpdate) error
	UpdateStatus(ctx context.Context, permit *didit.WritePermit, sessionID string, update didit.StatusUpdate) error
	UpdateAMLHitStatus(ctx context.Context, permit *didit.WritePermit, sessionID string, update didit.AMLHitStatusUpdate) error
}

// Service reads and changes decisions. A configured provider has one, so that all
// of its resources share one cache. It is safe for concurrent use.
type Service struct {
	api        API
	maxRetries int
	cache      *cache
	locks      locks
	proof      proof // that the API at the base URL is Didit's
}

// New returns a Service that retries one change at most maxRetries times.
func New(api API, maxRetries int) *Service {
	return &Service{api: api, maxRetries: maxRetries, cache: newCache(api)}
}

// ShareLocks makes changes of one session exclude those of other processes that use the
// API at this address. The lock files are in the first of the folders that can be used.
// Call it before the first change.
func (s *Service) ShareLocks(api string, folders ...string) {
	s.locks.files = fileLocks{folders: folders, api: api}
}

// Decision returns a session's decision from the cache, or reads it. The result is
// shared: do not change it. Errors are the client's or the context's.
func (s *Service) Decision(ctx context.Context, sessionID string) (*didit.Decision, error) {
	return s.cache.Find(ctx, sessionID)
}

// CachedDecision returns the cached decision of a session, or nil. It reads nothing.
func (s *Service) CachedDecision(sessionID string) *didit.Decision {
	return s.cache.Cached(sessionID)
}

// Find finds a subject in its session's decision, as [Service.Decision] returns it.
func (s *Service) Find(ctx context.Context, subject Subject) (Found, error) {
	decision, err := s.Decision(ctx, subject.Session())
	if err != nil {
		return Found{}, err
	}
	return subject.Find(decision)
}

// Result is the outcome of [Service.Apply].
type Result struct {
	Found
	// Changed: Didit has recorded the change, with its comment. False if the
	// subject had the wanted value already.
	Changed bool
	// Cached: the cache showed the wanted value, so nothing was read.
	Cached bool
}

// Apply makes sure that a subject has the wanted value. It sends nothing if the cache
// shows that value. Otherwise it reads the session right before it sends the change.
//
// Errors: [*NotFoundError], [*ConflictError], [*StandingError],
// [*NotDecidableError], [*OutcomeUnknownError], the client's, or the context's.
func (s *Service) Apply(ctx context.Context, change Change) (Result, error) {
	session := change.Subject.Session()
	// One lock per session, because a change can move other subjects of its session.
	unlock, err := s.locks.lock(ctx, normalize(session))
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	if decision := s.cache.Cached(session); decision != nil {
		if found, err := change.Subject.Find(decision); err == nil && found.Value == change.To {
			return Result{Found: found, Cached: true}, nil
		}
	}
	return s.change(ctx, change)
}

// change acquires a permit, reads the session, and sends the change if the subject
// has the expected value. It repeats all three until the outcome is known.
func (s *Service) change(ctx context.Context, change Change) (Result, error) {
	var sent attempts
	for {
		permit, err := s.acquire(ctx, change, sent)
		if err != nil {
			return Result{}, sent.explain(change, err)
		}
		found, err := s.findFresh(ctx, change)
		switch {
		case err != nil:
			permit.Cancel()
			return Result{}, sent.explain(change, err)
		case found.Value == change.To:
			permit.Cancel()
			return s.reconciled(found, sent), nil
		case !sent.canSend(change, s.maxRetries):
			return Result{}, sent.explain(change, nil)
		case permit.Paused(): // by a 429 to another change, after the permit was acquired
			permit.Cancel()
			continue
		}
		err = found.Subject.update(ctx, s.api, permit, change.To, change.Comment)
		if err == nil {
			found.Value = change.To
			found.Subject.updateCache(s.cache, found)
			return Result{Found: found, Changed: true}, nil
		}
		found.Subject.invalidate(s.cache)
		if sent.Add(err); sent.OutcomeUnknown {
			// From now on, a value that is neither this one nor the wanted one is a conflict.
			change.Subject, change.From = found.Subject, found.Value
		}
	}
}

// acquire waits for a permit. If no further request may be sent, it returns an empty
// permit, because the next read only reconciles.
func (s *Service) acquire(ctx context.Context, change Change, sent attempts) (*didit.WritePermit, error) {
	if !sent.canSend(change, s.maxRetries) {
		return new(didit.WritePermit), nil
	}
	return s.api.AcquireWrite(ctx, sent.Attempts)
}

// findFresh reads the session, without the cache, and checks that the change may be made.
func (s *Service) findFresh(ctx context.Context, change Change) (Found, error) {
	decision, err := s.cache.FindFresh(ctx, change.Subject.Session())
	if err != nil {
		return Found{}, err
	}
	found, err := change.Subject.Find(decision)
	if err != nil {
		return Found{}, err
	}
	return found, change.Check(found.Value)
}

// reconciled returns the result if a read shows the wanted value. If the outcome of a
// request is unknown, it has made the change; otherwise another actor has.
func (s *Service) reconciled(found Found, sent attempts) Result {
	if sent.OutcomeUnknown {
		found.Subject.updateCache(s.cache, found)
	}
	return Result{Found: found, Changed: sent.OutcomeUnknown}
}
