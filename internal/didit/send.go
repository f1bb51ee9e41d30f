// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxRetryAfter is the longest Retry-After that is obeyed. A longer wait is
	// an error, because a person waits for the plan.
	maxRetryAfter = 5 * time.Minute
	// firstBackoff and maxBackoff bound the waits between attempts if the API
	// asks for none; they double from attempt to attempt.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// firstLimitPause is long enough for five retries to outlast a window of a
	// minute: 2 + 4 + 8 + 16 + 32 seconds.
	firstLimitPause = 2 * time.Second
)

// call is one operation of the API: the request, and how to read its 2xx.
type call struct {
	method, path string
	// query is encoded. It stays out of logs and errors, because it can hold
	// vendor data, which often is an e-mail address.
	query  string
	body   []byte
	decode func(body io.Reader) *Error
}

// read sends a GET until it succeeds, fails for good, or has been retried
// MaxRetries times.
func (c *Client) read(ctx context.Context, call call) error {
	call.method = http.MethodGet
	for attempt := 1; ; attempt++ {
		if err := c.reads.acquire(ctx, attempt); err != nil {
			return err
		}
		failure := c.attempt(ctx, c.reads, call, attempt)
		if failure == nil {
			return nil
		}
		if ctx.Err() != nil || attempt > c.config.MaxRetries || !failure.retryable() {
			return failure
		}
		if failure.Kind == KindRateLimit {
			continue // the limiter pauses
		}
		if c.backoff(ctx, attempt, failure.RetryAfter) != nil {
			return failure
		}
	}
}

// attempt sends one request, for which the limiter has given a slot, and reads
// its response to the end.
func (c *Client) attempt(ctx context.Context, limiter *limiter, call call, number int) *Error {
	begin := time.Now()
	status, failure := c.roundTrip(ctx, call)
	limiter.done(status != 0 && status != http.StatusTooManyRequests)
	if failure != nil {
		failure.Method, failure.Path, failure.StatusCode, failure.Attempts = call.method, call.path, status, number
		if failure.Kind == KindRateLimit && !failure.RetryAfterExceedsLimit() {
			// Also if this call gives up: the other requests have to wait all the same.
			limiter.pause(c.limitPause(number, failure.RetryAfter))
		}
	}
	if c.config.OnAttempt != nil {
		attempt := Attempt{Method: call.method, Path: call.path, Number: number, StatusCode: status, Duration: time.Since(begin)}
		if failure != nil {
			attempt.Failure = failure.Detail
		}
		c.config.OnAttempt(ctx, attempt)
	}
	return failure
}

// roundTrip sends the request and decodes the response; the status is 0 if there
// was none.
func (c *Client) roundTrip(ctx context.Context, call call) (status int, _ *Error) {
	limited, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	request, err := c.request(limited, call)
	if err != nil {
		return 0, &Error{Kind: KindRejected, Detail: "The request cannot be built from the base URL and the path.", Err: err}
	}
	// Not through http.Client, which inspects a redirect's target before it asks
	// whether to follow it; Go would send x-api-key along to another host.
	response, err := c.config.Transport.RoundTrip(request)
	if err != nil {
		return 0, c.transportError(limited, err)
	}
	defer response.Body.Close()
	failure := c.decode(response, call)
	if failure != nil && limited.Err() != nil && response.StatusCode < 300 {
		failure = c.transportError(limited, limited.Err())
	}
	return response.StatusCode, failure
}

func (c *Client) decode(response *http.Response, call call) *Error {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.responseError(response)
	}
	if response.StatusCode != http.StatusNoContent && !isJSON(response.Header) {
		// A login page, for instance. After a change it may still be the response
		// to it, rewritten on its way.
		return &Error{
			Kind:           KindNotAPI,
			Detail:         "The response is not JSON: another service, such as a proxy, a login page or a wrong base URL, sent it.",
			OutcomeUnknown: call.method != http.MethodGet,
		}
	}
	return call.decode(response.Body)
}

// transportError builds the error of a request without a response. It leaves
// Go's own text out, which can hold addresses that a response named.
func (c *Client) transportError(ctx context.Context, err error) *Error {
	failure := &Error{Kind: KindConnection, OutcomeUnknown: true, Err: err}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		failure.Detail = "The request was interrupted."
	case errors.Is(err, context.DeadlineExceeded):
		failure.Detail = fmt.Sprintf("No complete response came within %s.", c.config.RequestTimeout)
	default:
		problem, transient := connectionProblem(err)
		failure.OutcomeUnknown = transient
		failure.Detail = "No response came from " + c.config.BaseURL.Host + ": " + problem + "."
	}
	return failure
}

// request builds the HTTP request of a call.
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

// backoff waits after the attempt-th attempt (from 1) of a call: the time that
// the API asked for, and a backoff on top that doubles from attempt to attempt.
// Jitter keeps calls that failed together from returning together. It returns
// early with the context's error.
func (c *Client) backoff(ctx context.Context, attempt int, retryAfter time.Duration) error {
	longest := min(firstBackoff<<(min(attempt, 10)-1), maxBackoff)
	timer := time.NewTimer(retryAfter + longest/2 + c.jitter(longest/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// limitPause returns how long a 429 holds back every request under its limit: at
// least what the API asks for, plus a jitter of up to a tenth. A call that is
// refused again after that shares the key with a faster client. It waits longer
// from attempt to attempt, so that more than one slot is free in the end.
func (c *Client) limitPause(attempt int, retryAfter time.Duration) time.Duration {
	pause := min(firstLimitPause<<(min(attempt, 10)-1), maxRetryAfter)
	switch {
	case retryAfter > 0 && attempt == 1:
		pause = retryAfter
	case retryAfter > 0:
		pause += retryAfter
	}
	return pause + c.jitter(pause/10)
}

func (c *Client) jitter(most time.Duration) time.Duration {
	return time.Duration(c.config.Random() * float64(most))
}
