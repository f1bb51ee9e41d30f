// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type contextKey struct{}

// ballast stands for all that hangs on the context of a call.
type ballast [1 << 10]byte

func TestFrameworkDoesNotKeepWhatHangsOnTheContextOfACall(t *testing.T) {
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

			kept := callWithBallast(t, server, call)
			runtime.GC()

			if kept.Value() != nil {
				t.Error("the context of a call that has returned is still held: is it wrapped in lean_server.go?")
			}
			runtime.KeepAlive(server)
		})
	}
}

// callWithBallast makes a call whose context nobody else holds afterwards.
func callWithBallast(t *testing.T, server tfprotov6.ProviderServer, call func(context.Context, tfprotov6.ProviderServer) error) weak.Pointer[ballast] {
	t.Helper()
	weight := new(ballast)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), contextKey{}, weight))
	defer cancel()
	if err := call(ctx, server); err != nil {
		t.Fatal(err)
	}
	return weak.Make(weight)
}

func TestLentContextIsTheLendersUntilTheCallReturns(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), contextKey{}, "value"), time.Hour)
	defer cancel()
	var lent context.Context

	_, err := lend(ctx, t.Context(), 0, func(during context.Context, _ int) (int, error) {
		lent = during
		deadline, hasDeadline := during.Deadline()
		wanted, _ := ctx.Deadline()
		if during.Value(contextKey{}) != "value" || !hasDeadline || !deadline.Equal(wanted) || during.Err() != nil {
			t.Error("during the call the context is not the lender's")
		}
		cancel()
		<-during.Done()
		return 0, during.Err()
	})

	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelling the lender's context gave %v during the call, want context.Canceled", err)
	}
	if _, hasDeadline := lent.Deadline(); lent.Value(contextKey{}) != nil || hasDeadline || !errors.Is(lent.Err(), context.Canceled) {
		t.Error("after the call the context still is the lender's")
	}
}

func TestContextsMadeOfALentOneEndWithTheLender(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := lend(ctx, t.Context(), 0, func(during context.Context, _ int) (int, error) {
			child, leave := context.WithCancel(during)
			defer leave()
			<-child.Done()
			return 0, child.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the child ended with %v, want context.Canceled", err)
		}
	})
}

func TestStopEndsCallsThatAreUnderWayAndCallsThatArriveLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wait := func(during context.Context, _ int) (int, error) {
			<-during.Done()
			return 0, during.Err()
		}
		server, ok := NewServer("test")().(leanServer)
		if !ok {
			t.Fatal("NewServer gives no leanServer")
		}
		ended := make(chan error, 1)
		go func() {
			_, err := lend(t.Context(), server.stopped, 0, wait)
			ended <- err
		}()
		synctest.Wait()

		_, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{})
		_, later := lend(t.Context(), server.stopped, 0, wait)

		if err != nil || !errors.Is(<-ended, context.Canceled) || !errors.Is(later, context.Canceled) {
			t.Errorf("stopping gave %v, and the call after it ended with %v", err, later)
		}
	})
}

func TestLogsAreQuietOnlyWhereNobodyAskedForThem(t *testing.T) {
	for name, test := range map[string]struct {
		asked string
		quiet bool
	}{
		"nobody asked":          {"", true},
		"TF_LOG":                {"TF_LOG", false},
		"TF_LOG_PROVIDER":       {"TF_LOG_PROVIDER", false},
		"TF_LOG_SDK":            {"TF_LOG_SDK", false},
		"TF_LOG_PROVIDER_DIDIT": {"TF_LOG_PROVIDER_DIDIT", false},
	} {
		t.Run(name, func(t *testing.T) {
			forgetLogVariables(t)
			if test.asked != "" {
				t.Setenv(test.asked, "TRACE")
			}

			QuietUnusedLogs()

			for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK"} {
				if quiet := os.Getenv(variable) == "OFF"; quiet != test.quiet {
					t.Errorf("%s is %q", variable, os.Getenv(variable))
				}
			}
		})
	}
}

// forgetLogVariables unsets what this process was started with, until the test ends.
func forgetLogVariables(t *testing.T) {
	t.Helper()
	t.Setenv("TF_LOG_SDK", "")
	t.Setenv("TF_LOG_SDK_FRAMEWORK", "")
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") {
			t.Setenv(name, "")
		}
	}
}
