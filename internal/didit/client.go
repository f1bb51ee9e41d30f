// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package didit is a thin client of Didit's verification API: paths,
// credentials, JSON, errors, limits and retries of the few operations that the
// provider needs. Its methods carry the names of Didit's official SDK. It knows
// nothing of Terraform, nor why it is called.
package didit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Published defaults of the API and of this client.
const (
	// DefaultBaseURL is the API's public address.
	DefaultBaseURL = "https://verification.didit.me"
	// DefaultReadsPerMinute is the published limit of GETs a minute and key.
	DefaultReadsPerMinute = 600
	// DefaultWritesPerMinute is the published limit of POSTs, PATCHes and
	// DELETEs a minute and key.
	DefaultWritesPerMinute = 300
	// DefaultRequestTimeout bounds one attempt, from connecting to the last
	// byte of the answer.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultMaxRetries is how often a request is sent again at most, which is
	// what Didit advises.
	DefaultMaxRetries = 5
)

// Config is what a [Client] needs to know.
type Config struct {
	// BaseURL is where the API is, from [ParseBaseURL].
	BaseURL *url.URL
	// APIKey is sent as x-api-key. Exactly one of APIKey and AccessToken is set.
	APIKey string
	// AccessToken is a console user's token, sent as Authorization: Bearer.
	AccessToken string
	// UserAgent is sent with every request.
	UserAgent string
	// RequestTimeout bounds one attempt.
	RequestTimeout time.Duration
	// MaxRetries is how often one request is sent again at most; 0 is never.
	MaxRetries int
	// ReadsPerMinute and WritesPerMinute are the limits to stay inside, in
	// requests per sliding window of 60 seconds.
	ReadsPerMinute, WritesPerMinute int
	// OnAttempt, when set, is told of every attempt once it is over.
	OnAttempt func(context.Context, Attempt)
	// Transport, when set, replaces the connection to the network.
	Transport http.RoundTripper
	// Random, when set, replaces the source of jitter: numbers in [0, 1).
	Random func() float64
}

// Attempt is one request sent, as it may be logged: it holds neither header
// values nor bodies.
type Attempt struct {
	Method, Path string
	// Number counts the attempts of one call, from 1.
	Number int
	// StatusCode is 0 where no answer came.
	StatusCode int
	Duration   time.Duration
	// Failure says in a few words why there is no usable answer, else "".
	Failure string
}

// Client talks to the API. It is safe for concurrent use.
type Client struct {
	config        Config
	reads, writes *window
}

// New makes a client; it sends nothing.
func New(config Config) *Client {
	if config.Random == nil {
		config.Random = rand.Float64
	}
	if config.Transport == nil {
		config.Transport = newTransport()
	}
	return &Client{
		config: config,
		reads:  newWindow(config.ReadsPerMinute),
		writes: newWindow(config.WritesPerMinute),
	}
}

// newTransport is Go's own (proxies by environment, TLS verified) with enough
// idle connections that as many requests as Terraform runs in parallel find one.
func newTransport() http.RoundTripper {
	usual, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := usual.Clone()
	transport.MaxIdleConns = 100
	transport.MaxIdleConnsPerHost = 100
	// Else an answer of the proxy other than 200 fails without saying whose it is.
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New(answer.Status)}
	}
	return transport
}

// RetrieveDecision reads a session's decision report and keeps of it what
// [Decision] has room for.
//
// It is sent again, at most MaxRetries times, after a 429, a 5xx, a broken
// connection or an answer that is cut or garbled. All errors are of type
// [*Error], except the context's own.
//
// Endpoint: GET /v3/session/{session_id}/decision/.
func (c *Client) RetrieveDecision(ctx context.Context, sessionID string) (*Decision, error) {
	path, err := joinPath("v3", "session", sessionID, "decision")
	if err != nil {
		return nil, err
	}
	var decision *Decision
	err = c.send(ctx, call{
		method: http.MethodGet,
		path:   path,
		window: c.reads,
		again:  isWorthReadingAgain,
		accept: func(body io.Reader) *Error {
			var failure *Error
			decision, failure = decodeDecision(body, sessionID)
			return failure
		},
	})
	if err != nil {
		return nil, err
	}
	return decision, nil
}

