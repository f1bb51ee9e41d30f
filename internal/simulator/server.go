// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is a simulator that listens on a loopback address.
type Server struct {
	*Simulator
	// URL is the base address, without a trailing slash.
	URL string

	http *http.Server
	done chan struct{}
}

// Start makes a simulator and listens on a free port of 127.0.0.1. The error is the network's.
func Start(options Options) (*Server, error) {
	return Listen("127.0.0.1:0", New(options))
}

// ErrNotLoopback is what Listen says to an address that other machines could reach.
var ErrNotLoopback = errors.New("the simulator listens on a loopback address only")

// Listen serves a simulator on an address such as "127.0.0.1:8080"; port 0 is a free one. The host must be a loopback
// address or "localhost": the error is ErrNotLoopback, or the network's.
func Listen(address string, simulator *Simulator) (*Server, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listening on %q: %w", address, ErrNotLoopback)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	server := &Server{
		Simulator: simulator,
		URL:       "http://" + listener.Addr().String(),
		http:      &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second},
		done:      make(chan struct{}),
	}
	go func() {
		defer close(server.done)
		_ = server.http.Serve(listener) // ends when Close closes the listener
	}()
	return server, nil
}

// Close stops listening and breaks off what is under way. It may be called more than once.
func (s *Server) Close() {
	_ = s.http.Close()
	<-s.done
}
