// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package destinations_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// runSchedules runs a test with random faults. The test reports whether its changes
// succeeded, which some schedules prevent.
func runSchedules(t *testing.T, test func(t *testing.T, api *simulator.Simulator, service *destinations.Service) (succeeded bool)) {
	t.Helper()
	seed := rand.Uint64()
	succeeded := 0
	const schedules = 300
	for n := range uint64(schedules) {
		inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
			random := rand.New(rand.NewPCG(seed, n))
			for range random.IntN(8) {
				api.Inject(randomFault(random))
			}
			if test(t, api, service) {
				succeeded++
			}
			if t.Failed() {
				t.Logf("seed (%d, %d)", seed, n)
			}
		})
	}
	if succeeded < schedules/5 || succeeded == schedules {
		t.Errorf("%d of %d schedules succeeded, want a fifth at least, and not all", succeeded, schedules)
	}
}

// Under any mix of faults, create and update leave exactly one destination with the
// wanted settings, and delete leaves none; or they return an error, and a second try
// succeeds.
func TestFaults_ExactlyOneDestination(t *testing.T) {
	t.Parallel()
	runSchedules(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) (succeeded bool) {
		succeeded = true
		created, err := service.Create(t.Context(), hookSettings())
		if err != nil {
			succeeded = false
			requireHonest(t, api, err)
			api.ClearFaults()
			service = newService(api)
			created = createOrAdopt(t, service)
		}
		requireOne(t, api, created.ID, true)
		disabled := false
		settings := didit.WebhookDestinationSettings{Enabled: &disabled, SubscribedEvents: []string{"data.updated"}}
		if _, err := service.Update(t.Context(), created.ID, settings); err != nil {
			succeeded = false
			api.ClearFaults()
			service = newService(api)
			if _, err := service.Update(t.Context(), created.ID, settings); err != nil {
				t.Error(err)
			}
		}
		requireOne(t, api, created.ID, false)
		if err := service.Delete(t.Context(), created.ID); err != nil {
			succeeded = false
			api.ClearFaults()
			service = newService(api)
			if err := service.Delete(t.Context(), created.ID); err != nil {
				t.Error(err)
			}
		}
		if all := api.Destinations(); len(all) != 0 {
			t.Errorf("the destinations are %+v, want none", all)
		}
		return succeeded
	})
}

// An older destination has the same URL and the same settings. "Succeeded" is the error
// that names it.
func TestFaults_OlderDestinationIsNotAdopted(t *testing.T) {
	t.Parallel()
	runSchedules(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) (succeeded bool) {
		older := api.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated", "data.updated"}})
		time.Sleep(10 * time.Second)

		created, err := service.Create(t.Context(), hookSettings())

		if err == nil {
			t.Errorf("returned %s", created.ID)
		}
		requireOne(t, api, older.ID, true)
		duplicate, succeeded := errors.AsType[*destinations.DuplicateError](err)
		if succeeded && duplicate.Existing.ID != older.ID {
			t.Errorf("named %s, want %s", duplicate.Existing.ID, older.ID)
		}
		return succeeded
	})
}

// Two blocks have the same settings. "Succeeded" is that one of them has the destination.
func TestFaults_TwoCreatesDoNotShareDestination(t *testing.T) {
	t.Parallel()
	runSchedules(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) (succeeded bool) {
		ids := make(chan string, 2)
		for range 2 {
			go func() {
				created, err := service.Create(t.Context(), hookSettings())
				if err != nil && created.ID != "" {
					t.Errorf("returned %s and %v", created.ID, err)
				}
				ids <- created.ID
			}()
		}
		first, second := <-ids, <-ids

		if first != "" && second != "" {
			t.Errorf("both creates succeeded: %s and %s", first, second)
		}
		succeeded = first+second != ""
		if !succeeded {
			api.ClearFaults()
			service = newService(api)
			first = createOrAdopt(t, service).ID
		}
		requireOne(t, api, first+second, true)
		return succeeded
	})
}

// requireHonest checks the error of a failed create: an error that does not say that the
// destination may exist is returned only if there is none.
func requireHonest(t *testing.T, api *simulator.Simulator, err error) {
	t.Helper()
	var unknown *didit.OutcomeUnknownError
	var duplicate *destinations.DuplicateError
	isOpen := errors.As(err, &unknown) || errors.As(err, &duplicate)
	if all := api.Destinations(); !isOpen && len(all) != 0 {
		t.Errorf("error %v, but the destinations are %+v", err, all)
	}
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
		{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Header: htmlHeader, After: isAfter},
		{Status: http.StatusOK, Body: "{}", After: isAfter},
		{DelayAfter: 2 * didit.DefaultRequestTimeout},
		{Status: http.StatusTooManyRequests, Body: `{"detail": "Slow down."}`, Header: http.Header{"Retry-After": {strconv.Itoa(1 + random.IntN(60))}}},
		{Status: proxyRefusals[random.IntN(len(proxyRefusals))], Body: "<html>no</html>", Header: htmlHeader, After: isAfter},
	}[random.IntN(7)]
	fault.Method = []string{http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodGet, ""}[random.IntN(5)]
	fault.Skip, fault.Times = random.IntN(2), 1+random.IntN(4)
	return fault
}
