// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	noReason     = "The API gave no reason."
	notDiditJSON = "The response is not Didit's JSON: another service, such as a proxy or a wrong base URL, sent it."
	notShown     = "The reason is not shown: it is about fields that this request did not send, or has an unknown form, and could contain personal data."
	html         = "<!DOCTYPE html><title>Error</title><p>Something went wrong</p>"
)

var htmlHeader = http.Header{"Content-Type": {"text/html; charset=utf-8"}}

type errorResponseTest struct {
	status int
	header http.Header
	body   string
	kind   Kind
	detail string
	fields map[string][]string
}

var errorResponses = map[string]errorResponseTest{
	"401":                           {401, nil, `{"detail": "Token is revoked."}`, KindAuthentication, "Token is revoked.", detailOnly("Token is revoked.")},
	"401 HTML":                      {401, htmlHeader, html, KindAuthentication, noReason, nil},
	"403 credential":                {403, nil, `{"detail": "Authentication credentials were not provided or are invalid."}`, KindAuthentication, "Authentication credentials were not provided or are invalid.", detailOnly("Authentication credentials were not provided or are invalid.")},
	"403 privilege":                 {403, nil, `{"detail": "You do not have permission to perform this action."}`, KindPermission, "You do not have permission to perform this action.", detailOnly("You do not have permission to perform this action.")},
	"403 other field":               {403, nil, `{"detail": "No.", "hint": "credentials"}`, KindPermission, "No.", detailOnly("No.")},
	"403 HTML":                      {403, htmlHeader, html, KindNotAPI, notDiditJSON, nil},
	"404 session":                   {404, nil, `{"detail": "Session not found."}`, KindSessionNotFound, "Session not found.", detailOnly("Session not found.")},
	"404 not found":                 {404, nil, `{"detail":"Not found."}`, KindSessionNotFound, "Not found.", detailOnly("Not found.")},
	"404 feature":                   {404, nil, `{"detail": "No feature found with node_id 'x' in this session."}`, KindSubjectNotFound, "No feature found with node_id 'x' in this session.", detailOnly("No feature found with node_id 'x' in this session.")},
	"404 other service":             {404, nil, `{"detail": "Not Found"}`, KindNotAPI, "Not Found", detailOnly("Not Found")},
	"404 other case":                {404, nil, `{"detail": "not found."}`, KindNotAPI, "not found.", detailOnly("not found.")},
	"404 longer text":               {404, nil, `{"detail": "Not found. Nginx."}`, KindNotAPI, "Not found. Nginx.", detailOnly("Not found. Nginx.")},
	"404 other field":               {404, nil, `{"message": "Not found."}`, KindNotAPI, notShown, nil},
	"404 HTML":                      {404, htmlHeader, html, KindNotAPI, notDiditJSON, nil},
	"404 labelled as HTML":          {404, htmlHeader, `{"detail": "Not found."}`, KindNotAPI, notDiditJSON, nil},
	"404 empty":                     {404, nil, "", KindNotAPI, notDiditJSON, nil},
	"404 without content type":      {404, http.Header{"Content-Type": {""}}, `{"detail": "Not found."}`, KindSessionNotFound, "Not found.", detailOnly("Not found.")},
	"404 problem+json":              {404, http.Header{"Content-Type": {"application/problem+json"}}, `{"detail": "Not found."}`, KindSessionNotFound, "Not found.", detailOnly("Not found.")},
	"404 cut off by the connection": {404, http.Header{"Content-Length": {"99"}}, `{"detail": "Not found."}`, KindNotAPI, notDiditJSON, nil},
	"400 detail":                    {400, nil, `{"detail": "JSON parse error."}`, KindValidation, "JSON parse error.", detailOnly("JSON parse error.")},
	"400 array without field":       {400, nil, `["Not possible now."]`, KindValidation, "Not possible now.", map[string][]string{"": {"Not possible now."}}},
	"400 several fields":            {400, nil, `{"comment": ["Too long."], "": "Bare.", "detail": ["Invalid."], "non_field_errors": ["Not now."], "other": "x"}`, KindValidation, "Invalid. Not now.", map[string][]string{"detail": {"Invalid."}, "non_field_errors": {"Not now."}}},
	"400 other types":               {400, nil, `{"a": 1, "detail": [2, "Two.", null, {"c": ["d"]}, ["i"]], "e": {"f": "g", "j": [{"k": ["l"]}]}, "h": null}`, KindValidation, "Two.", detailOnly("Two.")},
	"400 API session":               {400, nil, `{"detail": "Cannot change feature status for API sessions."}`, KindAPISession, "Cannot change feature status for API sessions.", detailOnly("Cannot change feature status for API sessions.")},
	"400 API session in comment":    {400, nil, `{"comment": ["No word of API sessions, please."]}`, KindValidation, notShown, nil},
	"400 HTML":                      {400, htmlHeader, html, KindNotAPI, notDiditJSON, nil},
	"400 empty object":              {400, nil, `{}`, KindNotAPI, notDiditJSON, nil},
	"400 number":                    {400, nil, `17`, KindNotAPI, notDiditJSON, nil},
	"400 null":                      {400, nil, `null`, KindNotAPI, notDiditJSON, nil},
	"400 cut off":                   {400, nil, `{"detail": "Not f`, KindNotAPI, notDiditJSON, nil},
	"400 too long":                  {400, nil, `{"detail": "` + strings.Repeat("x", 1<<20) + `"}`, KindNotAPI, notDiditJSON, nil},
	"405":                           {405, nil, `{"detail": "Method \"GET\" not allowed."}`, KindRejected, `Method "GET" not allowed.`, detailOnly(`Method "GET" not allowed.`)},
	"409":                           {409, nil, `{"detail": "Conflict.", "code": "busy"}`, KindRejected, "Conflict.", detailOnly("Conflict.")},
	"418 HTML":                      {418, htmlHeader, html, KindNotAPI, notDiditJSON, nil},
	"429":                           {429, nil, `{"detail": "Slow down."}`, KindRateLimit, "Slow down.", detailOnly("Slow down.")},
	"429 HTML":                      {429, htmlHeader, html, KindRateLimit, noReason, nil},
	"500":                           {500, nil, `{"detail": "Oops."}`, KindServer, "Oops.", detailOnly("Oops.")},
	"500 HTML":                      {500, htmlHeader, html, KindServer, noReason, nil},
	"502 HTML":                      {502, htmlHeader, html, KindServer, noReason, nil},
	"503 HTML":                      {503, htmlHeader, html, KindServer, noReason, nil},
	"504 HTML":                      {504, htmlHeader, html, KindServer, noReason, nil},
	"504 empty":                     {504, nil, "", KindServer, noReason, nil},
	"599 cut off by the connection": {599, http.Header{"Content-Length": {"99"}}, `{"detail": "Oops."}`, KindServer, noReason, nil},
}

