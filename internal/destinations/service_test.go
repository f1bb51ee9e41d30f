// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package destinations_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const hookURL = "https://hooks.example.com/didit"

// inEnv runs a test with a simulated Didit and a fake clock.
func inEnv(t *testing.T, test func(t *testing.T, api *simulator.Simulator, service *destinations.Service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api := simulator.New(simulator.Options{})
		client := didit.New(didit.Config{
			BaseURL: &url.URL{Scheme: "http", Host: "didit.invalid"}, APIKey: simulator.DefaultAPIKey, Transport: inProcess{api},
			RequestTimeout: didit.DefaultRequestTimeout, MaxRetries: didit.DefaultMaxRetries,
			ReadsPerMinute: didit.DefaultReadsPerMinute, WritesPerMinute: didit.DefaultWritesPerMinute,
		})
		test(t, api, destinations.New(client, didit.DefaultMaxRetries))
		time.Sleep(time.Hour) // requests that the client has given up are carried out
	})
}

// inProcess is a transport that calls a handler. If the handler panics, the connection
// is broken. A request is carried out even if the client gives it up.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	aborted := make(chan bool, 1)
	go func() {
		defer func() { aborted <- recover() != nil }()
		p.handler.ServeHTTP(recorder, request.WithContext(context.WithoutCancel(request.Context())))
	}()
	select {
	case <-request.Context().Done():
		return nil, request.Context().Err()
	case broken := <-aborted:
		if broken {
			return nil, io.ErrUnexpectedEOF
		}
		return recorder.Result(), nil
	}
}

// hookSettings returns the settings of an enabled destination.
func hookSettings() didit.WebhookDestinationSettings {
	label, address, version, enabled := "Decisions", hookURL, "v3", true
	return didit.WebhookDestinationSettings{Label: &label, URL: &address, Enabled: &enabled, WebhookVersion: &version, SubscribedEvents: []string{"status.updated", "data.updated"}}
}

func TestCreate_ErrorNamesDuplicate(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		existing := api.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated", "data.updated"}})

		_, err := service.Create(t.Context(), hookSettings())

		var duplicate *destinations.DuplicateError
		if !errors.As(err, &duplicate) || duplicate.Existing.ID != existing.ID {
			t.Errorf("error %v, want a duplicate of %s", err, existing.ID)
		}
	})
}

// The first request is carried out after the list was read, so Didit refuses the second.
func TestCreate_FindsDestinationOfLateRequest(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Delay: didit.DefaultRequestTimeout + 5*time.Second})
		api.Inject(simulator.Fault{Method: http.MethodPost, Delay: 10 * time.Second})

		created, err := service.Create(t.Context(), hookSettings())

		if all := api.Destinations(); err != nil || len(all) != 1 || all[0].ID != created.ID {
			t.Errorf("created %q, %v, want the only one of %+v", created.ID, err, all)
		}
	})
}

func TestCreate_DoesNotAdoptDestinationWithOtherSettings(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Cut: simulator.CutReset})
		api.BeforeResponse(func(request simulator.Request) {
			if request.Method == http.MethodGet {
				api.SetDestination(simulator.Destination{ID: "66666666-2222-4333-8444-000000000001", Label: "Another team's", URL: hookURL, SubscribedEvents: []string{"status.updated"}})
			}
		})

		_, err := service.Create(t.Context(), hookSettings())

		var duplicate *destinations.DuplicateError
		if !errors.As(err, &duplicate) || duplicate.Existing.Label != "Another team's" {
			t.Errorf("error %v, want a duplicate of the other destination", err)
		}
	})
}

func TestDelete_SucceedsIfDestinationIsMissing(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, _ *simulator.Simulator, service *destinations.Service) {
		if err := service.Delete(t.Context(), "66666666-2222-4333-8444-000000000001"); err != nil {
			t.Error(err)
		}
	})
}

