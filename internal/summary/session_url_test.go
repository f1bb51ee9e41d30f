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
	for _, template := range []string{
		"", "https://example.com/", "http://example.com/{session_id}", "javascript:alert('{session_id}')", "{session_id}",
		"https:///{session_id}", "https://me:pw@e.example/{session_id}", "https://{session_id}@e.example/", "https://e.example/\n/{session_id}", "https://e.example/{session_id}\n",
		"https://e.example/a|b/{session_id}", "https://e.example/a)/{session_id}", "https://e.example/<b>/{session_id}", "https://e.example/a b/{session_id}",
		"https://e.example/ä/{session_id}", "https://e.example/`/{session_id}", "https://e.example/*/{session_id}", "https://e.example/[/{session_id}", "https://e.example/{other}/{session_id}",
	} {
		if _, err := summary.ParseSessionURL(template); err == nil || !strings.HasPrefix(err.Error(), "write it like 'https://example.com/sessions/{session_id}'") {
			t.Errorf("%q: the error is %v", template, err)
		}
	}
}
