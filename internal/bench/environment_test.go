// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// installed is a CLI with a provider.
type installed struct {
	cli *terraformcli.CLI
	// executable is the provider's.
	executable string
}

// builds are the providers that were built so far, by package.
var builds = struct {
	sync.Mutex
	folder   string
	bySource map[string]installed
}{bySource: map[string]installed{}}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(builds.folder)
	os.Exit(code)
}

// install builds a provider once.
func install(tb testing.TB, source string) installed {
	tb.Helper()
	builds.Lock()
	defer builds.Unlock()
	if found, ok := builds.bySource[source]; ok {
		return found
	}
	if builds.folder == "" {
		folder, err := os.MkdirTemp("", "didit-bench-") //nolint:usetesting // It outlives the first benchmark.
		require(tb, err)
		// The kernel shows executables under their real paths.
		builds.folder, err = filepath.EvalSymlinks(folder)
		require(tb, err)
	}
	folder := filepath.Join(builds.folder, filepath.Base(source))
	require(tb, os.MkdirAll(folder, 0o700))
	cli, executable, err := terraformcli.NewInstalled(context.WithoutCancel(tb.Context()), folder, source)
	require(tb, err)
	builds.bySource[source] = installed{cli, executable}
	return builds.bySource[source]
}

// startBackend keeps a state in memory for Terraform's backend "http". A pipeline's state
// is remote too. Into a local file, Terraform writes the whole state after each change,
// which costs more than all that is measured here.
func startBackend() *httptest.Server {
	var mu sync.Mutex
	var state []byte
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodPost:
			state, _ = io.ReadAll(r.Body)
		case state == nil:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write(state)
		}
	}))
}

func require(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