// isWorthReadingAgain tells whether another attempt of a read could fare better.
func isWorthReadingAgain(failure *Error) bool { return failure.Kind == KindLimit || failure.Unclear }

// FeatureStatusUpdate is the change that [Client.UpdateFeatureStatus] asks for.
type FeatureStatusUpdate struct {
	// NewStatus is Approved, Declined or In Review.
	NewStatus string `json:"new_status"`
	// Comment is recorded on the review trail; "" sends none.
	Comment string `json:"comment,omitempty"`
	// FeatureType is a label such as LIVENESS; needed with node ID default
	// where the session has several features; "" sends none.
	FeatureType string `json:"feature_type,omitempty"`
	// Confirm, when set, is called each time before the change is sent, once its
	// place inside the limit is taken, for which it can have waited for minutes;
	// waited tells. Its error keeps the change from being sent, and is returned.
	Confirm func(ctx context.Context, waited bool) error `json:"-"`
}

// UpdateFeatureStatus asks for one step's new status. The API refuses a status
// that is already set, and there is no way to undo.
//
// It is sent again only after a 429, which changes nothing. Any other failure
// whose request may have been carried out, and a 2xx that does not name the
// wanted status, is an [*Error] with Unclear set: the caller has to read.
//
// Endpoint: PATCH /v3/session/{session_id}/features/{node_id}/update-status/.
func (c *Client) UpdateFeatureStatus(ctx context.Context, sessionID, nodeID string, update FeatureStatusUpdate) error {
	path, err := joinPath("v3", "session", sessionID, "features", nodeID, "update-status")
	if err != nil {
		return err
	}
	body, err := json.Marshal(update)
	if err != nil {
		return &Error{Kind: KindRejected, Detail: "The request could not be written as JSON.", Err: err}
	}
	return c.send(ctx, call{
		method:  http.MethodPatch,
		path:    path,
		body:    body,
		window:  c.writes,
		confirm: update.Confirm,
		again:   func(e *Error) bool { return e.Kind == KindLimit },
		accept:  func(answer io.Reader) *Error { return acceptUpdate(answer, update.NewStatus) },
	})
}

// acceptUpdate takes a 2xx for a success only where it names the wanted status:
// whatever else stands in it, reading tells.
func acceptUpdate(answer io.Reader, wanted string) *Error {
	body, err := io.ReadAll(io.LimitReader(answer, maxErrorBytes))
	if err != nil {
		return &Error{Kind: KindBroken, Detail: "The answer broke off.", Unclear: true, Err: err}
	}
	var updated struct {
		NewStatus string `json:"new_status"`
	}
	if err := json.Unmarshal(body, &updated); err != nil {
		return &Error{Kind: KindNotAPI, Detail: "The answer to the change is not the JSON that Didit sends.", Unclear: true}
	}
	if updated.NewStatus != wanted {
		return &Error{Kind: KindNotAPI, Detail: "The answer to the change does not name the status that was asked for.", Unclear: true}
	}
	return nil
}

// request makes one HTTP request of a call.
func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	target, err := url.Parse(c.config.BaseURL.String() + call.path)
	if err != nil {
		return nil, err
	}
	target.RawQuery = call.query
	request, err := http.NewRequestWithContext(ctx, call.method, target.String(), bytes.NewReader(call.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.config.UserAgent)
	if call.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.config.APIKey != "" {
		request.Header.Set("X-Api-Key", c.config.APIKey)
	} else {
		request.Header.Set("Authorization", "Bearer "+c.config.AccessToken)
	}
	return request, nil
}
