// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
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
	// maxErrorBytes bounds what is read of a response that is not a report or list.
	maxErrorBytes = 64 << 10
	// maxDetailRunes bounds what is shown of the API's message.
	maxDetailRunes = 500
)

// responseError builds the error of a response that is not a 2xx.
func (c *Client) responseError(response *http.Response) *Error {
	failure := &Error{RetryAfter: retryAfter(response.Header)}
	messages, isAPI := readMessages(response)
	if isAPI {
		failure.Detail, failure.Fields = c.clean(messages.text()), c.cleanFields(messages)
	}

	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		failure.Kind, failure.Detail = KindNotAPI, "The response is a redirect"+c.redirectHost(response)+", which is not followed: the credential would be sent along."
	case status == http.StatusUnauthorized:
		failure.Kind = KindAuthentication
	case status == http.StatusTooManyRequests:
		failure.Kind = KindRateLimit
	case status >= 500:
		failure.Kind, failure.OutcomeUnknown = KindServer, true
	case !isAPI:
		failure.Kind, failure.Detail = KindNotAPI, "The response is not Didit's JSON: another service, such as a proxy or a wrong base URL, sent it."
	case status == http.StatusForbidden && strings.Contains(strings.ToLower(messages.detail()), "credentials"):
		failure.Kind = KindAuthentication
	case status == http.StatusForbidden:
		failure.Kind = KindPermission
	case status == http.StatusNotFound:
		failure.Kind = notFoundKind(messages.detail())
	case status == http.StatusBadRequest && strings.Contains(messages.detail(), "API sessions"):
		failure.Kind = KindAPISession
	case status == http.StatusBadRequest:
		failure.Kind = KindValidation
	default:
		failure.Kind = KindRejected
	}
	if failure.Detail == "" {
		failure.Detail = "The API gave no reason."
	}
	if failure.RetryAfterExceedsLimit() {
		failure.Detail = strings.TrimRight(failure.Detail, ".") + ". The API asks to wait " + failure.RetryAfter.String() + ", which is longer than this provider waits (" + maxRetryAfter.String() + ")."
	}
	return failure
}

// notFoundKind accepts a 404 as the API's own only by its exact words: a resource
// leaves the state for it, and other services behind a wrong base URL return
// {"detail": "Not Found"} too.
func notFoundKind(detail string) Kind {
	switch {
	case detail == "Not found." || detail == "Session not found.":
		return KindSessionNotFound
	case detail == "The session does not have an AML check.",
		strings.HasPrefix(detail, "No feature found with node_id"),
		strings.HasPrefix(detail, "Hit with ID"):
		return KindSubjectNotFound
	case detail == "Webhook destination not found.":
		return KindDestinationNotFound
	default:
		return KindNotAPI
	}
}

// messages are those of an error response, by field; "" for a bare list.
type messages map[string][]string

func (m messages) detail() string { return strings.Join(m["detail"], " ") }

// readMessages reads the messages of an error response; false if they are not in
// a shape that the API uses. Only a 4xx or 5xx has a body worth reading: that of
// a 101 is the bare connection, which no timeout ends.
func readMessages(response *http.Response) (messages, bool) {
	if response.StatusCode < 400 {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes)) // HTML too: else the connection cannot be reused
	if err != nil || !isJSON(response.Header) {
		return nil, false
	}
	return parseMessages(body)
}

// parseMessages reads the shapes that errors come in: {"field": ["message"]},
// {"field": "message"}, {"detail": "message"} and ["message"].
func parseMessages(body []byte) (messages, bool) {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil, false
	}
	found := messages{}
	switch value := value.(type) {
	case map[string]any:
		for field, texts := range value {
			found.add(field, texts)
		}
	case []any:
		found.add("", value)
	}
	return found, len(found) > 0
}

func (m messages) add(field string, value any) {
	switch value := value.(type) {
	case string:
		m[field] = append(m[field], value)
	case []any:
		for _, message := range value {
			if text, ok := message.(string); ok {
				m[field] = append(m[field], text)
			}
		}
	}
}

// text joins the messages in a fixed order.
func (m messages) text() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(m)) {
		text := strings.Join(m[field], " ")
		if field != "detail" && field != "" {
			text = field + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func (c *Client) cleanFields(raw messages) map[string][]string {
	fields := make(map[string][]string, len(raw))
	for field, texts := range raw {
		for _, text := range texts {
			fields[c.clean(field)] = append(fields[c.clean(field)], c.clean(text))
		}
	}
	return fields
}

// clean returns a foreign text on one line, without the credential, bounded. It
// redacts the text as it will be shown, and before it cuts it, so that no half of
// a key is left.
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

// oneLine replaces line breaks, and everything else that a terminal would act
// on, by spaces.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
}

// isJSON is also true for a response without a content type.
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

// retryAfter reads the header in both its forms, seconds and a date, as whole
// seconds of at most a day; 0 for none.
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
