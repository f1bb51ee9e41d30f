// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kindAll lists both kinds.
const kindAll = "all"

// filter is the query of GET /v3/sessions/, after validation. All of it must fit (AND); a list fits by any of its
// values (OR).
type filter struct {
	kind         string
	statuses     []string
	workflows    []string // nil: any; empty: none, since what was asked for is malformed
	sessionTypes []string
	vendorData   string
	search       string
	from, to     time.Time
}

// notSimulated are the documented filters that need data which no session here has.
var notSimulated = []string{
	"country", "document_type", "document_name", "region", "didit_internal_id", "api_service", "screened_full_name",
	"warning", "status_initialized_as_in_review", "is_kyc_to_be_reviewed", "euuid", "organization_name",
}

func readFilter(query url.Values) (filter, *answer) {
	f := filter{kind: KindUser, vendorData: query.Get("vendor_data"), search: query.Get("search")}
	if kind := query.Get("session_kind"); kind != "" {
		f.kind = strings.ToLower(kind)
	}
	if !slices.Contains([]string{KindUser, KindBusiness, kindAll}, f.kind) {
		return f, refuse(object(http.StatusBadRequest, map[string]string{"session_kind": `Must be "user", "business", or "all".`}))
	}
	for _, name := range notSimulated {
		if query.Get(name) != "" {
			return f, refuse(invalid(name, "The simulator does not simulate this filter."))
		}
	}
	f.statuses = list(query.Get("status"))
	f.sessionTypes = slices.DeleteFunc(list(query.Get("session_type")), func(t string) bool { return t == "ALL" })
	if ids := query.Get("workflow_id"); ids != "" {
		f.workflows = slices.DeleteFunc(list(ids), func(id string) bool { return !uuidForm.MatchString(strings.ToLower(id)) })
	}
	for name, day := range map[string]*time.Time{"date_from": &f.from, "date_to": &f.to} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		parsed, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return f, refuse(invalid(name, "Enter a valid date."))
		}
		*day = parsed
	}
	return f, nil
}

// keeps is whether a session fits, its kind apart. The filters that the document calls KYC only let business sessions
// pass.
func (f filter) keeps(s *session) bool {
	business := s.Kind == KindBusiness
	return (len(f.statuses) == 0 || slices.Contains(f.statuses, s.Status)) &&
		(f.workflows == nil || slices.Contains(f.workflows, s.WorkflowID)) &&
		(f.vendorData == "" || f.vendorData == s.VendorData) &&
		(business || len(f.sessionTypes) == 0 || slices.Contains(f.sessionTypes, s.sessionType())) &&
		(f.from.IsZero() || !s.CreatedAt.Before(f.from)) &&
		(f.to.IsZero() || f.until(s.CreatedAt, business)) &&
		(f.search == "" || f.finds(s))
}

// until includes the whole last day for user sessions, and only its first moment for business sessions.
func (f filter) until(created time.Time, business bool) bool {
	if business {
		return !created.After(f.to)
	}
	return created.Before(f.to.AddDate(0, 0, 1))
}

// numeric is what the search takes for a number: digits, and the signs that people write between them.
var numeric = regexp.MustCompile(`^[0-9+\-. ]*[0-9][0-9+\-. ]*$`)

// finds is the search: a UUID is a session's; a number begins a session's number, or is in its vendor data; with an @
// it begins an e-mail address; anything else is in a name or in the vendor data.
func (f filter) finds(s *session) bool {
	who := newPerson(personOf(s.ID))
	text := strings.ToLower(f.search)
	inVendorData := strings.Contains(strings.ToLower(s.VendorData), text)
	switch {
	case uuidForm.MatchString(text):
		return s.ID == text
	case numeric.MatchString(text):
		digits := strings.NewReplacer("+", "", "-", "", ".", "", " ", "").Replace(text)
		return strings.HasPrefix(strconv.Itoa(s.Number), digits) || inVendorData
	case strings.Contains(text, "@"):
		return strings.HasPrefix(who["email"], text)
	}
	name := who["full_name"]
	if s.Kind == KindBusiness {
		name = who["company"]
	}
	return strings.Contains(strings.ToLower(name), text) || inVendorData
}

func (s *session) sessionType() string {
	if s.API {
		return "API"
	}
	return "HOSTED"
}

// list splits a parameter at its commas; nil where it is empty.
func list(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// internalID is Didit's own name for the person behind a session: the same for the same person.
func internalID(s *session) string {
	return fmt.Sprintf("88888888-2222-4333-8444-%012d", personOf(s.ID))
}
