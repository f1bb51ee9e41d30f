// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// start serves the fixtures to one test.
func start(t *testing.T, options simulator.Options) *simulator.Server {
	t.Helper()
	server, err := simulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	return server
}

// result is a response that was read to its end.
type result struct {
	status int
	header http.Header
	body   string
}

// object is the body as a JSON object.
func (r result) object(t *testing.T) map[string]any {
	t.Helper()
	var decoded map[string]any
	if err := json.Unmarshal([]byte(r.body), &decoded); err != nil {
		t.Fatalf("no JSON object: %v\n%.300s", err, r.body)
	}
	return decoded
}

// client follows no redirect and keeps no connection, so that requests are independent.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type header map[string]string

// send makes one request with the default key unless the header says otherwise.
func send(t *testing.T, server *simulator.Server, method, path, body string, headers header) (result, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
		if value == "" {
			request.Header.Del(name)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		return result{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return result{response.StatusCode, response.Header, string(content)}, err
}

// do is send if a response has to come.
func do(t *testing.T, server *simulator.Server, method, path, body string, headers header) result {
	t.Helper()
	got, err := send(t, server, method, path, body, headers)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

func decisionPath(id string) string { return "/v3/session/" + id + "/decision/" }
func updatePath(id, node string) string {
	return "/v3/session/" + id + "/features/" + node + "/update-status/"
}

func get(t *testing.T, server *simulator.Server, path string) result {
	t.Helper()
	return do(t, server, http.MethodGet, path, "", nil)
}

func patch(t *testing.T, server *simulator.Server, id, node, body string) result {
	t.Helper()
	return do(t, server, http.MethodPatch, updatePath(id, node), body, nil)
}

// checkResponse compares a response's status, and its body as JSON.
func checkResponse(t *testing.T, got result, status int, body string) {
	t.Helper()
	if got.status != status {
		t.Errorf("status %d, want %d", got.status, status)
	}
	var gotValue, wantValue any
	if err := json.Unmarshal([]byte(body), &wantValue); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got.body), &gotValue); err != nil {
		t.Fatalf("no JSON: %.300s", got.body)
	}
	if g, w := canonical(gotValue), canonical(wantValue); g != w {
		t.Errorf("body %s, want %s", g, w)
	}
}

func canonical(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestBeforeResponse_RunsBeforeTheRequestIsExecuted(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	var seen []simulator.Request
	server.BeforeResponse(func(r simulator.Request) {
		seen = append(seen, r)
		server.BeforeResponse(nil)
		if err := server.DecideFeature(simulator.SessionKYC, "feature_ocr_1", "", "Approved", "meanwhile"); err != nil {
			t.Error(err)
		}
	})

	got := patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Approved"}`)

	checkResponse(t, got, 400, `{"new_status":"The new status is the same as the current status."}`)
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	if len(seen) != 1 || seen[0].Method != http.MethodPatch || seen[0].Status != 0 {
		t.Errorf("the hook saw %+v", seen)
	}
}

func TestAfterResponse_GetsTheStatusAndTheFault(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	seen := make(chan simulator.Request, 2)
	server.AfterResponse(func(r simulator.Request) { seen <- r })
	server.Inject(simulator.Fault{Name: "lost", Cut: simulator.CutReset})

	_, err := send(t, server, http.MethodGet, decisionPath(simulator.SessionKYC), "", nil)
	get(t, server, decisionPath(simulator.SessionKYC))

	if err == nil {
		t.Error("the first request has a response")
	}
	if r := <-seen; r.Status != 0 || r.Fault != "lost" {
		t.Errorf("cut request: %+v", r)
	}
	if r := <-seen; r.Status != 200 || r.Fault != "" {
		t.Errorf("request with a response: %+v", r)
	}
}

func TestListen_RefusesOtherAddressesThanLoopback(t *testing.T) {
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

func TestServer_MayBeClosedTwice(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	if !strings.HasPrefix(server.URL, "http://127.0.0.1:") {
		t.Errorf("URL %q", server.URL)
	}
	server.Close()
	server.Close()
	if _, err := send(t, server, http.MethodGet, "/", "", nil); err == nil {
		t.Error("it still responds")
	}
}
