// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package markdown

import (
	"errors"
	"regexp"
	"strings"
)

// SessionURL is where a team opens a session. The zero SessionURL is none.
type SessionURL struct{ template string }

const sessionPlaceholder = "{session_id}"

var (
	sessionID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	// Other characters could end a link or a cell, or would be Markdown.
	plainURL = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]+)?([/?#][A-Za-z0-9:/?#@!$&+,;=._~%-]*)?$`)
)

// ParseSessionURL reads a template such as https://example.com/sessions/{session_id}; ""
// is none.
func ParseSessionURL(template string) (SessionURL, error) {
	if template != "" && (!strings.Contains(template, sessionPlaceholder) || !plainURL.MatchString(strings.ReplaceAll(template, sessionPlaceholder, "0"))) {
		return SessionURL{}, errors.New("write it like 'https://example.com/sessions/{session_id}', in quotes, " +
			"with other characters than letters, digits and :/?#@!$&+,;=._~- as %20 and the like")
	}
	return SessionURL{template}, nil
}

// Link returns the text as a link to the session, or the text itself if the ID is not a UUID
// or there is no URL. The text must be Markdown without links.
func (u SessionURL) Link(id, text string) string {
	if u.template == "" || !sessionID.MatchString(id) {
		return text
	}
	return "[" + text + "](" + strings.ReplaceAll(u.template, sessionPlaceholder, id) + ")"
}
