// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"testing"

	md "github.com/didit-community/terraform-provider-didit/internal/markdown"
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
			var err error
			if options.SessionURL, err = md.ParseSessionURL(test.template); err != nil {
				t.Fatal(err)
			}
			plan := planOf(update(session("In Review").with("session_id", test.id), session("Declined").with("session_id", test.id)))

			requireParts(t, summary.Markdown(options, summarize(t, summary.Input{Plan: parsePlan(t, plan)})), "### Session "+test.want+"\n")
		})
	}
}

func TestSessionURL_UnknownAndSensitiveSessionsAreNoLinks(t *testing.T) {
	t.Parallel()
	sessionURL, err := md.ParseSessionURL("https://example.com/{session_id}")
	if err != nil {
		t.Fatal(err)
	}
	plan := planOf(
		change("create", nil, fields{"status": "Approved"}).marked("after_unknown", fields{"session_id": true}),
		change("create", nil, session("Approved")).marked("after_sensitive", fields{"session_id": true}))

	requireNone(t, summary.Markdown(summary.Options{SessionURL: sessionURL}, summarize(t, summary.Input{Plan: parsePlan(t, plan)})), "https://")
}
