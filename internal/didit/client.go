// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package didit is a thin client of Didit's verification API: paths,
// credentials, JSON, errors, rate limits and retries of the operations that the
// provider needs. Its methods carry the names of Didit's official SDK.
package didit

import (
	"context"
	"math/rand/v2"
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
	// byte of the response.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultMaxRetries is the number of retries that Didit advises.
	DefaultMaxRetries = 5
)

// Config configures a [Client].
type Config struct {
	// BaseURL is the address of the API, from [ParseBaseURL].
	BaseURL *url.URL
	// APIKey is sent as x-api-key. Exactly one of APIKey and AccessToken is set.
	APIKey string
	// AccessToken is a console user's token, sent as Authorization: Bearer.
	AccessToken string
	// UserAgent is sent with every request.
	UserAgent string
	// RequestTimeout bounds one attempt.
	RequestTimeout time.Duration
	// MaxRetries is the maximum number of retries per request; 0 for none.
	MaxRetries int
	// ReadsPerMinute and WritesPerMinute are the limits to stay inside, in
	// requests per sliding window of 60 seconds.
	ReadsPerMinute, WritesPerMinute int
	// OnAttempt, if set, is called after every attempt.
	OnAttempt func(context.Context, Attempt)
	// OnLimitWait, if set, is called once for each request that has waited for a limit for
	// five seconds, while it still waits.
	OnLimitWait func(context.Context, LimitWait)
	// Transport, if set, replaces the connection to the network.
	Transport http.RoundTripper
	// Random, if set, replaces the source of jitter: numbers in [0, 1).
	Random func() float64
}

// Attempt describes one request that was sent. It may be logged: it contains no header
// values, queries or bodies.
type Attempt struct {
	Method, Path string
	// Number counts the attempts of one call, from 1.
	Number int
	// StatusCode is 0 if there was no response.
	StatusCode int
	Duration   time.Duration
	// Failure is one sentence about why the attempt failed; "" if it succeeded.
	Failure string
}

// Client talks to the API. It is safe for concurrent use.
type Client struct {
	config        Config
	reads, writes *limiter
	refusals      refusals
}

// New returns a client. It sends no request.
func New(config Config) *Client {
	if config.Random == nil {
		config.Random = rand.Float64
	}
	if config.Transport == nil {
		config.Transport = newTransport()
	}
	return &Client{
		config: config,
		reads:  newLimiter(config.ReadsPerMinute),
		writes: newLimiter(config.WritesPerMinute),
	}
}
