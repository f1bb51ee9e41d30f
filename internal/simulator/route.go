// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// uuidForm is the spelling that the server's routes accept: another one never reaches the API.
var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// call is one request that a route matched.
type call struct {
	request    *http.Request
	body       []byte
	credential *Credential // nil: unknown
	id         string      // of the session or the destination
	nodeID     string      // or the ID of an override
}

type operation func(*Simulator, call) *response

// routes are the paths below /v3/ with the operations of each. The first * of a path is a UUID, the
// second a node ID or the ID of an override.
var routes = map[string]map[string]operation{
	"sessions":                              {http.MethodGet: (*Simulator).listSessions},
	"sessions/*/reviews":                    {http.MethodGet: (*Simulator).listReviews},
	"session/*/decision":                    {http.MethodGet: (*Simulator).retrieveDecision},
	"session/*/update-status":               {http.MethodPatch: (*Simulator).updateStatus},
	"session/*/update-aml-hit-status":       {http.MethodPatch: (*Simulator).updateHitStatus},
	"session/*/features/*/update-status":    {http.MethodPatch: (*Simulator).updateFeatureStatus},
	"session/*/features/overrides":          {http.MethodGet: (*Simulator).listOverrides},
	"session/*/features/overrides/*/cancel": {http.MethodPost: (*Simulator).cancelOverrideRequest},
	"webhook/destinations": {
		http.MethodGet: (*Simulator).listDestinations, http.MethodPost: (*Simulator).createDestination,
	},
	"webhook/destinations/*": {
		http.MethodGet: (*Simulator).retrieveDestination, http.MethodPatch: (*Simulator).updateDestination,
		http.MethodDelete: (*Simulator).deleteDestination,
	},
}

// route finds the operation of a request and runs it. Segments are split while they are still
// escaped, so that a node ID may contain any character. Only requests that reach an operation count
// against the limits: a page or a redirect comes from the server in front of it.
func (s *Simulator) route(r *http.Request, body []byte, credential *Credential) *response {
	path := r.URL.EscapedPath()
	trimmed, slashed := strings.CutSuffix(path, "/")
	operations, ids := matchRoute(strings.Split(strings.TrimPrefix(trimmed, "/v3/"), "/"))
	run := operations[r.Method]
	switch {
	case operations == nil:
		return notFoundPage()
	case !slashed:
		return redirectToSlash(path, r.URL.RawQuery)
	case run == nil:
		notAllowed := detailResponse(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", r.Method))
		notAllowed.header.Set("Allow", strings.Join(append(slices.Sorted(maps.Keys(operations)), http.MethodOptions), ", "))
		return notAllowed
	}
	if rejected := s.limits.admit(credential, r, time.Now()); rejected != nil {
		return rejected
	}
	return run(s, call{r, body, credential, ids[0], ids[1]})
}

// matchRoute finds the route of a path, and the UUID and the node ID in it.
func matchRoute(segments []string) (operations map[string]operation, ids [2]string) {
	for pattern, operations := range routes {
		var ids []string
		matches := func(segment, part string) bool {
			if part != "*" {
				return segment == part
			}
			id, err := url.PathUnescape(segment)
			ids = append(ids, id)
			return err == nil && id != "" && (len(ids) > 1 || uuidForm.MatchString(id))
		}
		if slices.EqualFunc(segments, strings.Split(pattern, "/"), matches) {
			return operations, [2]string(append(ids, "", ""))
		}
	}
	return nil, ids
}
