// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestParseBaseURL_AcceptsHTTPSOrLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://verification.didit.me":   "https://verification.didit.me",
		"https://verification.didit.me//": "https://verification.didit.me",
		"HTTPS://Example.com:8443/a/":     "https://Example.com:8443/a",
		"https://example.com/a%2Fb/":      "https://example.com/a%2Fb",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"http://127.8.9.10":               "http://127.8.9.10",
		"http://[::1]:8080/":              "http://[::1]:8080",
		"http://localhost:1":              "http://localhost:1",
		"http://LocalHost":                "http://LocalHost",
	} {
		base, err := ParseBaseURL(address)
		if err != nil || base.String() != want {
			t.Errorf("%s: %v (%v), want %s", address, base, err, want)
		}
	}
}

func TestParseBaseURL_ErrorDoesNotRepeatAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                    "https://",
		"verification.didit.me":               "https://",
		"//secret.example.com":                "https://",
		"ftp://secret.example.com":            "https://",
		"https://":                            "no host",
		"https://:443/secret":                 "no host",
		"https:secret.example.com":            "no host",
		"https://secret.example.com:port":     "cannot be read",
		"https://secret%zz":                   "cannot be read",
		"https://user:secret@example.com":     "user name or password",
		"https://secret@example.com":          "user name or password",
		"https://example.com?secret":          "query",
		"https://example.com?":                "query",
		"https://example.com/#secret":         "fragment",
		"https://secret.example.com/v3":       "must not end with /v3",
		"https://secret.example.com/a/v3//":   "must not end with /v3",
		"http://secret.example.com":           "plain http",
		"http://localhost.secret.example.com": "plain http",
		"http://127.0.0.1.secret.example.com": "plain http",
		"http://128.0.0.1":                    "plain http",
		"http://0.0.0.0":                      "plain http",
		"http://[::2]":                        "plain http",
	} {
		base, err := ParseBaseURL(address)
		switch {
		case err == nil:
			t.Errorf("%q: %s, want an error", address, base)
		case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: %v, want it to contain %q and not the address", address, err, want)
		}
	}
}

func TestJoinPath_EscapesNodeIDAsOneSegment(t *testing.T) {
	t.Parallel()
	for _, nodeID := range []string{
		"feature_ocr_1", "default", "two words", "50%", "%2F", "%2e%2e", "a?b", "a#b", "a&b=c", "a+b", "a;b", "...", "..;", `a\b`, "ä", "名", "a\nb", "a\x00b",
	} {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, updated(testSession, nodeID, StatusApproved)))

		err := update(t.Context(), newTestClient(t, api.URL), testSession, nodeID, FeatureStatusUpdate{NewStatus: StatusApproved})
		if err != nil {
			t.Errorf("node ID %q: %v", nodeID, err)
			continue
		}
		segments := strings.Split(api.received()[0].URL.EscapedPath(), "/")
		want := []string{"", "v3", "session", testSession, "features", url.PathEscape(nodeID), "update-status", ""}
		if !slices.Equal(segments, want) {
			t.Errorf("node ID %q: path %q, want %q", nodeID, segments, want)
		}
		if got, _ := url.PathUnescape(segments[5]); got != nodeID {
			t.Errorf("node ID %q is decoded as %q", nodeID, got)
		}
	}
}

func TestJoinPath_RejectsUnsafeSegments(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, testReport))
	client := newTestClient(t, api.URL)
	approve := FeatureStatusUpdate{NewStatus: StatusApproved}
	for _, segment := range []string{"", ".", "..", "a/b", "/", "../.."} {
		_, read := client.RetrieveDecision(t.Context(), segment)
		for name, err := range map[string]error{
			"read":    read,
			"session": update(t.Context(), client, segment, testNode, approve),
			"node":    update(t.Context(), client, testSession, segment, approve),
		} {
			if failure := requireError(t, err); failure.Kind != KindRejected || failure.OutcomeUnknown || !strings.HasPrefix(failure.Error(), `"`) {
				t.Errorf("%s %q: %v (kind %d), want KindRejected", name, segment, failure, failure.Kind)
			}
		}
	}
	if sent := api.received(); len(sent) > 0 {
		t.Errorf("%d requests were sent, want none", len(sent))
	}
}