func detailOnly(text string) map[string][]string { return map[string][]string{"detail": {text}} }

func TestResponseError_ClassifiesByStatusAndMessage(t *testing.T) {
	t.Parallel()
	for name, test := range errorResponses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(test.status, test.header, test.body))
			for method, operation := range operations {
				failure := requireError(t, operation(t.Context(), newTestClient(t, api.URL)))

				if failure.Kind != test.kind || failure.StatusCode != test.status || failure.Method != method || failure.Attempts != 1 {
					t.Errorf("%s: %+v, want kind %d", method, failure, test.kind)
				}
				if want := test.status >= 500; failure.OutcomeUnknown != want {
					t.Errorf("%s: outcome unknown %t, want %t", method, failure.OutcomeUnknown, want)
				}
				if failure.Detail != test.detail {
					t.Errorf("%s: detail %q, want %q", method, failure.Detail, test.detail)
				}
				if !maps.EqualFunc(failure.Fields, test.fields, slices.Equal) {
					t.Errorf("%s: fields %q, want %q", method, failure.Fields, test.fields)
				}
				assertSafeToShow(t, failure, testKey)
			}
		})
	}
}

// Only messages about fields that the request has sent are shown.
func TestResponseError_ShowsMessagesOfSentFields(t *testing.T) {
	t.Parallel()
	const sent = `{"new_status": "Resubmitted", "nodes_to_resubmit": [{"node_id": "a", "feature": "OCR"}], "subscribed_events": ["data.updated"]}`
	for body, want := range map[string]string{
		`{"new_status": ["Not a choice.", "Try again."]}`:                                        "new_status: Not a choice. Try again.",
		`{"new_status": "The new status is the same as the current status."}`:                    "new_status: The new status is the same as the current status.",
		`{"nodes_to_resubmit": [{}, {"node_id": ["Blank."], "feature": ["Unknown."]}]}`:          "nodes_to_resubmit: Unknown. Blank.",
		`{"subscribed_events": {"0": ["Not a choice."]}}`:                                        "subscribed_events: Not a choice.",
		`{"date_from": ["Enter a valid date."], "new_status": ["Wrong."]}`:                       "date_from: Enter a valid date. new_status: Wrong.",
		`{"new_status": [{"full_name": ["Jane"], "node_id": "Jane"}], "full_name": ["Jane"]}`:    notShown,
		`{"detail": {"full_name": ["Jane"]}, "non_field_errors": [{"full_name": ["Jane"]}]}`:     notShown,
		`{"detail": {"code": "blocked", "message": "Jane is blocked."}}`:                         notShown,
		`{"new_status": {"0": "Jane", "1": {"message": "Jane"}}}`:                                notShown,
		`[{"full_name": ["Jane"]}, "Bare."]`:                                                     "Bare.",
		`{"secret_shared_key": "invented-secret", "new_status": "Wrong."}`:                       "new_status: Wrong.",
		`{"vendor_data": "jane@example.com", "full_name": "Jane", "contact": {"email": ["j@"]}}`: notShown,
	} {
		for _, status := range []int{400, 401, 403, 404, 409, 422, 429, 500} {
			client := newTestClient(t, testURL)
			response := newResponse(&http.Request{}, status, nil, body)
			failure := client.responseError(response, call{method: http.MethodPost, query: "date_from=x&vendor_data=jane", body: []byte(sent)})
			_ = response.Body.Close()
			if failure.Detail != want {
				t.Errorf("%d %s: %q, want %q", status, body, failure.Detail, want)
			}
			if text := fmt.Sprint(failure, failure.Fields); strings.Contains(strings.ToLower(text), "jane") || strings.Contains(text, "secret") {
				t.Errorf("%d %s: %s", status, body, text)
			}
		}
	}
}

