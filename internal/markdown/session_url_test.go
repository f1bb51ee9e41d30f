// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package markdown_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

func TestParseSessionURL_RejectsOtherTemplates(t *testing.T) {
	t.Parallel()
	for _, template := range []string{
		"https://example.com/", "http://example.com/{session_id}", "javascript:alert('{session_id}')", "{session_id}",
		"https:///{session_id}", "https://me:pw@e.example/{session_id}", "https://{session_id}@e.example/", "https://e.example/\n/{session_id}", "https://e.example/{session_id}\n",
		"https://e.example/a|b/{session_id}", "https://e.example/a)/{session_id}", "https://e.example/<b>/{session_id}", "https://e.example/a b/{session_id}",
		"https://e.example/ä/{session_id}", "https://e.example/`/{session_id}", "https://e.example/*/{session_id}", "https://e.example/[/{session_id}", "https://e.example/{other}/{session_id}",
	} {
		if _, err := markdown.ParseSessionURL(template); err == nil || !strings.HasPrefix(err.Error(), "write it like 'https://example.com/sessions/{session_id}'") {
			t.Errorf("%q: the error is %v", template, err)
		}
	}
}
