// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"strings"
	"testing"
)

func TestParseBaseURL_AcceptsHTTPSOrLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://verification.didit.me":   "https://verification.didit.me",
		"https://verification.didit.me//": "https://verification.didit.me",
		"HTTPS://Example.com:8443/a/":     "https://Example.com:8443/a",
		"https://example.com/a%2Fb/":      "https://example.com/a%2Fb",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"http://127.8.9.10":               "http://127.8.9.10",
		"http://[::1]:8080/":              "http://[::1]:8080",
		"http://localhost:1":              "http://localhost:1",
		"http://LocalHost":                "http://LocalHost",
	} {
		base, err := ParseBaseURL(address)
		if err != nil || base.String() != want {
			t.Errorf("%s is read as %v (%v), want %s", address, base, err, want)
		}
	}
}

func TestParseBaseURL_ErrorDoesNotRepeatTheAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                    "https://",
		"verification.didit.me":               "https://",
		"//secret.example.com":                "https://",
		"ftp://secret.example.com":            "https://",
		"https://":                            "no host",
		"https://:443/secret":                 "no host",
		"https:secret.example.com":            "no host",
		"https://secret.example.com:port":     "cannot be read",
		"https://secret%zz":                   "cannot be read",
		"https://user:secret@example.com":     "user name or password",
		"https://secret@example.com":          "user name or password",
		"https://example.com?secret":          "query",
		"https://example.com?":                "query",
		"https://example.com/#secret":         "fragment",
		"http://secret.example.com":           "plain http",
		"http://localhost.secret.example.com": "plain http",
		"http://127.0.0.1.secret.example.com": "plain http",
		"http://128.0.0.1":                    "plain http",
		"http://0.0.0.0":                      "plain http",
		"http://[::2]":                        "plain http",
	} {
		base, err := ParseBaseURL(address)
		switch {
		case err == nil:
			t.Errorf("%q is read as %s", address, base)
		case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: %v, want a word of %q", address, err, want)
		}
	}
}