func TestResponseError_RedactsCredential(t *testing.T) {
	t.Parallel()
	for credential, configure := range map[string]func(*Config){
		testKey:               func(*Config) {},
		"invented.token-4711": func(config *Config) { config.APIKey, config.AccessToken = "", "invented.token-4711" },
	} {
		for name, text := range map[string]string{
			"alone":                       credential,
			"in a sentence":               "The key " + credential + " is wrong; " + credential + credential,
			"at the limit of length":      strings.Repeat("x", maxDetailRunes-len(credential)/2) + credential,
			"after a line break":          "key:\n" + credential + "\r\n",
			"after multi-byte characters": strings.Repeat("名", maxDetailRunes-5) + credential,
		} {
			for _, shape := range []string{`{"detail": %q}`, `{"api_key": [%q]}`, `[%q]`, `{%q: "message"}`} {
				for _, status := range []int{400, 401, 403, 404, 429, 500} {
					quoted, _ := json.Marshal(text)
					body := strings.Replace(shape, "%q", string(quoted), 1)
					client := newTestClient(t, testURL, configure, withTransport(transportFunc(func(r *http.Request) (*http.Response, error) {
						return newResponse(r, status, nil, body), nil
					})))

					failure := requireError(t, operations[http.MethodGet](t.Context(), client))

					assertSafeToShow(t, failure, credential)
					if half := credential[:len(credential)/2]; strings.Contains(fmt.Sprint(failure, failure.Fields), half) {
						t.Errorf("%s: half of the credential remains in %v %v", name, failure, failure.Fields)
					}
				}
			}
		}
	}
}

