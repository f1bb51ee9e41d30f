// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	testURL     = "https://api.example.invalid"
	testKey     = "invented-key-0123456789"
	testSession = "11111111-2222-4333-8444-000000000001"
	testNode    = "feature_ocr_1"
	testReport  = `{"session_id": "` + testSession + `", "status": "In Review"}`
)

var testUpdated = updated(testSession, testNode, StatusApproved)

// updated returns the body of a 200 to a change of a feature's status.
func updated(sessionID, nodeID, status string) string {
	body, err := json.Marshal(map[string]string{"session_id": sessionID, "node_id": nodeID, "new_status": status, "feature_type": "KYC"})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// newTestClient returns a client of the API at an address. Unless changed, it does
// not retry, and its limits are too high to wait for.
func newTestClient(t *testing.T, address string, changes ...func(*Config)) *Client {
	t.Helper()
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		BaseURL:         base,
		APIKey:          testKey,
		UserAgent:       "terraform-provider-didit/test",
		RequestTimeout:  30 * time.Second,
		ReadsPerMinute:  10_000,
		WritesPerMinute: 10_000,
	}
	for _, change := range changes {
		change(&config)
	}
	client := New(config)
	t.Cleanup(func() {
		if transport, ok := client.config.Transport.(*http.Transport); ok {
			transport.CloseIdleConnections()
		}
	})
	return client
}

func withRetries(retries int, random float64) func(*Config) {
	return func(config *Config) {
		config.MaxRetries = retries
		config.Random = func() float64 { return random }
	}
}

func withTransport(transport http.RoundTripper) func(*Config) {
	return func(config *Config) { config.Transport = transport }
}

// fakeAPI is a server that records its requests. Tests of connections use it.
type fakeAPI struct {
	*httptest.Server

	mu       sync.Mutex
	requests []*http.Request
}

