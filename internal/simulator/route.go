// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// sessionIDForm is the only spelling that the server's routes know: another one never reaches the API.
var sessionIDForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// call is one request that a route matched.
type call struct {
	request   *http.Request
	body      []byte
	caller    *caller
	sessionID string
	nodeID    string
}

// operation is one method of one path.
type operation struct {
	method string
	run    func(*Simulator, call) answer
}

// route finds the operation of a request and runs it. Segments are split while they are still escaped, so that a node
// ID may hold any character. Only what an operation answers counts against the limits: a page or a redirect comes from
// the server in front of it.
func (s *Simulator) route(r *http.Request, body []byte, caller *caller) answer {
	path := r.URL.EscapedPath()
	trimmed, slashed := strings.CutSuffix(path, "/")
	segments, ok := unescape(strings.Split(strings.TrimPrefix(trimmed, "/v3/"), "/"))
	if !ok {
		return notFoundPage()
	}
	found, c := match(segments)
	switch {
	case found.run == nil:
		return notFoundPage()
	case !slashed:
		return redirectToSlash(path, r.URL.RawQuery)
	case r.Method != found.method:
		a := detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", r.Method))
		a.header.Set("Allow", found.method+", OPTIONS")
		return a
	}
	if refused, over := s.limits.refuse(caller, r, time.Now()); over {
		return refused
	}
	c.request, c.body, c.caller = r, body, caller
	return found.run(s, c)
}

func match(segments []string) (operation, call) {
	n := len(segments)
	switch {
	case n == 1 && segments[0] == "sessions":
		return operation{http.MethodGet, (*Simulator).listSessions}, call{}
	case n < 3 || !sessionIDForm.MatchString(segments[1]):
		return operation{}, call{}
	case n == 3 && segments[0] == "session" && segments[2] == "decision":
		return operation{http.MethodGet, (*Simulator).retrieveDecision}, call{sessionID: segments[1]}
	case n == 3 && segments[0] == "sessions" && segments[2] == "reviews":
		return operation{http.MethodGet, (*Simulator).listReviews}, call{sessionID: segments[1]}
	case n == 5 && segments[0] == "session" && segments[2] == "features" && segments[3] != "" && segments[4] == "update-status":
		return operation{http.MethodPatch, (*Simulator).updateFeatureStatus}, call{sessionID: segments[1], nodeID: segments[3]}
	}
	return operation{}, call{}
}

func unescape(segments []string) ([]string, bool) {
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return nil, false
		}
		segments[i] = plain
	}
	return segments, true
}
