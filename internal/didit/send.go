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
	// maxRetryAfter is the longest Retry-After that the client obeys. A longer one is
	// an error, because a person waits for the plan.
	maxRetryAfter = 5 * time.Minute
	// firstBackoff and maxBackoff bound the waits between attempts, which double from
	// attempt to attempt.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// firstLimitPause is the first pause after a 429 without Retry-After. Five retries
	// outlast a window of a minute: 2 + 4 + 8 + 16 + 32 seconds.
	firstLimitPause = 2 * time.Second
)

// call is one operation of the API.
type call struct {
	method, path string
	// query is encoded. It is not logged and not part of errors, because it can
	// contain vendor data, which often is an e-mail address.
	query string
	body  []byte
	// decode reads the body of a 2xx.
	decode func(body io.Reader) *Error
	// apiTime, if not nil, receives the time of the last response.
	apiTime *time.Time
}

// read sends a GET. It retries transient failures at most MaxRetries times.
func (c *Client) read(ctx context.Context, call call) error {
	call.method = http.MethodGet
	for attempt := 1; ; attempt++ {
		if failure := c.refusals.find(call); failure != nil {
			return failure
		}
		if err := c.acquire(ctx, c.reads, attempt); err != nil {
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

// attempt sends one request, for which the caller has acquired a slot of the limiter,
// and reads its response to the end.
func (c *Client) attempt(ctx context.Context, limiter *limiter, call call, number int) *Error {
	if failure := c.refusals.find(call); failure != nil { // since the caller began to wait
		limiter.cancel()
		return failure
	}
	begin := time.Now()
	status, failure := c.roundTrip(ctx, call)
	limiter.done(status != 0 && status != http.StatusTooManyRequests)
	if failure != nil {
		failure.Method, failure.Path, failure.StatusCode, failure.Attempts = call.method, call.path, status, number
		c.refusals.add(call, failure)
		if failure.Kind == KindRateLimit && !failure.RetryAfterExceedsLimit() {
			// Even if this call is not retried, the other requests have to wait.
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

// roundTrip sends the request and decodes the response. The status is 0 if there was
// none.
func (c *Client) roundTrip(ctx context.Context, call call) (status int, _ *Error) {
	limited, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	request, err := c.request(limited, call)
	if err != nil {
		return 0, &Error{Kind: KindRejected, Detail: "The request cannot be built from the base URL and the path.", Err: err}
	}
	// http.Client would follow redirects, and send x-api-key to another host. Even with
	// a CheckRedirect that stops it, its errors can contain the target.
	response, err := c.config.Transport.RoundTrip(request)
	if err != nil {
		return 0, c.transportError(limited, err)
	}
	defer response.Body.Close()
	if call.apiTime != nil {
		*call.apiTime = apiTime(response.Header)
	}
	failure := c.decode(response, call)
	if failure != nil && limited.Err() != nil && response.StatusCode < 300 {
		failure = c.transportError(limited, limited.Err())
	}
	return response.StatusCode, failure
}

func (c *Client) decode(response *http.Response, call call) *Error {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.responseError(response, call)
	}
	if response.StatusCode != http.StatusNoContent && !isJSON(response.Header) {
		// A login page, for example. A proxy may have replaced the response to a change
		// that was made.
		return &Error{
			Kind:           KindNotAPI,
			Detail:         "The response is not JSON: another service, such as a proxy, a login page or a wrong base URL, sent it.",
			OutcomeUnknown: call.method != http.MethodGet,
		}
	}
	return call.decode(response.Body)
}

// transportError builds the error of a request without a response. It does not contain
// Go's own text, which can quote addresses from a response.
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

// backoff waits after a failed attempt (counted from 1): as long as the API asked for,
// plus a time that doubles from attempt to attempt. Jitter spreads the retries of calls
// that failed together. The error is the context's.
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

// limitPause returns how long a 429 pauses all requests under its limit: at least as
// long as the API asks for, plus a jitter of up to a tenth. After another 429 to the
// same call, a faster client shares the key: the pause grows from attempt to attempt,
// so that in the end more than one slot is free.
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

// jitter returns a random time below limit.
func (c *Client) jitter(limit time.Duration) time.Duration {
	return time.Duration(c.config.Random() * float64(limit))
}
