// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "net/http"

// Deviation is one point where the simulator answers, or can be made to answer, what the OpenAPI document does not
// describe, or understands what the document does not name. The test that holds requests and answers against the
// document (internal/contract, a module of its own; make contract) expects these and no others: it has a list of the
// same names, which says how each is recognised, and fails where the two lists differ.
type Deviation struct {
	// Name is one of the constants below; each says what it is, why, and where it comes from.
	Name string
	// Method and Path (in the document's own spelling) are the operation; "" any.
	Method, Path string
	// Status is the answer that is not as described; 0: not tied to one status.
	Status int
}

// The document's paths of the operations that are simulated.
const (
	PathDecision     = "/v3/session/{sessionId}/decision/"
	PathUpdateStatus = "/v3/session/{sessionId}/features/{nodeId}/update-status/"
	PathSessions     = "/v3/sessions/"
	PathReviews      = "/v3/sessions/{session_id}/reviews/"
)

// The names of the deviations.
const (
	// DeviationUnauthorized: the document says that a wrong credential is always 403; newer pages name 401 too (wrong,
	// revoked, expired). The simulator says 403, and 401 only where a Fault has that status.
	DeviationUnauthorized = "401"
	// DeviationToken: a console user's token, as Authorization: Bearer (API facts); the document knows x-api-key only.
	DeviationToken = "access token"
	// DeviationFault: an answer that a Fault made, or whose connection it cut: broken JSON, a proxy's page, a redirect.
	DeviationFault = "fault"
	// DeviationServerError: 5xx are not in the document, and their bodies need not be JSON. Only through a Fault.
	DeviationServerError = "5xx"
	// DeviationNotFoundPage: a path that no route knows, a session ID that is no UUID in lower case among them, is a 404
	// with an HTML page, since it never reaches the API.
	DeviationNotFoundPage = "404 page"
	// DeviationRedirect: a path without its trailing slash is a 301 for every operation; the document has it for
	// GET /v3/sessions only.
	DeviationRedirect = "301"
	// DeviationMethod: another method than the operation's is a 405 with {"detail": "…"}, as the web framework makes it.
	DeviationMethod = "405"
	// DeviationMediaType: a body that is not declared as JSON is a 415 with {"detail": "…"}, as the web framework makes it.
	DeviationMediaType = "415"
	// DeviationNullNode: a step of a non-graph workflow has a null node_id, in its item and in the warnings of its item;
	// the document says string (API facts).
	DeviationNullNode = "null node_id"
	// DeviationOpenSteps: tests may add arrays that the document does not know, and statuses outside an array's enum.
	DeviationOpenSteps = "open steps"
	// DeviationWriteLimit: the 429 of a PATCH (300 POST, PATCH and DELETE a minute; integration/rate-limiting).
	DeviationWriteLimit = "429 on PATCH"
	// DeviationListLimit: GET /v3/sessions/ counts as a read and can answer 429 (integration/rate-limiting says all GETs;
	// the operation itself names no 429).
	DeviationListLimit = "429 on list"
	// DeviationFeatureType: feature_type in the body of the PATCH (newer pages). Where several steps are at the node it is
	// required, and a 400 on feature_type says so; also where it names several steps of one type, which no page describes.
	// One that fits no step is the 404 for the node.
	DeviationFeatureType = "feature_type"
	// DeviationDeferred: defer_until_flow_finishes (newer pages) is not simulated; it is refused with a 400 of its own.
	DeviationDeferred = "defer_until_flow_finishes"
	// DeviationCompletion: a change of the step that an undecided session waits on lets the session get its decision
	// (newer page). Simulated as: no other step is open any more.
	DeviationCompletion = "completion"
	// DeviationModelNames: the document publishes the model names KYC, Face, FaceMatch, AML and POA; the others that a
	// PATCH answers with follow their pattern and are invented.
	DeviationModelNames = "model names"
	// DeviationEvents: include=events is ignored; the provider's use of the API has no need of it.
	DeviationEvents = "include=events"
	// DeviationFilters: filters of GET /v3/sessions/ that are documented and not simulated are refused with a 400, since
	// ignoring one would answer with rows that it was meant to keep out.
	DeviationFilters = "filters"
	// DeviationFeed: no page says what a changed step looks like in a session's activity feed. Here it is a
	// STATUS_UPDATED entry, for an AML step AML_STATUS_UPDATED, with the step's statuses and its node in metadata.
	DeviationFeed = "activity of a step"
)

// Deviations are all of them.
var Deviations = []Deviation{
	{DeviationUnauthorized, "", "", http.StatusUnauthorized},
	{DeviationToken, "", "", 0},
	{DeviationFault, "", "", 0},
	{DeviationServerError, "", "", http.StatusInternalServerError},
	{DeviationServerError, "", "", http.StatusBadGateway},
	{DeviationServerError, "", "", http.StatusServiceUnavailable},
	{DeviationServerError, "", "", http.StatusGatewayTimeout},
	{DeviationNotFoundPage, "", "", http.StatusNotFound},
	{DeviationRedirect, http.MethodGet, PathDecision, http.StatusMovedPermanently},
	{DeviationRedirect, http.MethodPatch, PathUpdateStatus, http.StatusMovedPermanently},
	{DeviationRedirect, http.MethodGet, PathReviews, http.StatusMovedPermanently},
	{DeviationMethod, "", "", http.StatusMethodNotAllowed},
	{DeviationMediaType, http.MethodPatch, PathUpdateStatus, http.StatusUnsupportedMediaType},
	{DeviationNullNode, http.MethodGet, PathDecision, http.StatusOK},
	{DeviationOpenSteps, http.MethodGet, PathDecision, http.StatusOK},
	{DeviationWriteLimit, http.MethodPatch, PathUpdateStatus, http.StatusTooManyRequests},
	{DeviationListLimit, http.MethodGet, PathSessions, http.StatusTooManyRequests},
	{DeviationFeatureType, http.MethodPatch, PathUpdateStatus, http.StatusBadRequest},
	{DeviationFeatureType, http.MethodPatch, PathUpdateStatus, http.StatusNotFound},
	{DeviationDeferred, http.MethodPatch, PathUpdateStatus, http.StatusBadRequest},
	{DeviationCompletion, http.MethodPatch, PathUpdateStatus, http.StatusOK},
	{DeviationModelNames, http.MethodPatch, PathUpdateStatus, http.StatusOK},
	{DeviationEvents, http.MethodGet, PathDecision, http.StatusOK},
	{DeviationFilters, http.MethodGet, PathSessions, http.StatusBadRequest},
	{DeviationFeed, http.MethodGet, PathReviews, http.StatusOK},
}
