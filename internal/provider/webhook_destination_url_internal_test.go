// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

func TestCheckDestinationURL_AcceptsURLs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://hooks.example.com", "https://hooks.example.com/didit?team=a%20b&mail=a@example.com", "https://hooks.example.com:8443/", "https://localhost", "https://a_b.example.com/x",
		"https://192.0.2.1/x", "https://[2001:db8::1]:443/x", "https://xn--bcher-kva.example/", "https://HOOKS.example.com./", "HTTPS://hooks.example.com", "https://didit@hooks.example.com/#part", "https://hooks.example.com/" + strings.Repeat("a", maxURLBytes-26),
	} {
		if problem := checkDestinationURL(text); problem != "" {
			t.Errorf("%.80s: %s, want it accepted", text, problem)
		}
	}
}

func TestCheckDestinationURL_RejectsOtherTexts(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"":                                  "must begin with https://",
		"hooks.example.com":                 "must begin with https://",
		"http://hooks.example.com":          "must begin with https://",
		"https:///didit":                    "has no host",
		"https://:443/":                     "has no host",
		"https://.":                         "invalid host name",
		"https://-/":                        "invalid host name",
		"https://hooks..example.com":        "invalid host name",
		"https://-hooks.example.com":        "invalid host name",
		"https://[fe80::1%25eth0]/":         "invalid host name",
		"https://hooks.example.com:/x":      "invalid port",
		"https://hooks.example.com:0/x":     "invalid port",
		"https://hooks.example.com:99999/x": "invalid port",
		"https://hooks.example.com:x/":      "cannot be read",
		"https://hooks.example.com/%zz":     "cannot be read",
		"https://hooks.example.com/?a=%zz":  "without two hexadecimal digits",
		"https://hooks.example.com/?a=100%": "without two hexadecimal digits",
		"https://192.0.2.256/":              "invalid host name",
		"https://192.000.2.1/":              "invalid host name",
		"https://127.1/":                    "invalid host name",
		"https://0x7f000001/":               "invalid host name",
		"https://hooks.example.0x7f/":       "invalid host name",
		"https://hooks example.com":         "without spaces",
		"https://hooks.example.com/a b":     "without spaces",
		"https://hooks.example.com/ ":       "without spaces",
		" https://hooks.example.com":        "without spaces",
		"https://hooks.example.com\n":       "ASCII",
		"https://hooks.example.com/\x00":    "ASCII",
		"https://hooks.example.com/\u202e":  "ASCII",
		"https://hooks.example.com/\u00a0":  "ASCII",
		"https://b\u00fccher.example/":      "xn--",
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
		problem := cmp.Or(checkDestinationURL(text), checkNewURL(text))
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

// Each text is a URL that Didit takes, with its normal form, or what a problem says that
// does not quote one; "" if the text is in normal form.
func TestCheckNewURL_RequiresNormalForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://hooks.example.com/":                            "",
		"https://hooks.example.com/didit":                       "",
		"https://hooks.example.com/didit/":                      "",
		"https://hooks.example.com//a//b":                       "",
		"https://hooks.example.com:8443/a?b=c&d=e%20f":          "",
		"https://hooks.example.com/a%2Fb?c=%C3%BC":              "",
		"https://hooks.example.com/~a-b_c.d!$&'()*+,;=:@e?f=/?": "",
		"https://hooks.example.com/...":                         "",
		"https://192.0.2.1/x":                                   "",
		"https://[2001:db8::1]/x":                               "",
		"https://xn--bcher-kva.example/":                        "",

		"https://hooks.example.com":            `"https://hooks.example.com/"`,
		"https://hooks.example.com?a=b":        `"https://hooks.example.com/?…"`,
		"https://Example.COM:443/hook":         `"https://example.com/hook"`,
		"HTTPS://hooks.example.com/":           `"https://hooks.example.com/"`,
		"https://hooks.example.com:443/":       `"https://hooks.example.com/"`,
		"https://hooks.example.com:0443/":      `"https://hooks.example.com/"`,
		"https://hooks.example.com:08443/":     `"https://hooks.example.com:8443/"`,
		"https://hooks.example.com./":          `"https://hooks.example.com/"`,
		"https://hooks.example.com.:443":       `"https://hooks.example.com/"`,
		"https://XN--BCHER-KVA.example/":       `"https://xn--bcher-kva.example/"`,
		"https://[2001:DB8:0:0::1]:443/x":      `"https://[2001:db8::1]/x"`,
		"https://[2001:db8::1]":                `"https://[2001:db8::1]/"`,
		"https://192.0.2.1.":                   `"https://192.0.2.1/"`,
		"https://hooks.example.com/a/./b":      `"https://hooks.example.com/a/b"`,
		"https://hooks.example.com/a/../b":     `"https://hooks.example.com/b"`,
		"https://hooks.example.com/a/b/..":     `"https://hooks.example.com/a/"`,
		"https://hooks.example.com/a/.":        `"https://hooks.example.com/a/"`,
		"https://hooks.example.com/../../a":    `"https://hooks.example.com/a"`,
		"https://hooks.example.com/..":         `"https://hooks.example.com/"`,
		"https://hooks.example.com/a/%2e%2E/b": `"https://hooks.example.com/b"`,
		"https://hooks.example.com/a/%2e/b":    `"https://hooks.example.com/a/b"`,
		"https://hooks.example.com/a%2fb":      `"https://hooks.example.com/a%2Fb"`,
		"https://hooks.example.com/%41%7e":     `"https://hooks.example.com/A~"`,
		"https://hooks.example.com/a|b":        `"https://hooks.example.com/a%7Cb"`,
		"https://hooks.example.com/a[]":        `"https://hooks.example.com/a%5B%5D"`,
		`https://hooks.example.com/a\b`:        `"https://hooks.example.com/a%5Cb"`,
		"https://hooks.example.com/x?":         `"https://hooks.example.com/x"`,
		"https://hooks.example.com/x?a=%c3%bc": `"https://hooks.example.com/x?a=%C3%BC"`,
		"https://hooks.example.com/x?a[]=%41":  `"https://hooks.example.com/x?a%5B%5D=A"`,
		"https://HOOKS.example.com/x?key=hush": `"https://hooks.example.com/x?…"`,

		"https://hooks.example.com/x#part":   "must not contain a fragment",
		"https://hooks.example.com/x#":       "must not contain a fragment",
		"https://didit@hooks.example.com/":   "must not contain a user name",
		"https://didit:pw@hooks.example.com": "must not contain a user name",
		"https://@hooks.example.com/":        "must not contain a user name",
	} {
		problem := checkNewURL(text)

		if want == "" && problem != "" || !strings.Contains(problem, want) || strings.Contains(problem, "hush") {
			t.Errorf("%s: problem %q, want %q", text, problem, want)
		}
		if checkDestinationURL(text) != "" {
			t.Errorf("%s: Didit does not take it: %s", text, checkDestinationURL(text))
		}
	}
}

// The normal form of a normal form is itself: a user who follows the message is done.
func FuzzNormalURL_IsStable(f *testing.F) {
	for _, text := range []string{"https://Example.COM:443/a/%2e%2E/b?%c3%bc", "https://h/a|b[]?x=%41", "https://[::1]:0443//../", "https://h/%25%2E/..%2f"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := url.Parse(text)
		if checkDestinationURL(text) != "" || err != nil {
			return
		}
		normal := normalURL(parsed)
		again, err := url.Parse(normal)
		if err != nil || normalURL(again) != normal || parsed.User == nil && checkNewURL(normal) != "" {
			t.Errorf("%q: normal form %q is not stable: %v", text, normal, err)
		}
	})
}
