// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
)

// TrafficRecorder writes requests and responses into a file, one JSON object (Exchange) a line, for
// the test that checks both against the OpenAPI document (internal/contract).
//
// Every distinct exchange is written once. Of the responses of one operation and status, the first
// hundred are written with their bodies: all requests are checked against the document, and the
// traffic of thousands of sessions remains small.
type TrafficRecorder struct {
	mu     sync.Mutex
	file   *os.File // nil once it is closed
	seen   map[[sha256.Size]byte]bool
	bodies map[string]int
	err    error // the first; Close returns it
}

// Exchange is one request and its response.
type Exchange struct {
	Method string `json:"method"`
	// URL is the path and the query, still escaped.
	URL string `json:"url"`
	// RequestHeader has the media type, and the credential's header without the credential.
	RequestHeader http.Header `json:"request_header"`
	RequestBody   string      `json:"request_body"`
	// Status is 0 if there was no response: the connection was cut, or the client disconnected.
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	// WithoutBody: the body was left out, because enough of its kind are recorded.
	WithoutBody bool `json:"without_body"`
	// Injected: a Fault replaced the response, added headers or cut it, or it has Raw items.
	Injected bool `json:"injected"`
}

// RecordTraffic returns a TrafficRecorder for Options whose file, in the folder, has a name that
// begins with the given one. If the folder is "" it returns nil, which records nothing.
func RecordTraffic(folder, name string) (*TrafficRecorder, error) {
	if folder == "" {
		return nil, nil //nolint:nilnil // A nil TrafficRecorder is one that records nothing.
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(folder, regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(name, "_")+".*.jsonl")
	if err != nil {
		return nil, err
	}
	return &TrafficRecorder{file: file, seen: map[[sha256.Size]byte]bool{}, bodies: map[string]int{}}, nil
}

// Close ends the recording; later exchanges are not written.
func (t *TrafficRecorder) Close() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return t.err
	}
	t.err = errors.Join(t.err, t.file.Close())
	t.file = nil
	return t.err
}

func newExchange(r *http.Request, body []byte, fault *Fault) *Exchange {
	exchange := &Exchange{
		Method: r.Method, URL: r.URL.EscapedPath(), RequestHeader: http.Header{"Content-Type": r.Header["Content-Type"]}, RequestBody: string(body),
		Injected: fault.hasResponse() || len(fault.Header) > 0 || fault.Cut != CutNone,
	}
	if r.URL.RawQuery != "" {
		exchange.URL += "?" + r.URL.RawQuery
	}
	for _, name := range []string{"X-Api-Key", "Authorization"} {
		if r.Header.Get(name) != "" {
			exchange.RequestHeader.Set(name, "(a credential)")
		}
	}
	return exchange
}

// write appends an exchange that is new; its response is nil if there was none.
func (t *TrafficRecorder) write(exchange *Exchange, r *response) {
	if t == nil {
		return
	}
	if r != nil {
		exchange.Status, exchange.Header, exchange.Body = r.status, r.header, string(r.body)
		exchange.Injected = exchange.Injected || r.isInvented
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil || t.err != nil {
		return
	}
	address, _, _ := strings.Cut(exchange.URL, "?")
	kind := fmt.Sprintf("%s %s %d", exchange.Method, path.Base(address), exchange.Status)
	if exchange.Body != "" && t.bodies[kind] >= 100 {
		exchange.Body, exchange.WithoutBody = "", true
	}
	line, err := json.Marshal(exchange)
	digest := sha256.Sum256(line)
	if err == nil && !t.seen[digest] {
		t.seen[digest] = true
		t.bodies[kind]++
		_, err = t.file.Write(append(line, '\n'))
	}
	t.err = err
}
