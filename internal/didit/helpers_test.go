// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

const (
	testKey     = "invented-key-0123456789"
	testSession = "11111111-2222-4333-8444-000000000001"
	testNode    = "feature_ocr_1"
	testReport  = `{"session_id": "` + testSession + `", "status": "In Review"}`
)

var testUpdated = updated(testSession, testNode, StatusApproved)

// updated is the body of a 200 to a change of a feature's status.
func updated(sessionID, nodeID, status string) string {
	body, err := json.Marshal(map[string]string{"session_id": sessionID, "node_id": nodeID, "new_status": status, "feature_type": "KYC"})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// newTestClient makes a client of the API at the address: it tries once, and has
// all the places it wants, unless changed.
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

// fakeAPI answers over real HTTP and keeps what it was asked.
type fakeAPI struct {
	*httptest.Server

	mu       sync.Mutex
	requests []*http.Request
}

func newFakeAPI(t *testing.T, answer http.HandlerFunc) *fakeAPI {
	t.Helper()
	api := &fakeAPI{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.mu.Lock()
		api.requests = append(api.requests, r.Clone(context.WithoutCancel(r.Context())))
		api.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(api.Close)
	return api
}

func (api *fakeAPI) sent() []*http.Request {
	api.mu.Lock()
	defer api.mu.Unlock()
	return api.requests
}

// answering gives the same answer to everybody; JSON unless the header says otherwise.
func respondWith(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// operations are the calls that most of what is tested here holds for.
var operations = map[string]func(context.Context, *Client) error{
	http.MethodGet: func(ctx context.Context, client *Client) error {
		_, err := client.RetrieveDecision(ctx, testSession)
		return err
	},
	http.MethodPatch: func(ctx context.Context, client *Client) error {
		return update(ctx, client, testSession, testNode, FeatureStatusUpdate{NewStatus: StatusApproved})
	},
}

// update acquires a permit and sends the change, again after a 429 as the room
// above does.
func update(ctx context.Context, client *Client, sessionID, nodeID string, update FeatureStatusUpdate) error {
	for attempt := 1; ; attempt++ {
		permit, err := client.AcquireWrite(ctx, Attempts{Count: attempt - 1})
		if err != nil {
			return err
		}
		err = client.UpdateFeatureStatus(ctx, permit, sessionID, nodeID, update)
		if !IsKind(err, KindRateLimit) || AsError(err).RetryAfterExceedsLimit() || attempt > client.config.MaxRetries {
			return err
		}
	}
}

// fullResponse is the body of a 200 to an operation.
func fullResponse(method string) string {
	return cmp.Or(map[string]string{http.MethodPatch: testUpdated}[method], testReport)
}

// mustFail gives the client's error, which there has to be.
func mustFail(t *testing.T, err error) *Error {
	t.Helper()
	failure := AsError(err)
	if failure == nil {
		t.Fatalf("error %v, want one of the client's", err)
	}
	return failure
}

// transportFunc answers without a network, for what is tested on a clock of its own.
type transportFunc func(*http.Request) (*http.Response, error)

func (answer transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return answer(r) }

func through(transport http.RoundTripper) func(*Config) {
	return func(config *Config) { config.Transport = transport }
}

func newResponse(r *http.Request, status int, header http.Header, body string) *http.Response {
	answer := httptest.NewRecorder()
	respondWith(status, header, body)(answer, r)
	response := answer.Result()
	response.Request = r
	return response
}
