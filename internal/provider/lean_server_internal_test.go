// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

type contextKey struct{}

// payload is a value that the context of a call refers to.
type payload [1 << 10]byte

func TestLeanServer_ReleasesContextOfCall(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, tfprotov6.ProviderServer) error{
		"ValidateResourceConfig": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "no_such"})
			return err
		},
		"UpgradeResourceState": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: "no_such"})
			return err
		},
		"UpgradeResourceIdentity": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{TypeName: "no_such"})
			return err
		},
		"ReadResource": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "no_such"})
			return err
		},
		"PlanResourceChange": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: "no_such"})
			return err
		},
		"ApplyResourceChange": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: "no_such"})
			return err
		},
		"ImportResourceState": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: "no_such"})
			return err
		},
		"ValidateDataResourceConfig": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: "no_such"})
			return err
		},
		"ReadDataSource": func(ctx context.Context, server tfprotov6.ProviderServer) error {
			_, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "no_such"})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := NewServer("test")()

			referenced := callWithPayload(t, server, call)
			runtime.GC()

			if referenced.Value() != nil {
				t.Error("the server still refers to the context of a call that has returned: wrap the call in lean_server.go")
			}
			runtime.KeepAlive(server)
		})
	}
}

// callWithPayload makes a call. The result is nil when nothing refers to its context any
// more.
func callWithPayload(t *testing.T, server tfprotov6.ProviderServer, call func(context.Context, tfprotov6.ProviderServer) error) weak.Pointer[payload] {
	t.Helper()
	value := new(payload)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), contextKey{}, value))
	defer cancel()
	if err := call(ctx, server); err != nil {
		t.Fatal(err)
	}
	return weak.Make(value)
}

func TestReleasingContext_BehavesLikeParentUntilCallReturns(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), contextKey{}, "value"), time.Hour)
	defer cancel()
	var releasing context.Context

	_, err := callReleasing(ctx, newLeanServer(t), 0, func(during context.Context, _ int) (int, error) {
		releasing = during
		deadline, hasDeadline := during.Deadline()
		wanted, _ := ctx.Deadline()
		if during.Value(contextKey{}) != "value" || !hasDeadline || !deadline.Equal(wanted) || during.Err() != nil {
			t.Error("during the call the context differs from its parent")
		}
		cancel()
		<-during.Done()
		return 0, during.Err()
	})

	if !errors.Is(err, context.Canceled) {
		t.Errorf("after the parent was cancelled, Err returned %v, want context.Canceled", err)
	}
	if _, hasDeadline := releasing.Deadline(); releasing.Value(contextKey{}) != nil || hasDeadline || !errors.Is(releasing.Err(), context.Canceled) {
		t.Error("after the call the context still refers to its parent")
	}
}

func TestReleasingContext_ChildrenEndWithParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := callReleasing(ctx, newLeanServer(t), 0, func(during context.Context, _ int) (int, error) {
			child, cancel := context.WithCancel(during)
			defer cancel()
			<-child.Done()
			return 0, child.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the child ended with %v, want context.Canceled", err)
		}
	})
}

func TestLeanServer_StopCancelsCallsInFlightAndLaterOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wait := func(during context.Context, _ int) (int, error) {
			<-during.Done()
			return 0, during.Err()
		}
		server := newLeanServer(t)
		ended := make(chan error, 1)
		go func() {
			_, err := callReleasing(t.Context(), server, 0, wait)
			ended <- err
		}()
		synctest.Wait()

		_, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{})
		_, later := callReleasing(t.Context(), server, 0, wait)

		if err != nil || !errors.Is(<-ended, context.Canceled) || !errors.Is(later, context.Canceled) {
			t.Errorf("StopProvider returned %v, the call after it %v", err, later)
		}
	})
}

// terraform-plugin-go does not send events after StopProvider has returned.
func TestLeanServer_StopWaitsForEventsOfAction(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		held    simulator.Fault
		patches int
		summary string
		status  string
	}{
		"read before the change":  {simulator.Fault{Method: http.MethodGet, Skip: 1, Delay: time.Hour}, 0, summaryInterrupted, "In Review"},
		"change not carried out":  {simulator.Fault{Method: http.MethodPatch, Delay: time.Hour}, 1, summaryOutcomeUnknown, "In Review"},
		"response after a change": {simulator.Fault{Method: http.MethodPatch, DelayAfter: time.Hour}, 1, summaryOutcomeUnknown, "Resubmitted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := startSimulator(t, simulator.Fixtures()...)
			api.Inject(test.held)
			server := newLeanServer(t)
			configureFor(t, server, api)
			ctx, cancel := context.WithCancel(t.Context())
			stream, err := server.InvokeAction(ctx, resubmissionRequest())
			if err != nil {
				t.Fatal(err)
			}
			delivered := make(chan []tfprotov6.InvokeActionEvent, 1)
			go func() { delivered <- eventsUntil(ctx, stream) }()
			for api.Count(test.held.Method) <= test.held.Skip {
				time.Sleep(time.Millisecond)
			}

			_, err = server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{})
			cancel()

			if err != nil {
				t.Error(err)
			}
			requireCompleted(t, <-delivered, test.summary)
			if got := api.Count(http.MethodPatch); got != test.patches {
				t.Errorf("%d PATCHes were sent, want %d", got, test.patches)
			}
			if session, _ := api.Session(simulator.SessionKYC); session.Status != test.status {
				t.Errorf("the session is %q, want %q", session.Status, test.status)
			}
		})
	}
}

