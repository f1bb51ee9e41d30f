// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listSessions is GET /v3/sessions/ (OpenAPI operation get_v3_sessions). A wrong credential and a
// missing privilege have one text here.
func (s *Simulator) listSessions(c call) *response {
	if !c.credential.mayRead() {
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	}
	filter, rejected := readFilter(c.request.URL.Query())
	if rejected != nil {
		return rejected
	}
	p := paginate(c.request, s.selectSessions(c.credential, filter), (*session).row)
	if filter.kind == KindBusiness {
		p.Count = min(p.Count, 100) // the API counts no further
	}
	return jsonResponse(http.StatusOK, p)
}

// selectSessions returns the sessions that a credential can see and a filter matches, newest first.
func (s *Simulator) selectSessions(credential *Credential, filter filter) (selected []*session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, found := range s.sessions {
		if credential.canSee(found) && filter.matches(found) {
			selected = append(selected, found.snapshot())
		}
	}
	slices.SortFunc(selected, func(a, b *session) int { return cmp.Or(cmp.Compare(b.Number, a.Number), cmp.Compare(a.ID, b.ID)) })
	return selected
}

// filter is the validated query of GET /v3/sessions/. A session has to match every parameter; a
// list matches if one of its values does.
type filter struct {
	kind       string
	statuses   []string
	workflows  []string
	vendorData string
	search     string // a session's UUID, or the beginning of a session number
	from, to   time.Time
}

// listParameters are the simulated ones. Another one is refused: ignoring it could return sessions
// that it excludes.
var listParameters = []string{"session_kind", "status", "workflow_id", "vendor_data", "search", "date_from", "date_to", "limit", "offset"}

func readFilter(query url.Values) (filter, *response) {
	f := filter{
		kind: cmp.Or(strings.ToLower(query.Get("session_kind")), KindUser), vendorData: query.Get("vendor_data"), search: query.Get("search"),
		statuses: strings.FieldsFunc(query.Get("status"), isComma), workflows: strings.FieldsFunc(query.Get("workflow_id"), isComma),
	}
	if f.kind != KindUser && f.kind != KindBusiness {
		return f, jsonResponse(http.StatusBadRequest, map[string]string{"session_kind": `Must be "user", "business", or "all".`})
	}
	for name := range query {
		if !slices.Contains(listParameters, name) {
			return f, invalidResponse(name, "The simulator does not simulate this filter.")
		}
	}
	if strings.Trim(f.search, "0123456789") != "" && !uuidForm.MatchString(f.search) {
		return f, invalidResponse("search", "The simulator searches for UUIDs and session numbers only.")
	}
	for name, day := range map[string]*time.Time{"date_from": &f.from, "date_to": &f.to} {
		parsed, err := time.Parse(time.DateOnly, query.Get(name))
		if err != nil && query.Get(name) != "" {
			return f, invalidResponse(name, "Enter a valid date.")
		}
		*day = parsed
	}
	return f, nil
}

func (f filter) matches(s *session) bool {
	// The last day is included for user sessions; for business sessions only its first moment.
	end := f.to
	if s.Kind == KindUser {
		end = f.to.AddDate(0, 0, 1).Add(-1)
	}
	return f.kind == s.Kind &&
		(len(f.statuses) == 0 || slices.Contains(f.statuses, s.Status)) &&
		(len(f.workflows) == 0 || slices.Contains(f.workflows, s.WorkflowID)) &&
		(f.vendorData == "" || f.vendorData == s.VendorData) &&
		(f.from.IsZero() || !s.CreatedAt.Before(f.from)) &&
		(f.to.IsZero() || !s.CreatedAt.After(end)) &&
		(f.search == "" || f.search == s.ID || strings.HasPrefix(strconv.Itoa(s.Number), f.search))
}

func isComma(r rune) bool { return r == ',' }

// rowLabels are the features that a row can name; the document's enum has no others.
var rowLabels = []string{
	"ID_VERIFICATION", "NFC", "LIVENESS", "FACE_MATCH", "POA", "QUESTIONNAIRE", "EMAIL_VERIFICATION", "PHONE", "AML",
	"IP_ANALYSIS", "AGE_ESTIMATION", "DATABASE_VALIDATION",
}

// row returns the session's row of the list: features with their statuses, and no node ID.
func (s *session) row() string {
	type rowFeature struct {
		Feature string `json:"feature"`
		Status  string `json:"status"`
	}
	features := []rowFeature{}
	for _, feature := range s.Features {
		if label := feature.FeatureType(); slices.Contains(rowLabels, label) {
			features = append(features, rowFeature{label, feature.Status})
		}
	}
	values := s.values()
	values["features"] = marshal(features)
	values["didit_internal_id"] = marshal(fmt.Sprintf("88888888-2222-4333-8444-%012d", personOf(s.ID))) // the same for the same person
	return s.templates()[s.Kind+"_row"].fill(values)
}

// page is the envelope of a list.
type page struct {
	Count    int               `json:"count"`
	Next     *string           `json:"next"`
	Previous *string           `json:"previous"`
	Results  []json.RawMessage `json:"results"`
}

// paginate returns the page of a list that a query asks for with limit and offset, and links to its
// neighbours. A value that is not a positive number is ignored.
func paginate[T any](r *http.Request, all []T, row func(T) string) page {
	limit := positiveParameter(r, "limit", 50)
	offset := positiveParameter(r, "offset", 0)
	from := min(offset, len(all))
	to := min(from+limit, len(all))
	p := page{Count: len(all), Results: []json.RawMessage{}}
	for _, item := range all[from:to] {
		p.Results = append(p.Results, json.RawMessage(row(item)))
	}
	if to < len(all) {
		p.Next = pageLink(r, limit, offset+limit)
	}
	if offset > 0 {
		p.Previous = pageLink(r, limit, offset-limit)
	}
	return p
}

func positiveParameter(r *http.Request, name string, fallback int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && n > 0 {
		return n
	}
	return fallback
}

// pageLink returns the absolute address of the page at an offset; that of the first page has none.
func pageLink(r *http.Request, limit, offset int) *string {
	query := r.URL.Query()
	query.Set("limit", strconv.Itoa(limit))
	query.Del("offset")
	if offset > 0 {
		query.Set("offset", strconv.Itoa(offset))
	}
	address := "http://" + r.Host + r.URL.EscapedPath() + "?" + query.Encode()
	return &address
}
