// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRedirect_IsNotFollowed(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		for _, status := range []int{301, 302, 303, 307, 308} {
			elsewhere := newFakeAPI(t, respondWith(http.StatusOK, nil, fullResponse(method)))
			api := newFakeAPI(t, respondWith(status, http.Header{"Location": {elsewhere.URL + "/v3/"}}, ""))
			client := newTestClient(t, api.URL, func(config *Config) { config.MaxRetries = 5 })

			failure := mustFail(t, operation(t.Context(), client))

			if failure.Kind != KindNotAPI || failure.OutcomeUnknown || failure.StatusCode != status {
				t.Errorf("%s answered %d: %v (kind %d, unclear %t)", method, status, failure, failure.Kind, failure.OutcomeUnknown)
			}
			if host := strings.TrimPrefix(elsewhere.URL, "http://"); !strings.Contains(failure.Detail, host) {
				t.Errorf("the error does not name the host %s: %s", host, failure)
			}
			if n := len(elsewhere.sent()); n > 0 {
				t.Errorf("%s answered %d: the other host got %d requests, and the key with them", method, status, n)
			}
			if n := len(api.sent()); n != 1 {
				t.Errorf("%s answered %d: sent %d times, want once", method, status, n)
			}
		}
	}
}

func TestRedirect_ErrorIsBoundedAndRedacted(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"nowhere":      "",
		"a path":       "/login/",
		"no URL":       "http://[::1/",
		"bad escape":   "http://a%zz/",
		"the key":      "https://" + testKey + ".example.com/" + testKey,
		"user info":    "https://" + testKey + ":" + testKey + "@example.com/",
		"a long host":  "https://" + strings.Repeat("long.", 20_000) + "example.com/",
		"odd letters":  "https://a%0Ab%1b[31m.example.com/",
		"another way":  "mailto:someone@example.com",
		"no scheme":    "//example.com/",
		"upper scheme": "HTTPS://EXAMPLE.COM/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(http.StatusFound, http.Header{"Location": {location}}, ""))
			client := newTestClient(t, api.URL, func(config *Config) { config.MaxRetries = 5 })

			failure := mustFail(t, operations[http.MethodGet](t.Context(), client))

			if failure.Kind != KindNotAPI || failure.StatusCode != http.StatusFound || len(api.sent()) != 1 {
				t.Errorf("%v (kind %d) after %d requests", failure, failure.Kind, len(api.sent()))
			}
			assertFit(t, failure, testKey)
		})
	}
}

// assertFit is for what may be shown: bounded, on one line, without the secret.
func assertFit(t *testing.T, failure *Error, secret string) {
	t.Helper()
	texts := []string{failure.Detail, failure.Error()}
	for field, messages := range failure.Fields {
		texts = append(append(texts, field), messages...)
	}
	for _, text := range texts {
		switch {
		case strings.Contains(text, secret):
			t.Errorf("it holds the credential: %s", text)
		case len([]rune(text)) > maxDetailRunes+300:
			t.Errorf("it is %d characters long: %.80s …", len([]rune(text)), text)
		case strings.ContainsAny(text, "\r\n\x00\x1b\u2028\u202e"):
			t.Errorf("it is not one plain line: %q", text)
		}
	}
}

// The body of a 101 is the bare connection, which no timeout ends.
func TestResponse_RejectsSwitchingProtocolsUnread(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		client := newTestClient(t, "https://api.example.invalid", through(transportFunc(func(r *http.Request) (*http.Response, error) {
			response := newResponse(r, http.StatusSwitchingProtocols, nil, "")
			response.Body = io.NopCloser(readerFunc(func([]byte) (int, error) {
				t.Errorf("%s: the body is read", method)
				return 0, io.EOF
			}))
			return response, nil
		})))

		failure := mustFail(t, operation(t.Context(), client))

		if failure.Kind != KindNotAPI || failure.StatusCode != http.StatusSwitchingProtocols {
			t.Errorf("%s: %v (kind %d)", method, failure, failure.Kind)
		}
	}
}

// listen serves each connection to a free port of this machine.
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
