// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// This file works around three costs and gaps of terraform-plugin-framework 1.19. The
// first and the last grow with the number of instances: together they are most of the
// memory and much of the time of a plan of thousands (make bench). When the framework
// has fixed them, delete this file: NewServer becomes providerserver.NewProtocol6.
//
//   - The framework registers a cancel function for every call until the provider
//     stops (internal/proto6server/serve.go), and each holds the whole chain of its
//     call's contexts, with requests and responses.
//   - Its StopProvider cancels the calls that it knows; one that arrives at the same
//     moment, as in an interrupted apply, would wait on.
//   - Without any TF_LOG variable, the SDK and the framework still format TRACE lines
//     for every call, which the CLI parses and drops (terraform-plugin-framework issues
//     721 and 1269).

// NewServer returns a factory of the provider's protocol server.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		server, ok := providerserver.NewProtocol6(New(version)())().(frameworkServer)
		if !ok {
			panic("terraform-plugin-framework no longer serves what lean_server.go wraps")
		}
		wrapped := &leanServer{frameworkServer: server}
		wrapped.renew()
		return wrapped
	}
}

// QuietUnusedLogs turns the SDK's own log lines off if no TF_LOG variable asks for
// logs. It changes the process's environment: call it first.
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

// frameworkServer is everything that the framework serves. The server of the protocol
// looks for these interfaces one by one: it would not find one that is missing here.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// leanServer gives the framework a context of its own for each call that is made once
// per instance. All other calls pass through, also those that outlive their return.
type leanServer struct {
	frameworkServer

	mu      sync.Mutex
	stopped context.Context //nolint:containedctx // It ends with a run of the CLI, not with a call.
	stop    context.CancelFunc
}

// StopProvider cancels every call of this run, also those that have not arrived yet.
func (s *leanServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	return s.frameworkServer.StopProvider(ctx, req)
}

// ConfigureProvider begins a run: a provider that is started with -debug serves several.
func (s *leanServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.renew()
	return s.frameworkServer.ConfigureProvider(ctx, req)
}

// renew replaces the context of a run that was stopped.
func (s *leanServer) renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped == nil || s.stopped.Err() != nil {
		s.stopped, s.stop = context.WithCancel(context.Background()) //nolint:forbidigo // It ends with StopProvider, or with the process.
	}
}

func (s *leanServer) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ValidateResourceConfig)
}

func (s *leanServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.UpgradeResourceState)
}

func (s *leanServer) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.UpgradeResourceIdentity)
}

func (s *leanServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ReadResource)
}

func (s *leanServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.PlanResourceChange)
}

func (s *leanServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ApplyResourceChange)
}

func (s *leanServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ImportResourceState)
}

func (s *leanServer) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ValidateDataResourceConfig)
}

func (s *leanServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return callReleasing(ctx, s, req, s.frameworkServer.ReadDataSource)
}

// callReleasing makes a call with a context that ends with the caller's or when the run
// is stopped, and that releases the caller's context when the call returns.
func callReleasing[Request, Response any](ctx context.Context, server *leanServer, request Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	server.mu.Lock()
	stopped := server.stopped
	server.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(stopped, cancel)()
	releasing := &releasingContext{done: ctx.Done()}
	releasing.parent.Store(&ctx)
	defer releasing.parent.Store(nil)
	return call(releasing, request)
}

// releasingContext is its parent until the call returns, and an empty, cancelled
// context afterwards.
type releasingContext struct {
	parent atomic.Pointer[context.Context]
	done   <-chan struct{}
}

func (c *releasingContext) Deadline() (time.Time, bool) {
	if parent := c.parent.Load(); parent != nil {
		return (*parent).Deadline()
	}
	return time.Time{}, false
}

func (c *releasingContext) Done() <-chan struct{} { return c.done }

func (c *releasingContext) Err() error {
	if parent := c.parent.Load(); parent != nil {
		return (*parent).Err()
	}
	return context.Canceled
}

func (c *releasingContext) Value(key any) any {
	if parent := c.parent.Load(); parent != nil {
		return (*parent).Value(key)
	}
	return nil
}
