// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestSessionURL_MakesKnownUUIDsLinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ template, id, want string }{
		"path":            {"https://example.com/s/{session_id}", session1, "[`" + session1 + "`](https://example.com/s/" + session1 + ")"},
		"query, twice":    {"https://example.com/{session_id}?s={session_id}#x", session1, "[`" + session1 + "`](https://example.com/" + session1 + "?s=" + session1 + "#x)"},
		"escaped":         {"https://example.com/a) b|<c>`*'\"[]\\é/{session_id}", session1, "[`" + session1 + "`](https://example.com/a%29%20b%7C%3Cc%3E%60%2A%27%22%5B%5D%5C%C3%A9/" + session1 + ")"},
		"not a UUID":      {"https://example.com/s/{session_id}", "../../" + session1, "`../../" + session1 + "`"},
		"no URL is given": {"", session1, "`" + session1 + "`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := page
			if test.template != "" {
				var err error
				if options.SessionURL, err = summary.ParseSessionURL(test.template); err != nil {
					t.Fatal(err)
				}
			}
			plan := planOf(update(session("In Review").with("session_id", test.id), session("Declined").with("session_id", test.id)))

			requireParts(t, summary.Markdown(options, summarize(t, summary.Input{Plan: parsePlan(t, plan)})), "### Session "+test.want+"\n")
		})
	}
}

func TestSessionURL_UnknownAndSensitiveSessionsAreNoLinks(t *testing.T) {
	t.Parallel()
	sessionURL, err := summary.ParseSessionURL("https://example.com/{session_id}")
	if err != nil {
		t.Fatal(err)
	}
	plan := planOf(
		change("create", nil, fields{"status": "Approved"}).marked("after_unknown", fields{"session_id": true}),
		change("create", nil, session("Approved")).marked("after_sensitive", fields{"session_id": true}))

	requireNone(t, summary.Markdown(summary.Options{SessionURL: sessionURL}, summarize(t, summary.Input{Plan: parsePlan(t, plan)})), "https://")
}

func TestParseSessionURL_RejectsOtherTemplates(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"":                                     "it lacks {session_id}",
		"https://example.com/":                 "it lacks {session_id}",
		"http://example.com/{session_id}":      "it has to begin with https://",
		"javascript:alert('{session_id}')":     "it has to begin with https://",
		"{session_id}":                         "it has to begin with https://",
		"https:///{session_id}":                "it has no host",
		"https://me:pw@e.example/{session_id}": "it must not hold a user name",
		"https://e.example/%zz/{session_id}":   "it is not a URL",
		"https://e.example/\n/{session_id}":    "it is not a URL",
	} {
		if _, err := summary.ParseSessionURL(template); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: the error is %v, want %q", template, err, want)
		}
	}
}
