// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// newTransport returns Go's default transport (proxies from the environment, TLS
// verified) with enough idle connections for Terraform's parallel requests.
func newTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConns = 100
	transport.MaxIdleConnsPerHost = 100
	// By default, the error does not show that the response came from a proxy.
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
		if response.StatusCode == http.StatusOK {
			return nil
		}
		return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New(response.Status)}
	}
	return transport
}

// The numbers of ECONNABORTED, ECONNRESET and ECONNREFUSED on Windows.
const (
	errWindowsAborted = syscall.Errno(10053)
	errWindowsReset   = syscall.Errno(10054)
	errWindowsRefused = syscall.Errno(10061)
)

// connectionProblem describes in a few words why there was no response, and
// reports whether another attempt may succeed.
func connectionProblem(err error) (problem string, transient bool) {
	var (
		unresolved  *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		noTLS       tls.RecordHeaderError
		operation   *net.OpError
		failure     net.Error
	)
	switch {
	// First, because a proxy's failure can wrap those of the next cases, which describe
	// the API's host.
	case errors.As(err, &operation) && operation.Op == "proxyconnect":
		return "the proxy that the environment names could not be used", true
	case errors.As(err, &unresolved):
		return "the host name cannot be resolved", !unresolved.IsNotFound
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &hostname):
		return "its TLS certificate is not valid for this host or not trusted by this machine", false
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &noTLS):
		return "it does not support TLS, which https needs", false
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errWindowsRefused):
		return "the connection was refused", true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, errWindowsReset), errors.Is(err, errWindowsAborted),
		errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection broke off", true
	case errors.As(err, &failure) && failure.Timeout():
		return "the connection timed out", true
	default:
		return "the connection failed", true
	}
}
