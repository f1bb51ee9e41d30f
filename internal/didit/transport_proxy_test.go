// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// childAddress is the environment variable that makes this test program read a
// decision from its address and print the outcome. Go reads the proxies from the
// environment once per process, so each test of them needs a child process.
const childAddress = "DIDIT_TEST_CHILD_ADDRESS"

type childOutcome struct{ Status, Detail string }

// TestMain runs the tests, or the child.
func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		_ = json.NewEncoder(os.Stdout).Encode(readAsChild(address)) //nolint:forbidigo // to the parent
		return
	}
	os.Exit(m.Run())
}

func readAsChild(address string) (outcome childOutcome) {
	base, err := url.Parse(address)
	if err != nil {
		return childOutcome{Detail: err.Error()}
	}
	client := New(Config{BaseURL: base, APIKey: testKey, RequestTimeout: 30 * time.Second, ReadsPerMinute: 10, WritesPerMinute: 10})
	decision, err := client.RetrieveDecision(context.Background(), testSession)
	if failure := AsError(err); failure != nil {
		return childOutcome{Detail: failure.Detail}
	}
	return childOutcome{Status: decision.Status}
}

// runChild reads a decision from an address in a child process whose environment has
// these proxies only.
func runChild(t *testing.T, address string, proxies ...string) (outcome childOutcome) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			child.Env = append(child.Env, variable)
		}
	}
	child.Env = append(append(child.Env, childAddress+"="+address), proxies...)
	output, err := child.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(output, &outcome); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return outcome
}

func TestTransport_UsesProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	proxy := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))

	outcome := runChild(t, "http://api.example.invalid", "HTTP_PROXY="+proxy.URL)

	if outcome.Status != StatusInReview {
		t.Errorf("%+v, want the proxy's report", outcome)
	}
	if sent := proxy.received(); len(sent) != 1 || sent[0].URL.Host != "api.example.invalid" {
		t.Errorf("the proxy received %v", sent)
	}
}

func TestTransport_ReachesLoopbackWithoutProxy(t *testing.T) {
	t.Parallel()
	proxy := newFakeAPI(t, respondWith(http.StatusBadGateway, nil, ""))
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))

	outcome := runChild(t, api.URL, "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL)

	if n := len(proxy.received()); n != 0 || outcome.Status != StatusInReview {
		t.Errorf("the proxy received %d requests; %+v", n, outcome)
	}
}

func TestTransport_NamesFailingProxyAndSendsItNoKey(t *testing.T) {
	t.Parallel()
	var received atomic.Value
	refusing := listen(t, func(conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err == nil {
			var head strings.Builder
			_ = request.Write(&head)
			received.Store(request.Method + " " + request.Host + "\n" + head.String())
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
	})
	for name, proxy := range map[string]string{
		"refuses":     "http://user:password@" + refusing,
		"unreachable": "http://" + unusedAddress(t),
		"without TLS": "https://" + refusing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome := runChild(t, "https://api.example.invalid", "HTTPS_PROXY="+proxy)

			if want := "No response came from api.example.invalid: the proxy that the environment names could not be used."; outcome.Detail != want {
				t.Errorf("%+v, want %s", outcome, want)
			}
		})
	}
	t.Cleanup(func() {
		head, _ := received.Load().(string)
		if !strings.HasPrefix(head, "CONNECT api.example.invalid:443") || strings.Contains(head, testKey) {
			t.Errorf("the proxy received %q, want a CONNECT without the key", head)
		}
	})
}