func TestCreate_CancelEndsWait(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Times: -1, Status: http.StatusServiceUnavailable, Body: "down"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		_, err := service.Create(ctx, hookSettings())

		var unknown *destinations.OutcomeUnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want an unknown outcome", err)
		}
	})
}

// Under any mix of faults, create and update leave exactly one destination with the
// wanted settings, and delete leaves none; or they return an error, and a second try
// succeeds.
func TestFaults_ExactlyOneDestination(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	failed := 0
	const schedules = 300
	for n := range uint64(schedules) {
		inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
			random := rand.New(rand.NewPCG(seed, n))
			for range random.IntN(8) {
				api.Inject(randomFault(random))
			}
			if !lifecycle(t, api, service) {
				failed++
			}
			if t.Failed() {
				t.Logf("seed (%d, %d)", seed, n)
			}
		})
	}
	if failed == 0 || failed > schedules*2/3 {
		t.Errorf("%d of %d schedules failed, want some, and at most two thirds", failed, schedules)
	}
}

// lifecycle creates, updates and deletes a destination, and reports whether all of it
// succeeded. After a failure it tries again without faults, as the next apply does.
func lifecycle(t *testing.T, api *simulator.Simulator, service *destinations.Service) (succeeded bool) {
	t.Helper()
	succeeded = true
	created, err := service.Create(t.Context(), hookSettings())
	if err != nil {
		succeeded = false
		api.ClearFaults()
		created = createOrAdopt(t, service)
	}
	requireOne(t, api, created.ID, true)
	disabled := false
	settings := didit.WebhookDestinationSettings{Enabled: &disabled, SubscribedEvents: []string{"data.updated"}}
	if err := service.Update(t.Context(), created.ID, settings); err != nil {
		succeeded = false
		api.ClearFaults()
		if err := service.Update(t.Context(), created.ID, settings); err != nil {
			t.Error(err)
		}
	}
	requireOne(t, api, created.ID, false)
	if err := service.Delete(t.Context(), created.ID); err != nil {
		succeeded = false
		api.ClearFaults()
		if err := service.Delete(t.Context(), created.ID); err != nil {
			t.Error(err)
		}
	}
	if all := api.Destinations(); len(all) != 0 {
		t.Errorf("the destinations are %+v, want none", all)
	}
	return succeeded
}

// createOrAdopt creates the destination, or returns the one that a failed create has made.
func createOrAdopt(t *testing.T, service *destinations.Service) didit.WebhookDestination {
	t.Helper()
	// Requests that were given up may still arrive.
	time.Sleep(2 * didit.DefaultRequestTimeout)
	created, err := service.Create(t.Context(), hookSettings())
	if duplicate, ok := errors.AsType[*destinations.DuplicateError](err); ok {
		return duplicate.Existing
	}
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func requireOne(t *testing.T, api *simulator.Simulator, id string, enabled bool) {
	t.Helper()
	if all := api.Destinations(); len(all) != 1 || all[0].ID != id || all[0].Enabled != enabled || enabled == slices.Equal(all[0].SubscribedEvents, []string{"data.updated"}) {
		t.Fatalf("the destinations are %+v, want %s, enabled %t", all, id, enabled)
	}
}

func randomFault(random *rand.Rand) simulator.Fault {
	isAfter := random.IntN(2) == 0
	fault := []simulator.Fault{
		{Cut: simulator.CutReset, After: isAfter},
		{Cut: simulator.CutBody, After: true},
		{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: http.Header{"Content-Type": {"text/html"}}, After: isAfter},
		{Status: http.StatusOK, Body: "{}", After: isAfter},
		{DelayAfter: 2 * didit.DefaultRequestTimeout},
		{Status: http.StatusTooManyRequests, Body: `{"detail": "Slow down."}`, Header: http.Header{"Retry-After": {strconv.Itoa(1 + random.IntN(60))}}},
	}[random.IntN(6)]
	fault.Method = []string{http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodGet, ""}[random.IntN(5)]
	fault.Skip, fault.Times = random.IntN(2), 1+random.IntN(4)
	return fault
}
