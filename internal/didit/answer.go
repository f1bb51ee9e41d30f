// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// maxErrorBytes bounds what is read of an answer that is no report.
	maxErrorBytes = 64 << 10
	// maxDetailRunes bounds what is shown of what the API said.
	maxDetailRunes = 500
)

// refusal makes the error of an answer that is no 2xx.
func (c *Client) refusal(response *http.Response) *Error {
	failure := &Error{StatusCode: response.StatusCode, RetryAfter: retryAfter(response.Header)}
	said, isAPI := readRefusal(response)
	if isAPI {
		failure.Detail, failure.Fields = c.clean(said.text()), c.cleanFields(said)
	}

	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		failure.Kind, failure.Detail = KindNotAPI, "The answer is a redirect"+c.redirectHost(response)+", which is not followed: it would carry the credential along."
	case status == http.StatusUnauthorized:
		failure.Kind = KindAuthentication
	case status == http.StatusTooManyRequests:
		failure.Kind = KindLimit
	case status >= 500:
		failure.Kind, failure.Unclear = KindServer, true
	case !isAPI:
		failure.Kind, failure.Detail = KindNotAPI, "The answer is not Didit's JSON: something else, such as a proxy or a wrong base URL, sent it."
	case status == http.StatusForbidden && strings.Contains(strings.ToLower(said.detail()), "credentials"):
		failure.Kind = KindAuthentication
	case status == http.StatusForbidden:
		failure.Kind = KindPermission
	case status == http.StatusNotFound:
		failure.Kind = kindOfNotFound(said)
	case status == http.StatusBadRequest && strings.Contains(said.detail(), "API sessions"):
		failure.Kind = KindAPISession
	case status == http.StatusBadRequest:
		failure.Kind = KindValidation
	default:
		failure.Kind = KindRejected
	}
	if failure.Detail == "" {
		failure.Detail = "The API gave no reason."
	}
	return failure
}

// kindOfNotFound takes a 404 for the API's own only by the very words that the
// API uses: a step leaves the state for it, and other services behind a wrong
// base URL answer {"detail": "Not Found"} too.
func kindOfNotFound(said refusalBody) Kind {
	detail := said.detail()
	switch {
	case detail == "Not found." || detail == "Session not found.":
		return KindSessionNotFound
	case strings.HasPrefix(detail, "No feature found with node_id"):
		return KindFeatureNotFound
	default:
		return KindNotAPI
	}
}

// readRefusal reads what the API says in an error answer; false where there is
// nothing that the API would say. Only a 4xx or 5xx has a body worth reading: that
// of a 101 is the bare connection, which no timeout ends.
func readRefusal(response *http.Response) (refusalBody, bool) {
	if response.StatusCode < 400 {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes)) // HTML too: else the connection is lost to reuse
	if err != nil || !isJSON(response.Header) {
		return nil, false
	}
	return parseRefusal(body)
}

// refusalBody is what an error answer says, messages by field; "" for a bare list.
type refusalBody map[string][]string

func (said refusalBody) detail() string { return strings.Join(said["detail"], " ") }

// parseRefusal reads the shapes that validation errors come in:
// {"field": ["message"]}, {"field": "message"}, {"detail": "message"} and
// ["message"]. It reports false for anything else.
func parseRefusal(body []byte) (refusalBody, bool) {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil, false
	}
	said := refusalBody{}
	switch value := value.(type) {
	case map[string]any:
		for field, messages := range value {
			said.add(field, messages)
		}
	case []any:
		said.add("", value)
	}
	return said, len(said) > 0
}

func (said refusalBody) add(field string, messages any) {
	switch messages := messages.(type) {
	case string:
		said[field] = append(said[field], messages)
	case []any:
		for _, message := range messages {
			if text, ok := message.(string); ok {
				said[field] = append(said[field], text)
			}
		}
	}
}

// text joins the messages in an order that does not change from call to call.
func (said refusalBody) text() string {
	fields := make([]string, 0, len(said))
	for field := range said {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	parts := make([]string, 0, len(fields))
	for _, field := range fields {
		text := strings.Join(said[field], " ")
		if field != "detail" && field != "" {
			text = field + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func (c *Client) cleanFields(said refusalBody) map[string][]string {
	fields := make(map[string][]string, len(said))
	for field, messages := range said {
		for _, message := range messages {
			fields[c.clean(field)] = append(fields[c.clean(field)], c.clean(message))
		}
	}
	return fields
}

// clean makes a foreign text fit to be shown: on one line, without the
// credential, bounded. Redacted once it reads as it will be shown, and before it
// is cut, so that no half of a key is left.
func (c *Client) clean(text string) string {
	text = oneLine(text)
	for _, secret := range []string{c.config.APIKey, c.config.AccessToken} {
		if secret = oneLine(secret); secret != "" {
			text = strings.ReplaceAll(text, secret, "[redacted]")
		}
	}
	if runes := []rune(text); len(runes) > maxDetailRunes {
		text = string(runes[:maxDetailRunes]) + "…"
	}
	return text
}

// oneLine has spaces for line breaks and for everything else that would do
// something to a terminal.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
}

// isJSON is true also where no content type is given: the body then has to tell.
func isJSON(header http.Header) bool {
	contentType := header.Get("Content-Type")
	if contentType == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

func (c *Client) redirectHost(response *http.Response) string {
	target, err := url.Parse(response.Header.Get("Location"))
	if err != nil || target.Host == "" {
		return ""
	}
	return " to the host " + strconv.Quote(c.clean(target.Host))
}

// retryAfter reads the header in both its forms, seconds and a date; 0: none. It
// gives whole seconds, and at most a day, which nobody waits for either.
func retryAfter(header http.Header) time.Duration {
	const day = 24 * time.Hour
	value := strings.TrimSpace(header.Get("Retry-After"))
	seconds, err := strconv.ParseUint(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, uint64(day/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		wait := min(time.Until(date), day) + time.Second - 1
		return max(wait.Truncate(time.Second), 0)
	}
	return 0
}
