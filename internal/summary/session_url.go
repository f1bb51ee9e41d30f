// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// SessionURL is where a team looks at a session. The zero SessionURL is none.
type SessionURL struct{ template string }

const (
	sessionPlaceholder = "{session_id}"
	exampleSession     = "11111111-2222-4333-8444-555555555555"
)

var sessionID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// ParseSessionURL reads a template such as https://example.com/sessions/{session_id}.
func ParseSessionURL(template string) (SessionURL, error) {
	if !strings.Contains(template, sessionPlaceholder) {
		return SessionURL{}, errors.New("it lacks {session_id}, as in 'https://example.com/sessions/{session_id}'; put it in quotes")
	}
	parsed, err := url.Parse(strings.ReplaceAll(template, sessionPlaceholder, exampleSession))
	switch {
	case err != nil:
		return SessionURL{}, fmt.Errorf("it is not a URL: %w", errors.Unwrap(err))
	case parsed.Scheme != "https":
		return SessionURL{}, errors.New("it has to begin with https://")
	case parsed.Hostname() == "":
		return SessionURL{}, errors.New("it has no host")
	case parsed.User != nil:
		return SessionURL{}, errors.New("it must not hold a user name or password")
	}
	return SessionURL{template}, nil
}

// link returns the session as a table or heading shows it: a link if the ID is
// a known UUID.
func (u SessionURL) link(session Value) string {
	text := session.cell(maxName)
	if u.template == "" || session.Kind != Known || !sessionID.MatchString(session.Text) {
		return text
	}
	return "[" + text + "](" + escapeURL(strings.ReplaceAll(u.template, sessionPlaceholder, session.Text)) + ")"
}

// escapeURL escapes everything that could end the link or the cell, or that would be
// Markdown or HTML.
func escapeURL(text string) string {
	var escaped strings.Builder
	for _, b := range []byte(text) {
		if b > ' ' && b < 0x7f && !strings.ContainsRune("\"'()*<>[\\]^`{|}", rune(b)) {
			escaped.WriteByte(b)
		} else {
			fmt.Fprintf(&escaped, "%%%02X", b)
		}
	}
	return escaped.String()
}