func newFakeAPI(t *testing.T, handler http.HandlerFunc) *fakeAPI {
	t.Helper()
	api := &fakeAPI{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.mu.Lock()
		api.requests = append(api.requests, r.Clone(context.WithoutCancel(r.Context())))
		api.mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(api.Close)
	return api
}

// received returns the requests so far.
func (api *fakeAPI) received() []*http.Request {
	api.mu.Lock()
	defer api.mu.Unlock()
	return api.requests
}

// respondWith returns a handler of all requests. The content type is JSON unless the
// header sets another.
func respondWith(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// transportFunc is a transport without a network. Tests with a fake clock use it.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func newResponse(r *http.Request, status int, header http.Header, body string) *http.Response {
	recorder := httptest.NewRecorder()
	respondWith(status, header, body)(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response
}

// returns responds with these header fields: a name, its value, and so on.
func returns(status int, body string, header ...string) transportFunc {
	return func(r *http.Request) (*http.Response, error) {
		fields := http.Header{}
		for i := 0; i < len(header); i += 2 {
			fields.Set(header[i], header[i+1])
		}
		return newResponse(r, status, fields, body), nil
	}
}

// success responds with a 200 that fits the operation.
func success(r *http.Request) (*http.Response, error) {
	return newResponse(r, http.StatusOK, nil, successBody(r.Method)), nil
}

func fails(err error) transportFunc {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// neverResponds waits until the request is cancelled.
func neverResponds(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// bodyNeverEnds responds with the beginning of a report.
func bodyNeverEnds(r *http.Request) (*http.Response, error) {
	response := newResponse(r, http.StatusOK, nil, "")
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(testReport[:10]), readerFunc(func([]byte) (int, error) {
		<-r.Context().Done()
		return 0, r.Context().Err()
	})))
	return response, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// script is a transport that returns its responses in order, and then repeats the
// last one. It records the times of the requests.
type script struct {
	responses []transportFunc

	mu    sync.Mutex
	times []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	respond := s.responses[min(len(s.times), len(s.responses)-1)]
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	return respond(r)
}

// count returns the number of requests.
func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

// gaps returns the times between requests.
func (s *script) gaps() (gaps []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.times[1:] {
		gaps = append(gaps, s.times[i+1].Sub(s.times[i]))
	}
	return gaps
}

// operations are a read and a change, by method. Tests of behaviour that all
// operations share run both.
var operations = map[string]func(context.Context, *Client) error{
	http.MethodGet: func(ctx context.Context, client *Client) error {
		_, err := client.RetrieveDecision(ctx, testSession)
		return err
	},
	http.MethodPatch: func(ctx context.Context, client *Client) error {
		return update(ctx, client, testSession, testNode, FeatureStatusUpdate{NewStatus: StatusApproved})
	},
}

// update acquires a permit and sends the change. It retries after a 429, as
// [Change.Make] does.
func update(ctx context.Context, client *Client, sessionID, nodeID string, update FeatureStatusUpdate) error {
	for attempt := 1; ; attempt++ {
		permit, err := client.AcquireWrite(ctx, Attempts{Count: attempt - 1})
		if err != nil {
			return err
		}
		_, err = client.UpdateFeatureStatus(ctx, permit, sessionID, nodeID, update)
		if !IsKind(err, KindRateLimit) || AsError(err).RetryAfterExceedsLimit() || attempt > client.config.MaxRetries {
			return err
		}
	}
}

// successBody returns the body of a 200 to an operation.
func successBody(method string) string {
	return cmp.Or(map[string]string{http.MethodPatch: testUpdated}[method], testReport)
}

// requireError returns err as a client error. The test ends if it is none.
func requireError(t *testing.T, err error) *Error {
	t.Helper()
	failure := AsError(err)
	if failure == nil {
		t.Fatalf("error %v, want a client error", err)
	}
	return failure
}

// assertSafeToShow asserts that the error's texts are bounded, on one line, and
// without the secret.
func assertSafeToShow(t *testing.T, failure *Error, secret string) {
	t.Helper()
	texts := []string{failure.Detail, failure.Error()}
	for field, messages := range failure.Fields {
		texts = append(append(texts, field), messages...)
	}
	for _, text := range texts {
		switch {
		case strings.Contains(text, secret):
			t.Errorf("the error contains the secret: %s", text)
		case len([]rune(text)) > maxDetailRunes+300:
			t.Errorf("the error is %d characters long: %.80s …", len([]rune(text)), text)
		case strings.ContainsAny(text, "\r\n\x00\x1b\u2028\u202e"):
			t.Errorf("the error is not one line of plain text: %q", text)
		}
	}
}

func assertHeader(t *testing.T, request *http.Request, want http.Header) {
	t.Helper()
	for name, values := range want {
		if got := request.Header.Values(name); !slices.Equal(got, values) {
			t.Errorf("%s: %q, want %q", name, got, values)
		}
	}
}

// assertPatch asserts that the operation sends one PATCH with this body, succeeds
// with this response, and returns an unknown outcome for any other.
func assertPatch(t *testing.T, path, body, response string, operation func(*Client, *WritePermit) error, others ...string) {
	t.Helper()
	send := func(response string) error {
		var sent []byte
		api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			sent, _ = io.ReadAll(r.Body)
			respondWith(http.StatusOK, nil, response)(w, r)
		})
		client := newTestClient(t, api.URL)
		permit, err := client.AcquireWrite(t.Context(), Attempts{})
		if err != nil {
			t.Fatal(err)
		}
		err = operation(client, permit)
		if requests := api.received(); len(requests) != 1 || requests[0].Method != http.MethodPatch || requests[0].RequestURI != path || string(sent) != body {
			t.Errorf("sent %d requests with %s, want one PATCH %s with %s", len(requests), sent, path, body)
		}
		return err
	}
	if err := send(response); err != nil {
		t.Error(err)
	}
	for _, other := range others {
		if failure := requireError(t, send(other)); !failure.OutcomeUnknown {
			t.Errorf("%s: %+v, want an unknown outcome", other, failure)
		}
	}
}

// durations parses durations that are separated by spaces.
func durations(t *testing.T, texts string) (durations []time.Duration) {
	t.Helper()
	for text := range strings.FieldsSeq(texts) {
		duration, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		durations = append(durations, duration)
	}
	return durations
}

// stream hides every method but Read, as the body of a response does.
type stream struct{ io.Reader }

// simulatedReport returns the report of the simulator's KYC session, about size
// bytes long.
func simulatedReport(tb testing.TB, size int) []byte {
	tb.Helper()
	api := simulator.New(simulator.Options{})
	for _, session := range simulator.Fixtures() {
		session.ReportBytes = size
		api.AddSession(session)
	}
	request := httptest.NewRequest(http.MethodGet, "/v3/session/"+simulator.SessionKYC+"/decision/", nil)
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	recorder := httptest.NewRecorder()
	api.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		tb.Fatalf("the simulator returned %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.Bytes()
}

func withLimit(perMinute int) func(*Config) {
	return func(config *Config) { config.ReadsPerMinute, config.WritesPerMinute = perMinute, perMinute }
}
