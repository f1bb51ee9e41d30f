// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package destinations creates, updates and deletes webhook destinations. If the
// response to a change is lost, it reads to find out whether the change was made.
package destinations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// API is the part of [didit.Client] that this package uses.
type API interface {
	AcquireWrite(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error)
	ListWebhookDestinations(ctx context.Context) ([]didit.WebhookDestination, error)
	RetrieveWebhookDestination(ctx context.Context, id string) (didit.WebhookDestination, error)
	CreateWebhookDestination(ctx context.Context, permit *didit.WritePermit, settings didit.WebhookDestinationSettings) (didit.WebhookDestination, error)
	UpdateWebhookDestination(ctx context.Context, permit *didit.WritePermit, id string, settings didit.WebhookDestinationSettings) error
	DeleteWebhookDestination(ctx context.Context, permit *didit.WritePermit, id string) error
}

// Service changes webhook destinations. It is safe for concurrent use.
type Service struct {
	api        API
	maxRetries int
	// created holds the IDs that Create has returned. Each belongs to one resource.
	created sync.Map
}

// New returns a Service that retries one change at most maxRetries times.
func New(api API, maxRetries int) *Service { return &Service{api: api, maxRetries: maxRetries} }

// DuplicateError reports that another destination has the URL.
type DuplicateError struct{ Existing didit.WebhookDestination }

func (e *DuplicateError) Error() string {
	return "destination " + e.Existing.ID + " has this URL"
}

// OutcomeUnknownError reports that a change may have been made.
type OutcomeUnknownError struct {
	// Attempts is the number of requests that were sent.
	Attempts int
	// WriteErr is the failure of the last request. ReadErr is the failure of the read that
	// was to reconcile it; nil if every read showed that the change was not made.
	WriteErr, ReadErr error
}

func (e *OutcomeUnknownError) Error() string {
	return fmt.Sprintf("%d attempts: %v", e.Attempts, errors.Join(e.Unwrap()...))
}

// Unwrap returns the causes.
func (e *OutcomeUnknownError) Unwrap() []error {
	if e.ReadErr == nil {
		return []error{e.WriteErr}
	}
	return []error{e.WriteErr, e.ReadErr}
}

// Create creates a destination. All settings are set. If the response is lost, the list
// of destinations shows whether it was created, because URLs are unique: it has this URL
// and these settings, and is not older than the first request. An equal one that another
// program creates during the request cannot be told apart.
//
// Errors: [*DuplicateError], [*OutcomeUnknownError], the client's, or the context's.
func (s *Service) Create(ctx context.Context, settings didit.WebhookDestinationSettings) (created didit.WebhookDestination, err error) {
	var began time.Time
	err = s.change(ctx, func(permit *didit.WritePermit) (err error) {
		if began.IsZero() {
			began = time.Now()
		}
		created, err = s.api.CreateWebhookDestination(ctx, permit, settings)
		return err
	}, func() (isMade bool, err error) {
		existing, err := s.findURL(ctx, settings)
		switch {
		case err != nil || existing == nil:
			return false, err
		case existing.Age > time.Since(began) || !existing.Has(settings):
			return false, &DuplicateError{*existing}
		}
		created = *existing
		return true, nil
	})
	if err != nil {
		return didit.WebhookDestination{}, s.explainDuplicate(ctx, settings, err)
	}
	if _, isOthers := s.created.LoadOrStore(created.ID, true); isOthers {
		return didit.WebhookDestination{}, &DuplicateError{created}
	}
	return created, nil
}

// Update changes the settings that are not nil. Errors are as for [Service.Create].
func (s *Service) Update(ctx context.Context, id string, settings didit.WebhookDestinationSettings) error {
	err := s.change(ctx, func(permit *didit.WritePermit) error {
		return s.api.UpdateWebhookDestination(ctx, permit, id, settings)
	}, func() (isMade bool, err error) {
		destination, err := s.api.RetrieveWebhookDestination(ctx, id)
		return err == nil && destination.Has(settings), err
	})
	return s.explainDuplicate(ctx, settings, err)
}

// Delete deletes a destination. It succeeds if the destination does not exist. Errors are
// as for [Service.Create].
func (s *Service) Delete(ctx context.Context, id string) error {
	err := s.change(ctx, func(permit *didit.WritePermit) error {
		return s.api.DeleteWebhookDestination(ctx, permit, id)
	}, func() (isMade bool, err error) {
		_, err = s.api.RetrieveWebhookDestination(ctx, id)
		return false, err
	})
	if didit.IsKind(err, didit.KindDestinationNotFound) {
		return nil
	}
	return err
}

// change sends a change until its outcome is known. After an unknown outcome it calls
// isMade, which reads, before it retries or returns.
func (s *Service) change(ctx context.Context, send func(*didit.WritePermit) error, isMade func() (bool, error)) error {
	var sent didit.Attempts
	for {
		permit, err := s.acquire(ctx, sent)
		if err != nil {
			return explain(sent, err)
		}
		made := false
		if sent.OutcomeUnknown {
			made, err = isMade()
		}
		switch {
		case made:
			permit.Cancel()
			return nil
		case err != nil:
			permit.Cancel()
			return explain(sent, err)
		case !sent.CanSend(s.maxRetries):
			return explain(sent, nil)
		case permit.Paused(): // by a 429 to another change, after the permit was acquired
			permit.Cancel()
			continue
		}
		if err = send(permit); err == nil {
			return nil
		}
		sent.Add(err)
	}
}

// acquire waits for a permit. If no further request may be sent, it returns an empty
// permit, because the next read only reconciles.
func (s *Service) acquire(ctx context.Context, sent didit.Attempts) (*didit.WritePermit, error) {
	if !sent.CanSend(s.maxRetries) {
		return new(didit.WritePermit), nil
	}
	return s.api.AcquireWrite(ctx, sent)
}

// explain returns the error of a change that ends without success. readErr is the failure
// of the last read or wait; nil if the change was not made.
func explain(sent didit.Attempts, readErr error) error {
	switch {
	case sent.Last == nil || didit.IsKind(readErr, didit.KindDestinationNotFound):
		return readErr
	case sent.OutcomeUnknown && (readErr != nil || sent.Last.OutcomeUnknown):
		return &OutcomeUnknownError{Attempts: sent.Count, WriteErr: sent.Last, ReadErr: readErr}
	case readErr == nil:
		return sent.Last
	}
	return readErr
}

// explainDuplicate returns a [*DuplicateError] if the API refused the URL and another
// destination has it, and err otherwise.
func (s *Service) explainDuplicate(ctx context.Context, settings didit.WebhookDestinationSettings, err error) error {
	if failure := didit.AsError(err); failure == nil || failure.Kind != didit.KindValidation || failure.Fields["url"] == nil || settings.URL == nil {
		return err
	}
	if existing, readErr := s.findURL(ctx, settings); readErr == nil && existing != nil {
		return &DuplicateError{*existing}
	}
	return err
}

// findURL returns the destination that has the URL of the settings; nil if there is none.
func (s *Service) findURL(ctx context.Context, settings didit.WebhookDestinationSettings) (*didit.WebhookDestination, error) {
	all, err := s.api.ListWebhookDestinations(ctx)
	if at := slices.IndexFunc(all, func(destination didit.WebhookDestination) bool { return destination.URL == *settings.URL }); err == nil && at >= 0 {
		return &all[at], nil
	}
	return nil, err
}
