// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// This file works around three problems of terraform-plugin-framework 1.19, and one of
// terraform-plugin-go 0.31. The first and the third cost most of the memory and much of
// the time of a plan with thousands of instances (make bench). When they are fixed, delete
// this file and use providerserver.NewProtocol6 instead of NewServer.
//
//   - The framework keeps a cancel function for every call until the provider stops
//     (internal/proto6server/serve.go), and with it the call's contexts, request and
//     response.
//   - Its StopProvider does not cancel calls that arrive at the same moment, as in an
//     interrupted apply.
//   - Without any TF_LOG variable, the SDK and the framework still format TRACE lines
//     for every call, which the CLI parses and drops (terraform-plugin-framework issues
//     721 and 1269).
//   - terraform-plugin-go drops the last event of an action, with its errors, when
//     StopProvider has returned (tfprotov6/tf6server/server.go, InvokeAction). An
//     interrupted action then ended with "Apply complete!" and exit code 0, whether Didit
//     had deleted the data or nothing was sent.

// NewServer returns a factory of the provider's protocol server.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		server, ok := providerserver.NewProtocol6(New(version)())().(frameworkServer)
		if !ok {
			panic("terraform-plugin-framework does not implement the interfaces in lean_server.go")
		}
		wrapped := &leanServer{frameworkServer: server, run: newRun()}
		return wrapped
	}
}

// QuietUnusedLogs turns off the SDK's own log lines if no TF_LOG variable enables logs.
// Call it first, because it changes the environment of the process.
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

// frameworkServer has all interfaces that the framework's server implements. The protocol
// server asserts each of them, and would not find one that is missing here.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// leanServer replaces the context of each call that Terraform makes once per instance,
// and waits for actions before it stops. It passes other calls on unchanged.
type leanServer struct {
	frameworkServer

	mu  sync.Mutex
	run *run
}

// run is one run of the CLI, from ConfigureProvider to StopProvider.
type run struct {
	stopped context.Context //nolint:containedctx // It ends with the run, not with a call.
	stop    context.CancelFunc
	actions sync.WaitGroup // the actions whose events have not ended
}

func newRun() *run {
	stopped, stop := context.WithCancel(context.Background()) //nolint:forbidigo // It ends with StopProvider, or with the process.
	return &run{stopped: stopped, stop: stop}
}

// StopProvider cancels all calls of this run, including those that arrive later. It
// returns when the events of all actions were sent, or when its context ends.
func (s *leanServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.mu.Lock()
	stopped := s.run
	stopped.stop()
	s.mu.Unlock()
	resp, err := s.frameworkServer.StopProvider(ctx, req)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		stopped.actions.Wait()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return resp, err
}

// ConfigureProvider begins a run. A provider that was started with -debug serves several.
func (s *leanServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mu.Lock()
	if s.run.stopped.Err() != nil {
		s.run = newRun()
	}
	s.mu.Unlock()
	return s.frameworkServer.ConfigureProvider(ctx, req)
}

// errStopped is not an event, because terraform-plugin-go might drop it.
var errStopped = errors.New("interrupted before the action began: nothing was sent")

// InvokeAction makes StopProvider wait until the action's events have ended.
func (s *leanServer) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	s.mu.Lock()
	current := s.run
	isStopped := current.stopped.Err() != nil
	if !isStopped {
		current.actions.Add(1)
	}
	s.mu.Unlock()
	if isStopped {
		return nil, errStopped
	}
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(current.stopped, cancel)
	end := func() {
		release()
		cancel()
		current.actions.Done()
	}
	stream, err := s.frameworkServer.InvokeAction(ctx, req)
	if err != nil {
		end()
		return nil, err
	}
	events := stream.Events
	stream.Events = func(push func(tfprotov6.InvokeActionEvent) bool) {
		defer end()
		events(push)
	}
	return stream, nil
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

// callReleasing calls the framework with a context that ends with the caller's or when
// the run is stopped, and that releases the caller's context when the call returns.
func callReleasing[Request, Response any](ctx context.Context, server *leanServer, request Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	server.mu.Lock()
	stopped := server.run.stopped
	server.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(stopped, cancel)()
	releasing := &releasingContext{done: ctx.Done()}
	releasing.parent.Store(&ctx)
	defer releasing.parent.Store(nil)
	return call(releasing, request)
}

// releasingContext behaves like its parent until the call returns, and like an empty,
// cancelled context afterwards.
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
