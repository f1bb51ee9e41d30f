// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limits are the sliding windows of every caller, one for reads and one for writes. A rejected
// request does not count. Source: integration/rate-limiting, and the 429 of GET
// /v3/session/{sessionId}/decision/.
type limits struct {
	window        time.Duration
	reads, writes int // negative: no limit

	mu   sync.Mutex
	sent map[limitScope][]time.Time // of the last window, oldest first
}

type limitScope struct {
	credential *Credential // nil: all unknown callers
	write      bool
}

func newLimits(options Options) *limits {
	return &limits{
		window: max(0, cmp.Or(options.Window, PublishedWindow)),
		reads:  cmp.Or(options.ReadsPerMinute, PublishedReadsPerMinute),
		writes: cmp.Or(options.WritesPerMinute, PublishedWritesPerMinute),
		sent:   map[limitScope][]time.Time{},
	}
}

// admit counts a request; the response is the 429 if its window is full, else nil.
func (l *limits) admit(c *Credential, r *http.Request, now time.Time) *response {
	scope, limit := limitScope{c, r.Method != http.MethodGet}, l.reads
	if scope.write {
		limit = l.writes
	}
	freeAt, ok := l.count(scope, limit, now)
	if ok {
		return nil
	}
	return l.tooMany(scope.write, limit, freeAt, now)
}

// count admits one request at now, or returns the time at which the window has room again.
func (l *limits) count(scope limitScope, limit int, now time.Time) (freeAt time.Time, ok bool) {
	if limit < 0 {
		return time.Time{}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	sent := l.sent[scope]
	for len(sent) > 0 && now.Sub(sent[0]) >= l.window {
		sent = sent[1:]
	}
	if len(sent) < limit {
		l.sent[scope] = append(sent, now)
		return time.Time{}, true
	}
	l.sent[scope] = sent
	return sent[0].Add(l.window), false
}

func (l *limits) tooMany(write bool, limit int, freeAt, now time.Time) *response {
	kind := "GET"
	if write {
		kind = "Write"
	}
	r := detailResponse(http.StatusTooManyRequests,
		fmt.Sprintf("%s request rate limit exceeded. You can make up to %d requests per minute.", kind, limit))
	r.header.Set("Retry-After", strconv.FormatInt(max(1, ceilSeconds(freeAt.Sub(now))), 10))
	r.header["X-RateLimit-Limit"] = []string{strconv.Itoa(limit)}
	r.header["X-RateLimit-Remaining"] = []string{"0"}
	r.header["X-RateLimit-Reset"] = []string{strconv.FormatInt(ceilSeconds(time.Duration(freeAt.UnixNano())), 10)}
	return r
}

func ceilSeconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
