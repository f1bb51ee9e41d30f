// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

func TestCheckDestinationURL_AcceptsURLs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://hooks.example.com", "https://hooks.example.com/didit?team=a%20b&mail=a@example.com", "https://hooks.example.com:8443/", "https://localhost", "https://a_b.example.com/x",
		"https://192.0.2.1/x", "https://[2001:db8::1]:443/x", "https://xn--bcher-kva.example/", "https://HOOKS.example.com./", "https://hooks.example.com/" + strings.Repeat("a", maxURLBytes-26),
	} {
		if problem := checkDestinationURL(text); problem != "" {
			t.Errorf("%.80s: %s, want it accepted", text, problem)
		}
	}
}

func TestCheckDestinationURL_RejectsOtherTexts(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"":                                   "must begin with https://",
		"hooks.example.com":                  "must begin with https://",
		"http://hooks.example.com":           "must begin with https://",
		"HTTPS://hooks.example.com":          "must begin with https://",
		"https:///didit":                     "has no host",
		"https://:443/":                      "has no host",
		"https://.":                          "invalid host name",
		"https://-/":                         "invalid host name",
		"https://hooks..example.com":         "invalid host name",
		"https://-hooks.example.com":         "invalid host name",
		"https://[fe80::1%25eth0]/":          "invalid host name",
		"https://hooks.example.com:/x":       "invalid port",
		"https://hooks.example.com:0/x":      "invalid port",
		"https://hooks.example.com:99999/x":  "invalid port",
		"https://hooks.example.com:x/":       "cannot be read",
		"https://hooks.example.com/%zz":      "cannot be read",
		"https://hooks.example.com/x#part":   "fragment",
		"https://hooks.example.com/x#":       "fragment",
		"https://hooks example.com":          "without spaces",
		"https://hooks.example.com/a b":      "without spaces",
		"https://hooks.example.com/ ":        "without spaces",
		" https://hooks.example.com":         "without spaces",
		"https://hooks.example.com\n":        "ASCII",
		"https://hooks.example.com/\x00":     "ASCII",
		"https://hooks.example.com/\u202e":   "ASCII",
		"https://hooks.example.com/\u00a0":   "ASCII",
		"https://b\u00fccher.example/":       "xn--",
		"https://didit@hooks.example.com":    "user name",
		"https://didit:pw@hooks.example.com": "user name",
		"https://hooks.example.com/?" + strings.Repeat("a", maxURLBytes): "at most 2000 characters",
	} {
		if problem := checkDestinationURL(text); !strings.Contains(problem, part) {
			t.Errorf("%.80q: problem %q, want %q", text, problem, part)
		}
	}
}

func TestDestinationURLError_KeepsPasswordsOffAttribute(t *testing.T) {
	t.Parallel()
	for _, text := range passwordURLs {
		problem := checkDestinationURL(text)
		failure := destinationURLError(text, problem)

		if _, isOnAttribute := failure.(diag.DiagnosticWithPath); problem == "" || isOnAttribute || strings.Contains(failure.Detail(), "hush-hush") {
			t.Errorf("%s: %#v, want an error without an attribute", text, failure)
		}
	}
	if _, isOnAttribute := destinationURLError("http://x", "must").(diag.DiagnosticWithPath); !isOnAttribute {
		t.Error("the error of a URL without @ is not on the attribute")
	}
}

// passwordURLs contain a password, and most are malformed.
var passwordURLs = []string{
	"didit:hush-hush@hooks.example.com/x", "https:didit:hush-hush@hooks.example.com", "https:/didit:hush-hush@hooks.example.com",
	"https//didit:hush-hush@hooks.example.com", "http://didit:hush-hush@hooks.example.com", "https://didit:hush-hush@", "https://didit:hush-hush@hooks example.com",
	"//didit:hush-hush@hooks.example.com", "https:///didit:hush-hush@hooks.example.com", "https://didit:hush-hush@hooks.example.com", "https://didit:hush-hush%zz@hooks.example.com",
}

func TestCheckDestinationLabel_RejectsUnreadableLabels(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "Decisions, all", "Zahlungen für Köln", "審査", "\U0001F514 Alerts", strings.Repeat("ü", maxLabelRunes)} {
		if problem := checkDestinationLabel(text); problem != "" {
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
		problem := checkDestinationLabel(text)
		if !strings.Contains(problem, part) || strings.ContainsFunc(problem, check.Hidden) {
			t.Errorf("%q: problem %q, want %q", text, problem, part)
		}
	}
}
