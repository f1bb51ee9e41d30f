// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"time"
)

// longLimitWait is the wait for a limit after which [Config.OnLimitWait] is called.
const longLimitWait = 5 * time.Second

// LimitWait describes a request that waits for a limit.
type LimitWait struct {
	// Limit is reads or writes, PerMinute its requests per sliding window of 60 seconds.
	Limit     string
	PerMinute int
	// After429 is true if the API has returned a 429 under this limit: another client shares
	// the key. Otherwise this client has used up the limit.
	After429 bool
}

// acquire acquires a slot of a limiter for an attempt, counted from 1. The error is the
// context's.
func (c *Client) acquire(ctx context.Context, limiter *limiter, attempt int) error {
	if c.config.OnLimitWait != nil {
		wait := LimitWait{Limit: "reads", PerMinute: c.config.ReadsPerMinute}
		if limiter == c.writes {
			wait = LimitWait{Limit: "writes", PerMinute: c.config.WritesPerMinute}
		}
		timer := time.AfterFunc(longLimitWait, func() {
			wait.After429 = limiter.wasRefused()
			c.config.OnLimitWait(ctx, wait)
		})
		defer timer.Stop()
	}
	return limiter.acquire(ctx, attempt)
}
