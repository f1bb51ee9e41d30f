// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package destinations_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
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
		api := simulator.New(simulator.Options{ReordersEvents: true})
		test(t, api, newService(api))
		time.Sleep(time.Hour) // requests that the client has given up are carried out
	})
}

// newService returns the service of another provider process: after a 401, a process sends
// nothing more.
func newService(api *simulator.Simulator) *destinations.Service {
	client := didit.New(didit.Config{
		BaseURL: &url.URL{Scheme: "http", Host: "didit.invalid"}, APIKey: simulator.DefaultAPIKey, Transport: inProcess{api},
		RequestTimeout: didit.DefaultRequestTimeout, MaxRetries: didit.DefaultMaxRetries,
		ReadsPerMinute: didit.DefaultReadsPerMinute, WritesPerMinute: didit.DefaultWritesPerMinute,
	})
	return destinations.New(client, didit.DefaultMaxRetries)
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

		requireDuplicateOf(t, err, existing.ID)
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
		if !errors.As(err, &duplicate) || *duplicate.Existing.Label != "Another team's" {
			t.Errorf("error %v, want a duplicate of the other destination", err)
		}
	})
}

// An equal destination of another team existed before the request, which was not carried
// out.
func TestCreate_DoesNotAdoptOlderDestination(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		existing := api.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated", "data.updated"}})
		time.Sleep(10 * time.Second)
		api.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable, Body: "down"})

		_, err := service.Create(t.Context(), hookSettings())

		requireDuplicateOf(t, err, existing.ID)
		requireCount(t, api, http.MethodPost, 1)
	})
}

// Two blocks with equal settings: the second request is not carried out.
func TestCreate_DoesNotAdoptDestinationOfOtherCreate(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Skip: 1, Status: http.StatusServiceUnavailable, Body: "down"})
		first, err := service.Create(t.Context(), hookSettings())
		if err != nil {
			t.Fatal(err)
		}

		_, err = service.Create(t.Context(), hookSettings())

		requireDuplicateOf(t, err, first.ID)
	})
}

// The destination of a slow request is first found by another create, which adopts it.
func TestCreate_DoesNotReturnAdoptedDestination(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Name: "slow", DelayAfter: 10 * time.Second})
		api.Inject(simulator.Fault{Method: http.MethodPost, Name: "not carried out", Status: http.StatusServiceUnavailable, Body: "down"})
		slow := make(chan error, 1)
		go func() {
			_, err := service.Create(t.Context(), hookSettings())
			slow <- err
		}()
		synctest.Wait()

		adopted, err := service.Create(t.Context(), hookSettings())
		if err != nil {
			t.Fatal(err)
		}
		requireDuplicateOf(t, <-slow, adopted.ID)
	})
}

// proxyRefusals are the statuses with which a proxy can replace a response.
var proxyRefusals = []int{302, 304, 400, 401, 403, 404, 407, 409, 421, 425}

func TestChange_ReconcilesRefusalOfProxy(t *testing.T) {
	t.Parallel()
	for method, change := range lifecycleSteps {
		for _, status := range proxyRefusals {
			for _, isMade := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %d made %t", method, status, isMade), func(t *testing.T) {
					t.Parallel()
					inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
						prepare(t, service, method)
						before := fmt.Sprint(api.Destinations())
						api.Inject(simulator.Fault{Method: method, Status: status, Body: "<html>no</html>", Header: htmlHeader, After: isMade})

						err := change(t, api, service)

						if isMade != (err == nil) {
							t.Errorf("error %v, and the change was made: %t", err, isMade)
						}
						if isMade == (fmt.Sprint(api.Destinations()) == before) {
							t.Errorf("the destinations were %s, are %v", before, api.Destinations())
						}
						requireCount(t, api, method, 1)
						_, isUnknown := errors.AsType[*didit.OutcomeUnknownError](err)
						if failure := didit.AsError(err); !isMade && (isUnknown || failure == nil || failure.StatusCode != status) {
							t.Errorf("error %v, want the refusal", err)
						}
					})
				})
			}
		}
	}
}

