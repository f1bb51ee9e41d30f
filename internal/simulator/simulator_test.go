// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
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

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// object is the body as a JSON object.
func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var decoded map[string]any
	if err := json.Unmarshal([]byte(r.body), &decoded); err != nil {
		t.Fatalf("no JSON object: %v\n%.300s", err, r.body)
	}
	return decoded
}

// client follows no redirect and keeps no connection, so that each request stands alone.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type header map[string]string

// send makes one request with the default key unless the header says otherwise.
func send(t *testing.T, server *simulator.Server, method, path, body string, headers header) (reply, error) {
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
		return reply{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(content)}, err
}

// ask is send where an answer must come.
func ask(t *testing.T, server *simulator.Server, method, path, body string, headers header) reply {
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

func get(t *testing.T, server *simulator.Server, path string) reply {
	t.Helper()
	return ask(t, server, http.MethodGet, path, "", nil)
}

func patch(t *testing.T, server *simulator.Server, id, node, body string) reply {
	t.Helper()
	return ask(t, server, http.MethodPatch, updatePath(id, node), body, nil)
}

// want compares an answer's status and its body as JSON.
func want(t *testing.T, got reply, status int, body string) {
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

func TestBeforeResponseRunsBetweenReadingAndCarryingOut(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	var seen []simulator.Request
	server.BeforeResponse(func(r simulator.Request) {
		seen = append(seen, r)
		server.BeforeResponse(nil)
		if err := server.Decide(simulator.SessionKYC, "feature_ocr_1", "", "Approved", "meanwhile"); err != nil {
			t.Error(err)
		}
	})

	got := patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Approved"}`)

	want(t, got, 400, `{"new_status":"The new status is the same as the current status."}`)
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	if len(seen) != 1 || seen[0].Method != http.MethodPatch || seen[0].Status != 0 {
		t.Errorf("the hook saw %+v", seen)
	}
}

func TestAfterAnswerSeesTheStatusAndTheFault(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	seen := make(chan simulator.Request, 2)
	server.AfterAnswer(func(r simulator.Request) { seen <- r })
	server.Inject(simulator.Fault{Name: "lost", Cut: simulator.CutReset})

	_, err := send(t, server, http.MethodGet, decisionPath(simulator.SessionKYC), "", nil)
	get(t, server, decisionPath(simulator.SessionKYC))

	if err == nil {
		t.Error("the first request was answered")
	}
	if r := <-seen; r.Status != 0 || r.Fault != "lost" {
		t.Errorf("cut request: %+v", r)
	}
	if r := <-seen; r.Status != 200 || r.Fault != "" {
		t.Errorf("answered request: %+v", r)
	}
}
