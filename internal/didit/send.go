// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// longestRetryAfter is the longest wait that is obeyed; nobody sits before
	// a plan for longer.
	longestRetryAfter = 5 * time.Minute
	// firstBackoff and longestBackoff bound the waits between attempts where
	// the API asks for none; they double from attempt to attempt.
	firstBackoff   = 500 * time.Millisecond
	longestBackoff = 30 * time.Second
	// firstLimitBackoff is so long that five retries outlast a window of a
	// minute: 2 + 4 + 8 + 16 + 32 seconds.
	firstLimitBackoff = 2 * time.Second
)

// call is one operation: what to send, within which limit, when to send it
// again, and how to take its 2xx.
type call struct {
	method, path string
	// query is encoded, and stays out of logs and errors: it can hold vendor
	// data, which often is an e-mail address.
	query  string
	body   []byte
	window *window
	again  func(*Error) bool
	accept func(body io.Reader) *Error
	// confirm, when set, is asked before each attempt; see FeatureStatusUpdate.
	confirm func(ctx context.Context, waited bool) error
}

// send carries out a call: each attempt waits for its place inside the limit,
// and is followed by another as long as the call allows it.
func (c *Client) send(ctx context.Context, call call) error {
	for number := 1; ; number++ {
		if err := call.takePlace(ctx, number); err != nil {
			return err
		}
		failure := c.attempt(ctx, call, number)
		if failure == nil {
			return nil
		}
		failure.Method, failure.Path, failure.Attempts = call.method, call.path, number
		if failure.Kind == KindLimit && !failure.IsTooLongAWait() {
			// Also where this call gives up: the others have to wait all the same.
			call.window.hold(c.limitPause(number, failure.RetryAfter))
		}
		if failure.IsTooLongAWait() {
			failure.Detail = strings.TrimRight(failure.Detail, ".") + fmt.Sprintf(". It asks to wait %s, which is longer than this provider waits (%s).", failure.RetryAfter, longestRetryAfter)
			return failure
		}
		if ctx.Err() != nil || !call.again(failure) || number > c.config.MaxRetries {
			return failure
		}
		if failure.Kind == KindLimit {
			continue // the window holds it back
		}
		if err := sleep(ctx, failure.RetryAfter+c.backoff(firstBackoff, number)); err != nil {
			return failure
		}
	}
}

// takePlace waits for a place inside the limit, and has the call confirmed there.
func (c call) takePlace(ctx context.Context, attempt int) error {
	for {
		waited, err := c.window.acquire(ctx, attempt)
		if err != nil || c.confirm == nil {
			return err
		}
		err = c.confirm(ctx, waited || attempt > 1)
		if err == nil && !c.window.isHeld() {
			return nil
		}
		c.window.giveBack()
		if err != nil {
			return err
		}
		// Meanwhile a 429 has come for another call, and holds this one back too.
	}
}

// attempt sends one request, whose place in the window is taken already, and
// reads its answer to the end.
func (c *Client) attempt(ctx context.Context, call call, number int) (failure *Error) {
	defer call.window.release()
	attempt := Attempt{Method: call.method, Path: call.path, Number: number}
	begin := time.Now()
	if c.config.OnAttempt != nil {
		defer func() {
			attempt.Duration = time.Since(begin)
			if failure != nil {
				attempt.Failure = failure.Detail
			}
			c.config.OnAttempt(ctx, attempt)
		}()
	}

	limited, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	request, err := c.request(limited, call)
	if err != nil {
		return &Error{Kind: KindRejected, Detail: "The request cannot be made of the base URL and the path.", Err: err}
	}
	// Not through http.Client, which looks at where a redirect leads before it
	// asks whether to follow it; Go would carry x-api-key along to another host.
	response, err := c.config.Transport.RoundTrip(request)
	if err != nil {
		return c.noAnswer(limited, err)
	}
	defer response.Body.Close()
	attempt.StatusCode = response.StatusCode
	if response.StatusCode != http.StatusTooManyRequests {
		call.window.admitted()
	}

	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.refusal(response)
	}
	failure = notJSON(response)
	if failure == nil {
		failure = call.accept(response.Body)
	}
	if failure == nil {
		return nil
	}
	failure.StatusCode = response.StatusCode
	if limited.Err() != nil {
		return c.noAnswer(limited, limited.Err())
	}
	return failure
}

// notJSON refuses a 2xx of another media type: a login page, for instance. Of a
// change it may still be the answer, changed on its way.
func notJSON(response *http.Response) *Error {
	if response.StatusCode == http.StatusNoContent || isJSON(response.Header) {
		return nil
	}
	return &Error{
		Kind:    KindNotAPI,
		Detail:  "The answer is not JSON: something else, such as a proxy, a login page or a wrong base URL, sent it.",
		Unclear: response.Request.Method != http.MethodGet,
	}
}

// noAnswer makes the error of a request without an answer. Go's own text stays
// out of it: it can hold addresses that an answer named.
func (c *Client) noAnswer(ctx context.Context, err error) *Error {
	failure := &Error{Kind: KindConnection, Unclear: true, Err: err}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		failure.Detail = "The request was interrupted."
	case errors.Is(err, context.DeadlineExceeded):
		failure.Detail = fmt.Sprintf("No complete answer came within %s.", c.config.RequestTimeout)
	default:
		problem, transient := connectionProblem(err)
		failure.Unclear = transient
		failure.Detail = "No answer came from " + c.config.BaseURL.Host + ": " + problem + "."
	}
	return failure
}

// Pause waits before a change is sent again for the attempt-th time (from 1):
// what the API has asked for, and as long on top as between two attempts of a
// read. It returns early with the context's error.
func (c *Client) Pause(ctx context.Context, attempt int, asked time.Duration) error {
	return sleep(ctx, asked+c.backoff(firstBackoff, attempt))
}

// backoff doubles from attempt to attempt and lies, by chance, in the upper
// half of that, so that those who failed together do not return together.
func (c *Client) backoff(first time.Duration, attempt int) time.Duration {
	longest := longestBackoff
	if attempt < 10 {
		longest = min(first<<(attempt-1), longestBackoff)
	}
	return longest/2 + time.Duration(c.config.Random()*float64(longest/2))
}

// limitPause is how long a 429 holds back everything under its limit: at least
// what the API asks for, and a jitter of up to a tenth on top. A call that is
// refused again after that shares the key with somebody quicker: it waits longer
// from attempt to attempt, so that more than one place is free in the end.
func (c *Client) limitPause(attempt int, asked time.Duration) time.Duration {
	pause := min(firstLimitBackoff<<(min(attempt, 10)-1), longestRetryAfter)
	switch {
	case asked > 0 && attempt == 1:
		pause = asked
	case asked > 0:
		pause += asked
	}
	return pause + time.Duration(c.config.Random()*float64(pause)/10)
}

func sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