// Neither the change nor the reads reach Didit.
func TestChange_UnreadableRefusalOfProxyIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	for method, change := range lifecycleSteps {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
				prepare(t, service, method)
				api.Inject(simulator.Fault{Times: -1, Status: http.StatusForbidden, Body: "<html>no</html>", Header: htmlHeader})

				err := change(t, api, service)

				var unknown *didit.OutcomeUnknownError
				if !errors.As(err, &unknown) || unknown.Attempts != 1 || !didit.IsKind(unknown.WriteErr, didit.KindNotAPI) || !didit.IsKind(unknown.ReadErr, didit.KindNotAPI) {
					t.Errorf("error %v, want an unknown outcome after one attempt", err)
				}
			})
		})
	}
}

func TestChange_RejectedCredentialIsNotOutcomeUnknown(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized, Body: `{"detail": "Invalid token."}`})

		_, err := service.Create(t.Context(), hookSettings())

		var unknown *didit.OutcomeUnknownError
		if !didit.IsKind(err, didit.KindAuthentication) || errors.As(err, &unknown) {
			t.Errorf("error %v, want a rejected credential", err)
		}
		requireCount(t, api, http.MethodGet, 0)
	})
}

// A 2xx is an outcome, also if it does not confirm the change. If the change was not made,
// only the reads can show that.
func TestChange_SuccessWithoutIDIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for method, change := range lifecycleSteps {
		for name, fault := range map[string]simulator.Fault{
			"empty object": {Body: "{}"},
			"login page":   {Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader},
			"accepted":     {Status: http.StatusAccepted, Body: `{"detail": "Accepted."}`},
		} {
			for _, isMade := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %s made %t", method, name, isMade), func(t *testing.T) {
					t.Parallel()
					inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
						prepare(t, service, method)
						fault.Method, fault.After = method, isMade
						api.Inject(fault)

						err := change(t, api, service)

						unknown, isUnknown := errors.AsType[*didit.OutcomeUnknownError](err)
						if isUnknown == isMade || isMade && err != nil || isUnknown && (unknown.Attempts != 1 || unknown.ReadErr != nil) {
							t.Errorf("error %v, and the change was made: %t", err, isMade)
						}
						requireCount(t, api, method, 1)
					})
				})
			}
		}
	}
}

// The API normalizes a setting. Sent again, the create would make a second destination.
func TestChange_SuccessWithOtherSettingsIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
				prepare(t, service, method)
				api.Inject(simulator.Fault{Method: method, Body: otherSettings, After: true})
				settings := hookSettings()
				var found didit.WebhookDestination
				var err error

				if method == http.MethodPost {
					found, err = service.Create(t.Context(), settings)
				} else {
					found, err = service.Update(t.Context(), firstID, settings)
				}

				differences, _ := found.Differences(settings)
				if err != nil || found.ID != firstID || len(differences) != 2 || differences[0].Found != "Other" {
					t.Errorf("%+v, differences %v, %v", found, differences, err)
				}
				requireCount(t, api, method, 1)
				requireCount(t, api, http.MethodGet, 0)
			})
		})
	}
}

// The clock of the machine that the test runs on is ahead of the API's, whose response has
// no usable Date.
func TestCreate_FindsOwnDestinationAlthoughClocksDiffer(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-2 * time.Second, -100 * time.Millisecond, 0, 100 * time.Millisecond, time.Second, 1900 * time.Millisecond, 4 * time.Second} {
		t.Run(ahead.String(), func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
				api.Inject(simulator.Fault{Method: http.MethodPost, Cut: simulator.CutReset})
				api.BeforeResponse(func(request simulator.Request) {
					if request.Method == http.MethodGet {
						api.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated", "data.updated"}, CreatedAt: time.Now().Add(-ahead)})
					}
				})

				created, err := service.Create(t.Context(), hookSettings())

				if err != nil || created.ID != firstID {
					t.Errorf("created %+v, %v", created, err)
				}
				requireCount(t, api, http.MethodPost, 1)
			})
		})
	}
}

func TestUpdate_ReadThatLacksSettingsProvesNothing(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		prepare(t, service, http.MethodPatch)
		api.Inject(simulator.Fault{Method: http.MethodPatch, Cut: simulator.CutReset})
		api.Inject(simulator.Fault{Method: http.MethodGet, Body: `{"uuid": "` + firstID + `"}`})
		disabled := false

		_, err := service.Update(t.Context(), firstID, didit.WebhookDestinationSettings{Enabled: &disabled})

		if updated, _ := api.Destination(firstID); err != nil || updated.Enabled {
			t.Errorf("error %v, enabled %t", err, updated.Enabled)
		}
		requireCount(t, api, http.MethodPatch, 2)
	})
}