func TestRetryAfter_ReadsSecondsAndDates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for value, want := range map[string]time.Duration{
		"":                       0,
		"0":                      0,
		"1":                      time.Second,
		" 30 ":                   30 * time.Second,
		"007":                    7 * time.Second,
		"3600":                   time.Hour,
		"86401":                  24 * time.Hour,
		"9223372036854775807":    24 * time.Hour,
		"18446744073709551616":   24 * time.Hour,
		strings.Repeat("9", 100): 24 * time.Hour,
		"-1":                     0,
		"1.5":                    0,
		"soon":                   0,
		"1e3":                    0,
		"٣":                      0,
		now.Add(-time.Hour).UTC().Format(http.TimeFormat):                 0,
		now.Add(100 * 365 * 24 * time.Hour).UTC().Format(http.TimeFormat): 24 * time.Hour,
		"Wed, 31 Feb 2026 10:00:00 GMT":                                   0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}); got != want {
			t.Errorf("Retry-After: %q: %s, want %s", value, got, want)
		}
	}
	if got := retryAfter(http.Header{}); got != 0 {
		t.Errorf("no Retry-After: %s, want 0", got)
	}
}

func TestRedirect_IsNotFollowed(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		for _, status := range []int{301, 302, 303, 307, 308} {
			elsewhere := newFakeAPI(t, respondWith(http.StatusOK, nil, successBody(method)))
			api := newFakeAPI(t, respondWith(status, http.Header{"Location": {elsewhere.URL + "/v3/"}}, ""))
			client := newTestClient(t, api.URL, withRetries(5, 0))

			failure := requireError(t, operation(t.Context(), client))

			if failure.Kind != KindNotAPI || failure.OutcomeUnknown || failure.StatusCode != status {
				t.Errorf("%s, %d: %v (kind %d, outcome unknown %t)", method, status, failure, failure.Kind, failure.OutcomeUnknown)
			}
			if host := strings.TrimPrefix(elsewhere.URL, "http://"); !strings.Contains(failure.Detail, host) {
				t.Errorf("the error does not name the host %s: %s", host, failure)
			}
			if n := len(elsewhere.received()); n > 0 {
				t.Errorf("%s, %d: the other host received %d requests, which contain the key", method, status, n)
			}
			if n := len(api.received()); n != 1 {
				t.Errorf("%s, %d: sent %d times, want once", method, status, n)
			}
		}
	}
}

func TestRedirect_ErrorIsBoundedAndRedacted(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"empty":              "",
		"path":               "/login/",
		"invalid host":       "http://[::1/",
		"invalid escape":     "http://a%zz/",
		"key":                "https://" + testKey + ".example.com/" + testKey,
		"user info":          "https://" + testKey + ":" + testKey + "@example.com/",
		"long host":          "https://" + strings.Repeat("long.", 20_000) + "example.com/",
		"control characters": "https://a%0Ab%1b[31m.example.com/",
		"other scheme":       "mailto:someone@example.com",
		"no scheme":          "//example.com/",
		"upper scheme":       "HTTPS://EXAMPLE.COM/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(http.StatusFound, http.Header{"Location": {location}}, ""))
			client := newTestClient(t, api.URL, withRetries(5, 0))

			failure := requireError(t, operations[http.MethodGet](t.Context(), client))

			if failure.Kind != KindNotAPI || failure.StatusCode != http.StatusFound || len(api.received()) != 1 {
				t.Errorf("%v (kind %d) after %d requests", failure, failure.Kind, len(api.received()))
			}
			assertSafeToShow(t, failure, testKey)
		})
	}
}

// The body of a 101 is the connection itself, and reading it can block for ever.
func TestResponseError_DoesNotReadBodyOf101(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		client := newTestClient(t, testURL, withTransport(transportFunc(func(r *http.Request) (*http.Response, error) {
			response := newResponse(r, http.StatusSwitchingProtocols, nil, "")
			response.Body = io.NopCloser(readerFunc(func([]byte) (int, error) {
				t.Errorf("%s: the body was read", method)
				return 0, io.EOF
			}))
			return response, nil
		})))

		failure := requireError(t, operation(t.Context(), client))

		if failure.Kind != KindNotAPI || failure.StatusCode != http.StatusSwitchingProtocols {
			t.Errorf("%s: %v (kind %d)", method, failure, failure.Kind)
		}
	}
}
