// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func notFound() error {
	return fmt.Errorf("reading: %w", &didit.Error{Kind: didit.KindSessionNotFound, StatusCode: 404, Detail: "Not found."})
}

func missing(reason decisions.NotFoundReason) error {
	return fmt.Errorf("reading: %w", &decisions.NotFoundError{Reason: reason, Subject: decisions.FeatureRef{SessionID: sampleID, NodeID: nodeOCR}, Decision: sampleDecision()})
}

func TestGone_RequiresReportOrAPIsOwn404(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		gone bool
	}{
		"session not found":      {notFound(), true},
		"step missing":           {missing(decisions.Missing), true},
		"no AML check":           {missing(decisions.NoAMLCheck), true},
		"other type":             {missing(decisions.OtherType), false},
		"ambiguous":              {missing(decisions.Ambiguous), false},
		"not addressable":        {missing(decisions.NotAddressable), false},
		"404 of another service": {&didit.Error{Kind: didit.KindNotAPI, StatusCode: 404}, false},
		"authentication":         {&didit.Error{Kind: didit.KindAuthentication, StatusCode: 401}, false},
		"permission":             {&didit.Error{Kind: didit.KindPermission, StatusCode: 403}, false},
		"server":                 {&didit.Error{Kind: didit.KindServer, StatusCode: 500}, false},
		"interrupted":            {context.Canceled, false},
		"no error":               {nil, false},
	} {
		gone, err := decisions.New(&fakeAPI{}, 0).Gone(t.Context(), test.err)
		if gone != test.gone {
			t.Errorf("%s: gone is %t", name, gone)
		}
		if want := test.err; gone && err != nil || !gone && !errors.Is(err, want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A report shows by itself that it comes from Didit. A 404 does not.
func TestGone_RequestsListOncePerProcess(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	service := decisions.New(api, 0)

	_, _ = service.Gone(t.Context(), missing(decisions.Missing))
	if api.lists != 0 {
		t.Errorf("%d lists after a complete report, want none", api.lists)
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if gone, err := service.Gone(t.Context(), notFound()); !gone || err != nil {
				t.Errorf("gone %t, %v", gone, err)
			}
		})
	}
	group.Wait()
	if api.lists != 1 {
		t.Errorf("%d lists for 20 sessions, want 1", api.lists)
	}
}

func TestGone_FailedListKeepsDecision(t *testing.T) {
	t.Parallel()
	failure := &didit.Error{Kind: didit.KindNotAPI, StatusCode: 404, Detail: "Not found."}
	api := &fakeAPI{onList: func(context.Context, int) error { return failure }}
	service := decisions.New(api, 0)
	for range 3 {
		gone, err := service.Gone(t.Context(), notFound())
		notProven, ok := errors.AsType[*decisions.NotProvenError](err)
		if gone || !ok || !didit.IsKind(notProven.NotFound, didit.KindSessionNotFound) || !errors.Is(err, failure) {
			t.Errorf("gone %t, %v", gone, err)
		}
		if didit.IsKind(err, didit.KindSessionNotFound) {
			t.Error("the error counts as a session that was not found")
		}
	}
	if api.lists != 1 {
		t.Errorf("%d lists, want 1", api.lists)
	}
}

func TestGone_InterruptEndsOnlyItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		service := decisions.New(&fakeAPI{onList: func(ctx context.Context, _ int) error {
			<-release
			return ctx.Err()
		}}, 0)
		ctx, cancel := context.WithCancel(t.Context())
		interrupted, patient := make(chan error, 1), make(chan bool, 1)
		go func() {
			_, err := service.Gone(ctx, notFound())
			interrupted <- err
		}()
		synctest.Wait()
		go func() {
			gone, _ := service.Gone(t.Context(), notFound())
			patient <- gone
		}()
		synctest.Wait()

		cancel()
		if err := <-interrupted; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
		close(release)
		if !<-patient {
			t.Error("the interrupt of another caller ended the list")
		}
	})
}
