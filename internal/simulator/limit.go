// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limits are the two sliding windows of every caller: reads and writes count apart. A refused request does not count.
// Source: integration/rate-limiting, and the 429 of GET /v3/session/{sessionId}/decision/.
type limits struct {
	window        time.Duration
	reads, writes int // negative: no limit

	mu   sync.Mutex
	sent map[limitScope][]time.Time // of the last window, oldest first
}

type limitScope struct {
	caller string
	write  bool
}

func newLimits(options Options) *limits {
	l := &limits{window: options.Window, reads: options.ReadsPerMinute, writes: options.WritesPerMinute, sent: map[limitScope][]time.Time{}}
	if l.window <= 0 {
		l.window = PublishedWindow
	}
	if l.reads == 0 {
		l.reads = PublishedReadsPerMinute
	}
	if l.writes == 0 {
		l.writes = PublishedWritesPerMinute
	}
	return l
}

// refuse counts a request, or says 429 where its window is full.
func (l *limits) refuse(c *caller, r *http.Request, now time.Time) (answer, bool) {
	scope := limitScope{c.limitKey, r.Method != http.MethodGet}
	limit := l.reads
	if scope.write {
		limit = l.writes
	}
	free, ok := l.take(scope, limit, now)
	if ok {
		return answer{}, false
	}
	return l.tooMany(scope.write, limit, free, now), true
}

// take counts one request at now, or says when the window has room again.
func (l *limits) take(scope limitScope, limit int, now time.Time) (free time.Time, ok bool) {
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

func (l *limits) tooMany(write bool, limit int, free, now time.Time) answer {
	kind := "GET"
	if write {
		kind = "Write"
	}
	period := "minute"
	if l.window != PublishedWindow {
		period = l.window.String()
	}
	a := detail(http.StatusTooManyRequests,
		fmt.Sprintf("%s request rate limit exceeded. You can make up to %d requests per %s.", kind, limit, period))
	a.header.Set("Retry-After", strconv.FormatInt(max(1, ceilSeconds(free.Sub(now))), 10))
	a.header["X-RateLimit-Limit"] = []string{strconv.Itoa(limit)}
	a.header["X-RateLimit-Remaining"] = []string{"0"}
	a.header["X-RateLimit-Reset"] = []string{strconv.FormatInt(ceilSeconds(time.Duration(free.UnixNano())), 10)}
	return a
}

func ceilSeconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
