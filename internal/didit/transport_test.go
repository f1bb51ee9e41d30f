// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestTransportError_DescribesCause(t *testing.T) {
	t.Parallel()
	secure := newSecureServer(t)
	plain := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))
	closing := listen(t, func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })
	resetting := listen(t, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	for name, test := range map[string]struct {
		address        string
		changes        []func(*Config)
		want           string
		outcomeUnknown bool
	}{
		"refused":            {"http://" + unusedAddress(t), nil, "the connection was refused", true},
		"closed":             {"http://" + closing, nil, "the connection broke off", true},
		"reset":              {"http://" + resetting, nil, "the connection broke off", true},
		"unknown authority":  {secure.URL, nil, "its TLS certificate is not valid for this host or not trusted by this machine", false},
		"no TLS":             {strings.Replace(plain.URL, "http://", "https://", 1), nil, "it does not support TLS, which https needs", false},
		"unknown host":       {testURL, dialError(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}), "the host name cannot be resolved", false},
		"no name server":     {testURL, resolverError(errors.New("no name server")), "the host name cannot be resolved", true},
		"dial times out":     {testURL, dialError(&net.OpError{Op: "dial", Err: timeoutError{}}), "the connection timed out", true},
		"handshake too slow": {testURL, dialError(timeoutError{}), "the connection timed out", true},
		"no route":           {testURL, dialError(&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}), "the connection failed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, operation := range operations {
				failure := requireError(t, operation(t.Context(), newTestClient(t, test.address, test.changes...)))

				host := test.address[strings.LastIndex(test.address, "/")+1:]
				if want := "No response came from " + host + ": " + test.want + "."; failure.Detail != want {
					t.Errorf("%s: %s, want %s (%v)", method, failure.Detail, want, failure.Err)
				}
				if failure.Kind != KindConnection || failure.StatusCode != 0 || failure.OutcomeUnknown != test.outcomeUnknown || failure.Err == nil {
					t.Errorf("%s: %+v", method, failure)
				}
			}
		})
	}
}

func TestTransport_RejectsCertificateOfAnotherHost(t *testing.T) {
	t.Parallel()
	secure := newSecureServer(t)
	trustServer := func(config *Config) {
		transport := newTransport().(*http.Transport)
		transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		transport.TLSClientConfig.ServerName = "other.invalid"
		config.Transport = transport
	}

	failure := requireError(t, operations[http.MethodGet](t.Context(), newTestClient(t, secure.URL, trustServer)))

	var wrongHost x509.HostnameError
	if !errors.As(failure, &wrongHost) || !strings.Contains(failure.Detail, "certificate") || failure.OutcomeUnknown {
		t.Errorf("%v (outcome unknown %t)", failure, failure.OutcomeUnknown)
	}
}

// newSecureServer starts an HTTPS server whose certificate no client trusts.
func newSecureServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(respondWith(http.StatusOK, nil, testReport))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// unusedAddress returns an address that refuses connections.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func resolverError(err error) []func(*Config) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	return changeTransport(func(transport *http.Transport) { transport.DialContext = (&net.Dialer{Resolver: resolver}).DialContext })
}

func dialError(err error) []func(*Config) {
	return changeTransport(func(transport *http.Transport) {
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, err }
	})
}

func changeTransport(change func(*http.Transport)) []func(*Config) {
	return []func(*Config){func(config *Config) {
		transport := newTransport().(*http.Transport)
		transport.Proxy = nil
		change(transport)
		config.Transport = transport
	}}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "too slow" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestTransport_ReusesConnections(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	responses := []http.HandlerFunc{
		respondWith(200, nil, testReport), respondWith(200, nil, testUpdated), respondWith(404, nil, `{"detail": "Not found."}`), respondWith(400, nil, `["no"]`),
		respondWith(429, nil, `{}`), respondWith(503, http.Header{"Content-Type": {"text/html"}}, "<p>Busy</p>"), respondWith(200, nil, testReport+"\n"),
	}
	n := 0
	server := newCountingServer(t, &opened, func(w http.ResponseWriter, r *http.Request) {
		responses[n%len(responses)](w, r)
		n++
	})
	client := newTestClient(t, server.URL)

	for range 2 * len(responses) {
		_, _ = client.RetrieveDecision(t.Context(), testSession)
		client.reads.pausedUntil = time.Time{} // do not wait after the 429
	}

	if opened.Load() != 1 || n != 2*len(responses) {
		t.Errorf("%d requests one after the other opened %d connections, want 1", n, opened.Load())
	}
}

func TestTransport_OpensNoMoreConnectionsThanRequestsInFlight(t *testing.T) {
	t.Parallel()
	const parallel, waves = 40, 5
	var opened atomic.Int32
	arrived, proceed := make(chan struct{}), make(chan struct{})
	server := newCountingServer(t, &opened, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-proceed
		respondWith(http.StatusOK, nil, testReport)(w, r)
	})
	client := newTestClient(t, server.URL)

	for range waves {
		done := make(chan error)
		for range parallel {
			go func() { done <- operations[http.MethodGet](t.Context(), client) }()
		}
		for range parallel {
			<-arrived // so that all of them are in flight at once
		}
		for range parallel {
			proceed <- struct{}{}
		}
		for range parallel {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}

	if n := opened.Load(); n != parallel {
		t.Errorf("%d waves of %d requests opened %d connections, want %d", waves, parallel, n, parallel)
	}
}

// newCountingServer starts a server that counts new connections.
func newCountingServer(t *testing.T, opened *atomic.Int32, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// listen serves connections to a free port of this machine.
func listen(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_ = conn.SetDeadline(time.Now().Add(time.Minute))
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}
