// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

var (
	hostName = regexp.MustCompile(`^(\w([\w-]*\w)?\.)*\w([\w-]*\w)?\.?$`)
	// numericLabel at the end of a host makes clients read it as an IPv4 address.
	numericLabel   = regexp.MustCompile(`(^|\.)(\d+|0[xX][0-9a-fA-F]*)\.?$`)
	percentEncoded = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
)

// checkDestinationURL rejects a URL that Didit does not accept. Its problems do not quote
// the URL.
func checkDestinationURL(text string) string {
	parsed, err := url.Parse(text)
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "must consist of visible ASCII characters, without spaces; percent-encode others, and write an international host name in its xn-- form"
	case len(text) > maxURLBytes:
		return fmt.Sprintf("must have at most %d characters, not %d", maxURLBytes, len(text))
	case err != nil:
		return "cannot be read as a URL; write it like https://hooks.example.com/didit"
	case !hasHTTPS(text):
		return "must begin with https://, because events contain personal data"
	case parsed.Hostname() == "":
		return "has no host; write it like https://hooks.example.com/didit"
	case !isHost(parsed.Hostname()):
		return "has an invalid host name; write it like https://hooks.example.com/didit"
	case !isPort(parsed):
		return "has an invalid port; write one from 1 to 65535, or leave out the colon too"
	case strings.Contains(percentEncoded.ReplaceAllString(text, ""), "%"):
		return "contains a % without two hexadecimal digits after it; write %25 for a percent sign"
	}
	return ""
}

// checkNewURL rejects a URL that [checkDestinationURL] accepts, but that Didit may store in
// another form, which would be planned as a change for ever. A URL that a destination has
// already is not checked: it can be adopted as it is. Only the last problem quotes the URL,
// without the part that may be a secret.
func checkNewURL(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	normal := normalURL(parsed)
	switch {
	case parsed.User != nil:
		return "must not contain a user name or password; check the signature of each event instead"
	case strings.Contains(text, "#"):
		return "must not contain a fragment (# and what follows), because it is never sent; leave it out"
	case text == normal:
		return ""
	}
	address, query, _ := strings.Cut(normal, "?")
	if query != "" && query == parsed.RawQuery {
		query = "…"
	}
	if query != "" {
		address += "?" + query
	}
	return fmt.Sprintf("is not in its normal form, and Didit may store it in that; write %s (host in lower case, no default port, no dot segments, a path of at least /, percent-encoding in upper case and only where it is necessary)", strconv.Quote(address))
}

// normalURL returns the form into which servers and clients bring an https URL: RFC 3986,
// section 6.2, without a dot at the end of the host and without an empty query.
func normalURL(parsed *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(parsed.Hostname()), ".")
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		host = "[" + address.String() + "]"
	}
	if port, err := strconv.Atoi(parsed.Port()); err == nil && port != 443 {
		host += ":" + strconv.Itoa(port)
	}
	normal := "https://" + host + withoutDotSegments(normalEncoding(parsed.EscapedPath(), "/"))
	if parsed.RawQuery != "" {
		normal += "?" + normalEncoding(parsed.RawQuery, "/?")
	}
	return normal
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

// normalEncoding writes percent-encodings in upper case, decodes those of unreserved
// characters, and encodes characters that a path does not have, except for those in allowed.
func normalEncoding(text, allowed string) string {
	allowed += unreserved + "!$&'()*+,;=:@%"
	text = percentEncoded.ReplaceAllStringFunc(text, func(encoded string) string {
		code, err := strconv.ParseUint(encoded[1:], 16, 8)
		if err == nil && strings.IndexByte(unreserved, byte(code)) >= 0 {
			return string(rune(code))
		}
		return strings.ToUpper(encoded)
	})
	var normal strings.Builder
	for _, character := range []byte(text) {
		if strings.IndexByte(allowed, character) < 0 {
			fmt.Fprintf(&normal, "%%%02X", character)
			continue
		}
		normal.WriteByte(character)
	}
	return normal.String()
}

// withoutDotSegments resolves the segments . and .. of a path: RFC 3986, section 5.2.4. It
// keeps empty segments, which [path.Clean] does not.
func withoutDotSegments(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	kept := []string{}
	for i, segment := range segments {
		isLast := i == len(segments)-1
		switch {
		case segment == ".." && len(kept) > 0:
			kept = kept[:len(kept)-1]
		case segment != "." && segment != "..":
			kept = append(kept, segment)
			isLast = false
		}
		if isLast {
			kept = append(kept, "") // the path ends with a slash
		}
	}
	return "/" + strings.Join(kept, "/")
}

func hasHTTPS(text string) bool {
	const scheme = "https://"
	return len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

func isHost(name string) bool {
	address, err := netip.ParseAddr(strings.TrimSuffix(name, "."))
	return err == nil && address.Zone() == "" || hostName.MatchString(name) && !numericLabel.MatchString(name)
}

func isPort(parsed *url.URL) bool {
	port, err := strconv.ParseUint(parsed.Port(), 10, 16)
	return err == nil && port > 0 || parsed.Port() == "" && !strings.HasSuffix(parsed.Host, ":")
}

// destinationURLError returns the error for a URL. If the URL may contain a password, it
// is not on the attribute, because Terraform would print its line.
func destinationURLError(text, problem string) diag.Diagnostic {
	if strings.Contains(text, "@") {
		return diag.NewErrorDiagnostic(summaryWebhookURL, "url "+problem+".")
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("url"), summaryWebhookURL, "url "+problem+".")
}
