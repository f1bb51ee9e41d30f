// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzResponseError builds errors from any response, also from one that contains the
// credential.
func FuzzResponseError(f *testing.F) {
	for _, body := range []string{
		`{"detail": "Not found."}`, `{"detail": "` + testKey + `"}`, `["` + testKey + testKey + `"]`, `{"new_status": ["Required.", 7]}`, `{"` + testKey + `": "x"}`, html, ``, `{}`,
		`{"detail": "` + strings.Repeat("x", maxDetailRunes-5) + testKey + `"}`, `"` + testKey + `"`, `{"a": {"b": "c"}}`, `{"detail": "a\u0000\nb\u2028\u202e\ud800"}`, "\xff",
		`{"detail": "invented-key\u002d0123456789"}`, `{"detail": "invented-key-\u00000123456789"}`, `{"detail": "invented-\u200bkey"}`, `{"detail": "invented-key-", "e": "0123456789"}`,
	} {
		for _, status := range []uint16{301, 400, 401, 403, 404, 429, 500, 503} {
			f.Add(status, "application/json", "https://example.com/"+testKey, "7", body)
		}
	}
	f.Add(uint16(404), "text/html", "//"+testKey+"/", "Wed, 21 Oct 2026 07:28:00 GMT", html)
	f.Fuzz(func(t *testing.T, status uint16, contentType, location, retryAfter, body string) {
		client := &Client{config: Config{APIKey: testKey}}
		failure := client.responseError(&http.Response{
			StatusCode: int(status),
			Header:     http.Header{"Content-Type": {contentType}, "Location": {location}, "Retry-After": {retryAfter}},
			Body:       io.NopCloser(strings.NewReader(body)),
		}, call{method: http.MethodPatch, body: []byte(`{"new_status": "Approved"}`)})

		if failure.Kind == 0 || failure.Detail == "" || failure.RetryAfter < 0 {
			t.Errorf("%+v", failure)
		}
		if isGone := failure.Kind == KindSessionNotFound || failure.Kind == KindSubjectNotFound; isGone && status != http.StatusNotFound {
			t.Errorf("a %d is classified as not found", status)
		}
		assertSafeToShow(t, failure, testKey)
		if text := failure.Detail; !utf8.ValidString(text) || oneLine(text) != text {
			t.Errorf("%q is not one line of valid text", text)
		}
		if errors.Unwrap(failure) != nil {
			t.Errorf("%v wraps %v, want no cause", failure, failure.Err)
		}
	})
}
