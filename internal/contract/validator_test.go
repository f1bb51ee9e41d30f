// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestValidator_FindsWhatDoesNotKeepToTheDocument(t *testing.T) {
	t.Parallel()
	document := loadDocument(t)
	const session = "/v3/session/11111111-2222-4333-8444-000000000001"
	const update = session + "/features/feature_ocr_1/update-status/"
	key := http.Header{"X-Api-Key": {"(a credential)"}, "Content-Type": {"application/json"}}
	for name, test := range map[string]struct {
		exchange exchange
		problem  string // the beginning of the only one; "": none
	}{
		"good change":            {exchange{Method: "PATCH", URL: update, RequestBody: `{"new_status":"Approved","comment":"Checked."}`}, ""},
		"good list":              {exchange{Method: "GET", URL: "/v3/sessions/?status=Approved,Declined&limit=100"}, ""},
		"unknown path":           {exchange{Method: "GET", URL: session + "/decisions/"}, "request: route"},
		"no slash at the end":    {exchange{Method: "GET", URL: session + "/decision"}, "request: route"},
		"another method":         {exchange{Method: "PUT", URL: update}, "request: route"},
		"unknown parameter":      {exchange{Method: "GET", URL: "/v3/sessions/?state=Approved"}, "request: query"},
		"a limit of nothing":     {exchange{Method: "GET", URL: "/v3/sessions/?limit=0"}, "request: minimum"},
		"not a day":              {exchange{Method: "GET", URL: "/v3/sessions/?date_from=yesterday"}, "request: format"},
		"session is no UUID":     {exchange{Method: "GET", URL: "/v3/session/1/decision/"}, "request: format"},
		"no status":              {exchange{Method: "PATCH", URL: update, RequestBody: `{"comment":"Checked."}`}, "request: required"},
		"unknown status":         {exchange{Method: "PATCH", URL: update, RequestBody: `{"new_status":"Expired"}`}, "request: enum"},
		"unknown field":          {exchange{Method: "PATCH", URL: update, RequestBody: `{"new_status":"Approved","reason":"x"}`}, "request: properties"},
		"unknown status code":    {exchange{Method: "GET", URL: session + "/decision/", Status: 418}, "response: status"},
		"response is a page":     {responded(session, "text/html", "<html>"), "response: media type"},
		"unknown response field": {responded(session, "application/json", `{"session":"1"}`), "response: properties"},
		"wrong type of field":    {responded(session, "application/json", `{"session_number":"1"}`), "response: type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.exchange.RequestHeader = key
			problems, _ := document.validate(&test.exchange)
			if test.problem == "" && len(problems) > 0 || test.problem != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].String(), test.problem)) {
				t.Errorf("the problems are %v, want %q", problems, test.problem)
			}
			if explained := (&count{operations: map[string]int{}, deviations: map[string]int{}}).add(&test.exchange, "", problems); len(explained) != len(problems) {
				t.Errorf("a deviation explains one of %v", problems)
			}
		})
	}
}

func responded(session, mediaType, body string) exchange {
	return exchange{Method: "GET", URL: session + "/decision/", Status: 200, Header: http.Header{"Content-Type": {mediaType}}, Body: body}
}
