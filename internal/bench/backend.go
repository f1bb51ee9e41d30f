// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// backend keeps states in memory, by path, for Terraform's backend "http". A pipeline's state is
// remote too. Into a local file, Terraform writes the whole state after each change,
// which costs more than everything that is measured here.
type backend struct {
	url    string
	server *http.Server

	mu     sync.Mutex
	states map[string][]byte
}

func startBackend() (*backend, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It listens at once.
	if err != nil {
		return nil, err
	}
	b := &backend{url: "http://" + listener.Addr().String(), states: map[string][]byte{}}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: time.Minute}
	go func() { _ = b.server.Serve(listener) }()
	return b, nil
}

// ServeHTTP stores and returns the state.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	state, found := b.states[r.URL.Path]
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == http.MethodPost:
		b.states[r.URL.Path] = content
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		_, _ = w.Write(state)
	}
}
