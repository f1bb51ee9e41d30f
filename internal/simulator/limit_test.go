// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestLimit_ExceededIs429WithItsHeaders(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReadsPerMinute: 2, WritesPerMinute: 1})
	read := func() result { return get(t, server, decisionPath(simulator.SessionKYC)) }
	write := func() result {
		return patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	}

	for i, got := range []result{read(), read(), write()} {
		if got.status != 200 {
			t.Errorf("request %d: %d %s", i, got.status, got.body)
		}
		for name := range got.header {
			if name == "Retry-After" || len(name) > 12 && name[:12] == "X-Ratelimit-" {
				t.Errorf("a successful response has %s", name)
			}
		}
	}
	for _, c := range []struct {
		got         result
		limit, body string
	}{
		{read(), "2", `{"detail":"GET request rate limit exceeded. You can make up to 2 requests per minute."}`},
		{write(), "1", `{"detail":"Write request rate limit exceeded. You can make up to 1 requests per minute."}`},
	} {
		checkResponse(t, c.got, 429, c.body)
		if after, err := strconv.Atoi(c.got.header.Get("Retry-After")); err != nil || after < 30 || after > 60 {
			t.Errorf("Retry-After %q", c.got.header.Get("Retry-After"))
		}
		if c.got.header.Get("X-RateLimit-Limit") != c.limit || c.got.header.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("headers %v", c.got.header)
		}
		epoch, err := strconv.ParseInt(c.got.header.Get("X-RateLimit-Reset"), 10, 64)
		if wait := time.Until(time.Unix(epoch, 0)); err != nil || wait < 25*time.Second || wait > 62*time.Second {
			t.Errorf("X-RateLimit-Reset %q", c.got.header.Get("X-RateLimit-Reset"))
		}
	}
	if server.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", "") != "Declined" || len(server.Trail("")) != 1 {
		t.Errorf("trail %+v", server.Trail(""))
	}
}

func TestLimit_CountsByCredential(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{
		ReadsPerMinute: 1,
		Credentials:    []simulator.Credential{{APIKey: "invented-one", Read: true}, {APIKey: "invented-two", Read: true}},
	})
	for _, c := range []struct {
		key    string
		status int
	}{{"invented-one", 200}, {"invented-one", 429}, {"invented-two", 200}, {"invented-two", 429}, {"unknown", 403}, {"", 429}} {
		got := do(t, server, "GET", decisionPath(simulator.SessionKYC), "", header{"X-Api-Key": c.key})
		if got.status != c.status {
			t.Errorf("key %q: %d, want %d", c.key, got.status, c.status)
		}
	}
}

func TestLimit_ShortWindowHasRoomAgainSoon(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReadsPerMinute: 1, Window: 50 * time.Millisecond})
	deadline := time.Now().Add(10 * time.Second)
	for passed := 0; passed < 3 && time.Now().Before(deadline); {
		switch got := get(t, server, decisionPath(simulator.SessionKYC)); got.status {
		case 200:
			passed++
		case 429:
			if got.header.Get("Retry-After") != "1" {
				t.Fatalf("Retry-After %q", got.header.Get("Retry-After"))
			}
			time.Sleep(5 * time.Millisecond)
		default:
			t.Fatalf("status %d", got.status)
		}
	}
}

func TestLimit_NegativeIsNone(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	for range simulator.PublishedWritesPerMinute + 5 {
		if got := patch(t, server, unknownSession, "n", `{}`); got.status != 404 {
			t.Fatalf("status %d", got.status)
		}
	}
}
