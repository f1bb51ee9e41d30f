// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
)

// Traffic writes what is asked and answered into a file, one JSON object (Exchange) a line, for the test that holds
// both against the OpenAPI document (internal/contract).
//
// Every distinct exchange is written once: a repeated read of an unchanged session says nothing new. Of the answers of
// one operation and status the first bodiesPerAnswer bodies are kept; from there on only the request and the status
// are, so that every request is held against the document and tests with thousands of sessions stay small.
type Traffic struct {
	mu     sync.Mutex
	file   *os.File // nil once it is closed
	seen   map[[sha256.Size]byte]bool
	bodies map[string]int
	err    error // the first; Close returns it
}

// bodiesPerAnswer is how many bodies of one operation and status a Traffic keeps.
const bodiesPerAnswer = 100

// Exchange is one request and its answer. Where a credential stood in a header, hiddenCredential stands instead.
type Exchange struct {
	Method string `json:"method"`
	// URL is the path and the query, still escaped.
	URL           string      `json:"url"`
	RequestHeader http.Header `json:"request_header"`
	RequestBody   string      `json:"request_body"`
	// Status is 0 where nothing was answered: the connection was cut, or the client left.
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	// WithoutBody: the answer had a body, of which there are enough.
	WithoutBody bool `json:"without_body"`
	// Injected: a Fault made the answer, its headers or its end, so that it is not the simulator's own.
	Injected bool `json:"injected"`
}

const hiddenCredential = "(a credential)" //nolint:gosec // G101: it stands instead of one.

// RecordTraffic makes a Traffic for Options whose file, in the folder, has a name that begins with the given one.
// Where the folder is "" it makes none: nil, which records nothing.
func RecordTraffic(folder, name string) (*Traffic, error) {
	if folder == "" {
		return nil, nil //nolint:nilnil // A nil Traffic is one that records nothing.
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(folder, unfit.ReplaceAllString(name, "_")+".*.jsonl")
	if err != nil {
		return nil, err
	}
	return &Traffic{file: file, seen: map[[sha256.Size]byte]bool{}, bodies: map[string]int{}}, nil
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9]+`)

// Close ends the recording; what is answered later is not written.
func (t *Traffic) Close() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return t.err
	}
	err := errors.Join(t.err, t.file.Close())
	t.file, t.err = nil, err
	return err
}

// begin wraps a request and its answer; end has to be called when the request is over, also where it panics.
func (t *Traffic) begin(w http.ResponseWriter, r *http.Request) (_ http.ResponseWriter, _ *http.Request, end func()) {
	if t == nil {
		return w, r, func() {}
	}
	recorded := &recordedAnswer{ResponseWriter: w, traffic: t, exchange: Exchange{
		Method: r.Method, URL: r.URL.EscapedPath(), RequestHeader: withoutCredentials(r.Header),
	}}
	if r.URL.RawQuery != "" {
		recorded.exchange.URL += "?" + r.URL.RawQuery
	}
	r = r.WithContext(context.WithValue(r.Context(), trafficKey{}, recorded))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, &recorded.request), r.Body}
	return recorded, r, recorded.finish
}

func withoutCredentials(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range []string{"X-Api-Key", "Authorization"} {
		if header.Get(name) != "" {
			header.Set(name, hiddenCredential)
		}
	}
	return header
}

// trafficKey is where a request's context keeps its recordedAnswer.
type trafficKey struct{}

// noteFault marks the exchange of a request whose answer a fault changes.
func noteFault(ctx context.Context, fault *Fault) {
	recorded, ok := ctx.Value(trafficKey{}).(*recordedAnswer)
	if !ok {
		return
	}
	recorded.exchange.Injected = fault.invents() || len(fault.Header) > 0 || fault.Cut != CutNone
	if fault.Cut == CutReset {
		recorded.finish() // before the client can see that nothing comes
	}
}

// write appends an exchange that is new.
func (t *Traffic) write(exchange *Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil || t.err != nil {
		return
	}
	answered := fmt.Sprintf("%s %s %d", exchange.Method, path.Base(exchange.operation()), exchange.Status)
	if exchange.Body != "" && t.bodies[answered] >= bodiesPerAnswer {
		exchange.Body, exchange.WithoutBody = "", true
	}
	digest := exchange.digest()
	if t.seen[digest] {
		return
	}
	t.seen[digest] = true
	t.bodies[answered]++
	line, err := json.Marshal(exchange)
	if err == nil {
		_, err = t.file.Write(append(line, '\n'))
	}
	t.err = err
}

func (e *Exchange) operation() string {
	address, _, _ := strings.Cut(e.URL, "?")
	return address
}

// digest is the same for two exchanges between which the document sees no difference.
func (e *Exchange) digest() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q", []any{
		e.Method, e.URL, e.RequestHeader.Values("X-Api-Key"), e.RequestHeader.Values("Authorization"), e.RequestHeader.Values("Content-Type"),
		e.RequestBody, e.Status, e.Header.Values("Content-Type"), e.Injected, e.Body, e.WithoutBody,
	}))
}

// recordedAnswer notes what is answered. It writes the line before it passes the body on, so that a client that has
// its answer finds it recorded.
type recordedAnswer struct {
	http.ResponseWriter
	traffic  *Traffic
	exchange Exchange
	request  bytes.Buffer
	written  bool
}

// Unwrap gives http.ResponseController the connection's own writer, which can be flushed and taken over.
func (a *recordedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *recordedAnswer) WriteHeader(status int) {
	a.exchange.Status = status
	a.exchange.Header = a.Header().Clone()
	a.ResponseWriter.WriteHeader(status)
}

func (a *recordedAnswer) Write(body []byte) (int, error) {
	a.exchange.Body = string(body) // an answer is written in one piece; see answer.send
	a.finish()
	return a.ResponseWriter.Write(body)
}

func (a *recordedAnswer) finish() {
	if a.written {
		return
	}
	a.written = true
	a.exchange.RequestBody = a.request.String()
	a.traffic.write(&a.exchange)
}
