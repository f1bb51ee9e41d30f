// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// serveControl serves the endpoints that the package comment lists under Control.
func (s *Simulator) serveControl(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		detailResponse(http.StatusForbidden, "Control is for loopback addresses only.").send(w, false)
		return
	}
	s.control().ServeHTTP(w, r)
}

func (s *Simulator) control() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, run func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 64*maxRequestBody)
			value, err := run(r)
			if err != nil {
				detailResponse(controlStatus(err), err.Error()).send(w, false)
				return
			}
			jsonResponse(http.StatusOK, value).send(w, false)
		})
	}
	done := map[string]bool{"done": true}
	handle("GET /simulator/requests", func(*http.Request) (any, error) { return s.Requests(), nil })
	handle("DELETE /simulator/requests", func(*http.Request) (any, error) { s.ResetRequests(); return done, nil })
	handle("GET /simulator/trail", func(r *http.Request) (any, error) { return s.Trail(r.URL.Query().Get("session_id")), nil })
	handle("GET /simulator/sessions", func(*http.Request) (any, error) { return s.Sessions(), nil })
	handle("POST /simulator/sessions", decoded(func(added Session) (any, error) {
		if err := checkAddedSession(added); err != nil {
			return nil, err
		}
		s.AddSession(added)
		return done, nil
	}))
	handle("DELETE /simulator/sessions/{id}", func(r *http.Request) (any, error) { s.DeleteSession(r.PathValue("id")); return done, nil })
	handle("POST /simulator/faults", decoded(func(fault Fault) (any, error) { s.Inject(fault); return done, nil }))
	handle("DELETE /simulator/faults", func(*http.Request) (any, error) { s.ClearFaults(); return done, nil })
	handle("POST /simulator/console", decoded(func(d consoleDecision) (any, error) {
		return done, s.DecideFeature(d.SessionID, d.NodeID, d.FeatureType, d.Status, d.Comment)
	}))
	handle("POST /simulator/console/session", decoded(func(d consoleDecision) (any, error) {
		return done, s.DecideSession(d.SessionID, d.Status, d.Comment)
	}))
	handle("POST /simulator/console/hit", decoded(func(d consoleDecision) (any, error) {
		return done, s.ReviewHit(d.SessionID, d.NodeID, d.HitID, d.ReviewStatus)
	}))
	handle("POST /simulator/decide", decoded(func(d Decision) (any, error) { return done, s.Decide(d) }))
	handle("POST /simulator/monitoring", decoded(func(d consoleDecision) (any, error) {
		return done, s.MonitoringMatch(d.SessionID, d.NodeID, d.Hit, d.At)
	}))
	handle("POST /simulator/flow/finish", decoded(func(d consoleDecision) (any, error) { return done, s.FinishFlow(d.SessionID) }))
	handle("POST /simulator/console/override/cancel", decoded(func(d consoleDecision) (any, error) {
		return done, s.CancelOverride(d.SessionID, d.OverrideID)
	}))
	handle("POST /simulator/time", decoded(func(d consoleDecision) (any, error) { s.SetTime(d.Time); return done, nil }))
	handle("POST /simulator/hits", decoded(func(d consoleDecision) (any, error) { return done, s.SetHit(d.SessionID, d.NodeID, d.Hit) }))
	handle("DELETE /simulator/hits/{id}", func(r *http.Request) (any, error) {
		query := r.URL.Query()
		return done, s.RemoveHit(query.Get("session_id"), query.Get("node_id"), r.PathValue("id"))
	})
	handle("GET /simulator/destinations", func(*http.Request) (any, error) { return s.Destinations(), nil })
	handle("POST /simulator/destinations", decoded(func(d Destination) (any, error) { return s.SetDestination(d), nil }))
	handle("DELETE /simulator/destinations/{id}", func(r *http.Request) (any, error) { s.DeleteDestination(r.PathValue("id")); return done, nil })
	return mux
}

// consoleDecision is the body of the endpoints for a person in the console, and for hits.
type consoleDecision struct {
	SessionID    string `json:"session_id"`
	NodeID       string `json:"node_id"`
	FeatureType  string `json:"feature_type"`
	HitID        string `json:"hit_id"`
	OverrideID   string `json:"override_id"`
	Status       string `json:"status"`
	ReviewStatus string `json:"review_status"`
	Comment      string `json:"comment"`
	Hit          Hit    `json:"hit"`

	At   time.Time `json:"at,omitzero"`
	Time time.Time `json:"time,omitzero"`
}

// checkAddedSession returns an error for a mistyped session: the API would never find its ID, or
// has no such array in a report.
func checkAddedSession(added Session) error {
	if added.ID != "" && !uuidForm.MatchString(added.ID) {
		return fmt.Errorf("session ID %q is not a UUID in lower case", added.ID)
	}
	for _, feature := range added.Features {
		if _, isKnown := featureTypes[feature.Array]; !isKnown {
			known := strings.Join(slices.Sorted(maps.Keys(featureTypes)), ", ")
			return fmt.Errorf("array %q is not one of the report's: %s", feature.Array, known)
		}
	}
	return nil
}

// decoded returns a handler that reads the one JSON value of a body. An unknown field is an error,
// because it is probably misspelt.
func decoded[T any](run func(T) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var value T
		if err := json.UnmarshalRead(r.Body, &value, json.RejectUnknownMembers(true)); err != nil {
			return nil, err
		}
		return run(value)
	}
}

// controlStatus returns the status for an error of a method or of a body.
func controlStatus(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, ErrConflict):
		return http.StatusConflict
	}
	return http.StatusBadRequest
}