func TestUpdate_UnclearUpdateOfEventsIsReconciled(t *testing.T) {
	t.Parallel()
	for _, isMade := range []bool{true, false} {
		inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
			prepare(t, service, http.MethodPatch)
			api.Inject(simulator.Fault{Method: http.MethodPatch, Cut: simulator.CutReset, After: isMade})
			events := []string{"activity.created", "data.updated"}

			_, err := service.Update(t.Context(), firstID, didit.WebhookDestinationSettings{SubscribedEvents: events})

			if updated, _ := api.Destination(firstID); err != nil || !slices.Equal(updated.SubscribedEvents, events) {
				t.Errorf("error %v, events %v", err, updated.SubscribedEvents)
			}
			want := 2
			if isMade {
				want = 1
			}
			requireCount(t, api, http.MethodPatch, want)
		})
	}
}

// A 429 to another change arrives while the first one is reconciled.
func TestChange_WaitsForPauseAfterRead(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, api *simulator.Simulator, service *destinations.Service) {
		api.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable, Body: "down"})
		api.Inject(simulator.Fault{Method: http.MethodGet, Delay: 10 * time.Second})
		api.Inject(simulator.Fault{Method: http.MethodDelete, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: `{"detail": "Slow down."}`})
		begin := time.Now()
		go func() {
			time.Sleep(5 * time.Second)
			_ = service.Delete(t.Context(), "66666666-2222-4333-8444-000000000001")
		}()

		if _, err := service.Create(t.Context(), hookSettings()); err != nil {
			t.Fatal(err)
		}

		if waited := time.Since(begin); waited < 65*time.Second {
			t.Errorf("the second request was sent after %s, in the pause", waited)
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

		var unknown *didit.OutcomeUnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want an unknown outcome", err)
		}
	})
}

const firstID = "55555555-2222-4333-8444-000000000001" // of the simulator's first destination

// otherSettings is a response with another label and fewer events than were sent.
const otherSettings = `{"uuid": "` + firstID + `", "label": "Other", "url": "` + hookURL + `", "enabled": true, "webhook_version": "v3", "subscribed_events": ["status.updated"]}`

var htmlHeader = http.Header{"Content-Type": {"text/html"}}

// lifecycleSteps are the changes, by method. Update and Delete need [prepare].
var lifecycleSteps = map[string]func(*testing.T, *simulator.Simulator, *destinations.Service) error{
	http.MethodPost: func(t *testing.T, _ *simulator.Simulator, service *destinations.Service) error {
		t.Helper()
		_, err := service.Create(t.Context(), hookSettings())
		return err
	},
	http.MethodPatch: func(t *testing.T, api *simulator.Simulator, service *destinations.Service) error {
		t.Helper()
		disabled := false
		_, err := service.Update(t.Context(), api.Destinations()[0].ID, didit.WebhookDestinationSettings{Enabled: &disabled})
		return err
	},
	http.MethodDelete: func(t *testing.T, api *simulator.Simulator, service *destinations.Service) error {
		t.Helper()
		return service.Delete(t.Context(), api.Destinations()[0].ID)
	},
}

// prepare creates the destination that an update or delete changes.
func prepare(t *testing.T, service *destinations.Service, method string) {
	t.Helper()
	if method == http.MethodPost {
		return
	}
	if _, err := service.Create(t.Context(), hookSettings()); err != nil {
		t.Fatal(err)
	}
}

func requireDuplicateOf(t *testing.T, err error, id string) {
	t.Helper()
	var duplicate *destinations.DuplicateError
	var unknown *didit.OutcomeUnknownError
	if !errors.As(err, &duplicate) || duplicate.Existing.ID != id || errors.As(err, &unknown) {
		t.Errorf("error %v, want a duplicate of %s, not wrapped in an unknown outcome", err, id)
	}
}

func requireCount(t *testing.T, api *simulator.Simulator, method string, want int) {
	t.Helper()
	if got := api.Count(method); got != want {
		t.Errorf("%d %s were sent, want %d", got, method, want)
	}
}
