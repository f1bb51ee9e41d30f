// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

func TestCheckLabel_RejectsUnreadableLabels(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "Decisions, all", "Zahlungen für Köln", "審査", "\U0001F514 Alerts", strings.Repeat("ü", maxLabelRunes)} {
		if problem := checkDestinationLabel(text) + checkNewLabel(text); problem != "" {
			t.Errorf("%q: %s, want it accepted", text, problem)
		}
	}
	for text, part := range map[string]string{
		"":                                   "must not be blank",
		" ":                                  "must not be blank",
		"\n\u00a0":                           "must not be blank",
		"Decisions ":                         "begin or end with a space",
		"\tDecisions":                        "begin or end with a space",
		"\u00a0Decisions":                    "begin or end with a space",
		"a\nb":                               "line breaks",
		"a\x1b[31mb":                         "invisible characters",
		"\u202eDecisions":                    "invisible characters",
		"Deci\u200bsions":                    "invisible characters",
		"Deci\u00a0sions":                    "invisible characters",
		strings.Repeat("ü", maxLabelRunes+1): "at most 255 characters, not 256",
	} {
		problem := cmp.Or(checkDestinationLabel(text), checkNewLabel(text))
		if !strings.Contains(problem, part) || strings.ContainsFunc(problem, check.Hidden) {
			t.Errorf("%q: problem %q, want %q", text, problem, part)
		}
	}
}
