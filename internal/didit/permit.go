// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"context"
	"io"

	"github.com/go-json-experiment/json"
)

// WritePermit is the right to send one change: a slot of the write limit, for
// which [Client.AcquireWrite] may have waited for minutes. The caller reads the
// current value while it holds the permit. Then it either passes the permit to one
// method that sends a change, or cancels it, as [Change.Make] does.
type WritePermit struct {
	limiter *limiter
	attempt int
}

// AcquireWrite waits until the next request of a change may be sent: after a failure
// with an unknown outcome for the backoff, then for a slot. After a 2xx, the permit has no
// slot, because only reads may follow. The error is the context's.
func (c *Client) AcquireWrite(ctx context.Context, sent Attempts) (*WritePermit, error) {
	if sent.Last != nil && sent.Last.OutcomeUnknown {
		if err := c.backoff(ctx, sent.rounds(), sent.Last.RetryAfter); err != nil {
			return nil, err
		}
	}
	if sent.Accepted() {
		return new(WritePermit), nil
	}
	attempt := sent.Count + 1
	if err := c.acquire(ctx, c.writes, attempt); err != nil {
		return nil, err
	}
	return &WritePermit{limiter: c.writes, attempt: attempt}, nil
}

// cancel returns the slot of a permit that was not used. It does nothing to the zero
// value, which has no slot.
func (p *WritePermit) cancel() {
	if p.limiter != nil {
		p.limiter.cancel()
	}
}

// isPaused reports whether a 429 to another change has paused the limit since the
// permit was acquired. Then cancel the permit and acquire another one.
func (p *WritePermit) isPaused() bool { return p.limiter != nil && p.limiter.isPaused() }

// write sends one change, once. It succeeds if the response is a 2xx that confirms the
// change. After any other 2xx, and after a failure that leaves open whether the change
// was made, the error has OutcomeUnknown set: the caller has to read.
func (c *Client) write(ctx context.Context, permit *WritePermit, method string, segments []string, body any, confirms func(response []byte) bool) error {
	path, err := joinPath(segments...)
	if err != nil {
		permit.cancel()
		return err
	}
	var encoded []byte
	if body != nil {
		encoded, err = json.Marshal(body)
	}
	if err != nil {
		permit.cancel()
		return &Error{Kind: KindRejected, Detail: "The request cannot be written as JSON.", Err: err}
	}
	failure := c.attempt(ctx, permit.limiter, call{method: method, path: path, body: encoded, decode: func(body io.Reader) *Error {
		return checkWritten(body, confirms)
	}}, permit.attempt)
	if failure != nil {
		return failure
	}
	return nil
}

func checkWritten(body io.Reader, confirms func([]byte) bool) *Error {
	response, err := io.ReadAll(io.LimitReader(body, maxErrorBytes))
	if err != nil {
		return &Error{Kind: KindMalformed, Detail: "The response to the change was cut off.", OutcomeUnknown: true, Err: err}
	}
	if !confirms(bytes.TrimSpace(response)) {
		return &Error{Kind: KindNotAPI, Detail: "The response to the change does not confirm it.", OutcomeUnknown: true}
	}
	return nil
}
