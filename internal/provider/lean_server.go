// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// This file takes off the framework what has nothing to do with this provider. The
// first and the last grow with the number of instances: together they are most of
// the memory and a good part of the time of a plan of thousands (make bench). It
// can be deleted when the framework has mended them; NewServer then becomes
// providerserver.NewProtocol6.
//
//   - terraform-plugin-framework 1.19 registers a cancel function for every call
//     until the provider stops (internal/proto6server/serve.go), and each holds
//     the whole chain of its call's contexts, requests and responses included.
//   - Its StopProvider cancels the calls that it knows; one that arrives at the
//     same moment, as in an interrupted apply, would wait on.
//   - Without any TF_LOG variable the SDK and the framework still format lines
//     at TRACE for every call, and the CLI parses and drops them
//     (terraform-plugin-framework issues 721 and 1269).

// NewServer gives the factory of a protocol server of that version's provider.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		server, ok := providerserver.NewProtocol6(New(version)())().(frameworkServer)
		if !ok {
			panic("terraform-plugin-framework no longer serves what lean_server.go wraps")
		}
		stopped, stop := context.WithCancel(context.Background()) //nolint:forbidigo // It ends with the process, or with StopProvider.
		return leanServer{server, stopped, stop}
	}
}

// QuietUnusedLogs turns the SDK's own log lines off if nobody asked for logs by
// a TF_LOG variable. It changes the process's environment: call it first.
func QuietUnusedLogs() {
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "TF_LOG") && value != "" {
			return
		}
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK"} {
		// Setting a variable of a valid name cannot fail.
		_ = os.Setenv(name, "OFF")
	}
}

// frameworkServer is what the framework serves and this provider uses.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
}

// leanServer lends the framework a context for each call that is made once per
// instance. The others, and list resources, whose calls outlive their return,
// pass through.
type leanServer struct {
	frameworkServer
	stopped context.Context //nolint:containedctx // It is the server's own life.
	stop    context.CancelFunc
}

// StopProvider cancels every call, also those that have not arrived yet.
func (s leanServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.stop()
	return s.frameworkServer.StopProvider(ctx, req)
}

func (s leanServer) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ValidateResourceConfig)
}

func (s leanServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.UpgradeResourceState)
}

func (s leanServer) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.UpgradeResourceIdentity)
}

func (s leanServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ReadResource)
}

func (s leanServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.PlanResourceChange)
}

func (s leanServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ApplyResourceChange)
}

func (s leanServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ImportResourceState)
}

func (s leanServer) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ValidateDataResourceConfig)
}

func (s leanServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return lend(ctx, s.stopped, req, s.frameworkServer.ReadDataSource)
}

// lend makes a call with a context that ends with the caller's or when the server
// is stopped, and lets go of the caller's when the call returns.
func lend[Request, Response any](ctx, stopped context.Context, request Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(stopped, cancel)()
	lent := &lentContext{done: ctx.Done()}
	lent.lender.Store(&ctx)
	defer lent.lender.Store(nil)
	return call(lent, request)
}

// lentContext is the lender's context as long as the call lasts, and an empty,
// ended one from then on.
type lentContext struct {
	lender atomic.Pointer[context.Context]
	done   <-chan struct{}
}

func (c *lentContext) Deadline() (time.Time, bool) {
	if lender := c.lender.Load(); lender != nil {
		return (*lender).Deadline()
	}
	return time.Time{}, false
}

func (c *lentContext) Done() <-chan struct{} { return c.done }

func (c *lentContext) Err() error {
	if lender := c.lender.Load(); lender != nil {
		return (*lender).Err()
	}
	return context.Canceled
}

func (c *lentContext) Value(key any) any {
	if lender := c.lender.Load(); lender != nil {
		return (*lender).Value(key)
	}
	return nil
}
