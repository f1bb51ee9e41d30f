// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestTrafficRecorder_WritesEachDistinctExchangeOnceWithoutCredential(t *testing.T) {
	t.Parallel()
	r := newRecording(t)

	// Given the same read twice, a change, and a response that a fault makes
	r.send(http.MethodGet, decisionPath(simulator.SessionKYC), "")
	r.send(http.MethodGet, decisionPath(simulator.SessionKYC), "")
	r.send(http.MethodPatch, "/v3/session/"+simulator.SessionKYC+"/features/feature_ocr_1/update-status/", `{"new_status":"Declined"}`)
	r.Inject(simulator.Fault{Status: http.StatusBadGateway, Body: "<html>"})
	r.send(http.MethodGet, "/v3/sessions/?limit=1", "")
	r.Inject(simulator.Fault{Cut: simulator.CutReset, Method: http.MethodPatch})
	r.send(http.MethodPatch, "/v3/session/"+simulator.SessionKYC+"/features/feature_ocr_1/update-status/", `{"new_status":"Approved"}`)

	// When it is recorded
	exchanges, text := r.recorded()

	// Then
	var lines []string
	for _, e := range exchanges {
		lines = append(lines, fmt.Sprintf("%s %s %s %d %t", e.Method, e.URL[:min(12, len(e.URL))], e.RequestBody, e.Status, e.Injected))
	}
	want := []string{
		"GET /v3/session/  200 false",
		`PATCH /v3/session/ {"new_status":"Declined"} 200 false`,
		"GET /v3/sessions  502 true",
		`PATCH /v3/session/ {"new_status":"Approved"} 0 true`,
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("recorded\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(exchanges[0].Body, `"id_verifications"`) || exchanges[2].Body != "<html>" {
		t.Error("the bodies are not those of the responses")
	}
	if strings.Contains(text, simulator.DefaultAPIKey) || !strings.Contains(text, "(a credential)") {
		t.Error("the recording holds the key, or does not say that there was one")
	}
}

func TestTrafficRecorder_WritesEveryRequestButOnlySomeBodies(t *testing.T) {
	t.Parallel()
	r := newRecording(t)
	const sessions = 130
	for i := range sessions {
		id := fmt.Sprintf("33333333-2222-4333-8444-%012d", i)
		r.AddSession(simulator.Session{ID: id})
		r.send(http.MethodGet, decisionPath(id), "")
	}

	exchanges, _ := r.recorded()

	bodies := 0
	for _, e := range exchanges {
		if e.WithoutBody == (e.Body != "") {
			t.Errorf("%s: without a body is %t, of %d bytes", e.URL, e.WithoutBody, len(e.Body))
		}
		if e.Body != "" {
			bodies++
		}
	}
	if len(exchanges) != sessions || bodies != 100 {
		t.Errorf("%d exchanges and %d bodies were recorded, want %d and 100", len(exchanges), bodies, sessions)
	}
}

func TestTrafficRecorder_WithoutFolderRecordsNothing(t *testing.T) {
	t.Parallel()
	traffic, err := simulator.RecordTraffic("", "nothing")
	if traffic != nil || err != nil || traffic.Close() != nil {
		t.Errorf("%v, %v, want no recording", traffic, err)
	}
}

// recording is a simulator whose traffic is recorded.
type recording struct {
	*simulator.Server
	t       *testing.T
	folder  string
	traffic *simulator.TrafficRecorder
}

func newRecording(t *testing.T) *recording {
	t.Helper()
	folder := t.TempDir()
	traffic, err := simulator.RecordTraffic(folder, t.Name()+"/a b")
	if err != nil {
		t.Fatal(err)
	}
	server, err := simulator.Start(simulator.Options{Traffic: traffic})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	return &recording{server, t, folder, traffic}
}

// send does not mind a connection that is cut.
func (r *recording) send(method, path, body string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// recorded ends the recording and reads it.
func (r *recording) recorded() (exchanges []simulator.Exchange, text string) {
	r.t.Helper()
	r.Close()
	if err := r.traffic.Close(); err != nil {
		r.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(r.folder, r.t.Name()+"_a_b.*.jsonl"))
	if err != nil || len(files) != 1 {
		r.t.Fatalf("%v, %v, want one file", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var exchange simulator.Exchange
		if err := json.Unmarshal([]byte(line), &exchange); err != nil {
			r.t.Fatalf("%v in %s", err, line)
		}
		exchanges = append(exchanges, exchange)
	}
	return exchanges, string(content)
}
