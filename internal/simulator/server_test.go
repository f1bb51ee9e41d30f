// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestItListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true, ":0": true, "192.0.2.1:0": true, "example.com:0": true, "[::]:0": true,
	} {
		server, err := simulator.Listen(address, simulator.New(simulator.Options{}))
		if errors.Is(err, simulator.ErrNotLoopback) != refused || !refused && err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if server != nil {
			server.Close()
		}
	}
	if _, err := simulator.Listen("127.0.0.1", nil); err == nil {
		t.Error("an address without a port was accepted")
	}
}

func TestCloseMayBeCalledTwice(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	if !strings.HasPrefix(server.URL, "http://127.0.0.1:") {
		t.Errorf("URL %q", server.URL)
	}
	server.Close()
	server.Close()
	if _, err := send(t, server, http.MethodGet, "/", "", nil); err == nil {
		t.Error("it still answers")
	}
}
