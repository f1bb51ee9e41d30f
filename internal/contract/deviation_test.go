// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"net/http"
	"strings"
)

// deviation is one point where traffic may differ from the document, under the name that it has in
// internal/simulator/deviation.go, which says what it is and where it comes from.
type deviation struct {
	name string
	// explains recognises a problem that the validator has with an exchange.
	explains func(*exchange, problem) bool
	// unseen is why the tests need not show it, else "": then it has to occur.
	unseen string
}

// deviations are all of them. One that explains nothing is not allowed to show: what it is about would be a failure.
var deviations = []deviation{
	{name: "401", explains: injectedStatus("401")},
	{name: "5xx", explains: injectedStatus("500", "502", "503", "504")},
	{name: "access token", explains: func(e *exchange, p problem) bool {
		return p.is("request", "security", "") && e.RequestHeader.Get("Authorization") != ""
	}},
	{name: "404 page", explains: func(e *exchange, p problem) bool {
		return e.Status == 404 && !e.Injected && p.is("answer", "media type", "text/html; charset=utf-8")
	}},
	{name: "null node_id", explains: func(_ *exchange, p problem) bool {
		return p.is("answer", "nullable", "") && strings.HasSuffix(p.at, "/node_id")
	}},
	{name: "open steps", explains: func(e *exchange, p problem) bool {
		unknownArray := p.what == "properties" && p.at == "" && e.hasArray(p.value)
		unknownStatus := p.what == "enum" && strings.HasSuffix(p.at, "/status")
		return p.side == "answer" && strings.HasSuffix(e.URL, "/decision/") && (unknownArray || unknownStatus)
	}},
	{name: "429 on PATCH", explains: func(e *exchange, p problem) bool {
		return e.Method == http.MethodPatch && p.is("answer", "status", "429")
	}},
	{name: "429 on list", explains: func(e *exchange, p problem) bool {
		return strings.HasPrefix(e.apiURL(), "/v3/sessions/?") && p.is("answer", "status", "429")
	}},
	{name: "feature_type", explains: func(e *exchange, p problem) bool {
		return e.Method == http.MethodPatch && p.is("request", "properties", "feature_type")
	}},
	{name: "fault", explains: func(e *exchange, p problem) bool { return e.Injected && p.side == "answer" }},

	{name: "completion", unseen: "no schema says what a change does to the session"},
	{name: "model names", unseen: "the schema takes any text for the feature_type of an answer"},
	{name: "activity of a step", unseen: "the schema takes any activity"},
	{name: "filters", unseen: "the provider sends none of those filters, and their 400 has no schema"},
	{name: "301", unseen: "the provider's paths end with a slash; without it a request has no route in the document"},
	{name: "405", unseen: "the provider sends no other method; such a request has no route in the document"},
	{name: "415", unseen: "the provider declares its JSON; such a request does not keep to the document"},
	{name: "defer_until_flow_finishes", unseen: "the provider does not send it; such a request does not keep to the document"},
	{name: "include=events", unseen: "the provider does not ask for events"},
}

// injectedStatus explains a status that the document lacks, in an answer that a fault made.
func injectedStatus(statuses ...string) func(*exchange, problem) bool {
	return func(e *exchange, p problem) bool {
		for _, status := range statuses {
			if e.Injected && p.is("answer", "status", status) {
				return true
			}
		}
		return false
	}
}
