// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package destinations creates, updates and deletes webhook destinations. If the
// response to a change is lost, it reads to find out whether the change was made.
package destinations

import (
	"context"
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
	UpdateWebhookDestination(ctx context.Context, permit *didit.WritePermit, id string, settings didit.WebhookDestinationSettings) (didit.WebhookDestination, error)
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

// clockTolerance bounds the difference between the clocks of this machine, the API and
// the proxies before it. Without it, a destination that was just created counted as older
// than its request where this machine's clock was a tenth of a second ahead.
const clockTolerance = 5 * time.Second

// Create creates a destination, and returns it as Didit reports it. All settings are set.
// If the response is lost, the list of destinations shows whether it was created, because
// URLs are unique: it has this URL and no other settings, and is not older than the first
// request by more than the clocks may differ. An equal one that another program creates in
// that time cannot be told apart.
//
// Errors: [*DuplicateError], [*didit.OutcomeUnknownError], the client's, or the context's.
func (s *Service) Create(ctx context.Context, settings didit.WebhookDestinationSettings) (created didit.WebhookDestination, err error) {
	var began time.Time
	err = s.change(ctx, func(permit *didit.WritePermit) (err error) {
		if began.IsZero() {
			began = time.Now()
		}
		created, err = s.api.CreateWebhookDestination(ctx, permit, settings)
		return err
	}, func() (isKnown bool, err error) {
		existing, err := s.findURL(ctx, settings)
		if err != nil || existing == nil {
			return false, err
		}
		if differences, _ := existing.Differences(settings); existing.Age > time.Since(began)+clockTolerance || len(differences) > 0 {
			return true, &DuplicateError{*existing}
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

// Update changes the settings that are not nil, and returns the destination as Didit
// reports it. Errors are as for [Service.Create].
func (s *Service) Update(ctx context.Context, id string, settings didit.WebhookDestinationSettings) (updated didit.WebhookDestination, err error) {
	err = s.change(ctx, func(permit *didit.WritePermit) (err error) {
		updated, err = s.api.UpdateWebhookDestination(ctx, permit, id, settings)
		return err
	}, func() (isKnown bool, err error) {
		if updated, err = s.api.RetrieveWebhookDestination(ctx, id); err != nil {
			return didit.IsKind(err, didit.KindDestinationNotFound), err
		}
		differences, isComplete := updated.Differences(settings)
		return isComplete && len(differences) == 0, nil
	})
	return updated, s.explainDuplicate(ctx, settings, err)
}

// Delete deletes a destination. It succeeds if the destination does not exist. Errors are
// as for [Service.Create].
func (s *Service) Delete(ctx context.Context, id string) error {
	err := s.change(ctx, func(permit *didit.WritePermit) error {
		return s.api.DeleteWebhookDestination(ctx, permit, id)
	}, func() (isKnown bool, err error) {
		_, err = s.api.RetrieveWebhookDestination(ctx, id)
		return didit.IsKind(err, didit.KindDestinationNotFound), err
	})
	if didit.IsKind(err, didit.KindDestinationNotFound) {
		return nil
	}
	return err
}

// change sends a change until its outcome is known. Only after an unknown outcome it calls
// check, which reads: see [didit.Change].
func (s *Service) change(ctx context.Context, send func(*didit.WritePermit) error, check func() (isKnown bool, err error)) error {
	return didit.Change{
		Acquire: s.api.AcquireWrite, MaxRetries: s.maxRetries, Send: send,
		Check: func(sent didit.Attempts) (isKnown bool, err error) {
			if !sent.OutcomeUnknown {
				return false, nil
			}
			return check()
		},
	}.Make(ctx)
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
	if at := slices.IndexFunc(all, func(destination didit.WebhookDestination) bool {
		return destination.URL != nil && *destination.URL == *settings.URL
	}); err == nil && at >= 0 {
		return &all[at], nil
	}
	return nil, err
}
