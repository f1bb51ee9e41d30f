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
	// maxErrorBytes bounds the body of a response that is not a report or list.
	maxErrorBytes = 64 << 10
	// maxDetailRunes bounds the API's message in an error.
	maxDetailRunes = 500
)

// responseError builds the error of a response that is not a 2xx.
func (c *Client) responseError(response *http.Response, call call) *Error {
	failure := &Error{RetryAfter: retryAfter(response.Header)}
	messages, isAPI := readMessages(response, call)
	if isAPI {
		failure.Detail, failure.Fields = c.clean(messages.text()), c.cleanFields(messages)
	}

	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		failure.Kind, failure.Detail = KindNotAPI, "The response is a redirect"+c.redirectHost(response)+". The provider does not follow it, because it would send the credential there."
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
	// A 401 has its own kind, also that of a proxy.
	failure.NotFromAPI = failure.Kind == KindNotAPI || failure.Kind == KindAuthentication && !isAPI
	switch {
	case failure.Detail != "":
	case isAPI:
		failure.Detail = "The reason is not shown: it is about fields that this request did not send, or has an unknown form, and could contain personal data."
	default:
		failure.Detail = "The API gave no reason."
	}
	if failure.RetryAfterExceedsLimit() {
		failure.Detail = strings.TrimRight(failure.Detail, ".") + ". The API asks to wait " + failure.RetryAfter.String() + ", which is longer than this provider waits (" + maxRetryAfter.String() + ")."
	}
	return failure
}

// notFoundKind recognizes the API's own 404 by its exact text, because it removes a
// resource from the state, and other services behind a wrong base URL return
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

// messages are the messages of an error response by field. Those without a field are
// under "".
type messages map[string][]string

func (m messages) detail() string { return strings.Join(m["detail"], " ") }

// readMessages reads the messages of an error response. It returns false if their
// shape is not one that the API uses. It does not read the body of other responses:
// the body of a 101 is the connection itself, and reading it can block for ever.
func readMessages(response *http.Response, call call) (messages, bool) {
	if response.StatusCode < 400 {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes)) // HTML too, to reuse the connection
	if err != nil || !isJSON(response.Header) {
		return nil, false
	}
	return parseMessages(body, sentFields(call))
}

// parseMessages parses the shapes of error responses: {"detail": "message"},
// {"non_field_errors": ["message"]}, ["message"], {"field": ["message"]}, {"field":
// "message"}, and {"field": [{}, {"part": ["message"]}]} for a field with parts.
//
// It keeps only fields that the request has sent. A service once put the whole object
// into an error, with a person's data and a signing secret.
func parseMessages(body []byte, sent map[string]bool) (found messages, isAPI bool) {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil, false
	}
	found = messages{}
	switch value := value.(type) {
	case map[string]any:
		for field, texts := range value {
			isAPI = isAPI || hasText(texts)
			switch {
			case field == "detail" || field == "non_field_errors":
				isAPI = isAPI || isObject(texts)
				found.addTexts(field, texts)
			case sent[field]:
				isAPI = isAPI || isObject(texts)
				found.add(field, texts, sent)
			}
		}
	case []any:
		found.addTexts("", value)
		isAPI = len(found) > 0
	}
	return found, isAPI
}

// hasText reports whether a value is a text or a list with texts, in parts or not.
func hasText(value any) bool {
	switch value := value.(type) {
	case string:
		return true
	case []any:
		return slices.ContainsFunc(value, hasText)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(value)), func(part any) bool {
			texts, isList := part.([]any)
			return isList && slices.ContainsFunc(texts, hasText)
		})
	}
	return false
}

// isObject reports whether a value is an object that is not empty: a reason in a form that
// the API has not published, such as {"code": "invalid", "message": "…"}.
func isObject(value any) bool {
	members, _ := value.(map[string]any)
	return len(members) > 0
}

// addTexts adds a text, or the texts in a list.
func (m messages) addTexts(field string, value any) {
	texts, isList := value.([]any)
	if !isList {
		texts = []any{value}
	}
	for _, text := range texts {
		if text, isText := text.(string); isText {
			m[field] = append(m[field], text)
		}
	}
}

// add adds the messages in a value to those of a field. The parts of a field are its
// members that the request has sent, or the numbers of its items.
func (m messages) add(field string, value any, sent map[string]bool) {
	m.addTexts(field, value)
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	for _, item := range items {
		parts, _ := item.(map[string]any)
		for _, part := range slices.Sorted(maps.Keys(parts)) {
			_, err := strconv.ParseUint(part, 10, 32)
			// Only lists: another text in an object may be a person's data.
			if texts, isList := parts[part].([]any); isList && (err == nil || sent[part]) {
				m.addTexts(field, texts)
			}
		}
	}
}

// sentFields returns the names of the fields in a request's body, and of its query except
// for vendor data, which the API could quote.
func sentFields(call call) map[string]bool {
	sent := map[string]bool{}
	query, _ := url.ParseQuery(call.query)
	for name := range query {
		sent[name] = name != "vendor_data"
	}
	var body any
	_ = json.Unmarshal(call.body, &body)
	addNames(sent, body)
	return sent
}

func addNames(sent map[string]bool, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			sent[name] = true
			addNames(sent, member)
		}
	case []any:
		for _, item := range value {
			addNames(sent, item)
		}
	}
}

// text joins the messages in the order of their fields.
func (m messages) text() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(m)) {
		text := strings.Join(m[field], " ")
		if field != "detail" && field != "non_field_errors" && field != "" {
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

// clean returns a text from a response as one bounded line without the credential. It
// redacts the line before it cuts it, so that no half of a key remains.
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

// oneLine replaces line breaks and other characters that are not printable, which a
// terminal may act on, by spaces.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
}

// isJSON reports whether the content type is JSON, or there is none.
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

// retryAfter parses the header Retry-After, seconds or a date, into whole seconds, at
// most a day. It returns 0 if there is no valid one.
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