func TestLeanServer_ActionAfterStopFails(t *testing.T) {
	t.Parallel()
	api := startSimulator(t, simulator.Fixtures()...)
	server := newLeanServer(t)
	configureFor(t, server, api)
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}

	_, err := server.InvokeAction(t.Context(), resubmissionRequest())

	if !errors.Is(err, errStopped) || len(api.Requests()) != 0 {
		t.Errorf("got %v after %d requests, want an error and no request", err, len(api.Requests()))
	}
}

// terraform-plugin-go reads the events of every action; another server may not.
func TestLeanServer_StopEndsWithItsContext(t *testing.T) {
	t.Parallel()
	server := newLeanServer(t)
	if _, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{ActionType: "no_such"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if _, err := server.StopProvider(ctx, &tfprotov6.StopProviderRequest{}); err != nil {
		t.Error(err)
	}
}

func startSimulator(t *testing.T, sessions ...simulator.Session) *simulator.Server {
	t.Helper()
	api, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	for _, session := range sessions {
		api.AddSession(session)
	}
	return api
}

func configureFor(t *testing.T, server tfprotov6.ProviderServer, api *simulator.Server) {
	t.Helper()
	configure(t, server, fmt.Sprintf(`{"base_url": %q, "api_key": %q}`, api.URL, simulator.DefaultAPIKey))
}

// eventsUntil returns the events that terraform-plugin-go passes on to Terraform.
func eventsUntil(ctx context.Context, stream *tfprotov6.InvokeActionServerStream) (events []tfprotov6.InvokeActionEvent) {
	for event := range stream.Events {
		if ctx.Err() != nil {
			return events
		}
		events = append(events, event)
	}
	return events
}

// requireCompleted checks that the last event completes the action with this error.
func requireCompleted(t *testing.T, events []tfprotov6.InvokeActionEvent, summary string) {
	t.Helper()
	if len(events) == 0 {
		t.Fatal("no event was sent")
	}
	completed, ok := events[len(events)-1].Type.(tfprotov6.CompletedInvokeActionEventType)
	if !ok || len(completed.Diagnostics) != 1 || completed.Diagnostics[0].Summary != summary {
		t.Errorf("the events end with %+v, want the error %q", events[len(events)-1], summary)
	}
}

// resubmissionRequest re-opens one step of [simulator.SessionKYC].
func resubmissionRequest() *tfprotov6.InvokeActionRequest {
	config := fmt.Sprintf(`{"session_id": %q, "nodes": [{"node_id": "feature_ocr_1", "feature_type": "OCR"}]}`, simulator.SessionKYC)
	return &tfprotov6.InvokeActionRequest{
		ActionType: "didit_session_resubmission",
		Config:     &tfprotov6.DynamicValue{JSON: []byte(config)},
	}
}

// A provider that was started with -debug serves several runs.
func TestLeanServer_ServesNextRunAfterStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := newLeanServer(t)
		if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
			t.Fatal(err)
		}
		configure(t, server, "{}")

		_, err := callReleasing(t.Context(), server, 0, func(during context.Context, _ int) (int, error) {
			synctest.Wait() // the context of a run that was stopped ends a moment later
			return 0, during.Err()
		})
		if err != nil {
			t.Errorf("the context of a call in the next run: %v", err)
		}
	})
}

// configure configures the provider with these arguments, as JSON.
func configure(t *testing.T, server tfprotov6.ProviderServer, arguments string) {
	t.Helper()
	config := tfprotov6.DynamicValue{JSON: []byte(arguments)}
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &config}); err != nil {
		t.Fatal(err)
	}
}

// The protocol server asserts optional interfaces of the provider's server.
func TestLeanServer_HidesNoMethodOfFramework(t *testing.T) {
	t.Parallel()
	framework := reflect.TypeOf(providerserver.NewProtocol6(New("test")())())
	lean := reflect.TypeFor[*leanServer]()
	for method := range framework.Methods() {
		if name := method.Name; !hasMethod(lean, name) {
			t.Errorf("the framework's server has a method %s that the wrapper hides", name)
		}
	}
	if framework.NumMethod() < 30 {
		t.Errorf("the framework's server has %d methods only", framework.NumMethod())
	}
}

func hasMethod(server reflect.Type, name string) bool {
	_, found := server.MethodByName(name)
	return found
}

func newLeanServer(t *testing.T) *leanServer {
	t.Helper()
	server, ok := NewServer("test")().(*leanServer)
	if !ok {
		t.Fatal("NewServer returns another type than leanServer")
	}
	return server
}

func TestQuietUnusedLogs_OnlyWithoutTFLog(t *testing.T) {
	for name, test := range map[string]struct {
		variable string
		isQuiet  bool
	}{
		"no variable":           {"", true},
		"TF_LOG":                {"TF_LOG", false},
		"TF_LOG_PROVIDER":       {"TF_LOG_PROVIDER", false},
		"TF_LOG_SDK":            {"TF_LOG_SDK", false},
		"TF_LOG_PROVIDER_DIDIT": {"TF_LOG_PROVIDER_DIDIT", false},
	} {
		t.Run(name, func(t *testing.T) {
			unsetLogVariables(t)
			if test.variable != "" {
				t.Setenv(test.variable, "TRACE")
			}

			QuietUnusedLogs()

			for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK"} {
				if isQuiet := os.Getenv(variable) == "OFF"; isQuiet != test.isQuiet {
					t.Errorf("%s is %q", variable, os.Getenv(variable))
				}
			}
		})
	}
}

// unsetLogVariables unsets all variables TF_LOG* until the test ends.
func unsetLogVariables(t *testing.T) {
	t.Helper()
	t.Setenv("TF_LOG_SDK", "")
	t.Setenv("TF_LOG_SDK_FRAMEWORK", "")
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") {
			t.Setenv(name, "")
		}
	}
}
