// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ParseBaseURL parses the address of the API: https with a host, or plain http
// with a loopback host; without user information, query, fragment or version. It
// drops trailing slashes. Its errors are sentences for users. They do not repeat the
// address, which may contain a password.
func ParseBaseURL(address string) (*url.URL, error) {
	parsed, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read as a URL; write it like " + DefaultBaseURL)
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return nil, errors.New("it must begin with https://, like " + DefaultBaseURL)
	case parsed.Hostname() == "":
		return nil, errors.New("it has no host; write it like " + DefaultBaseURL)
	case parsed.User != nil:
		return nil, errors.New("it must not contain a user name or password; Didit's credentials are api_key or access_token")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		return nil, errors.New("it must not have a query or a fragment")
	case strings.HasSuffix(strings.TrimRight(parsed.Path, "/"), "/v3"):
		return nil, errors.New("it must not end with /v3, which the provider adds; write it like " + DefaultBaseURL)
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		return nil, errors.New("plain http would send the credential in clear text; use https (http is accepted for a loopback host only, such as 127.0.0.1)")
	}
	parsed.Path = strings.TrimRight(parsed.Path, "/")
	parsed.RawPath = strings.TrimRight(parsed.RawPath, "/")
	return parsed, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// joinPath builds an API path from segments. It escapes each, and ends the path with
// a slash, because the API redirects otherwise. It rejects a segment that a server or
// proxy could read as two, or as a parent folder.
func joinPath(segments ...string) (string, error) {
	var path strings.Builder
	for _, segment := range segments {
		if segment == "" || segment == "." || segment == ".." || strings.Contains(segment, "/") {
			return "", &Error{Kind: KindRejected, Detail: fmt.Sprintf("%q cannot be part of the API's path.", segment)}
		}
		path.WriteString("/" + url.PathEscape(segment))
	}
	return path.String() + "/", nil
}
