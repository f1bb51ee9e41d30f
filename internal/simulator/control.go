// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

const controlPrefix = "/simulator/"

// serveControl answers what the package comment lists under Control.
func (s *Simulator) serveControl(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		detail(http.StatusForbidden, "Control is for loopback addresses only.").send(w)
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
				detail(controlStatus(err), err.Error()).send(w)
				return
			}
			object(http.StatusOK, value).send(w)
		})
	}
	done := map[string]bool{"done": true}
	handle("GET /simulator/requests", func(*http.Request) (any, error) { return s.Requests(), nil })
	handle("DELETE /simulator/requests", func(*http.Request) (any, error) { s.ResetRequests(); return done, nil })
	handle("GET /simulator/trail", func(r *http.Request) (any, error) { return s.Trail(r.URL.Query().Get("session_id")), nil })
	handle("GET /simulator/sessions", func(*http.Request) (any, error) { return s.Sessions(), nil })
	handle("DELETE /simulator/sessions/{id}", func(r *http.Request) (any, error) { s.DeleteSession(r.PathValue("id")); return done, nil })
	handle("DELETE /simulator/faults", func(*http.Request) (any, error) { s.ClearFaults(); return done, nil })
	handle("POST /simulator/console", func(r *http.Request) (any, error) { return done, s.decideFrom(r) })
	handle("POST /simulator/console/session", func(r *http.Request) (any, error) { return done, s.decideSessionFrom(r) })
	handle("POST /simulator/console/hit", func(r *http.Request) (any, error) { return done, s.reviewHitFrom(r) })
	handle("POST /simulator/hits", func(r *http.Request) (any, error) { return done, s.setHitFrom(r) })
	handle("DELETE /simulator/hits/{id}", func(r *http.Request) (any, error) {
		query := r.URL.Query()
		return done, s.RemoveHit(query.Get("session_id"), query.Get("node_id"), r.PathValue("id"))
	})
	handle("POST /simulator/sessions", func(r *http.Request) (any, error) { return done, s.addFrom(r) })
	handle("POST /simulator/faults", func(r *http.Request) (any, error) { return done, s.injectFrom(r) })
	handle("GET /simulator/destinations", func(*http.Request) (any, error) { return s.Destinations(), nil })
	handle("POST /simulator/destinations", func(r *http.Request) (any, error) {
		var destination Destination
		err := decodeControl(r, &destination)
		if err != nil {
			return nil, err
		}
		return s.SetDestination(destination), nil
	})
	handle("DELETE /simulator/destinations/{id}", func(r *http.Request) (any, error) { s.DeleteDestination(r.PathValue("id")); return done, nil })
	return mux
}

// controlStatus tells the errors of Decide from those of a body.
func controlStatus(err error) int {
	switch {
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrNoFeature), errors.Is(err, ErrNoHit):
		return http.StatusNotFound
	case errors.Is(err, ErrSameStatus), errors.Is(err, ErrAmbiguousFeature), errors.Is(err, ErrAPISession), errors.Is(err, ErrNotDecidable):
		return http.StatusConflict
	}
	return http.StatusBadRequest
}

func (s *Simulator) decideFrom(r *http.Request) error {
	var decision struct {
		SessionID   string `json:"session_id"`
		NodeID      string `json:"node_id"`
		FeatureType string `json:"feature_type"`
		Status      string `json:"status"`
		Comment     string `json:"comment"`
	}
	if err := decodeControl(r, &decision); err != nil {
		return err
	}
	return s.Decide(decision.SessionID, decision.NodeID, decision.FeatureType, decision.Status, decision.Comment)
}

func (s *Simulator) decideSessionFrom(r *http.Request) error {
	var decision struct {
		SessionID string `json:"session_id"`
		Status    string `json:"status"`
		Comment   string `json:"comment"`
	}
	if err := decodeControl(r, &decision); err != nil {
		return err
	}
	return s.DecideSession(decision.SessionID, decision.Status, decision.Comment)
}

func (s *Simulator) reviewHitFrom(r *http.Request) error {
	var review struct {
		SessionID    string `json:"session_id"`
		NodeID       string `json:"node_id"`
		HitID        string `json:"hit_id"`
		ReviewStatus string `json:"review_status"`
	}
	if err := decodeControl(r, &review); err != nil {
		return err
	}
	return s.ReviewHit(review.SessionID, review.NodeID, review.HitID, review.ReviewStatus)
}

func (s *Simulator) setHitFrom(r *http.Request) error {
	var added struct {
		SessionID string `json:"session_id"`
		NodeID    string `json:"node_id"`
		Hit
	}
	if err := decodeControl(r, &added); err != nil {
		return err
	}
	return s.SetHit(added.SessionID, added.NodeID, added.Hit)
}

func (s *Simulator) addFrom(r *http.Request) error {
	var body json.RawMessage
	if err := decodeControl(r, &body); err != nil {
		return err
	}
	var added []Session
	if !bytes.HasPrefix(body, []byte("[")) {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	if err := strict(bytes.NewReader(body), &added); err != nil {
		return err
	}
	for _, session := range added {
		if session.ID != "" && !uuidForm.MatchString(session.ID) {
			return fmt.Errorf("session ID %q is no UUID in lower case", session.ID)
		}
	}
	for _, session := range added {
		s.AddSession(session)
	}
	return nil
}

func (s *Simulator) injectFrom(r *http.Request) error {
	var text struct {
		Name       string            `json:"name"`
		Method     string            `json:"method"`
		Path       string            `json:"path"`
		Skip       int               `json:"skip"`
		Times      int               `json:"times"`
		Delay      string            `json:"delay"`
		Status     int               `json:"status"`
		Header     map[string]string `json:"header"`
		Body       string            `json:"body"`
		After      bool              `json:"after"`
		Cut        string            `json:"cut"`
		DelayAfter string            `json:"delay_after"`
	}
	if err := decodeControl(r, &text); err != nil {
		return err
	}
	cut, known := map[string]Cut{"": CutNone, "reset": CutReset, "body": CutBody}[text.Cut]
	if !known {
		return fmt.Errorf("cut %q is neither reset nor body", text.Cut)
	}
	delay, err := parseDuration(text.Delay)
	if err != nil {
		return err
	}
	delayAfter, err := parseDuration(text.DelayAfter)
	if err != nil {
		return err
	}
	header := http.Header{}
	for name, value := range text.Header {
		header.Set(name, value)
	}
	s.Inject(Fault{
		Name: text.Name, Method: text.Method, Path: text.Path, Skip: text.Skip, Times: text.Times, Delay: delay,
		Status: text.Status, Header: header, Body: text.Body, After: text.After, Cut: cut, DelayAfter: delayAfter,
	})
	return nil
}

func parseDuration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	return time.ParseDuration(text)
}

// decodeControl reads the one JSON value of a body, and refuses fields that nobody knows: they are misspelt.
func decodeControl(r *http.Request, target any) error {
	return strict(r.Body, target)
}

func strict(text io.Reader, target any) error {
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	return decoder.Decode(target)
}
