// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package decisions reads decisions cheaply and changes one safely, whatever its
// kind: one read per session, a fresh read and a conflict check right before each
// change, retries, and reconciliation of changes whose response was lost.
package decisions

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// API is the part of [didit.Client] that this package uses.
type API interface {
	RetrieveDecision(ctx context.Context, sessionID string) (*didit.Decision, error)
	ListFeatureOverrides(ctx context.Context, sessionID string) ([]didit.FeatureOverride, error)
	ListSessions(ctx context.Context, query didit.SessionQuery) iter.Seq2[didit.SessionSummary, error]
	AcquireWrite(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error)
	UpdateFeatureStatus(ctx context.Context, permit *didit.WritePermit, sessionID, nodeID string, update didit.FeatureStatusUpdate) (didit.FeatureOverride, error)
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
	deferred   overrideIDs
	recorded   sync.Map // the changes, without From and Deferred, that Didit has recorded
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
	// Recorded: Didit has recorded the same change with the same comment, now or for an
	// earlier call.
	Recorded bool
	// Cached: the cache showed the wanted value, so nothing was read.
	Cached bool
	// Override is Didit's record of a deferred change; zero if none was sent. Its state is ""
	// if it could not be read after the change.
	Override didit.FeatureOverride
}

// Apply makes sure that a subject has the wanted value. It sends nothing if the cache
// shows that value. Otherwise it reads the session right before it sends the change.
//
// Errors: [*NotFoundError], [*ConflictError], [*StandingError],
// [*NotDecidableError], [*WaitingError], [*didit.OutcomeUnknownError], the client's, or the
// context's.
func (s *Service) Apply(ctx context.Context, change Change) (result Result, err error) {
	session := change.Subject.Session()
	// One lock per session, because a change can move other subjects of its session.
	unlock, err := s.locks.lock(ctx, normalize(session))
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	defer func() { // with the lock, because the next block for the subject asks for it
		if change.Once { // a resubmission is no block, and its subject no key of a map
			return
		}
		record := change
		record.Subject, record.From, record.Deferred = result.Subject, "", false
		if result.Changed {
			s.recorded.Store(record, true)
		}
		_, result.Recorded = s.recorded.Load(record)
	}()
	if decision := s.cache.Cached(session); decision != nil {
		if found, err := change.Subject.Find(decision); err == nil && didit.SameStatus(found.Value, change.To) {
			return Result{Found: found, Cached: true}, nil
		}
	}
	if step, isStep := change.Subject.(FeatureRef); isStep && change.Deferred {
		return s.deferChange(ctx, step, change)
	}
	return s.change(ctx, change)
}

// change reads the session and sends the change if the subject has the expected value,
// until the outcome is known.
func (s *Service) change(ctx context.Context, change Change) (result Result, err error) {
	var found Found // by the last read
	err = didit.Change{
		Acquire: s.api.AcquireWrite, MaxRetries: s.maxRetries, Once: change.Once,
		Check: func(sent didit.Attempts) (isKnown bool, err error) {
			if sent.OutcomeUnknown {
				// From now on, a value that is neither this one nor the wanted one is a conflict.
				change.Subject, change.From = found.Subject, found.Value
			}
			if found, err = s.findFresh(ctx, change); err != nil {
				return isVerdict(err, sent), err
			}
			result = Result{Found: found, Changed: sent.OutcomeUnknown}
			return didit.SameStatus(found.Value, change.To), nil
		},
		Send: func(permit *didit.WritePermit) error {
			if err := found.Subject.update(ctx, s.api, permit, change); err != nil {
				found.Subject.invalidate(s.cache)
				return err
			}
			found.Value = change.To
			result = Result{Found: found, Changed: true}
			return nil
		},
	}.Make(ctx)
	switch {
	case err != nil:
		return Result{}, withShown(err, found)
	case result.Changed:
		result.Subject.updateCache(s.cache, result.Found)
	}
	return result, nil
}

// withShown adds the value that the last read showed to the error of an unknown outcome.
func withShown(err error, found Found) error {
	if unknown, ok := errors.AsType[*didit.OutcomeUnknownError](err); ok && unknown.ReadErr == nil {
		unknown.Shown = found.Value
	}
	return err
}

// isVerdict reports whether an error of findFresh decides that the change is not made,
// whatever became of the requests that were sent.
func isVerdict(err error, sent didit.Attempts) bool {
	if conflict, ok := errors.AsType[*ConflictError](err); ok {
		conflict.Sent = sent.OutcomeUnknown
		return true
	}
	_, isMissing := errors.AsType[*NotFoundError](err)
	return isMissing && !sent.OutcomeUnknown
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
