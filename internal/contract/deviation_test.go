// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"net/http"
	"strings"
)

// deviation is one point where the simulator differs from the OpenAPI document, or decides what the
// document leaves open.
type deviation struct {
	name string
	// about says what the simulator does, why, and where that comes from.
	about string
	// explains recognises a problem that the validator finds in an exchange; it has to occur in the
	// recorded traffic. nil: no problem can show it.
	explains func(*exchange, problem) bool
}

// deviations are all of them. The test fails on a problem that none of them explains.
var deviations = []deviation{
	{
		"401", "The document says that a wrong credential is always a 403; newer pages name 401 too (wrong, revoked, expired). Only through a Fault.",
		injectedStatus("401"),
	},
	{
		"5xx", "The document has none, and their bodies need not be JSON. Only through a Fault.",
		injectedStatus("500", "502", "503", "504"),
	},
	{
		"access token", "A console user's token, sent as Authorization: Bearer (newer pages); the document has x-api-key only.",
		func(e *exchange, p problem) bool {
			return p.is("request", "security", "") && e.RequestHeader.Get("Authorization") != ""
		},
	},
	{
		"404 page", "A path that no route has, such as a session ID that is not a UUID in lower case, is a 404 with an HTML page: it never reaches the API.",
		func(e *exchange, p problem) bool {
			return e.Status == 404 && !e.Injected && p.is("response", "media type", "text/html; charset=utf-8")
		},
	},
	{
		"null node_id", "A step of a workflow without a graph has a null node_id, also in its warnings (newer pages); the document says string.",
		func(_ *exchange, p problem) bool {
			return p.is("response", "nullable", "") && strings.HasSuffix(p.at, "/node_id")
		},
	},
	{
		"restricted attributes", "A workflow that restricts response attributes has null for all fields of a step but node_id, status and warnings: the operation's description says so, its schema does not.",
		func(e *exchange, p problem) bool {
			return strings.HasSuffix(e.URL, "/decision/") && p.is("response", "nullable", "") && e.isRestricted(p.at)
		},
	},
	{
		"open steps", "Tests may add arrays that the document does not have, and statuses outside an enum.",
		func(e *exchange, p problem) bool {
			unknownArray := p.what == "properties" && p.at == "" && e.hasArray(p.value)
			unknownStatus := p.what == "enum" && (strings.HasSuffix(p.at, "/status") || strings.HasSuffix(p.at, "/review_status"))
			return p.side == "response" && strings.HasSuffix(e.URL, "/decision/") && (unknownArray || unknownStatus)
		},
	},
	{
		"429 on PATCH", "300 POST, PATCH and DELETE a minute (integration/rate-limiting); the operations on sessions name no 429.",
		func(e *exchange, p problem) bool {
			return e.Method == http.MethodPatch && p.is("response", "status", "429")
		},
	},
	{
		"429 on list", "GET /v3/sessions/ counts as a read (integration/rate-limiting says all GETs); the operation names no 429.",
		func(e *exchange, p problem) bool {
			return strings.HasPrefix(e.apiURL(), "/v3/sessions/?") && p.is("response", "status", "429")
		},
	},
	{
		"feature_type", "In the body of a feature's PATCH (newer pages). If several steps are at the node it is required, and a 400 on feature_type says so; " +
			"also if it names several steps of one type, which no page describes. One that fits no step is the 404 for the node.",
		func(e *exchange, p problem) bool {
			return e.Method == http.MethodPatch && p.is("request", "properties", "feature_type")
		},
	},
	{
		"deferred change", "defer_until_flow_finishes in the body of a feature's PATCH (newer pages).",
		func(e *exchange, p problem) bool {
			return e.Method == http.MethodPatch && p.is("request", "properties", "defer_until_flow_finishes")
		},
	},
	{
		"override", "The object override in the 200 of a feature's PATCH (newer pages). It has the id only: its other fields are published for the list.",
		func(e *exchange, p problem) bool {
			return e.Method == http.MethodPatch && p.is("response", "properties", "override")
		},
	},
	{
		"list of overrides", "GET …/features/overrides/ and POST …/features/overrides/{id}/cancel/ (newer pages).",
		func(e *exchange, p problem) bool {
			return strings.Contains(e.apiURL(), "/features/overrides/") && p.is("request", "route", "")
		},
	},
	{
		"cancelled override", "The activity FEATURE_OVERRIDE_CANCELLED (newer pages).",
		func(e *exchange, p problem) bool {
			return strings.Contains(e.apiURL(), "/reviews/") && p.is("response", "enum", "") && strings.HasSuffix(p.at, "/activity_type")
		},
	},
	{
		"second override", "What a second pending override of one step does is not published: a 500 that says so.",
		func(e *exchange, p problem) bool {
			return e.Method == http.MethodPatch && !e.Injected && p.is("response", "status", "500")
		},
	},
	{
		"duplicate events", "A test's own webhook destination may name an event twice; the document says that they are unique.",
		func(e *exchange, p problem) bool {
			return strings.HasPrefix(e.apiURL(), "/v3/webhook/destinations/") && p.is("response", "uniqueItems", "") && strings.HasSuffix(p.at, "/subscribed_events")
		},
	},
	{
		"unknown event", "Well-formed webhook events that the document does not have are left to the API, which refuses them with a 400. A test's own webhook destination may have one already.",
		func(e *exchange, p problem) bool {
			isRefused := p.side == "request" && e.Status == http.StatusBadRequest
			isReturned := p.side == "response" && strings.HasPrefix(e.apiURL(), "/v3/webhook/destinations/")
			return p.what == "enum" && strings.Contains(p.at, "/subscribed_events/") && (isRefused || isReturned)
		},
	},
	{
		"fault", "A response that a Fault made, or whose connection it cut: broken JSON, a proxy's page, a redirect. Also a report with items of a test's own (Raw).",
		func(e *exchange, p problem) bool { return e.Injected && p.side == "response" },
	},
	{
		"secret rotation", "secret_last4 and previous_secret_expires_at (newer pages), in the details of a webhook destination whose secret was rotated.",
		func(e *exchange, p problem) bool {
			return strings.HasPrefix(e.apiURL(), "/v3/webhook/destinations/") &&
				(p.is("response", "properties", "secret_last4") || p.is("response", "properties", "previous_secret_expires_at"))
		},
	},

	{name: "completion", about: "A change of the step that an undecided session waits on lets the session get its decision (newer page). Simulated as: no other step is open any more."},
	{name: "repeated status", about: "A session's status that is already set is a 400; by an option (newer pages) Approved and Declined again are a 200 that changes and records nothing."},
	{name: "resubmission", about: "nodes_to_resubmit is required for Resubmitted (newer pages); in the document Didit can choose. A node that the session does not have, or not with that feature, is a 400 on nodes_to_resubmit; default addresses the steps of a workflow without a graph. " +
		"A step that runs again at once is Approved, without hits; if all do, the session is In Review if a step is open, else Declined if one is, else Approved."},
	{name: "company", about: "A company's session is recomputed when a person's is decided: In Review if one of its people's is open, else Declined if one is, else Approved."},
	{name: "AML hits", about: "Without node_id, several AML checks are a 400 on node_id; node_id in the body counts before the one in the query. A repeated review status is a 200 that changes and records nothing. " +
		"Whether a review recomputes the AML step is an option; the thresholds are Didit's defaults."},
	{name: "webhook fields", about: "The texts of the 400s for label, url, enabled and webhook_version are those of the web framework; the version is v3 if none is sent."},
	{name: "webhook privilege", about: "A console user without the privilege reads destinations without their secrets (documented) and cannot change them (not documented); a key without it has a 403 for everything."},
	{name: "model names", about: "The document publishes the model names KYC, Face, FaceMatch, AML and POA for a PATCH's feature_type; the others follow their pattern and are invented."},
	{name: "activity", about: "No page says what a changed step or hit looks like in the activity feed. Here it is a STATUS_UPDATED entry, for AML an AML_STATUS_UPDATED or AML_HIT_STATUS_UPDATED, with the statuses in previous_value and new_value, " +
		"and neither the node nor the hit. A monitoring match puts an Approved step and session back to In Review, by SYSTEM."},
	{name: "filters", about: "Parameters of GET /v3/sessions/ that are not simulated are a 400: ignoring one could return rows that it was meant to leave out."},
	{name: "301", about: "A path without its trailing slash is a 301 for every operation; the document has it for GET /v3/sessions only."},
	{name: "405", about: "Another method than the operation's is a 405 with a detail, as the web framework makes it."},
	{name: "415", about: "A body that is not declared as JSON is a 415 with a detail, as the web framework makes it."},
	{name: "overrides", about: "The new status of a deferred change has to differ from the current one; it is not compared with pending overrides. The entry on the trail is made when the change is applied, and none if the step has the status by then. An override whose step does not exist at the end of the flow stays pending, and so do those of a session that closes before. " +
		"Decisions in the console are no overrides. An unknown override is a 404."},
	{name: "include=events", about: "Ignored."},
}

// injectedStatus explains a status that the document lacks, in a response that a fault made.
func injectedStatus(statuses ...string) func(*exchange, problem) bool {
	return func(e *exchange, p problem) bool {
		for _, status := range statuses {
			if e.Injected && p.is("response", "status", status) {
				return true
			}
		}
		return false
	}
}
