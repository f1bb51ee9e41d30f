// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
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

func TestTransportError_DescribesTheCause(t *testing.T) {
	t.Parallel()
	secure := newSecureServer(t)
	plain := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))
	silent := listen(t, func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })
	reset := listen(t, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	for name, test := range map[string]struct {
		address string
		changes []func(*Config)
		want    string
		unclear bool
	}{
		"refused":            {"http://" + unusedAddress(t), nil, "the connection was refused", true},
		"closed":             {"http://" + silent, nil, "the connection broke off", true},
		"reset":              {"http://" + reset, nil, "the connection broke off", true},
		"unknown authority":  {secure.URL, nil, "its TLS certificate is not valid for this host or not trusted by this machine", false},
		"no TLS":             {strings.Replace(plain.URL, "http://", "https://", 1), nil, "it does not support TLS, which https needs", false},
		"unknown host":       {"https://api.example.invalid", resolving(&net.DNSError{Err: "no such host", IsNotFound: true}), "the host name cannot be resolved", false},
		"no name server":     {"https://api.example.invalid", resolving(errors.New("no name server")), "the host name cannot be resolved", true},
		"dial times out":     {"https://api.example.invalid", dialling(&net.OpError{Op: "dial", Err: timeoutError{}}), "the connection timed out", true},
		"handshake too slow": {"https://api.example.invalid", dialling(timeoutError{}), "the connection timed out", true},
		"no route":           {"https://api.example.invalid", dialling(&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}), "the connection failed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, operation := range operations {
				failure := mustFail(t, operation(t.Context(), newTestClient(t, test.address, test.changes...)))

				host := test.address[strings.LastIndex(test.address, "/")+1:]
				if want := "No response came from " + host + ": " + test.want + "."; failure.Detail != want {
					t.Errorf("%s: %s, want %s (%v)", method, failure.Detail, want, failure.Err)
				}
				if failure.Kind != KindConnection || failure.StatusCode != 0 || failure.OutcomeUnknown != test.unclear || failure.Err == nil {
					t.Errorf("%s: %+v", method, failure)
				}
			}
		})
	}
}

func TestTransport_RejectsForeignCertificate(t *testing.T) {
	t.Parallel()
	secure := newSecureServer(t)
	trusting := func(config *Config) {
		transport := newTransport().(*http.Transport)
		transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		transport.TLSClientConfig.ServerName = "other.invalid"
		config.Transport = transport
	}

	failure := mustFail(t, operations[http.MethodGet](t.Context(), newTestClient(t, secure.URL, trusting)))

	var wrongHost x509.HostnameError
	if !errors.As(failure, &wrongHost) || !strings.Contains(failure.Detail, "certificate") || failure.OutcomeUnknown {
		t.Errorf("%v (unclear %t)", failure, failure.OutcomeUnknown)
	}
}

// newSecureServer has a certificate that nobody knows.
func newSecureServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(respondWith(http.StatusOK, nil, testReport))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func resolving(err error) []func(*Config) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	if _, notFound := errors.AsType[*net.DNSError](err); notFound {
		return dialling(&net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	return transporting(func(transport *http.Transport) { transport.DialContext = (&net.Dialer{Resolver: resolver}).DialContext })
}

func dialling(err error) []func(*Config) {
	return transporting(func(transport *http.Transport) {
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, err }
	})
}

func transporting(change func(*http.Transport)) []func(*Config) {
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
	answers := []http.HandlerFunc{
		respondWith(200, nil, testReport), respondWith(200, nil, testUpdated), respondWith(404, nil, `{"detail": "Not found."}`), respondWith(400, nil, `["no"]`),
		respondWith(429, nil, `{}`), respondWith(503, http.Header{"Content-Type": {"text/html"}}, "<p>Busy</p>"), respondWith(200, nil, testReport+"\n"),
	}
	n := 0
	server := newCountingServer(t, &opened, func(w http.ResponseWriter, r *http.Request) {
		answers[n%len(answers)](w, r)
		n++
	})
	client := newTestClient(t, server.URL)

	for range 2 * len(answers) {
		_, _ = client.RetrieveDecision(t.Context(), testSession)
		client.reads.pausedUntil = time.Time{} // a 429 need not be waited out here
	}

	if opened.Load() != 1 || n != 2*len(answers) {
		t.Errorf("%d requests one after the other opened %d connections, want 1", n, opened.Load())
	}
}

// A body that stays open keeps its connection for ever.
func TestClient_ClosesEveryBody(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		for _, answer := range []answerFunc{
			success, with(204, ""), with(200, "["), with(200, "[]"), with(200, html, "Content-Type", "text/html"), with(302, html, "Location", "/"),
			with(400, html, "Content-Type", "text/html"), with(404, `{"detail": "Not found."}`), with(429, "{}"), with(503, strings.Repeat("x", 2*maxErrorBytes)), with(101, ""),
		} {
			var body closing
			client := newTestClient(t, "https://api.example.invalid", through(transportFunc(func(r *http.Request) (*http.Response, error) {
				response, err := answer(r)
				body.ReadCloser = response.Body
				response.Body = &body
				return response, err
			})))

			err := operation(t.Context(), client)

			if body.closed != 1 {
				t.Errorf("%s: a body was closed %d times after %v", method, body.closed, err)
			}
		}
	}
}

type closing struct {
	io.ReadCloser
	closed int
}

func (c *closing) Close() error {
	c.closed++
	return c.ReadCloser.Close()
}

func TestTransport_OpensNoMoreConnectionsThanRequestsInFlight(t *testing.T) {
	t.Parallel()
	const parallel, waves = 40, 5
	var opened atomic.Int32
	arrived, goOn := make(chan struct{}), make(chan struct{})
	server := newCountingServer(t, &opened, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-goOn
		respondWith(http.StatusOK, nil, testReport)(w, r)
	})
	client := newTestClient(t, server.URL)

	for range waves {
		done := make(chan error)
		for range parallel {
			go func() { done <- operations[http.MethodGet](t.Context(), client) }()
		}
		for range parallel {
			<-arrived // so that all of them are under way at once
		}
		for range parallel {
			goOn <- struct{}{}
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

func newCountingServer(t *testing.T, opened *atomic.Int32, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(answer)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func TestError_IsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	failure := &Error{Kind: KindRateLimit, Method: http.MethodGet, Path: "/v3/", StatusCode: 429, Attempts: 6, Detail: "Slow down.", Err: cause}
	wrapped := fmt.Errorf("reading: %w", errors.Join(errors.New("first"), failure))

	if AsError(wrapped) != failure || !IsKind(wrapped, KindRateLimit) || !errors.Is(wrapped, cause) {
		t.Errorf("%v is not found in %v", failure, wrapped)
	}
	if IsKind(wrapped, KindServer) || IsKind(nil, KindRateLimit) || IsKind(cause, KindRateLimit) || IsKind(context.Canceled, 0) {
		t.Error("a kind is found where it is not")
	}
	if AsError(nil) != nil || AsError(cause) != nil {
		t.Error("an error of the client's is found where there is none")
	}
	if got, want := failure.Error(), "GET /v3/: 429 (6 attempts): Slow down."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
